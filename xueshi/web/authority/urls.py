"""Counters and verifiers."""

from xueshi.web.authority import counter, people, persons, reviews, simulations

app_name = "authority"
urlpatterns = [
    *counter.urlpatterns,
    *reviews.urlpatterns,
    *people.urlpatterns,
    *persons.urlpatterns,
    *simulations.urlpatterns,
]
