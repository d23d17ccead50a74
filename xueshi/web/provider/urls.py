"""Training bases."""

from xueshi.web.provider import home

app_name = "provider"
urlpatterns = [*home.urlpatterns]
