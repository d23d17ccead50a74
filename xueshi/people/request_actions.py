"""Requests that somebody else decides: asked, returned, sent again, handed on, decided. Every step stays.

What a request wants is carried out by whoever knows how: `accept` decides, and the caller applies what was wanted in
the same transaction (`correction_actions`, `transfer_actions`, `claim_actions`, `ledger.merge_actions`, grants).
Locks: the persons concerned by ascending key, then the request.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, files, messages, redaction, vault
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, request_rules
from xueshi.people.models import ChangeRequest, ChangeStep, Evidence, Organisation, Person
from xueshi.people.request_rules import Paper, Standing
from xueshi.people.viewer import Viewer

SECRET = "request"  # noqa: S105  the field's name under the vault
MOST_WORDS = 500
_PAPERS = {
    "empty": _("文件“%(name)s”是空的。"),
    "large": _("文件“%(name)s”超过 5 MB。"),
    "kind": _("文件“%(name)s”不是 JPG、PNG 或 PDF。"),
    "name": _("文件“%(name)s”的内容和扩展名不一致。"),
}


class RequestDecided(Refused):
    """Two officers at once: the first stands, the second is told."""

    code = "request-decided"
    sentence = _("这件申请已经由%(who)s在 %(when)s 办结：%(what)s。")
    next_step = _("不用再办。结果不对的，请本人另提一件申请。")


class RequestElsewhere(Refused):
    """The request is not at the point where this can be done."""

    code = "request-elsewhere"
    sentence = _("这件申请现在是“%(state)s”，不能这样办。")
    next_step = _("请刷新页面，看它现在在谁手里。")


class OwnRequest(Refused):
    """Nobody decides what he asked for, or what is about himself."""

    status = 403
    code = "own-request"
    sentence = _("这件申请是您提出的，或者是关于您本人的，不能由您办理。")
    next_step = _("请同一科室的同事办理。")


class RequestReasonMissing(Refused):
    """Whoever asks, sends back or refuses says why; the other reads it."""

    status = 422
    code = "request-reason-missing"
    sentence = _("请写明原因，对方会看到。")


class SecondYesMissing(Refused):
    """What cannot easily be undone needs two officers."""

    code = "second-yes-missing"
    sentence = _("合并和撤销合并要两个人：一人核对后提请复核，另一人复核同意。")
    next_step = _("请先“核对无误，提请复核”，再请另一位同事办理。")


class NobodyToAsk(Refused):
    """A request by somebody who had not signed in cannot go back to him."""

    code = "nobody-to-ask"
    sentence = _("这件申请是没有登录的人提出的，不能退回补充。")
    next_step = _("材料不够的，请选“不同意”并写明要带什么；短信会告诉本人。")


class PaperRefused(Refused):
    """A file that is not what it says, or too large."""

    status = 422
    code = "paper-refused"
    sentence = "%(why)s"
    next_step = _("可以上传 JPG、PNG 或 PDF，每个不超过 5 MB。")


class TooManyPapers(Refused):
    """As many as anybody reads."""

    status = 422
    code = "too-many-papers"
    sentence = _("一件申请最多附 %(most)s 个文件。")
    next_step = _("请把几页合成一个 PDF。")


# ---- asking ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    viewer: Viewer | None,
    kind: str,
    wanted: Mapping[str, Any],
    office_id: int,
    person_id: int | None = None,
    other_id: int | None = None,
    secret: Mapping[str, str] | None = None,
    number_index: str = "",
    reason: str,
    at: datetime,
    papers: Iterable[Paper] = (),
) -> ChangeRequest:
    """Ask for something that another person decides; made to be called by the action that knows what is asked.

    `wanted` never holds a number of a card or a phone: those go into `secret`. Raises RequestReasonMissing,
    PaperRefused, TooManyPapers.
    """
    if not reason.strip():
        raise RequestReasonMissing()
    request = ChangeRequest.objects.create(
        kind=kind, wanted=dict(wanted), secret=seal(secret) if secret else None, number_index=number_index,
        person_id=person_id, other_id=other_id, asked_by_id=viewer.person_id if viewer else None, asked_at=at,
        reason=_words(reason), office_id=office_id, with_since=at,
    )  # fmt: skip
    _note(viewer, request, "asked", reason, at)
    keep_papers(viewer=viewer, request=request, papers=papers, at=at)
    if standing_of(request).first_yes is not None:  # an officer who asks for what needs two has agreed
        _note(viewer, request, "proposed", "", at)
    return request


def keep_papers(*, viewer: Viewer | None, request: ChangeRequest, papers: Iterable[Paper], at: datetime) -> None:
    """Keep files with a request, encrypted; raises PaperRefused, TooManyPapers."""
    sent = list(papers)
    if len(sent) + Evidence.objects.filter(request=request).count() > request_rules.MOST_PAPERS:
        raise TooManyPapers(most=request_rules.MOST_PAPERS)
    for paper in sent:
        name, found = request_rules.paper_name(paper.name), request_rules.paper_kind(paper)
        if found in _PAPERS:
            raise PaperRefused(why=str(_PAPERS[found]) % {"name": name})
        stored = files.keep_sealed(paper.data, name=name, content_type=found, at=at)
        Evidence.objects.create(
            request=request, file=stored, name=name, added_by_id=viewer.person_id if viewer else None, added_at=at
        )


def seal(secret: Mapping[str, str]) -> bytes:
    """What must not stand in clear, as it is kept."""
    return vault.lock(SECRET, json.dumps(dict(secret), ensure_ascii=False))


def unsealed(request: ChangeRequest) -> dict[str, str]:
    """What `seal` kept; nothing for a request without a secret. For the action that applies it, and for unmasking."""
    if request.secret is None:
        return {}
    found: dict[str, str] = json.loads(vault.unlock(SECRET, bytes(request.secret)))
    return found


# ---- steps ----------------------------------------------------------------------------------------------------------


def standing_of(request: ChangeRequest) -> Standing:
    """The request as the rules see it."""
    concerned = [one for one in (request.person_id, request.other_id) if one is not None]
    begun = request_rules.asked(request.kind, request.asked_by_id, concerned)
    first = begun.first_yes
    steps = ChangeStep.objects.filter(request=request).order_by("pk").values_list("what", "by_id")
    if request.kind in request_rules.TWO_YESES and len(steps) > 1:
        first = request_rules.first_yes(steps)
    return Standing(request.kind, request.asked_by_id, begun.concerned, request.state, first)


def locked(request_id: int) -> ChangeRequest:
    """The request and the persons concerned, held; raises NotYours for one that is not there."""
    about = ChangeRequest.objects.filter(pk=request_id).values_list("person_id", "other_id").first()
    if about is None:
        raise NotYours()
    concerned = sorted(one for one in about if one is not None)
    list(Person.objects.select_for_update().filter(pk__in=concerned).order_by("pk").values_list("pk"))
    return ChangeRequest.objects.select_for_update().get(pk=request_id)


def _taken_by_office(viewer: Viewer, request_id: int, step: request_rules.Step, reason: str) -> ChangeRequest:
    """The request, held, after the viewer was found to be one who may take this step with it."""
    request = locked(request_id)
    _check(request, step, viewer, reason)
    if not access.can(viewer, "decide", request):
        raise NotYours()
    return request


def _check(request: ChangeRequest, step: request_rules.Step, viewer: Viewer, reason: str) -> None:
    """Raises what the rules have against it; who has no business here is told nothing of how it stands."""
    found = request_rules.problem(standing_of(request), step, by=viewer.person_id, reason=reason)
    if found is None:
        return
    if found == "not_asker" or (found != "own" and not _may_know(viewer, request)):
        raise NotYours()
    if found == "finished":
        raise _decided(request)
    if found == "out_of_turn":
        raise RequestElsewhere(state=request.get_state_display())
    raise {
        "own": OwnRequest, "reason": RequestReasonMissing, "nobody_to_ask": NobodyToAsk,
        "first_yes": SecondYesMissing, "same_yes": SecondYesMissing,
    }[found]()  # fmt: skip


def _may_know(viewer: Viewer, request: ChangeRequest) -> bool:
    return viewer.person_id == request.asked_by_id or access.can(viewer, "decide", request)


def _decided(request: ChangeRequest) -> RequestDecided:
    last = ChangeStep.objects.filter(request=request).select_related("by").order_by("-pk").first()
    who = last.by.name if last and last.by else ""
    when = (request.decided_at or (last.at if last else request.asked_at)).astimezone(clock.SHANGHAI)
    return RequestDecided(who=who, when=f"{when:%Y-%m-%d %H:%M}", what=request.get_state_display())


@transaction.atomic
def accept(*, viewer: Viewer, request_id: int, kind: str, reason: str = "", at: datetime) -> ChangeRequest:
    """Agree, and give back the request, held: the caller applies what it wants in the same transaction.

    Raises NotYours (also for another kind), OwnRequest, RequestDecided, RequestElsewhere, SecondYesMissing.
    """
    request = _taken_by_office(viewer, request_id, "accepted", reason)
    if request.kind != kind:
        raise NotYours()
    return _decide(viewer, request, "accepted", reason, at)


@transaction.atomic(durable=True)
def refuse(*, viewer: Viewer, request_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Say no, with the reason, which the asker reads."""
    request = _taken_by_office(viewer, request_id, "refused", reason)
    _decide(viewer, request, "refused", reason, at)
    tell(request, say(_("您的申请没有同意：%(kind)s。原因：%(reason)s"), request, reason), at=at)
    return request


