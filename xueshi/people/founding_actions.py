"""How a house is founded: its first region, the organisation that runs it, and the first operator."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import Refused
from xueshi.people.models import Organisation, Post, Region


class AlreadyFounded(Refused):
    code = "already-founded"
    sentence = _("平台已经有管理员了。")
    next_step = _("请现任的平台管理员在“人员与岗位”里添加。")


def _founding() -> None:
    """Founding is over as soon as somebody operates the platform."""
    if Post.objects.filter(role=Post.Role.OPERATOR, ended_at=None).exists():
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
