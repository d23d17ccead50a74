"""The unit's desk."""

from xueshi.web.employer import (
    adding,
    confirming,
    desk,
    hours,
    invitations,
    members,
    people,
    persons,
    posts,
    registration,
    requests,
    roll,
    rosters,
)

app_name = "employer"
urlpatterns = [
    *confirming.urlpatterns,
    *desk.urlpatterns,
    *people.urlpatterns,
    *invitations.urlpatterns,
    *registration.urlpatterns,
    *roll.urlpatterns,
    *hours.urlpatterns,
    *rosters.urlpatterns,
    *adding.urlpatterns,
    *members.urlpatterns,
    *persons.urlpatterns,
    *posts.urlpatterns,
    *requests.urlpatterns,
]
