"""Organisations: added, changed, closed (where people hang on it by two persons) and opened again."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import connection, transaction
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.people import access, organisation_queries, post_rules, request_actions, rules_organisations
from xueshi.people.actions.placing import end_posts
from xueshi.people.models import ChangeRequest, Industry, Organisation, Post, Region
from xueshi.people.post_rules import FITTING
from xueshi.people.viewer import Seat, Viewer


class OrganisationTaken(Refused):
    code = "organisation-taken"
    sentence = _("这个地区已经有一个叫“%(name)s”的机构。")
    next_step = _("请直接使用它，或者换一个能区分的全称。")


class NotACreditCode(Refused):
    status = 422
    code = "not-a-credit-code"
    sentence = _("这不是统一社会信用代码：%(why)s。")
    next_step = _("请照营业执照或法人证书再核对一遍。")


class CreditCodeTaken(Refused):
    code = "credit-code-taken"
    sentence = _("这个统一社会信用代码已经是%(region)s“%(name)s”的。")
    next_step = _("同一单位请不要再建一个；改了名称的，请改原来的那个。")


class PostsInTheWay(Refused):
    code = "posts-in-the-way"
    sentence = _("这里还有 %(count)s 个岗位不能设在新的类别里。")
    next_step = _("请先在“人员与岗位”里结束这些岗位，再改类别。")


class LevelNotFitting(Refused):
    status = 422
    code = "level-not-fitting"
    sentence = _("%(kind)s的级别不能是“%(level)s”。")


class IndustryMissing(Refused):
    status = 422
    code = "industry-missing"
    sentence = _("行业主管部门要写明主管哪个行业。")
    next_step = _("行业决定它能看到哪些单位。")


class NotYourKind(Refused):
    """An office keeps what lies below it: a bureau is kept by the level above."""

    status = 403
    code = "not-your-kind"
    sentence = _("您的机构不能添加或修改这一级的%(kind)s。")
    next_step = _("请上级人力社保部门或平台管理员办理。")


class OwnOrganisation(Refused):
    status = 403
    code = "own-organisation"
    sentence = _("您的岗位就在%(name)s，不能由您自己关闭它。")
    next_step = _("关闭以后那里的岗位都会停止。请由岗位在别处的人办理。")


class NothingToClose(Refused):
    code = "nothing-to-close"
    sentence = _("这个关闭申请已经办过了，或者机构已经关闭。")


class OrganisationClosed(Refused):
    code = "organisation-closed"
    sentence = _("%(name)s已经关闭，资料不再改。")
    next_step = _("确实还要办理的，请先重新开放它。")


class ClosingReasonMissing(Refused):
    status = 422
    code = "closing-reason-missing"
    sentence = _("请写一句原因。")


class Facts(TypedDict, total=False):
    """What is kept of an organisation beside its name and region."""

    kind: str
    level: str
    industry_id: int | None
    credit_code: str
    ownership: str
    grass_roots: bool
    address: str
    phone: str
    hours: str


KEEPERS = (Post.Role.OPERATOR, Post.Role.OFFICER, Post.Role.INDUSTRY_OFFICER)
CLOSERS = (Post.Role.OPERATOR, Post.Role.OFFICER)
_CONTACT = ("address", "phone", "hours")  # what an officer may change of the own bureau


@transaction.atomic(durable=True)
def keep_organisation(
    *, viewer: Viewer, organisation_id: int | None, at: datetime, region_id: int, name: str, **facts: Unpack[Facts]
) -> Organisation:
    """Add an organisation, or change the one with this id; what `facts` does not name stays.

    Operators everywhere; an officer within the region of the bureau and not above its level; an officer of an industry
    the units of that industry there. Raises NotYours, NotYourKind, OrganisationTaken, CreditCodeTaken, NotACreditCode,
    LevelNotFitting, IndustryMissing, PostsInTheWay.
    """
    if viewer.capacity not in KEEPERS:
        raise NotAllowed()
    found = _to_change(viewer, organisation_id) if organisation_id is not None else None
    wanted = _wanted(found, facts)
    _check_shape(wanted)
    _check_reach(viewer, found, region_id, name, wanted)
    _check_codes(found, wanted["credit_code"])
    twins = Organisation.objects.filter(region_id=region_id, name=name).values_list("pk", flat=True)
    if any(twin != organisation_id for twin in twins):
        raise OrganisationTaken(name=name)
    if found is None:
        made, fresh = Organisation.objects.get_or_create(region_id=region_id, name=name, defaults=dict(wanted))
        if not fresh:  # somebody was faster with the same name
            raise OrganisationTaken(name=name)
        audit.record(viewer, "people.add_organisation", _subject(made), at=at, name=name, region=region_id, **wanted)
        return made
    if wanted["kind"] != found.kind:
        _check_posts_fit(found, wanted["kind"])
    return _changed(viewer, found, {"region_id": region_id, "name": name, **wanted}, at)


def _to_change(viewer: Viewer, organisation_id: int) -> Organisation:
    found = access.organisations(viewer, "keep").select_for_update(of=("self",)).filter(pk=organisation_id).first()
    if found is None:
        raise NotYours()
    if found.closed_at is not None:
        raise OrganisationClosed(name=found.name)
    return found


def _wanted(found: Organisation | None, facts: Facts) -> Facts:
    """Every fact as it shall be: what was said, over what stands."""
    fresh = Organisation(kind=Organisation.Kind.UNIT, level=Organisation.Level.COUNTY)
    keys = Facts.__annotations__
    wanted: Facts = {key: getattr(found or fresh, key) for key in keys}  # type: ignore[assignment]
    wanted.update(facts)
    return wanted


def _changed(viewer: Viewer, found: Organisation, wanted: dict[str, object], at: datetime) -> Organisation:
    """Write what differs; the audit line says before and after, and nothing is written where nothing differs."""
    before = {key: getattr(found, key) for key in wanted if getattr(found, key) != wanted[key]}
    if before:
        for key in before:
            setattr(found, key, wanted[key])
        found.save(update_fields=sorted(before))
        after = {key: wanted[key] for key in before}
        audit.record(viewer, "people.change_organisation", _subject(found), at=at, before=before, after=after)
    return found


def _subject(organisation: Organisation) -> str:
    return f"organisation:{organisation.pk}"


def _check_shape(wanted: Facts) -> None:
    kind, level = wanted["kind"], wanted["level"]
    if not rules_organisations.level_fits(kind, level):
        raise LevelNotFitting(kind=Organisation.Kind(kind).label, level=Organisation.Level(level).label)
    if kind == Organisation.Kind.INDUSTRY_AUTHORITY and wanted["industry_id"] is None:
        raise IndustryMissing()
    if wanted["credit_code"]:
        read = rules_organisations.credit_code(wanted["credit_code"])
        if isinstance(read, rules_organisations.NotACreditCode):
            raise NotACreditCode(why=said_of(read))
        wanted["credit_code"] = read


def said_of(wrong: rules_organisations.NotACreditCode) -> str:
    """What is wrong with a credit code, in words."""
    sentences = {
        "length": _("应是 18 位，您填了 %(typed)s 位"),
        "character": _("第 %(place)s 位是 %(typed)s，代码里没有这个字符；I、O、S、V、Z 都不用，多半是 1、0、5、U、2"),
        "check": _("由前 17 位算出，最后一位应是 %(expected)s，您填的是 %(typed)s"),
    }
    facts = {"typed": wrong.typed, "place": wrong.place, "expected": wrong.expected}
    return str(sentences[wrong.problem]) % facts


def _check_reach(viewer: Viewer, found: Organisation | None, region_id: int, name: str, wanted: Facts) -> None:
    """Whether this viewer may have an organisation like the one that would come of it."""
    region = Region.objects.filter(pk=region_id).first()
    if region is None:
        raise NotYours()
    if viewer.capacity == Post.Role.OPERATOR:
        return
    here = [seat for seat in viewer.acting if region.code.startswith(seat.region)]
    if not here:
        raise NotYours()
    kind = Organisation.Kind(wanted["kind"]).label
    if viewer.capacity == Post.Role.INDUSTRY_OFFICER:
        if not any(_of_industry(seat, wanted) for seat in here):
            raise NotYourKind(kind=kind)
        return
    if found and found.pk in {seat.organisation_id for seat in here}:
        if (region_id, name) != (found.region_id, found.name) or _differing(found, wanted) - set(_CONTACT):
            raise NotYourKind(kind=kind)
        return
    held = [(found.kind, found.level)] if found else []
    for seat in here:
        if all(rules_organisations.may_keep(seat.level, *one) for one in [*held, (wanted["kind"], wanted["level"])]):
            return
    raise NotYourKind(kind=kind)


def _of_industry(seat: Seat, wanted: Facts) -> bool:
    """A unit of the authority's own industry, not above its level."""
    industry = Industry.objects.filter(pk=wanted["industry_id"] or 0).values_list("code", flat=True).first() or ""
    inside = bool(seat.industry) and industry.startswith(seat.industry)
    unit = wanted["kind"] == Organisation.Kind.UNIT
    return inside and unit and rules_organisations.may_keep(seat.level, wanted["kind"], wanted["level"])


