"""Requests at the desks of bureaus, authorities and agencies."""

from xueshi.web import doors, request_pages

urlpatterns = request_pages.patterns("authority", doors.authorities)
