"""The unit's desk."""

from xueshi.web.employer import confirming, desk, invitations, members, people, persons, posts, registration

app_name = "employer"
urlpatterns = [
    *confirming.urlpatterns,
    *desk.urlpatterns,
    *people.urlpatterns,
    *invitations.urlpatterns,
    *registration.urlpatterns,
    *members.urlpatterns,
    *persons.urlpatterns,
    *posts.urlpatterns,
]
