"""One request as an office sees it, and what the office does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from xueshi.certificates import joining_actions
from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.ledger import merge_queries
from xueshi.people import (
    access,
    claim_actions,
    correction_actions,
    joining_queries,
    merging_actions,
    post_actions,
    request_actions,
    request_queries,
    request_rules,
    transfer_actions,
)
from xueshi.people.joining_rules import Contradiction
from xueshi.people.request_actions import OwnRequest, RequestDecided
from xueshi.people.viewer import Viewer
from xueshi.web import doors, request_words
from xueshi.web.redirects import SeeOther
from xueshi.web.request_forms import DecideForm, ProposeMergeForm, WhyForm

if TYPE_CHECKING:
    from xueshi.people.models import ChangeRequest

ACCEPT: dict[str, Callable[..., Any]] = {
    "correction": correction_actions.accept_correction,
    "transfer": transfer_actions.accept_transfer,
    "claim": claim_actions.accept_claim,
    "merge": joining_actions.merge,
    "unmerge": joining_actions.unmerge,
    "grant": post_actions.confirm_grant,
}


def shown(
    request: doors.SeenRequest,
    door: str,
    roles: Sequence[str],
    request_id: int,
    *,
    form: DecideForm | None = None,
    why: WhyForm | None = None,
) -> HttpResponse:
    """The page of one request; raises NotYours."""
    at = clock.now()
    found = request_queries.one_seen(request.viewer, roles, request_id)
    viewer = request_queries.deciding(request.viewer, roles, found)
    decides, own = _decides(viewer, found), request.viewer.person_id in _concerned(found)
    standing = request_actions.standing_of(found)
    here, there = request_words.columns(found)
    urls = {"requests": reverse(f"{door}:requests"), "decide": _to(door, "request_decide", found)}
    if door != "employer":
        urls |= {name: _to(door, f"request_{name}", found) for name in ("unmask", "turn", "undo")}
    context = {
        "door": door, "told": request_words.said(found, at), "lines": request_words.lines(found), "here": here,
        "there": there, "steps": [(one, request_words.step_word(one)) for one in request_queries.history(found)],
        "papers": request_queries.papers(found), "decides": decides, "own": own,
        "live": found.state in request_rules.LIVE,
        "elsewhere": _elsewhere(door, found), "taken": decides and request_queries.taken(found) is not None,
        "same": standing.first_yes == request.viewer.person_id and found.state == request_rules.OPEN,
        "first": standing.first_yes is None, "two": found.kind in request_rules.TWO_YESES,
        "form": form or (_form(found, viewer) if decides else None), "why": why or WhyForm(),
        "opens": may_open(request.viewer, roles, found),
        "number": "number" in found.wanted and decides, "can_undo": _can_undo(door, found),
        "urls": urls,
    }  # fmt: skip
    bad = (form and form.errors) or (why and why.errors)
    return render(request, "requests/one.html", context, status=422 if bad else 200)


def _concerned(found: ChangeRequest) -> set[int | None]:
    return {found.asked_by_id, found.person_id, found.other_id} - {None}


def _decides(viewer: Viewer, found: ChangeRequest) -> bool:
    """Whether this page offers a decision: to whoever may, about somebody else, while it is not settled."""
    if found.state not in request_rules.LIVE or viewer.person_id in _concerned(found):
        return False
    return found.kind not in request_queries.ELSEWHERE and access.can(viewer, "decide", found)


def may_open(viewer: Viewer, roles: Sequence[str], found: ChangeRequest) -> bool:
    """Papers are for their asker and for those who may decide, not for all who may see that there is a request."""
    if viewer.person_id == found.asked_by_id:
        return True
    return access.can(request_queries.deciding(viewer, roles, found), "decide", found)


def _to(door: str, name: str, found: ChangeRequest) -> str:
    return reverse(f"{door}:{name}", args=[found.pk])


def _elsewhere(door: str, found: ChangeRequest) -> str:
    """Where a request is decided that is not decided here."""
    organisation = found.wanted.get("organisation")
    if found.kind == "closing" and organisation and door != "employer":
        return reverse(f"{door}:organisation", args=[organisation])
    return ""


def _can_undo(door: str, found: ChangeRequest) -> bool:
    gone = joining_queries.pair(found)[1] if found.kind == "merge" and found.state == "accepted" else None
    return door != "employer" and gone is not None and gone.merged_into_id is not None


def _contradictions(found: ChangeRequest) -> list[Contradiction]:
    here, there = joining_queries.pair(found)
    if found.kind != "merge" or here is None or there is None:
        return []
    return merge_queries.contradictions(here, there)


def _form(found: ChangeRequest, viewer: Viewer, data: Any = None) -> DecideForm:
    first = found.kind in request_rules.TWO_YESES and (
        request_actions.standing_of(found).first_yes in {None, viewer.person_id}
    )
    offices = request_queries.offices_to_hand_to(found) if viewer.capacity in {"officer", "counter"} else []
    return DecideForm(data, request=found, first=first, offices=offices, contradictions=_contradictions(found))


def decide(request: doors.SeenRequest, door: str, roles: Sequence[str], request_id: int) -> HttpResponse:
    """Take the step that was chosen; what does not fit is said in the form, and nothing typed is lost."""
    found = request_queries.one_seen(request.viewer, roles, request_id)
    viewer = request_queries.deciding(request.viewer, roles, found)
    form = _form(found, viewer, request.POST)
    if form.is_valid():
        try:
            _take(viewer, found, form)
        except RequestDecided as done:
            messages.warning(request, f"{done.said}{done.advice}")
            return SeeOther(_to(door, "request", found))
        except (NotYours, OwnRequest):
            raise
        except Refused as refused:
            form.add_error(None, f"{refused.said}{refused.advice}")
        else:
            messages.success(request, _done(form.cleaned_data["step"]))
            return SeeOther(reverse(f"{door}:requests"))
    return shown(request, door, roles, request_id, form=form)


def _take(viewer: Viewer, found: ChangeRequest, form: DecideForm) -> None:
    step, reason, at = form.cleaned_data["step"], form.cleaned_data["reason"], clock.now()
    given = {"viewer": viewer, "request_id": found.pk, "reason": reason, "at": at}
    if step == "accepted":
        ACCEPT[found.kind](**given)
    elif step == "proposed":
        request_actions.second(**given, choices=form.choices())
    elif step == "handed_on":
        request_actions.hand_on(**given, office_id=form.cleaned_data.get("office") or found.office_id)
    else:
        {"returned": request_actions.give_back, "refused": request_actions.refuse}[step](**given)


def _done(step: str) -> str:
    return {
        "accepted": _("已同意，并且已经办好。"), "proposed": _("已提请复核，等另一位同事办理。"),
        "handed_on": _("已转给那个单位。"), "returned": _("已退回补充，本人会看到原因。"),
        "refused": _("已记下：不同意。本人会看到原因。"),
    }[step]  # fmt: skip


def unmask(request: doors.SeenRequest, door: str, roles: Sequence[str], request_id: int) -> HttpResponse:
    """The whole number in the answer to a form with a reason, and nowhere else."""
    found = request_queries.one_seen(request.viewer, roles, request_id)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return shown(request, door, roles, request_id, why=form)
    viewer = request_queries.deciding(request.viewer, roles, found)
    number = correction_actions.unmask_wanted(
        viewer=viewer, request_id=request_id, reason=form.cleaned_data["reason"], at=clock.now()
    )
    told = request_words.said(found, clock.now())
    context = {
        "number": number,
        "told": told,
        "reason": form.cleaned_data["reason"],
        "back_url": _to(door, "request", found),
    }
    return render(request, "requests/number.html", context)


def turn(request: doors.SeenRequest, door: str, roles: Sequence[str], request_id: int) -> HttpResponse:
    """The number has an account: go on as a merge, as the first of two."""
    found = request_queries.one_seen(request.viewer, roles, request_id)
    merge = merging_actions.turn_into_merge(
        viewer=request_queries.deciding(request.viewer, roles, found), request_id=request_id,
        reason=request.POST.get("reason", "")[:500], at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("已改为合并账号，并由您提请复核，等另一位同事办理。"))
    return _to_merge(request, door, roles, merge)


def _to_merge(request: doors.SeenRequest, door: str, roles: Sequence[str], made: ChangeRequest) -> HttpResponse:
    """The new request, where the viewer sees it: it may lie with a bureau above."""
    seen = request_queries.seen(request.viewer, "see", roles).filter(pk=made.pk).exists()
    return SeeOther(_to(door, "request", made) if seen else reverse(f"{door}:requests"))


def undo(request: doors.SeenRequest, door: str, roles: Sequence[str], request_id: int) -> HttpResponse:
    """Ask, as the first of two, that a merge be undone."""
    found = request_queries.one_seen(request.viewer, roles, request_id)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return shown(request, door, roles, request_id, why=form)
    asked = merging_actions.ask_unmerge(
        viewer=request_queries.deciding(request.viewer, roles, found), request_id=request_id,
        reason=form.cleaned_data["reason"], at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("已提请撤销合并，等另一位同事办理。"))
    return _to_merge(request, door, roles, asked)


def propose(request: doors.SeenRequest, door: str) -> HttpResponse:
    """Two numbers of one human, with reason and papers."""
    if request.method != "POST":
        return render(request, "requests/merge.html", {"form": ProposeMergeForm(), "door": door})
    form = ProposeMergeForm(request.POST, request.FILES)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            made = merging_actions.propose_merge(
                viewer=request.viewer, kept_id=typed["kept"].number, other_id=typed["other"].number,
                reason=typed["reason"], papers=typed["papers"], at=clock.now(),
            )  # fmt: skip
        except (NotYours, OwnRequest):
            raise
        except Refused as refused:
            form.add_error(None, f"{refused.said}{refused.advice}")
        else:
            messages.success(request, _("已提请合并，等另一位同事复核。"))
            return _to_merge(request, door, ("officer", "counter"), made)
    return render(request, "requests/merge.html", {"form": form, "door": door}, status=422)
