"""Everyone's pages."""

from xueshi.web.public import accounts, bases, checking, entrance, notices, pages, registering, security

app_name = "public"
urlpatterns = [
    *pages.urlpatterns,
    *accounts.urlpatterns,
    *entrance.urlpatterns,
    *registering.urlpatterns,
    *security.urlpatterns,
    *checking.urlpatterns,
    *notices.urlpatterns,
    *bases.urlpatterns,
]
