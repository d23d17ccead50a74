"""What was recorded of a second account goes to the first one, and comes back. Verbs of `ledger.merge_actions`.

Nothing of the second account is taken away: its rows stay where they are, and copies are made. What was done is given
back as keys, kept with the request, so that exactly that is undone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from xueshi.kernel import clock
from xueshi.people.actions import placing
from xueshi.people.joining_rules import Span, without
from xueshi.people.models import Employment, Fact, Person, Post, Title
from xueshi.people.viewer import Viewer

Joined = dict[str, Any]


@transaction.atomic
def join(
    *, viewer: Viewer, survivor: Person, duplicate: Person, choices: Mapping[str, str], why: str, at: datetime
) -> Joined:
    """Copy facts, titles and employments that do not contradict; where they do, as it was chosen. Both are held."""
    joined: Joined = {"facts": [], "withdrawn": [], "titles": [], "days": [], "jobs": []}
    for fact in Fact.objects.filter(person=duplicate, withdrawn_at=None).order_by("since", "pk"):
        if choices.get(f"fact:{fact.pk}") == "there":
            _make_room(viewer, survivor, fact, why, joined, at)
        _copy_fact(viewer, survivor, fact, why, joined, at)
    for title in Title.objects.filter(person=duplicate):
        _copy_title(survivor, title, choices.get(f"title:{title.level}") == "there", joined)
    _copy_jobs(viewer, survivor, duplicate, choices.get("employer", ""), joined, at)
    return joined


def _live(survivor: Person, word: str) -> list[Fact]:
    return list(Fact.objects.filter(person=survivor, word=word, withdrawn_at=None).order_by("since"))


def _copy_fact(viewer: Viewer, survivor: Person, fact: Fact, why: str, joined: Joined, at: datetime) -> None:
    """The days on which nothing is known of the one who stays."""
    held = [Span(one.since, one.until) for one in _live(survivor, fact.word)]
    for piece in without(Span(fact.since, fact.until), held):
        joined["facts"].append(_record(viewer, survivor, fact, piece, why, at))


def _record(viewer: Viewer, survivor: Person, fact: Fact, piece: Span, why: str, at: datetime) -> int:
    made = Fact.objects.create(
        person=survivor, word=fact.word, kind=fact.kind, value=fact.value, since=piece.since, until=piece.until,
        recorded_at=at, recorded_by_id=viewer.person_id, organisation_id=_seat(viewer),
        reason=f"{why}：{fact.reason}"[:200],
    )  # fmt: skip
    return made.pk


def _seat(viewer: Viewer) -> int | None:
    return next((seat.organisation_id for seat in viewer.acting), None)


def _make_room(viewer: Viewer, survivor: Person, fact: Fact, why: str, joined: Joined, at: datetime) -> None:
    """Withdraw what contradicts on those days, and record again what it said of the other days."""
    span = Span(fact.since, fact.until)
    for one in _live(survivor, fact.word):
        own = Span(one.since, one.until)
        if one.value == fact.value or not own.overlaps(span):
            continue
        _withdraw(viewer, one, why, at)
        joined["withdrawn"].append(one.pk)
        for piece in without(own, [span]):
            joined["facts"].append(_record(viewer, survivor, one, piece, why, at))


def _withdraw(viewer: Viewer, fact: Fact, why: str, at: datetime) -> None:
    fact.withdrawn_at, fact.withdrawn_by_id, fact.withdrawn_reason = at, viewer.person_id, why[:200]
    fact.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])


def _copy_title(survivor: Person, title: Title, instead: bool, joined: Joined) -> None:
    known = Title.objects.filter(person=survivor, level=title.level).first()
    if known is None:
        made = Title.objects.create(person=survivor, level=title.level, obtained_on=title.obtained_on)
        joined["titles"].append(made.pk)
    elif instead and known.obtained_on != title.obtained_on:
        joined["days"].append([known.pk, known.obtained_on.isoformat()])
        known.obtained_on = title.obtained_on
        known.save(update_fields=["obtained_on"])


def _copy_jobs(viewer: Viewer, survivor: Person, duplicate: Person, chosen: str, joined: Joined, at: datetime) -> None:
    """Past employers stand beside; of two present ones the chosen, from today on."""
    rows = Employment.objects.filter(person=survivor)
    now = rows.filter(until=None, main=True).first()
    for job in Employment.objects.filter(person=duplicate).order_by("since", "pk"):
        span = Span(job.since, job.until)
        here = [Span(one.since, one.until) for one in rows.filter(employer=job.employer_id)]
        mains = [Span(one.since, one.until) for one in rows.filter(main=True)] if job.main else []
        for piece in without(span, [*here, *mains]):
            made = Employment.objects.create(
                person=survivor, employer_id=job.employer_id, since=piece.since, until=piece.until, main=job.main
            )
            joined["jobs"].append(made.pk)
        moves = job.main and job.until is None and now is not None and now.employer_id != job.employer_id
        if moves and chosen == "there" and now is not None:
            joined["before"] = [now.pk, now.employer_id, now.since.isoformat()]
            placing.employ(survivor, job.employer_id, clock.day_of(at), viewer=viewer, at=at)
            joined["job"] = rows.get(until=None, main=True).pk


@transaction.atomic
def part(*, viewer: Viewer, survivor: Person, joined: Mapping[str, Any], why: str, at: datetime) -> None:
    """Undo what `join` did, as far as nobody has changed it since. The person is held."""
    for fact in Fact.objects.filter(pk__in=joined["facts"], withdrawn_at=None):
        _withdraw(viewer, fact, why, at)
    for fact in Fact.objects.filter(pk__in=joined["withdrawn"]).order_by("since"):
        _copy_fact(viewer, survivor, fact, why, {"facts": []}, at)
    Title.objects.filter(pk__in=joined["titles"], person=survivor).delete()
    for pk, day in joined["days"]:
        Title.objects.filter(pk=pk).update(obtained_on=day)
    jobs = Employment.objects.filter(pk__in=joined["jobs"], person=survivor)
    units = [job.employer_id for job in jobs if job.until is None]
    resting = Post.objects.filter(Q(rests_on__in=jobs) | Q(person=survivor, organisation__in=units), ended_at=None)
    placing.end_posts(list(resting.order_by("pk")), viewer=viewer, reason=why, at=at)
    jobs.delete()
    if "job" in joined:
        _back_to_the_job_before(viewer, survivor, joined, why, at)


def _back_to_the_job_before(
    viewer: Viewer, survivor: Person, joined: Mapping[str, Any], why: str, at: datetime
) -> None:
    present = Employment.objects.filter(person=survivor, until=None, main=True).first()
    if present is None or present.pk != joined["job"]:
        return  # moved on since: that stands
    pk, employer_id, since = joined["before"]
    held = Post.objects.filter(person=survivor, organisation=present.employer_id, ended_at=None)
    placing.end_posts(list(held), viewer=viewer, reason=why, at=at)
    present.delete()
    if not Employment.objects.filter(pk=pk).update(until=None):  # it had begun that very day
        Employment.objects.create(person=survivor, employer_id=employer_id, since=since)
