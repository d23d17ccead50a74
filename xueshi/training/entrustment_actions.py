"""A county has its training done by a municipal base (KF-35), and an authority sets what bases may ask (KF-39)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as words
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.people import access
from xueshi.people.models import Organisation
from xueshi.people.viewer import Viewer
from xueshi.training import base_queries, base_rules, base_words
from xueshi.training.base_actions import OFFICER, Scope, TermBackwards, region_of
from xueshi.training.base_change_actions import DayPast
from xueshi.training.base_models import Accreditation, Entrustment, FeeItem


class NotACounty(Refused):
    status = 403
    code = "entrusting-not-a-county"
    sentence = _("委托由区县人力社保局办理。")


class NotEntrustable(Refused):
    code = "base-not-entrustable"
    sentence = _("不能委托%(name)s：%(why)s。")
    next_step = _("请选一个资格有效的市级基地。")


class OwnBaseHere(Refused):
    status = 422
    code = "county-has-own-base"
    sentence = _("本地区已经有自己的基地%(name)s，一般不再委托。")
    next_step = _("确有需要的，请写明原因。")


class BeyondTheBase(Refused):
    status = 422
    code = "entrusted-beyond-the-base"
    sentence = _("%(what)s超出了这个基地核准的范围，不能委托给它。")
    next_step = _("请只选它核准的科目和专业；职称层次可以另定。")


class AlreadyEntrusted(Refused):
    code = "entrusted-already"
    sentence = _("本地区已经委托了%(name)s。")
    next_step = _("要改范围，请先结束原来的委托。")


class SetAbove(Refused):
    code = "fee-set-above"
    sentence = _("%(region)s已经定了统一标准，区县不另定。")
    next_step = _("请按统一标准收取；有意见请向上级反映。")


class FeeNotLater(Refused):
    status = 422
    code = "fee-not-later"
    sentence = _("已有 %(since)s 起的标准，新标准要从更晚的一天起。")


@transaction.atomic(durable=True)
def entrust(
    *, viewer: Viewer, bureau_id: int, base_id: int, scope: Scope, since: date, until: date | None = None,
    document: str = "", reason: str = "", at: datetime,
) -> Entrustment:  # fmt: skip
    """Entrust a municipal base that is in force today with a part of the county's training.

    Raises NotACounty, NotYours, NotEntrustable, OwnBaseHere, BeyondTheBase, AlreadyEntrusted, DayPast, TermBackwards.
    """
    region, today = region_of(viewer, bureau_id), clock.day_of(at)
    bureau = Organisation.objects.select_for_update(of=("self",)).get(pk=bureau_id)
    if bureau.kind != Organisation.Kind.COUNTY_HRSS:
        raise NotACounty()
    base = access.organisations(viewer, "entrust").filter(pk=base_id, closed_at=None).first()
    if base is None:
        raise NotYours()
    paper = _paper_in_force(base, today)
    kept = scope.checked()
    _within_the_base(paper, kept)
    if since < today:
        raise DayPast()
    if until is not None and until <= since:
        raise TermBackwards()
    _once(region.pk, base, today)
    own = base_queries.own_base_of(region.pk, today)
    if own is not None and not reason:
        raise OwnBaseHere(name=own.base.name)
    made = Entrustment.objects.create(
        bureau=bureau, region=region, base=base, since=since, until=until, document=document, reason=reason,
        made_at=at, made_by_id=viewer.person_id, **kept,
    )  # fmt: skip
    audit.record(
        viewer, "training.entrust_base", f"entrustment:{made.pk}", at=at, reason=reason, base=base.pk,
        region=region.code, since=since.isoformat(), **kept,
    )  # fmt: skip
    return made


def _paper_in_force(base: Organisation, today: date) -> base_queries.Paper:
    """The base's accreditation, locked and in force today; raises NotEntrustable."""
    Accreditation.objects.select_for_update().filter(base=base).order_by("pk").first()
    paper = base_queries.paper_of(base.pk, today)
    if paper is None or paper.accreditation.level != Accreditation.Level.MUNICIPAL:
        raise NotEntrustable(name=base.name, why=words("它不是市级基地"))
    if paper.standing != "approved":
        raise NotEntrustable(name=base.name, why=base_words.STANDINGS[paper.standing])
    return paper


