"""A head appoints the unit's clerks."""

from xueshi.web import doors, posts

urlpatterns = posts.patterns("employer", doors.employers, "unit_head")
