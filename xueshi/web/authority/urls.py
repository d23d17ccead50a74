"""Counters and verifiers."""

from xueshi.web.authority import counter, reviews

app_name = "authority"
urlpatterns = [*counter.urlpatterns, *reviews.urlpatterns]
