"""The book of hours of a unit."""

from xueshi.web import doors, hours_book

urlpatterns = hours_book.patterns("employer", doors.employers, "unit_clerk", "unit_head")
