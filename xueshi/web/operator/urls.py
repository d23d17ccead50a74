"""The operator's desk: what the platform is made of."""

from xueshi.web.operator import banks, courses, establishment, money, plans, posts

app_name = "operator"
urlpatterns = [
    *establishment.urlpatterns,
    *courses.urlpatterns,
    *banks.urlpatterns,
    *plans.urlpatterns,
    *money.urlpatterns,
    *posts.urlpatterns,
]
