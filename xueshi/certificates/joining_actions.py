"""Two accounts become one, or come apart again: certificates and cards follow what the ledger says of each."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from xueshi.certificates.hours_actions import reissue
from xueshi.certificates.models import Document
from xueshi.ledger import law, merge_actions, queries
from xueshi.ledger.models import HoursEntry
from xueshi.people import joining_queries
from xueshi.people.models import ChangeRequest
from xueshi.people.viewer import Viewer


@transaction.atomic(durable=True)
def merge(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """`ledger.merge_actions.merge`, and the documents of both accounts in the same transaction."""
    return _with_documents(merge_actions.merge, viewer, request_id, reason, at)


@transaction.atomic(durable=True)
def unmerge(*, viewer: Viewer, request_id: int, reason: str = "", at: datetime) -> ChangeRequest:
    """`ledger.merge_actions.unmerge`, and the documents of both accounts in the same transaction."""
    return _with_documents(merge_actions.unmerge, viewer, request_id, reason, at, home=_bring_home)


def _nothing(viewer: Viewer, request: ChangeRequest, at: datetime) -> list[int]:
    return []


def _bring_home(viewer: Viewer, request: ChangeRequest, at: datetime) -> list[int]:
    """Hours of slips of the account that were confirmed while it was merged; the keys of their new lines."""
    survivor, duplicate = joining_queries.pair(request)
    slips = (
        Document.objects.filter(person=duplicate, kind=Document.Kind.SLIP).order_by("pk").values_list("pk", flat=True)
    )
    lines = [queries.live_entry(f"slip:{pk}") for pk in slips]
    astray = [line for line in lines if line is not None and survivor is not None and line.person_id == survivor.pk]
    return [merge_actions.bring_home(viewer=viewer, entry=line, request=request, at=at).pk for line in astray]


def _with_documents(
    carry_out: Callable[..., ChangeRequest], viewer: Viewer, request_id: int, reason: str, at: datetime,
    home: Callable[[Viewer, ChangeRequest, datetime], list[int]] = _nothing,
) -> ChangeRequest:  # fmt: skip
    again = ChangeRequest.objects.filter(pk=request_id, state="accepted").exists()
    request = carry_out(viewer=viewer, request_id=request_id, reason=reason, at=at)
    if not again:
        _reissue_both(viewer, request, home(viewer, request, at), at)
    return request


def _reissue_both(viewer: Viewer, request: ChangeRequest, more: list[int], at: datetime) -> None:
    """Where either has a certificate of a year whose lines were moved, both are issued anew, or revoked."""
    merged = ChangeRequest.objects.get(pk=request.wanted["merge"]) if "merge" in request.wanted else request
    keys = [key for pair in merged.wanted["moved"] for key in pair if key is not None] + more
    people = sorted((one for one in joining_queries.pair(request) if one is not None), key=lambda one: one.pk)
    moved = HoursEntry.objects.filter(pk__in=keys).values_list("year", "instrument").distinct().order_by("year")
    for year, instrument in moved:
        known = Document.objects.filter(
            person__in=people, kind=Document.Kind.CERTIFICATE, source=f"hours:{year}", revoked_at=None, replaced_at=None
        )
        if known.exists():
            for person in people:
                reissue(viewer, person, year, law.of(instrument), at)
