"""Money that came for nothing: what must be given back, by whom nothing but a masked name is told."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xueshi.certificates.rules import masked_name
from xueshi.payments.settling_queries import notices_to_settle
from xueshi.web import doors
from xueshi.web.operator.establishment import page_of


@require_safe
@doors.operators
def money(request: doors.SeenRequest) -> HttpResponse:
    rows = [replace(row, name=masked_name(row.name) if row.name else "") for row in notices_to_settle(request.viewer)]
    return render(request, "operator/money.html", {"rows": page_of(request, rows), "count": len(rows)})


urlpatterns: list[URLPattern] = [path("money/", money, name="money")]
