"""Counters and verifiers."""

from xueshi.web.authority import counter, establishment, people, persons, posts, reviews, simulations

app_name = "authority"
urlpatterns = [
    *counter.urlpatterns,
    *establishment.urlpatterns,
    *reviews.urlpatterns,
    *people.urlpatterns,
    *persons.urlpatterns,
    *posts.urlpatterns,
    *simulations.urlpatterns,
]
