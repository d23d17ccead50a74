"""A head appoints the unit's clerks."""

from xueshi.web import doors, lost_factors, posts

urlpatterns = [
    *posts.patterns("employer", doors.employers, "unit_head"),
    *lost_factors.patterns("employer", doors.employers, "unit_head"),
]
