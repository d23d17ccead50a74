"""Posts: given downwards, for a time, with a second yes where they reach far; renewed and ended."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, post_rules, request_actions
from xueshi.people.access import NOBODY
from xueshi.people.actions.placing import end_posts
from xueshi.people.models import ChangeRequest, Employment, Organisation, Person, Post
from xueshi.people.rules_organisations import RANK
from xueshi.people.viewer import Seat, Viewer


class PostNotFitting(Refused):
    code = "post-not-fitting"
    sentence = _("“%(role)s”这个岗位不能设在这类机构。")
    next_step = _("请换一个机构，或者选适合这类机构的岗位。")


class RoleNotYours(Refused):
    """Nobody gives a post above the own one, or outside the own reach."""

    status = 403
    code = "role-not-yours"
    sentence = _("“%(role)s”这个岗位不由您任命。")
    next_step = _("请上级主管科室或平台管理员任命。")


class OwnPost(Refused):
    status = 403
    code = "own-post"
    sentence = _("不能给自己增加、延长或结束岗位。")
    next_step = _("请同一机构的同事或上级办理。")


class NotOfYours(Refused):
    """A unit or a base appoints from among its own people."""

    status = 422
    code = "not-of-yours"
    sentence = _("%(name)s现在不是本单位的人，不能在本单位任职。")
    next_step = _("请先把他登记到本单位。")


class PostEnded(Refused):
    code = "post-ended"
    sentence = _("这个岗位已经结束，不能延长。")
    next_step = _("请重新任命。")


@transaction.atomic(durable=True)
def appoint(
    *, viewer: Viewer, person_id: int, role: str, organisation_id: int, until: datetime | None = None,
    reason: str = "", at: datetime,
) -> Post | ChangeRequest:  # fmt: skip
    """Give a person a post until a moment (a year from now by default); the same again changes nothing.

    A far-reaching post (`post_rules.needs_two`) becomes a request that another person agrees to, as long as there is
    one who could. Raises NotYours, OwnPost, RoleNotYours, PostNotFitting, NotOfYours.
    """
    person = Person.objects.select_for_update().filter(pk=person_id, merged_into=None).first()
    organisation = access.organisations(viewer, "appoint").filter(pk=organisation_id, closed_at=None).first()
    if person is None or organisation is None:
        raise NotYours()
    _check(viewer, person, role, organisation)
    held = _live(person, role, organisation, at)
    if held is not None:
        return held
    end = post_rules.runs_until(at, until)
    if post_rules.needs_two(role, organisation.kind) and _others(viewer, person, role, organisation, at):
        return _ask(viewer, person, role, organisation, end, reason, at)
    return _give(viewer, person, role, organisation, end, at)


def in_force(made: Post | ChangeRequest) -> Post | None:
    """The post that `appoint` or `renew_post` gave; None where it waits for a second yes."""
    return made if isinstance(made, Post) else None


def _check(viewer: Viewer, person: Person, role: str, organisation: Organisation) -> None:
    if person.pk == viewer.person_id:
        raise OwnPost()
    label = Post.Role(role).label
    if organisation.kind not in post_rules.FITTING[role]:
        raise PostNotFitting(role=label)
    if role not in grantable(viewer, organisation):
        raise RoleNotYours(role=label)
    if viewer.capacity in ("unit_head", "base_head") and not _works_at(person, organisation):
        raise NotOfYours(name=person.name)


def grantable(viewer: Viewer, organisation: Organisation) -> frozenset[str]:
    """The roles that the viewer may give there."""
    own = organisation.pk in viewer.organisations(viewer.capacity)
    return post_rules.grantable(viewer.capacity, organisation.kind, own=own)


def _works_at(person: Person, organisation: Organisation) -> bool:
    return Employment.objects.filter(person=person, employer=organisation, until=None).exists()


def _live(person: Person, role: str, organisation: Organisation, at: datetime) -> Post | None:
    """The post as it is held now; one that ran out is closed, so that it can be given anew."""
    held = Post.objects.filter(person=person, role=role, organisation=organisation, ended_at=None).first()
    if held is not None and held.until is not None and held.until <= at:
        end_posts([held], viewer=None, reason=str(_("到期")), at=at)
        return None
    return held


def _desk(viewer: Viewer, organisation: Organisation) -> Seat:
    """The seat from which the viewer appoints there; a request lies with the colleagues of that one."""
    return next(seat for seat in viewer.acting if access.can(replace(viewer, seats=(seat,)), "appoint", organisation))


def _others(viewer: Viewer, person: Person, role: str, organisation: Organisation, at: datetime) -> bool:
    """Whether somebody else could give the second yes: an operator, or an officer of another bureau around both the
    organisation and the desk of the request, who could have given the post himself."""
    around = NOBODY
    if role in post_rules.BELOW["officer"]:
        levels = [one for one, rank in RANK.items() if rank >= RANK[organisation.level]]
        around = Q(
            role=Post.Role.OFFICER, organisation__level__in=levels, place__startswith=F("organisation__region__code"),
            desk__startswith=F("organisation__region__code"),
        ) & ~Q(organisation=organisation)  # fmt: skip
    return (
        Post.objects.annotate(place=Value(organisation.region.code), desk=Value(_desk(viewer, organisation).region))
        .filter(Q(role=Post.Role.OPERATOR) | around, ended_at=None, since__lte=at, organisation__closed_at=None)
        .filter(Q(until=None) | Q(until__gt=at))
        .exclude(person_id__in=(viewer.person_id, person.pk))
        .exists()
    )


def _ask(
    viewer: Viewer, person: Person, role: str, organisation: Organisation, until: datetime, reason: str, at: datetime
) -> ChangeRequest:
    wanted = {"role": role, "organisation": organisation.pk, "until": until.isoformat()}
    asked = ChangeRequest.objects.filter(
        person=person, kind="grant", state="open", wanted__role=role, wanted__organisation=organisation.pk
    ).first()
    if asked is not None:
        return asked
    return request_actions.propose(
        viewer=viewer, kind="grant", wanted=wanted, office_id=_desk(viewer, organisation).organisation_id,
        person_id=person.pk, reason=reason.strip() or str(_("岗位任命")), at=at,
    )  # fmt: skip


@transaction.atomic(durable=True)
def confirm_grant(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> Post:
    """The second yes to a post: whoever gives it could have given the post, and did not propose it.

    Raises NotYours, OwnRequest, RequestDecided, RequestElsewhere, and what `appoint` raises.
    """
    request = request_actions.accept(viewer=viewer, request_id=request_id, kind="grant", reason=reason, at=at)
    wanted = request.wanted
    person = Person.objects.select_for_update().get(pk=request.person_id or 0)
    reach = access.organisations(viewer, "appoint").select_related("region")
    organisation = reach.filter(pk=wanted["organisation"], closed_at=None).first()
    if organisation is None or person.merged_into_id:
        raise NotYours()
    _check(viewer, person, wanted["role"], organisation)
    first = Viewer(request.asked_by_id or 0)
    held = _live(person, wanted["role"], organisation, at)
    until = datetime.fromisoformat(wanted["until"])
    if held is not None:
        return _extend(viewer, held, until, at)
    return _give(first, person, wanted["role"], organisation, until, at, second=viewer)


def _give(
    viewer: Viewer, person: Person, role: str, organisation: Organisation, until: datetime, at: datetime,
    second: Viewer | None = None,
) -> Post:  # fmt: skip
    jobs = Employment.objects.filter(person=person, until=None)
    rests_on = jobs.filter(employer=organisation).first() or jobs.filter(main=True).first()
    post = Post.objects.create(
        person=person, role=role, organisation=organisation, since=at, until=until, rests_on=rests_on,
        granted_by_id=viewer.person_id, second_id=second.person_id if second else None,
    )  # fmt: skip
    audit.record(second or viewer, "people.grant_post", f"person:{person.pk}", at=at, post=post.pk, role=role,
                 organisation=organisation.pk, until=until.isoformat(), proposed_by=viewer.person_id)  # fmt: skip
    return post


@transaction.atomic(durable=True)
def renew_post(*, viewer: Viewer, post_id: int, at: datetime) -> Post | ChangeRequest:
    """A year more from now; a far-reaching post asks for a second yes again. Raises as `appoint`, and PostEnded."""
    post = _held(viewer, post_id)
    if post.ended_at is not None or (post.until is not None and post.until <= at):
        raise PostEnded()  # one that ran out is given anew: in between it was not held
    _check(viewer, post.person, post.role, post.organisation)
    end = post_rules.runs_until(at, None)
    two = post_rules.needs_two(post.role, post.organisation.kind)
    if two and _others(viewer, post.person, post.role, post.organisation, at):
        return _ask(viewer, post.person, post.role, post.organisation, end, str(_("延长任期")), at)
    return _extend(viewer, post, end, at)


def _extend(viewer: Viewer, post: Post, until: datetime, at: datetime) -> Post:
    if post.until is not None and until > post.until:
        post.until = until
        post.save(update_fields=["until"])
        audit.record(viewer, "people.renew_post", f"person:{post.person_id}", at=at, post=post.pk, role=post.role,
                     until=until.isoformat())  # fmt: skip
    return post


@transaction.atomic(durable=True)
def end_post(*, viewer: Viewer, post_id: int, reason: str = "", at: datetime) -> Post:
    """End a post; the very next request of its holder no longer has it. Twice is harmless.

    Raises NotYours, OwnPost, RoleNotYours.
    """
    post = _held(viewer, post_id)
    if post.person_id == viewer.person_id:
        raise OwnPost()
    if post.role not in grantable(viewer, post.organisation):
        raise RoleNotYours(role=post.get_role_display())
    if post.ended_at is None:
        end_posts([post], viewer=viewer, reason=reason.strip(), at=at)
    return post


def _held(viewer: Viewer, post_id: int) -> Post:
    """A post at an organisation where the viewer may appoint, held; raises NotYours."""
    mine = Q(organisation__in=access.organisations(viewer, "appoint"))
    post = Post.objects.select_for_update(of=("self",)).select_related("person", "organisation__region").filter(
        mine, pk=post_id
    ).first()  # fmt: skip
    if post is None:
        raise NotYours()
    return post
