"""Asking that two accounts of one human become one, or that this be undone; `ledger.merge_actions` carries it out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import clock, vault
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, joining_queries, request_actions, request_queries
from xueshi.people.correction_actions import AlreadyAsked, NothingToCorrect, PapersMissing, identity_of, office
from xueshi.people.models import ChangeRequest, Evidence, Person
from xueshi.people.request_rules import LIVE, Paper
from xueshi.people.viewer import Viewer

Kind = ChangeRequest.Kind


class MergeImpossible(Refused):
    """Both accounts must be there, and neither may have been merged already."""

    code = "merge-impossible"
    sentence = _("这两个账号不能合并：%(why)s。")


class NotMerged(Refused):
    """Only what was merged by a request, and still is, comes apart again."""

    code = "not-merged"
    sentence = _("这次合并现在不能撤销：%(why)s。")


def _not_there() -> str:
    return gettext("填的身份证号在平台上没有账号")


@transaction.atomic(durable=True)
def ask_merge(
    *, viewer: Viewer, typed_id: str, keep: str, reason: str, papers: tuple[Paper, ...] = (), at: datetime
) -> ChangeRequest:
    """A person asks for a second account to be merged; `keep` is "mine" or "other", whichever number is right.

    Whether the number has an account is not said here, nor by whose desk it comes to: the asker's own bureau's, which
    hands it on where another should decide. The same again returns the first. Raises NotAnIdNumber, NothingToCorrect
    for the own number, AlreadyAsked, PapersMissing, NoOffice.
    """
    who = identity_of(typed_id, clock.day_of(at))
    index = vault.index("id", who.number)
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=viewer.person_id)
    if index == person.id_index:
        raise NothingToCorrect()
    known = ChangeRequest.objects.filter(person=person, asked_by=person, kind=Kind.MERGE, state__in=LIVE).first()
    if known is not None and known.number_index == index:
        return known
    if known is not None:
        raise AlreadyAsked(day=clock.day_of(known.asked_at).isoformat(), kind=known.get_kind_display())
    if not papers:
        raise PapersMissing()
    other = Person.objects.filter(id_index=index).first()
    return request_actions.propose(
        viewer=viewer, kind=Kind.MERGE, person_id=person.pk, other_id=other.pk if other else None, number_index=index,
        wanted={"number": who.masked, "survivor": "other" if keep == "other" else "person"},
        secret={"number": who.number}, office_id=office(person.region.code, day=clock.day_of(at)).pk, reason=reason,
        papers=papers, at=at,
    )  # fmt: skip


@transaction.atomic(durable=True)
def propose_merge(
    *, viewer: Viewer, kept_id: str, other_id: str, reason: str, papers: tuple[Paper, ...] = (), at: datetime
) -> ChangeRequest:
    """An officer proposes to merge the account of one number into that of another; the first of two yeses.

    One of the two must be in reach. Raises NotAnIdNumber, NotYours, OwnRequest, MergeImpossible, PapersMissing.
    """
    kept, other = (_person_of(typed, at) for typed in (kept_id, other_id))
    if kept is None or other is None:
        raise MergeImpossible(why=_not_there())
    if not any(access.may(viewer, "correct", one.pk) for one in (kept, other)):
        raise NotYours()
    if not papers:
        raise PapersMissing()
    return _proposed(viewer, kept, other, reason, papers, at)


def _person_of(typed: str, at: datetime) -> Person | None:
    who = identity_of(typed, clock.day_of(at))
    return Person.objects.filter(id_index=vault.index("id", who.number)).select_related("region").first()


def _proposed(
    viewer: Viewer, kept: Person, other: Person, reason: str, papers: tuple[Paper, ...], at: datetime
) -> ChangeRequest:
    if viewer.person_id in {kept.pk, other.pk}:
        raise request_actions.OwnRequest()
    check_pair(kept, other)
    _hold(kept, other)
    known = ChangeRequest.objects.filter(person=kept, other=other, kind=Kind.MERGE, state__in=LIVE).first()
    if known is not None:
        return known
    return request_actions.propose(
        viewer=viewer, kind=Kind.MERGE, person_id=kept.pk, other_id=other.pk, wanted={"survivor": "person"},
        office_id=office(kept.region.code, other.region.code, day=clock.day_of(at)).pk, reason=reason, papers=papers,
        at=at,
    )  # fmt: skip


def check_pair(survivor: Person | None, duplicate: Person | None) -> tuple[Person, Person]:
    """Two accounts that can be merged; raises MergeImpossible."""
    if survivor is None or duplicate is None:
        raise MergeImpossible(why=_not_there())
    if survivor.pk == duplicate.pk:
        raise MergeImpossible(why=gettext("填的是同一个账号"))
    if survivor.merged_into_id or duplicate.merged_into_id:
        raise MergeImpossible(why=gettext("其中一个已经并入别的账号"))
    return survivor, duplicate


@transaction.atomic(durable=True)
def turn_into_merge(*, viewer: Viewer, request_id: int, reason: str, at: datetime) -> ChangeRequest:
    """A correction that asks for a number with an account of its own goes on as a merge into that account.

    The correction is closed with these words, its papers go along, and the viewer has given the first of two yeses.
    Raises what `request_actions.refuse` raises, and MergeImpossible.
    """
    request = ChangeRequest.objects.filter(pk=request_id, kind=Kind.CORRECTION).select_related("person__region").first()
    if request is None or request.person is None:
        raise NotYours()
    kept = request_queries.taken(request)
    check_pair(kept, request.person)
    assert kept is not None  # noqa: S101  checked a line above
    _hold(kept, request.person)
    said = reason.strip() or gettext("身份证号在平台上已有账号，改按合并账号办理。")
    request_actions.close_as_refused(viewer=viewer, request_id=request_id, reason=said, at=at)
    merge = _proposed(viewer, kept, request.person, said, (), at)
    for one in Evidence.objects.filter(request=request).order_by("pk"):
        Evidence.objects.create(
            request=merge, file_id=one.file_id, name=one.name, added_by_id=one.added_by_id, added_at=one.added_at
        )
    return merge


def _hold(*people: Person) -> None:
    keys = sorted({one.pk for one in people})
    list(Person.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


@transaction.atomic(durable=True)
def ask_unmerge(*, viewer: Viewer, request_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Ask that a merge be undone: an officer whose office decided it (the first of two yeses), or the person.

    Raises NotYours, OwnRequest, NotMerged, RequestReasonMissing.
    """
    merge = ChangeRequest.objects.filter(pk=request_id, kind=Kind.MERGE, state="accepted").first()
    if merge is None:
        raise NotYours()
    survivor, duplicate = joining_queries.pair(merge)
    if survivor is None or duplicate is None:
        raise NotYours()
    own = viewer.capacity == "learner" and viewer.person_id == survivor.pk
    if not own and not access.can(viewer, "see", merge):
        raise NotYours()
    if not own and viewer.person_id in {survivor.pk, duplicate.pk}:
        raise request_actions.OwnRequest()
    _hold(survivor, duplicate)
    duplicate.refresh_from_db()
    if duplicate.merged_into_id != survivor.pk:
        raise NotMerged(why=gettext("两个账号已经分开"))
    known = ChangeRequest.objects.filter(kind=Kind.UNMERGE, wanted__merge=merge.pk, state__in=LIVE).first()
    return known or request_actions.propose(
        viewer=viewer, kind=Kind.UNMERGE, person_id=survivor.pk, other_id=duplicate.pk,
        wanted={"merge": merge.pk, "survivor": "person"}, office_id=merge.office_id, reason=reason, at=at,
    )  # fmt: skip
