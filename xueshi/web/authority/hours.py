"""The book of hours of a bureau, an industry's authority or an agency."""

from xueshi.web import doors, hours_book

ROLES = ("officer", "industry_officer", "agency_officer", "auditor", "verifier")
urlpatterns = hours_book.patterns("authority", doors.authorities, *ROLES)
