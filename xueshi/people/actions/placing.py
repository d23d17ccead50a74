"""Where a person belongs and works, from which day: the one place that moves anybody.

The caller holds the person's row. What rested on an employment ends with it, in the same transaction.
"""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, redaction
from xueshi.kernel.errors import Refused
from xueshi.people.models import Employment, Organisation, Person, Placement, Post, Region
from xueshi.people.viewer import Viewer


class NotBefore(Refused):
    """What has been decided by the last change is not undone by an earlier day."""

    status = 422
    code = "not-before"
    sentence = _("日期不能早于上一次变动（%(day)s）。")
    next_step = _("上一次登记有误时，请申请更正。")


def place(person: Person, region: Region, file_keeper: str, file_agency: Organisation | None, day: date) -> bool:
    """The person belongs to a region, and the file is kept so, from `day` on; False when it is so already.

    Raises NotBefore for a day before the present placement began.
    """
    present = Placement.objects.filter(person=person, until=None).first()
    wanted = (region.pk, file_keeper, file_agency.pk if file_agency else None)
    if present and (present.region_id, present.file_keeper, present.file_agency_id) == wanted:
        return False
    if present and day < present.since:
        raise NotBefore(day=present.since.isoformat())
    if present and present.since == day:
        present.delete()  # put right on the day itself: nothing was decided by it
    elif present:
        present.until = day
        present.save(update_fields=["until"])
    Placement.objects.create(person=person, region=region, file_keeper=file_keeper, file_agency=file_agency, since=day)
    person.region, person.file_keeper, person.file_agency = region, file_keeper, file_agency
    person.save(update_fields=["region", "file_keeper", "file_agency"])
    return True


def employ(
    person: Person, employer_id: int | None, day: date, *, viewer: Viewer | None, at: datetime, main: bool = True
) -> bool:
    """The person works for a unit from `day` on: the main employer, for which another ends, or one more beside it.

    None: for nobody. False when it is so already. Raises NotBefore.
    """
    present = Employment.objects.filter(person=person, until=None)
    if not main:
        if employer_id is None or present.filter(employer_id=employer_id).exists():
            return False
        Employment.objects.create(person=person, employer_id=employer_id, since=day, main=False)
        return True
    now = present.filter(main=True).first()
    if (now.employer_id if now else None) == employer_id:
        return False
    if now:
        _end(now, day, viewer, at)
    if employer_id is not None:
        for beside in present.filter(employer_id=employer_id, main=False):  # the second employer becomes the first
            _end(beside, day, viewer, at)
        Employment.objects.create(person=person, employer_id=employer_id, since=day)
    return True


def leave(person: Person, employer_id: int, day: date, *, viewer: Viewer | None, at: datetime) -> bool:
    """The person no longer works for that unit from `day` on; False when that is so already. Raises NotBefore."""
    present = Employment.objects.filter(person=person, employer_id=employer_id, until=None).first()
    if present is None:
        return False
    _end(present, day, viewer, at)
    return True


def _end(employment: Employment, day: date, viewer: Viewer | None, at: datetime) -> None:
    if day < employment.since:
        raise NotBefore(day=employment.since.isoformat())
    resting = Post.objects.filter(rests_on=employment, ended_at=None)
    here = Post.objects.filter(person_id=employment.person_id, organisation_id=employment.employer_id, ended_at=None)
    end_posts([*resting, *here.exclude(rests_on=employment)], viewer=viewer, reason=str(_("离开单位")), at=at)
    if employment.since == day:
        employment.delete()  # entered today by mistake: nothing was ever decided by it
    else:
        employment.until = day
        employment.save(update_fields=["until"])


def end_posts(posts: list[Post], *, viewer: Viewer | None, reason: str, at: datetime) -> None:
    """End posts at once: the very next request of their holders no longer has them."""
    reason = redaction.numbers_masked(reason)
    for post in posts:
        post.ended_at, post.ended_by_id, post.end_reason = at, viewer.person_id if viewer else None, reason[:200]
        post.until = min(post.until, at) if post.until else at
        post.save(update_fields=["ended_at", "ended_by", "end_reason", "until"])
        audit.record(viewer, "people.end_post", f"person:{post.person_id}", at=at, reason=reason[:200],
                     post=post.pk, role=post.role, organisation=post.organisation_id)  # fmt: skip
