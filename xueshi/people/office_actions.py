"""What operators change: regions, organisations, and who holds which post."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.people.models import Organisation, Person, Post, Region
from xueshi.people.viewer import Viewer


class RegionTaken(Refused):
    code = "region-taken"
    sentence = _("代码 %(code)s 已经是 %(name)s 的。")
    next_step = _("请核对行政区划代码；要改名称，请在列表里点那个地区。")


class NotBelow(Refused):
    code = "region-not-below"
    sentence = _("下级地区的代码要以上级的代码 %(parent)s 开头。")


class OrganisationTaken(Refused):
    code = "organisation-taken"
    sentence = _("这个地区已经有一个叫“%(name)s”的机构。")
    next_step = _("请直接使用它，或者换一个能区分的全称。")


class PostsInTheWay(Refused):
    code = "posts-in-the-way"
    sentence = _("这里还有 %(count)s 个岗位不能设在新的类别里。")
    next_step = _("请先在“人员与岗位”里结束这些岗位，再改类别。")


class PostNotFitting(Refused):
    code = "post-not-fitting"
    sentence = _("“%(role)s”这个岗位不能设在这类机构。")
    next_step = _(
        "缴费窗口设在区县人力社保局或培训中心；单位经办设在用人单位；审验人设在人力社保局、单位、代理机构或协会。"
    )


class OwnPost(Refused):
    status = 403
    code = "own-post"
    sentence = _("不能给自己增加或结束岗位。")
    next_step = _("请另一位平台管理员办理。")


class OwnOrganisation(Refused):
    status = 403
    code = "own-organisation"
    sentence = _("您的管理员岗位就在%(name)s，不能由您自己关闭它。")
    next_step = _("关闭以后那里的岗位都会停止。请由岗位在别处的平台管理员办理。")


# Where each post may be set up.
FITTING: dict[str, frozenset[str]] = {
    Post.Role.COUNTER: frozenset({"county_hrss", "training_centre"}),
    Post.Role.VERIFIER: frozenset({"county_hrss", "unit", "talent_agency", "ce_association"}),
    Post.Role.UNIT_CLERK: frozenset({"unit"}),
    Post.Role.OPERATOR: frozenset({"training_centre", "municipal_hrss"}),
}


def _operator(viewer: Viewer) -> None:
    if viewer.capacity != Post.Role.OPERATOR:
        raise NotAllowed()


@transaction.atomic(durable=True)
def add_region(*, viewer: Viewer, code: str, name: str, parent_id: int | None, at: datetime) -> Region:
    """Add a region below its parent; the same code and name again changes nothing."""
    _operator(viewer)
    parent = Region.objects.filter(pk=parent_id).first() if parent_id else None
    known = Region.objects.filter(code=code).exists()
    if not known and parent and not (code.startswith(parent.code) and len(code) > len(parent.code)):
        raise NotBelow(parent=parent.code)
    region, made = Region.objects.get_or_create(code=code, defaults={"name": name, "parent": parent})
    if made:
        audit.record(viewer, "people.add_region", f"region:{region.pk}", at=at, code=code, name=name)
    elif region.name != name:
        raise RegionTaken(code=code, name=region.name)
    return region


@transaction.atomic(durable=True)
def rename_region(*, viewer: Viewer, region_id: int, name: str, at: datetime) -> Region:
    _operator(viewer)
    region = Region.objects.select_for_update().filter(pk=region_id).first()
    if region is None:
        raise NotYours()
    audit.record(viewer, "people.rename_region", f"region:{region.pk}", at=at, before=region.name, after=name)
    region.name = name
    region.save(update_fields=["name"])
    return region


@transaction.atomic(durable=True)
def keep_organisation(
    *, viewer: Viewer, organisation_id: int | None, at: datetime, region_id: int, name: str, **facts: str
) -> Organisation:
    """Add an organisation, or change the one with this id. `facts`: kind, level, address, phone, hours."""
    _operator(viewer)
    twins = Organisation.objects.filter(region_id=region_id, name=name).values_list("pk", flat=True)
    if any(twin != organisation_id for twin in twins):
        raise OrganisationTaken(name=name)
    if organisation_id is None:
        organisation, made = Organisation.objects.get_or_create(region_id=region_id, name=name, defaults=facts)
        if not made:  # somebody was faster with the same name
            raise OrganisationTaken(name=name)
        audit.record(viewer, "people.add_organisation", f"organisation:{organisation.pk}", at=at, name=name, **facts)
        return organisation
    found = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    if found is None:
        raise NotYours()
    if facts.get("kind", found.kind) != found.kind:
        _check_posts_fit(found, facts["kind"])
    found.region_id, found.name = region_id, name
    for key, value in facts.items():
        setattr(found, key, value)
    found.save()
    audit.record(viewer, "people.change_organisation", f"organisation:{found.pk}", at=at, name=name, **facts)
    return found


def _check_posts_fit(organisation: Organisation, kind: str) -> None:
    """No post may stay where it could not be set up (see FITTING)."""
    held = Post.objects.filter(organisation=organisation, until=None).values_list("role", flat=True)
    misfits = [role for role in held if kind not in FITTING.get(role, frozenset())]
    if misfits:
        raise PostsInTheWay(count=len(misfits))


@transaction.atomic(durable=True)
def close_organisation(*, viewer: Viewer, organisation_id: int, reason: str, at: datetime) -> Organisation:
    """Close an organisation: its posts stop acting at once, its history stays. Nobody closes the own door."""
    _operator(viewer)
    found = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    if found is None:
        raise NotYours()
    if found.pk in viewer.organisations(Post.Role.OPERATOR):
        raise OwnOrganisation(name=found.name)
    if found.closed_at is None:
        found.closed_at = at
        found.save(update_fields=["closed_at"])
        audit.record(viewer, "people.close_organisation", f"organisation:{found.pk}", at=at, reason=reason)
    return found


@transaction.atomic(durable=True)
def grant_post(*, viewer: Viewer, person_id: int, role: str, organisation_id: int, at: datetime) -> Post:
    """Give a person a post; the same again changes nothing. Nobody grants a post to himself."""
    _operator(viewer)
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    organisation = Organisation.objects.filter(pk=organisation_id, closed_at=None).first()
    if person is None or organisation is None:
        raise NotYours()
    if person.pk == viewer.person_id:
        raise OwnPost()
    if organisation.kind not in FITTING.get(role, frozenset()):
        raise PostNotFitting(role=Post.Role(role).label)
    post, made = Post.objects.get_or_create(
        person=person, role=role, organisation=organisation, until=None,
        defaults={"since": at, "granted_by_id": viewer.person_id},
    )  # fmt: skip
    if made:
        audit.record(viewer, "people.grant_post", f"post:{post.pk}", at=at, role=role, organisation=organisation.pk)
    return post


@transaction.atomic(durable=True)
def end_post(*, viewer: Viewer, post_id: int, at: datetime) -> Post:
    """End a post; the very next request of its holder no longer has it."""
    _operator(viewer)
    post = Post.objects.select_for_update().filter(pk=post_id).first()
    if post is None:
        raise NotYours()
    if post.person_id == viewer.person_id:
        raise OwnPost()
    if post.until is None:
        post.until = at
        post.save(update_fields=["until"])
        audit.record(viewer, "people.end_post", f"post:{post.pk}", at=at)
    return post


class AlreadyFounded(Refused):
    code = "already-founded"
    sentence = _("平台已经有管理员了。")
    next_step = _("请现任的平台管理员在“人员与岗位”里添加。")


def _founding() -> None:
    """Founding is over as soon as somebody operates the platform."""
    if Post.objects.filter(role=Post.Role.OPERATOR, until=None).exists():
        raise AlreadyFounded()


@transaction.atomic(durable=True)
def found(*, region_code: str, region: str, organisation: str, at: datetime) -> Organisation:
    """The first region and the organisation that runs the platform; only before there is an operator."""
    _founding()
    home, _made = Region.objects.get_or_create(code=region_code, defaults={"name": region})
    runs, _made = Organisation.objects.get_or_create(
        region=home, name=organisation, defaults={"kind": "training_centre", "level": "municipal"}
    )
    audit.record(None, "people.found", f"organisation:{runs.pk}", at=at, region=region_code)
    return runs


@transaction.atomic(durable=True)
def appoint_first_operator(*, person_id: int, organisation_id: int, at: datetime) -> Post:
    """Make a registered person the first operator; every later one is appointed by an operator."""
    _founding()
    post = Post.objects.create(person_id=person_id, role=Post.Role.OPERATOR, organisation_id=organisation_id, since=at)
    audit.record(None, "people.appoint_first_operator", f"post:{post.pk}", at=at)
    return post
