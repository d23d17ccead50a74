"""Several applications approved in one batch, with what was left and why (KF-40)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from xueshi.kernel import clock
from xueshi.training import base_actions, base_queries
from xueshi.web import base_pages, doors
from xueshi.web.authority.base_forms import NEW, ApprovalsForm
from xueshi.web.authority.bases import told
from xueshi.web.base_pages import Shown
from xueshi.web.redirects import SeeOther


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def base_approvals(request: doors.SeenRequest) -> HttpResponse:
    """Tick applications, name the batch, approve; those that cannot be approved stay, each with its reason."""
    viewer, at = doors.only(request, "officer"), clock.now()
    today = clock.day_of(at)
    waiting = base_queries.waiting_for(viewer, today)
    batches = list(base_queries.batches_for(viewer))
    posted = request.method == "POST"
    form = ApprovalsForm(
        request.POST if posted else None, waiting=[paper.accreditation.pk for paper in waiting], batches=batches,
        initial={"since": today, "decided_on": today, "batch": NEW},
    )  # fmt: skip
    left: list[base_actions.Left] = []
    if posted and form.is_valid():
        done: list[Any] = []

        def approve() -> None:
            approved, others = _approve(viewer, form.cleaned_data, at)
            done.extend(approved)
            left.extend(others)

        if told(form, approve):
            if done:
                count = ngettext("已批准 %(n)s 个基地。", "已批准 %(n)s 个基地。", len(done)) % {"n": len(done)}
                messages.success(request, count)
            if not left:
                return SeeOther(reverse("authority:bases"))
            waiting = base_queries.waiting_for(viewer, today)
    shown = {
        "form": form, "waiting": [Shown(paper) for paper in waiting], "left": left, "batches": batches,
        "picked": set(request.POST.getlist("picked")) if posted else set(), "me": viewer.person_id,
    }  # fmt: skip
    return render(request, "authority/base_approvals.html", shown, status=422 if form.errors else 200)


def _approve(viewer: Any, typed: dict[str, Any], at: Any) -> Any:
    batch_id = typed["batch"]
    if batch_id is None:
        first = base_queries.bureau_of(viewer, typed["picked"][0])
        batch_id = base_actions.found_batch(
            viewer=viewer, bureau_id=first, name=typed["name"], decided_on=typed["decided_on"],
            document=typed["document"], at=at,
        )  # fmt: skip
    return base_actions.approve_several(
        viewer=viewer, accreditation_ids=typed["picked"], batch_id=batch_id, since=typed["since"],
        until=base_pages.until_of(typed["last_day"]), at=at,
    )  # fmt: skip


urlpatterns: list[URLPattern] = [path("bases/approvals/", base_approvals, name="base_approvals")]
