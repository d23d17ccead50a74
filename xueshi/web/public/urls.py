"""Everyone's pages."""

from xueshi.web.public import accounts, checking, notices, pages

app_name = "public"
urlpatterns = [*pages.urlpatterns, *accounts.urlpatterns, *checking.urlpatterns, *notices.urlpatterns]
