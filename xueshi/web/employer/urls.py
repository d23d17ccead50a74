"""The unit's desk."""

from xueshi.web.employer import confirming

app_name = "employer"
urlpatterns = confirming.urlpatterns
