"""Requests at the unit's desk: who comes, and who is taken on elsewhere."""

from xueshi.web import doors, request_pages

urlpatterns = request_pages.patterns("employer", doors.employers)
