"""The unit's desk."""

from xueshi.web.employer import confirming, people, persons

app_name = "employer"
urlpatterns = [*confirming.urlpatterns, *people.urlpatterns, *persons.urlpatterns]
