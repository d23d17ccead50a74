"""Two accounts of one human become one, and come apart again: lines of the ledger are moved by reversing and posting.

Both need two officers: the one who proposed, and the one who confirms here. No line is changed. A line of the account
that goes is reversed there and posted to the one that stays, under the source "merge:<request>/<line>"; undoing
reverses that line and posts the first one again, under "unmerge:<request>/<line>".
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import Refused
from xueshi.ledger import actions, merge_queries
from xueshi.ledger.models import HoursEntry
from xueshi.people import joining_actions, joining_queries, merging_actions, request_actions, session_actions
from xueshi.people.actions import placing
from xueshi.people.merging_actions import NotMerged
from xueshi.people.models import Account, ChangeRequest, Person, Post
from xueshi.people.viewer import Viewer

Kind = ChangeRequest.Kind
ONCE = "once"


class MergeContradicts(Refused):
    """Of two things that cannot both be true somebody chooses one, before anything is moved."""

    code = "merge-contradicts"
    sentence = _("两个账号有 %(n)s 处对不上，还没有选定以哪个为准：%(what)s。")
    next_step = _("请退回本人说明，或由提请复核的人逐处选定后再提请。")


@transaction.atomic
def merge(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """Agree as the second officer, and carry it out in the same transaction; the same officer's second click is none.

    Made to be called by `certificates.joining_actions`, which lets the documents follow.

    Raises what `request_actions.accept` raises, and MergeImpossible, MergeContradicts.
    """
    done = _done(viewer, request_id, Kind.MERGE)
    if done is not None:
        return done
    request = request_actions.accept(viewer=viewer, request_id=request_id, kind=Kind.MERGE, reason=reason, at=at)
    survivor, duplicate = merging_actions.check_pair(*joining_queries.pair(request))
    choices: Mapping[str, str] = request.wanted.get("choices", {})
    undecided = [
        one for one in merge_queries.contradictions(survivor, duplicate) if choices.get(one.key) not in one.offered
    ]
    if undecided:
        what = "；".join(f"{one.about}：{one.here} / {one.there}" for one in undecided)
        raise MergeContradicts(n=len(undecided), what=what)
    why = gettext("合并账号（第 %(n)s 件申请）") % {"n": request.pk}
    joined = joining_actions.join(
        viewer=viewer, survivor=survivor, duplicate=duplicate, choices=choices, why=why, at=at
    )
    moved = [_move(viewer, entry, survivor, request, choices, why, at) for entry in merge_queries.live(duplicate)]
    posts = Post.objects.filter(person=duplicate, ended_at=None).order_by("pk")
    placing.end_posts(list(posts), viewer=viewer, reason=why, at=at)
    was_active = _shut(duplicate, survivor, at)
    request.wanted = {**request.wanted, "joined": joined, "moved": moved, "was_active": was_active}
    request.save(update_fields=["wanted"])
    for one in (survivor, duplicate):
        audit.record(viewer, "person.merge", f"person:{one.pk}", at=at, reason=request.reason[:200], request=request.pk,
                     into=survivor.pk, lines=len(moved))  # fmt: skip
    said = _("您的两个账号已合并。以后请用保留的身份证号登录，原来的学时都在里面；忘了密码可以找回。")
    request_actions.tell(request, request_actions.say(said, request), at=at, phone=survivor.phone)
    return request


def _done(viewer: Viewer, request_id: int, kind: str) -> ChangeRequest | None:
    """The request, where this very officer has agreed to it already."""
    return ChangeRequest.objects.filter(pk=request_id, kind=kind, state="accepted", decided_by=viewer.person_id).first()


def _move(
    viewer: Viewer, entry: HoursEntry, survivor: Person, request: ChangeRequest, choices: Mapping[str, str], why: str,
    at: datetime,
) -> list[int | None]:  # fmt: skip
    """Reverse a line here and post it there; the two keys. What both have counts once, where that was chosen."""
    seat = _seat(viewer)
    actions.reverse(viewer=viewer, entry_id=entry.pk, reason=why, organisation_id=seat, at=at)
    if choices.get(f"hours:{entry.pk}") == ONCE:
        return [entry.pk, None]
    posted = _post_again(viewer, entry, survivor.pk, f"merge:{request.pk}/{entry.pk}", at)
    return [entry.pk, posted.pk]


def _seat(viewer: Viewer) -> int | None:
    return next((seat.organisation_id for seat in viewer.acting), None)


def _post_again(viewer: Viewer, entry: HoursEntry, person_id: int, source: str, at: datetime) -> HoursEntry:
    return actions.post(
        viewer=viewer, person_id=person_id, year=entry.year, category=entry.category, hours=entry.hours,
        kind=entry.kind, title=entry.title, earned_on=entry.earned_on, source=source, instrument=entry.instrument,
        provision=entry.provision, digest=entry.digest, organisation_id=entry.organisation_id, marks=entry.marks, at=at,
    )  # fmt: skip


def _shut(duplicate: Person, survivor: Person, at: datetime) -> bool:
    """The account that goes can no longer be entered, and is no longer listed; whether it could before."""
    duplicate.merged_into = survivor
    duplicate.save(update_fields=["merged_into"])
    account = Account.objects.select_for_update().filter(person=duplicate).first()
    was_active = account is not None and account.is_active
    if account is not None:
        account.is_active = False
        account.save(update_fields=["is_active"])
    session_actions.end_sessions(person_id=duplicate.pk, at=at)
    return was_active


@transaction.atomic
def unmerge(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """Agree as the second officer that a merge was a mistake, and undo it in the same transaction.

    What has been reversed since stays reversed; posts of the account are granted anew by whoever may. Raises what
    `request_actions.accept` raises, and NotMerged.
    """
    done = _done(viewer, request_id, Kind.UNMERGE)
    if done is not None:
        return done
    request = request_actions.accept(viewer=viewer, request_id=request_id, kind=Kind.UNMERGE, reason=reason, at=at)
    survivor, duplicate = joining_queries.pair(request)
    before = ChangeRequest.objects.get(pk=request.wanted["merge"])
    if survivor is None or duplicate is None or duplicate.merged_into_id != survivor.pk:
        raise NotMerged(why=gettext("两个账号已经分开"))
    if survivor.merged_into_id is not None:
        raise NotMerged(why=gettext("保留的账号后来又并入了别的账号，要先撤销那一次"))
    why = gettext("撤销合并（第 %(n)s 件申请）") % {"n": request.pk}
    duplicate.merged_into = None
    duplicate.save(update_fields=["merged_into"])
    if before.wanted["was_active"]:
        Account.objects.filter(person=duplicate).update(is_active=True)
    for old, new in before.wanted["moved"]:
        _move_back(viewer, old, new, duplicate, request, why, at)
    joining_actions.part(viewer=viewer, survivor=survivor, joined=before.wanted["joined"], why=why, at=at)
    for one in (survivor, duplicate):
        audit.record(viewer, "person.unmerge", f"person:{one.pk}", at=at, reason=request.reason[:200],
                     request=request.pk, merge=before.pk)  # fmt: skip
    said = _("您的账号已从另一个账号里分出来，学时都已退回。请用原来的身份证号登录；忘了密码可以找回。")
    request_actions.tell(request, request_actions.say(said, request), at=at, phone=duplicate.phone)
    return request


def _move_back(
    viewer: Viewer, old: int, new: int | None, duplicate: Person, request: ChangeRequest, why: str, at: datetime
) -> None:
    """Undo one moved line; one that was reversed since, by whomever, does not come back."""
    if new is not None:
        standing = _standing(new)
        if standing is None:
            return
        actions.reverse(viewer=viewer, entry_id=standing, reason=why, organisation_id=_seat(viewer), at=at)
    entry = HoursEntry.objects.get(pk=old)
    _post_again(viewer, entry, duplicate.pk, f"unmerge:{request.pk}/{entry.pk}", at)


@transaction.atomic
def bring_home(*, viewer: Viewer, entry: HoursEntry, request: ChangeRequest, at: datetime) -> HoursEntry:
    """A line that came in for the account while it was merged goes to it, now that the merge is undone."""
    _survivor, duplicate = joining_queries.pair(request)
    assert duplicate is not None  # noqa: S101  the request has been carried out
    why = gettext("撤销合并（第 %(n)s 件申请）") % {"n": request.pk}
    actions.reverse(viewer=viewer, entry_id=entry.pk, reason=why, organisation_id=_seat(viewer), at=at)
    return _post_again(viewer, entry, duplicate.pk, f"unmerge:{request.pk}/{entry.pk}", at)


def _standing(entry_id: int) -> int | None:
    """The line that stands for this one: itself, or what came back for it from a later merge; None if reversed."""
    person_id = HoursEntry.objects.values_list("person_id", flat=True).get(pk=entry_id)
    found: int | None = entry_id
    while found is not None and HoursEntry.objects.filter(reverses=found).exists():
        back = HoursEntry.objects.filter(person=person_id, source__startswith="unmerge:", source__endswith=f"/{found}")
        found = back.order_by("-pk").values_list("pk", flat=True).first()
    return found
