"""The unit's desk: its people, and the hours to confirm (CQ-32)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xueshi.certificates import actions, unit_queries
from xueshi.kernel import clock
from xueshi.web import doors

MOST = 200  # slips in one press of the button


@require_GET
@doors.employers
def home(request: doors.SeenRequest) -> HttpResponse:
    """Verified slips to confirm, then everybody else of the unit."""
    unit = unit_queries.unit_for(doors.only(request, "unit_clerk"), clock.now())
    return render(request, "employer/home.html", {"unit": unit})


@require_POST
@doors.employers
def confirm(request: doors.SeenRequest) -> HttpResponseRedirect:
    """Confirm the hours of one slip or of those ticked; what cannot be confirmed is listed with its reason."""
    viewer = doors.only(request, "unit_clerk")
    ids = [int(one) for one in request.POST.getlist("slip") if one.isdecimal() and len(one) < 19][:MOST]
    done = actions.confirm_all(viewer=viewer, document_ids=ids, at=clock.now())
    confirmed = [one for one in done if not one.said]
    if confirmed:
        messages.success(request, _("已确认 %(n)d 人的学时，证书和登记卡已签发。") % {"n": len(confirmed)})
    for one in done:
        if one.said:
            messages.warning(request, _("有 1 人没有确认：%(why)s") % {"why": one.said})
    if not done:
        messages.warning(request, _("先勾选要确认的人。"))
    return redirect("employer:home")


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("confirm/", confirm, name="confirm"),
]
