"""Everyone's pages."""

from xueshi.web.public import (
    accounts,
    bases,
    checking,
    entrance,
    my_data,
    my_requests,
    notices,
    pages,
    registering,
    security,
)

app_name = "public"
urlpatterns = [
    *pages.urlpatterns,
    *my_data.urlpatterns,
    *my_requests.urlpatterns,
    *accounts.urlpatterns,
    *entrance.urlpatterns,
    *registering.urlpatterns,
    *security.urlpatterns,
    *checking.urlpatterns,
    *notices.urlpatterns,
    *bases.urlpatterns,
]
