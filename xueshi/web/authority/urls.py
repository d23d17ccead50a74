"""Counters and verifiers."""

from xueshi.web.authority import counter, people, persons, posts, reviews, simulations

app_name = "authority"
urlpatterns = [
    *counter.urlpatterns,
    *reviews.urlpatterns,
    *people.urlpatterns,
    *persons.urlpatterns,
    *posts.urlpatterns,
    *simulations.urlpatterns,
]
