"""Requests everywhere, with who has them since when; the operator decides those at the own organisation."""

from xueshi.web import doors, request_pages

urlpatterns = request_pages.patterns("operator", doors.operators)