def _differing(found: Organisation, wanted: Facts) -> set[str]:
    return {key for key, value in wanted.items() if getattr(found, key) != value}


def _check_codes(found: Organisation | None, credit_code: str) -> None:
    """One organisation of a code; two at once are taken one after the other."""
    if not credit_code or (found and found.credit_code == credit_code):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [f"credit_code:{credit_code}"])
    holder = Organisation.objects.filter(credit_code=credit_code).select_related("region").first()
    if holder:
        raise CreditCodeTaken(name=holder.name, region=holder.region.name)


def _check_posts_fit(organisation: Organisation, kind: str) -> None:
    """No post may stay where it could not be set up (see FITTING)."""
    held = Post.objects.filter(organisation=organisation, ended_at=None).values_list("role", flat=True)
    misfits = [role for role in held if kind not in FITTING.get(role, frozenset())]
    if misfits:
        raise PostsInTheWay(count=len(misfits))


# ---- closing and opening again -------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def propose_closing(*, viewer: Viewer, organisation_id: int, reason: str, at: datetime) -> ChangeRequest | None:
    """Close an organisation: at once (None) where nobody hangs on it, else a second person is asked.

    A bureau, and a place where people work, take two. A second click returns the request that waits.
    Raises NotYours, OwnOrganisation, ClosingReasonMissing.
    """
    found = _to_close(viewer, organisation_id)
    if found.closed_at is not None:
        return None
    if not reason.strip():
        raise ClosingReasonMissing()
    waiting = organisation_queries.closing_of(found.pk)
    if waiting:
        return waiting
    people = organisation_queries.people_count(found.pk)
    if not rules_organisations.needs_second(found.kind, people):
        _close(viewer, found, reason, at)
        return None
    lines = [[str(_("机构")), found.name], [str(_("在那里工作的人数")), str(people)]]
    asked = request_actions.propose(
        viewer=viewer, kind=ChangeRequest.Kind.CLOSING, wanted={"organisation": found.pk, "lines": lines},
        office_id=_decides(viewer, at), reason=reason, at=at,
    )  # fmt: skip
    audit.record(viewer, "people.propose_closing", _subject(found), at=at, reason=reason[:200], people=people)
    return asked