def _within_the_base(paper: base_queries.Paper, kept: dict[str, list[str]]) -> None:
    """Subjects and specialties as the base is approved for them; the levels are the county's own (KF-35, KF-37)."""
    have = base_rules.Terms.of(paper.terms.subjects, paper.terms.specialties) if paper.terms else None
    beyond = base_words.subjects(set(kept["subjects"]) - have.subjects) if have else []
    beyond += [one for one in kept["specialties"] if have and base_rules.word(one) not in have.specialties]
    if beyond:
        raise BeyondTheBase(what=words("、").join(beyond))


def _once(region_id: int, base: Organisation, today: date) -> None:
    """One entrustment of a base by a county at a time; one that has run out is laid aside."""
    open_ones = Entrustment.objects.select_for_update().filter(region_id=region_id, base=base, ended_at=None)
    for one in open_ones.filter(Q(until__isnull=True) | Q(until__gt=today)):
        raise AlreadyEntrusted(name=one.base.name)
    for one in open_ones:
        one.ended_at = one.made_at  # by its own term
        one.save(update_fields=["ended_at"])


@transaction.atomic(durable=True)
def end_entrustment(*, viewer: Viewer, entrustment_id: int, reason: str, at: datetime) -> Entrustment:
    """End it from today on; what was taught until then stays. The second click finds it done."""
    if viewer.capacity != OFFICER:
        raise NotAllowed()
    one = Entrustment.objects.select_for_update().filter(pk=entrustment_id).first()
    if one is None or one.bureau_id not in viewer.organisations(OFFICER):
        raise NotYours()
    today = clock.day_of(at)
    if one.ended_at is None and (one.until is None or one.until > today):
        one.until, one.ended_at, one.ended_by_id = max(one.since, today), at, viewer.person_id
        one.end_reason = reason
        one.save(update_fields=["until", "ended_at", "ended_by", "end_reason"])
        audit.record(viewer, "training.end_entrustment", f"entrustment:{one.pk}", at=at, reason=reason)
    return one


@transaction.atomic(durable=True)
def set_fee(
    *, viewer: Viewer, bureau_id: int, subject: str, title_level: str, per: str, amount: Decimal, since: date,
    basis: str, at: datetime,
) -> FeeItem:  # fmt: skip
    """Set what bases of the bureau's region may ask from a day on; the authority, never the base (KF-39).

    Raises SetAbove where the city has set it, FeeNotLater where a line from that day or a later one stands.
    """
    region, today = region_of(viewer, bureau_id), clock.day_of(at)
    Organisation.objects.select_for_update(of=("self",)).get(pk=bureau_id)
    alike = FeeItem.objects.filter(subject=subject, title_level=title_level).select_related("region")
    above = [one for one in alike if region.code.startswith(one.region.code) and one.region_id != region.pk]
    if above:
        raise SetAbove(region=above[0].region.name)
    last = alike.filter(region=region).order_by("since", "pk").last()
    said = {"per": per, "amount": amount, "since": since, "basis": basis}
    if last and all(getattr(last, key) == value for key, value in said.items()):
        return last
    if last and (since < last.since or since == last.since <= today):
        raise FeeNotLater(since=last.since.isoformat())
    made = FeeItem.objects.create(
        region=region, bureau_id=bureau_id, subject=subject, title_level=title_level, set_at=at,
        set_by_id=viewer.person_id, **said,
    )  # fmt: skip
    audit.record(
        viewer, "training.set_fee", f"fee:{made.pk}", at=at, region=region.code, category=subject, per=per,
        amount=str(amount), since=since.isoformat(), basis=basis,
    )  # fmt: skip
    return made
