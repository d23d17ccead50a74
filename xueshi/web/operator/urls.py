"""The operator's desk: what the platform is made of."""

from xueshi.web.operator import banks, courses, establishment, money, organisations, plans, posts, requests

app_name = "operator"
urlpatterns = [
    *establishment.urlpatterns,
    *organisations.urlpatterns,
    *courses.urlpatterns,
    *banks.urlpatterns,
    *plans.urlpatterns,
    *money.urlpatterns,
    *posts.urlpatterns,
    *requests.urlpatterns,
]
