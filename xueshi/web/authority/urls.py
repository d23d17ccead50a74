"""Counters and verifiers."""

from xueshi.web.authority import (
    base_approvals,
    bases,
    counter,
    entrustments,
    establishment,
    hours,
    people,
    persons,
    posts,
    requests,
    reviews,
    roll,
    rosters,
    simulations,
)

app_name = "authority"
urlpatterns = [
    *counter.urlpatterns,
    *establishment.urlpatterns,
    *reviews.urlpatterns,
    *people.urlpatterns,
    *persons.urlpatterns,
    *posts.urlpatterns,
    *requests.urlpatterns,
    *roll.urlpatterns,
    *hours.urlpatterns,
    *rosters.urlpatterns,
    *simulations.urlpatterns,
    *base_approvals.urlpatterns,
    *entrustments.urlpatterns,
    *bases.urlpatterns,
]