@transaction.atomic
def close_as_refused(*, viewer: Viewer, request_id: int, reason: str, at: datetime) -> ChangeRequest:
    """The same as a verb for an action that goes another way with what was asked."""
    return _decide(viewer, _taken_by_office(viewer, request_id, "refused", reason), "refused", reason, at)


def _decide(viewer: Viewer, request: ChangeRequest, verdict: str, reason: str, at: datetime) -> ChangeRequest:
    request.state, request.decided_by_id, request.decided_at = verdict, viewer.person_id, at
    request.decision, request.with_since = _words(reason), at
    request.save(update_fields=["state", "decided_by", "decided_at", "decision", "with_since"])
    _note(viewer, request, verdict, reason, at)
    return request


@transaction.atomic(durable=True)
def give_back(*, viewer: Viewer, request_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Send it back to the asker, with what is missing."""
    request = _taken_by_office(viewer, request_id, "returned", reason)
    _pass(viewer, request, "returned", request_rules.RETURNED, reason, at)
    tell(request, say(_("您的申请要补充：%(kind)s。%(reason)s 请登录后在“我的申请”里补充。"), request, reason), at=at)
    return request


@transaction.atomic(durable=True)
def hand_on(*, viewer: Viewer, request_id: int, office_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Give it to another office that decides such requests; raises NotYours for one that does not."""
    request = _taken_by_office(viewer, request_id, "handed_on", reason)
    if not Organisation.objects.filter(pk=office_id, kind__in=access.BUREAUS, closed_at=None).exists():
        raise NotYours()
    if request.office_id != office_id:
        request.office_id = office_id
        request.save(update_fields=["office"])
        _pass(viewer, request, "handed_on", request_rules.OPEN, reason, at)
    return request


@transaction.atomic(durable=True)
def second(*, viewer: Viewer, request_id: int, choices: Mapping[str, str], reason: str, at: datetime) -> ChangeRequest:
    """The first of two yeses, with what was chosen where the two accounts contradict each other."""
    request = _taken_by_office(viewer, request_id, "proposed", reason)
    request.wanted = {**request.wanted, "choices": dict(choices)}
    request.save(update_fields=["wanted"])
    _note(viewer, request, "proposed", reason, at)
    return request


@transaction.atomic(durable=True)
def resend(
    *, viewer: Viewer, request_id: int, reason: str, papers: Iterable[Paper] = (), at: datetime
) -> ChangeRequest:
    """Answer what was missing, in words and papers; raises NotYours, RequestElsewhere, PaperRefused, TooManyPapers."""
    request = locked(request_id)
    _check(request, "resent", viewer, reason)
    keep_papers(viewer=viewer, request=request, papers=papers, at=at)
    _pass(viewer, request, "resent", request_rules.OPEN, reason, at)
    if request.kind in request_rules.TWO_YESES and viewer.person_id not in {request.person_id, request.other_id}:
        _note(viewer, request, "proposed", "", at)
    return request


@transaction.atomic(durable=True)
def withdraw(*, viewer: Viewer, request_id: int, at: datetime) -> ChangeRequest:
    """The asker no longer wants it."""
    request = locked(request_id)
    _check(request, "withdrawn", viewer, "")
    _pass(viewer, request, "withdrawn", request_rules.WITHDRAWN, "", at)
    return request


def _pass(viewer: Viewer, request: ChangeRequest, what: str, state: str, reason: str, at: datetime) -> None:
    request.state, request.with_since = state, at
    request.save(update_fields=["state", "with_since"])
    _note(viewer, request, what, reason, at)


def _words(reason: str) -> str:
    """A reason as it is kept and read: many write the number into it that stands wrong, and few may see it whole."""
    return redaction.numbers_masked(reason.strip())[:MOST_WORDS]


def _note(viewer: Viewer | None, request: ChangeRequest, what: str, reason: str, at: datetime) -> None:
    said = _words(reason)
    ChangeStep.objects.create(
        request=request, at=at, by_id=viewer.person_id if viewer else None, office_id=request.office_id, what=what,
        reason=said,
    )  # fmt: skip
    audit.record(viewer, f"people.request_{what}", f"request:{request.pk}", at=at, reason=said[:200],
                 kind=request.kind, person=request.person_id, office=request.office_id)  # fmt: skip


# ---- telling --------------------------------------------------------------------------------------------------------


def say(sentence: Promise, request: ChangeRequest, reason: str = "") -> str:
    """A message in the house's own language: which one its reader prefers is not known."""
    with translation.override("zh-hans"):
        return str(sentence) % {"kind": request.get_kind_display(), "reason": _words(reason)[:60]}


def tell(request: ChangeRequest, body: str, *, at: datetime, phone: str = "", about: str = "") -> None:
    """A text to the person concerned (or to `phone`) about what happened last; once for each step."""
    person = Person.objects.filter(pk=request.asked_by_id or request.person_id or 0).first()
    number = phone or unsealed(request).get("phone", "") or (person.phone if person else "")
    last = ChangeStep.objects.filter(request=request).order_by("-pk").values_list("pk", flat=True).first()
    if number:
        messages.tell(key=f"request:{request.pk}:{last}{about}", channel="sms", address=number, body=body, at=at)
    elif person and person.email:
        messages.tell(key=f"request:{request.pk}:{last}{about}", channel="mail", address=person.email,
                      subject=say(_("学时：%(kind)s"), request), body=body, at=at)  # fmt: skip