def _to_close(viewer: Viewer, organisation_id: int) -> Organisation:
    """Locked; nobody closes the own door."""
    if viewer.capacity not in CLOSERS:
        raise NotAllowed()
    if organisation_id in {seat.organisation_id for seat in viewer.acting}:
        raise OwnOrganisation(name=Organisation.objects.get(pk=organisation_id).name)
    found = access.organisations(viewer, "close").select_for_update(of=("self",)).filter(pk=organisation_id).first()
    if found is None:
        raise NotYours()
    return found


def _decides(viewer: Viewer, at: datetime) -> int:
    """Whose desk it goes to: a colleague's in the own office, else the nearest bureau's above, else an operator's."""
    seat = viewer.acting[0]
    others = organisation_queries.live_posts(at).exclude(person_id=viewer.person_id)
    mine = others.filter(role=viewer.capacity)
    if mine.filter(organisation_id=seat.organisation_id).exists():
        return seat.organisation_id
    above = [seat.region[:places] for places in range(2, len(seat.region))]
    bureaus = mine.filter(organisation__kind__in=rules_organisations.BUREAUS, organisation__region__code__in=above)
    nearest = bureaus.order_by(Length("organisation__region__code").desc(), "pk").first()
    nearest = nearest or others.filter(role=Post.Role.OPERATOR).order_by("pk").first()
    return nearest.organisation_id if nearest else seat.organisation_id


def _close(viewer: Viewer, found: Organisation, reason: str, at: datetime, **facts: object) -> None:
    """From now on its posts do nothing: the very next request of their holders goes without them."""
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    audit.record(viewer, "people.close_organisation", _subject(found), at=at, reason=reason[:200], **facts)


@transaction.atomic(durable=True)
def confirm_closing(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> Organisation:
    """The second yes: the organisation is closed. Raises what `request_actions.accept` does, and NothingToClose."""
    request = request_actions.accept(
        viewer=viewer, request_id=request_id, kind=ChangeRequest.Kind.CLOSING, reason=reason, at=at
    )
    key = request.wanted["organisation"]
    found = access.organisations(viewer, "close").select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        raise NotYours()
    if found.closed_at is not None:
        raise NothingToClose()
    _close(viewer, found, request.reason, at, proposed_by=request.asked_by_id, request=request.pk)
    return found


@transaction.atomic(durable=True)
def reopen_organisation(*, viewer: Viewer, organisation_id: int, reason: str, at: datetime) -> Organisation:
    """Open a closed organisation again: posts there that have neither ended nor run out act again.

    Those that needed a second yes do not: they are given anew.
    """
    found = _to_close(viewer, organisation_id)
    if not reason.strip():
        raise ClosingReasonMissing()
    if found.closed_at is not None:
        found.closed_at = None
        found.save(update_fields=["closed_at"])
        there = Post.objects.filter(organisation=found, ended_at=None).order_by("pk")
        far = [post for post in there if post_rules.needs_two(post.role, found.kind)]
        end_posts(far, viewer=viewer, reason=reason, at=at)
        audit.record(viewer, "people.reopen_organisation", _subject(found), at=at, reason=reason[:200])
    return found
