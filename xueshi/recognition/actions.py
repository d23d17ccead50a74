"""Asking for a review and deciding it. Both verbs are made to be called by other actions."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.ledger import law
from xueshi.people import queries as people
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.policy.book import Rulebook, Silent, Undecided
from xueshi.policy.chapters import ReviewRoute
from xueshi.policy.facts import Facts
from xueshi.recognition import queries, rules
from xueshi.recognition.models import Review


class RouteUndecided(Refused):
    """A fact is missing on which the route hangs (CQ-33 to CQ-36)."""

    code = "route-undecided"
    sentence = _("还不能确定由谁审验：缺少您的%(missing)s。")
    next_step = _("请在个人资料里补填单位和档案存放处，再送审。")


class NoVerifier(Refused):
    """The law names a verifier that the platform does not know."""

    code = "no-verifier"
    sentence = _("按规定应由%(who)s审验，但平台上还没有这个单位。")
    next_step = _("合格单已为您保存。请先核对个人资料里的单位和档案存放处；无误的，请联系平台管理员添加。")


class TwoReviews(Refused):
    """The law has one verify and another confirm; one decision alone must not stand for both."""

    code = "two-reviews"
    sentence = _("按规定应由%(who)s确认，平台上还不能这样送审。")
    next_step = _("合格单已为您保存，请带着打印的合格单到那里办理。")


class NobodyVerifies(Refused):
    """The instrument in force is silent about this person."""

    code = "nobody-verifies"
    sentence = _("现行规定没有写明由谁审验您的合格单。")
    next_step = _("请向当地人力社保部门咨询。")


class OwnDocument(Refused):
    """Nobody decides his or her own (bad luck of an officer who studies too)."""

    status = 403
    code = "own-document"
    sentence = _("这是您本人的合格单，不能由您自己审验。")
    next_step = _("请由本单位另一位审验人办理。")


class SealMissing(Refused):
    """The route asks for a seal (CQ-34 to CQ-36)."""

    code = "seal-missing"
    sentence = _("这一类合格单审验时要加盖有效印章，请写明印章名称。")


class ReasonMissing(Refused):
    """A refusal says why: the person reads it."""

    code = "reason-missing"
    sentence = _("退回要写明原因，本人会看到。")


class MethodMissing(Refused):
    """A verification says how it was checked (CQ-37)."""

    code = "method-missing"
    sentence = _("请选择核查方式：核查成绩合格单，或者上网查询核查。")


class AlreadyDecided(Refused):
    """Somebody else was quicker and said otherwise."""

    code = "already-decided"
    sentence = _("这张合格单已经由%(who)s%(what)s，不能再改。")
    next_step = _("被退回的，本人可以重新送审。")


class TooFast(Refused):
    """Stamping at will (随意审验) is what the notice names as a wrong."""

    status = 429
    code = "too-fast"
    sentence = _("一分钟内已审验 %(pace)s 张，先停一停。审验要逐张核对，太快的会被认作随意审验。")
    next_step = _("一分钟后可以继续；刚才已办理的都已保存。")


OBSTACLES: dict[rules.Obstacle, type[Refused]] = {
    rules.Obstacle.OWN: OwnDocument,
    rules.Obstacle.NO_METHOD: MethodMissing,
    rules.Obstacle.NO_SEAL: SealMissing,
    rules.Obstacle.NO_REASON: ReasonMissing,
}


@transaction.atomic
def ask_review(*, viewer: Viewer, subject: str, person_id: int, instrument: str, category: str, at: datetime) -> Review:
    """Send a subject to whom the law names; a live review of it is returned as it is.

    A refused one may be sent again, and then finds its verifier anew. Raises RouteUndecided, NoVerifier,
    NobodyVerifies, TwoReviews.
    """
    if Person.objects.select_for_update().filter(pk=person_id).first() is None:
        raise NotYours()
    live = Review.objects.filter(subject=subject).exclude(state=Review.State.REFUSED).first()
    if live:
        return live
    book = law.of(instrument)
    route = _route(book, category, person_id, at)
    found = queries.verifier_of(route, person_id, clock.day_of(at))
    if route.then:
        raise TwoReviews(who=queries.named(book, route))
    if found is None:
        raise NoVerifier(who=queries.named(book, route))
    actor, organisation = found
    review = Review.objects.create(
        subject=subject,
        person_id=person_id,
        organisation=organisation,
        route=actor,
        sealed=route.sealed,
        instrument=instrument,
        provision=route.provision,
        submitted_at=at,
    )
    audit.record(viewer, "review.ask", subject, at=at, review=review.pk, organisation=organisation.pk)
    return review


def _route(book: Rulebook, category: str, person_id: int, at: datetime) -> ReviewRoute:
    on = clock.day_of(at)
    known: Any = people.law_facts(person_id, on)  # the engine checks every word
    try:
        return book.route_for(category, Facts.of(known), on)
    except Undecided as missing:
        terms = [book.words.facts[name].term for name in sorted(missing.facts)]
        raise RouteUndecided(missing="、".join(terms)) from missing
    except Silent as silence:
        raise NobodyVerifies() from silence


@transaction.atomic
def decide(
    *,
    viewer: Viewer,
    review_id: int,
    verdict: str,
    method: str = "",
    seal: str = "",
    reason: str = "",
    at: datetime,
) -> Review:
    """Verify or refuse (CQ-37); the same verdict a second time changes nothing.

    The verifier's own row is locked first, so that the pace is counted right, then the review.
    """
    Person.objects.select_for_update().get(pk=viewer.person_id)
    mine = Review.objects.select_for_update(of=("self",)).filter(organisation_id__in=viewer.organisations("verifier"))
    review = mine.filter(pk=review_id).first()
    if review is None:
        raise NotYours()
    decision = rules.Decision(rules.Verdict(verdict), method, seal.strip(), reason.strip())
    methods = law.of(review.instrument).review_methods("public", clock.day_of(at))
    hindered = rules.obstacle(
        decision,
        decider_id=viewer.person_id,
        person_id=review.person_id,
        sealed=review.sealed,
        methods=methods.methods if methods else tuple(Review.Method.values),
    )
    if hindered is not None:
        raise OBSTACLES[hindered]()
    if review.state == decision.verdict.value:
        return review
    if review.state != Review.State.PENDING:
        raise AlreadyDecided(who=_name(review.decided_by_id), what=_say(review.get_state_display()))
    _keep_pace(viewer, at)
    review.state = decision.verdict.value
    review.decided_at, review.decided_by_id = at, viewer.person_id
    verified = decision.verdict is rules.Verdict.VERIFIED
    review.method, review.seal = (decision.method, decision.seal) if verified else ("", "")
    review.reason = "" if verified else decision.reason
    review.save(update_fields=["state", "decided_at", "decided_by_id", "method", "seal", "reason"])
    audit.record(
        viewer,
        f"review.{decision.verdict.value}",
        review.subject,
        at=at,
        reason=review.reason,
        review=review.pk,
        method=review.method,
        seal=review.seal,
    )
    return review


def _keep_pace(viewer: Viewer, at: datetime) -> None:
    recent = Review.objects.filter(
        decided_by_id=viewer.person_id, decided_at__gt=at - rules.STRETCH, decided_at__lte=at
    ).count()
    if rules.too_fast(recent):
        raise TooFast(pace=rules.PACE)


def _name(person_id: int | None) -> str:
    return Person.objects.filter(pk=person_id or 0).values_list("name", flat=True).first() or ""
