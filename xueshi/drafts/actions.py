"""Ask for a simulation, let it come further, stop it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xueshi.drafts import in_columns, reading
from xueshi.drafts.models import Simulation
from xueshi.drafts.queries import simulation_for
from xueshi.kernel import audit, jobs
from xueshi.kernel.errors import NotYours, Refused
from xueshi.ledger import law, population
from xueshi.people import access
from xueshi.people.models import Person
from xueshi.people.viewer import Seat, Viewer
from xueshi.policy.assess import NotAPurpose
from xueshi.policy.checking import NotAWord
from xueshi.policy.facts import Asked
from xueshi.policy.load import NotUnderstood
from xueshi.policy.simulate import Difference, simulate

State = Simulation.State
GOING_ON = (State.WAITING, State.RUNNING)
MOST_WALKED = 2_000  # people of a year who are judged one by one although there is a snapshot
MOST_RUNNING = 3  # of one bureau at a time: others want the worker too


class DraftNotUnderstood(Refused):
    """The loader does not wholly understand the draft; its sentence names line, key and what to write."""

    status = 422
    code = "draft-not-understood"
    sentence = _("草案里有一处看不懂：%(why)s")
    next_step = _("改好这一行再试；草案的文字都还在。")


class DraftElsewhere(Refused):
    """The draft is of another place, and would move nobody."""

    status = 422
    code = "draft-elsewhere"
    sentence = _("草案写明管 %(region)s，本地区的人不归它管，算不出变化。")
    next_step = _("请核对草案开头的 region。")


class NobodyToTry(Refused):
    """The bureau has nobody on its list."""

    status = 409
    code = "nobody-to-try"
    sentence = _("名单里还没有人，算不出变化。")
    next_step = _("本地区有人注册以后再来。")


class TooManySimulations(Refused):
    """Some of this bureau's are still running."""

    status = 409
    code = "too-many-simulations"
    sentence = _("本单位已有 %(n)s 个试算在算，算完再开新的。")
    next_step = _("不要的可以先停掉。")


@transaction.atomic(durable=True)
def ask(
    *, viewer: Viewer, text: str, replaces: str, purpose: str, years: list[int], at: datetime, target: str = ""
) -> Simulation:
    """Queue a simulation of a draft over the people in the viewer's reach.

    Raises DraftNotUnderstood, DraftElsewhere, NobodyToTry, TooManySimulations; NotYours for an instrument that is not
    held.
    """
    seat = viewer.seats[0]
    try:
        draft = reading.read(text, replaces)
        before = reading.replaced(replaces)
    except NotUnderstood as problem:
        raise DraftNotUnderstood(why=str(problem)) from problem
    except KeyError as missing:
        raise NotYours() from missing
    same = Simulation.objects.select_for_update().filter(organisation_id=seat.organisation_id, state__in=GOING_ON)
    if (running := len(same)) >= MOST_RUNNING:
        raise TooManySimulations(n=running)
    people = list(access.persons(viewer).values_list("pk", flat=True))
    if not people:
        raise NobodyToTry()
    here, there = seat.region, draft.region.code
    if not (here.startswith(there) or there.startswith(here)):
        raise DraftElsewhere(region=f"{draft.region.name}（{there}）")
    asked = Simulation.objects.create(
        person_id=viewer.person_id, organisation_id=seat.organisation_id, title=draft.title[:200], text=text,
        replaces=replaces, digest=draft.digest, replaced_digest=before.digest if before else "", purpose=purpose,
        target=target, years=sorted(years), capacity=viewer.capacity, asked_at=at, moved_at=at,
        last_person=max(people), total=len(people) * len(years),
    )  # fmt: skip
    audit.record(
        viewer, "simulation.asked", f"simulation:{asked.pk}", at=at,
        draft=draft.digest, replaces=replaces, purpose=purpose, years=sorted(years),
    )  # fmt: skip
    jobs.defer(_job(), simulation_id=asked.pk)
    return asked


def _job() -> Any:
    from xueshi.drafts.jobs import run  # the job calls `step`, so neither can import the other first

    return run


def _people(one: Simulation) -> QuerySet[Person]:
    """Whom the one who asked may see: today's reach of the post in which it was asked."""
    at = one.organisation
    seat = Seat(one.capacity, at.pk, at.name, at.kind, at.region.code)
    viewer = Viewer(one.person_id, capacity=one.capacity, seats=(seat,))
    return access.persons(viewer).filter(pk__lte=one.last_person).order_by("pk")


def step(*, simulation_id: int, at: datetime) -> bool:
    """Come one chunk further; whether there is more to do. Harmless when two workers do it at once.

    The chunk is computed outside of any transaction; it counts only if the simulation still stands where it stood.
    """
    going_on = Simulation.objects.filter(pk=simulation_id, state__in=GOING_ON)
    one = going_on.select_related("organisation__region").first()
    if one is None:
        return False
    try:
        chunk = _chunk(one)
    except (NotUnderstood, KeyError):
        return _fail(one, "not-understood", at)
    except (NotAPurpose, NotAWord):
        return _fail(one, "not-a-question", at)
    except LawChanged:
        return _fail(one, "law-changed", at)
    return _keep(one, chunk, at)


class LawChanged(Exception):
    """What the draft replaces is not what it was when the simulation was asked for."""


@dataclass(frozen=True)
class Chunk:
    """Some people of a year: their difference, the last of them (None: that was everybody), how many elsewhere."""

    difference: Difference
    last: int | None
    elsewhere: int
    seen: int
    snapshot_at: datetime | None = None


def _chunk(one: Simulation) -> Chunk:
    """The next people of the year that is being asked; everybody at once where a snapshot can tell."""
    draft, before = reading.read(one.text, one.replaces), reading.replaced(one.replaces)
    if (before.digest if before else "") != one.replaced_digest:
        raise LawChanged()
    year = one.years[one.year_index]
    asked = Asked(one.purpose, year, one.target or None)

    def walk(ids: Sequence[int]) -> tuple[Difference, int]:
        """These people one by one, and how many of them another instrument governs."""
        known = population.read(ids, year, one.asked_at).values()
        here = [p for p in known if _governed(p, year) == one.replaces]
        found = simulate(before, draft, asked, (p.subject() for p in here), fit=population.fitted)
        return found, len(ids) - len(here)

    if one.cursor == 0 and one.total > len(one.years) * MOST_WALKED:
        tried = in_columns.tried(_people(one), before, draft, asked, one.replaces, walk)
        if tried is not None:
            return Chunk(tried.difference, None, tried.elsewhere, tried.seen, tried.at)
    near = _people(one).filter(pk__gt=one.cursor)
    ids = list(near.values_list("pk", flat=True)[: population.CHUNK])
    found, elsewhere = walk(ids)
    return Chunk(found, ids[-1] if ids else None, elsewhere, len(ids))


def _governed(one: population.Known, year: int) -> str:
    """The key of the instrument that governs somebody at a year's end; "" for none."""
    book = law.choose(one.facts.known, one.region, date(year, 12, 31)).book
    return book.key if book else ""


@transaction.atomic
def _keep(one: Simulation, chunk: Chunk, at: datetime) -> bool:
    """Add a chunk, unless somebody else has, or it was stopped in the meantime; whether there is more to do."""
    now = Simulation.objects.select_for_update().get(pk=one.pk)
    if now.state not in GOING_ON or (now.year_index, now.cursor) != (one.year_index, one.cursor):
        return now.state in GOING_ON
    if len(now.differences) > now.year_index:
        grown = Difference.of(now.differences[now.year_index])
        grown.add(chunk.difference)
        now.differences[now.year_index] = grown.plain()
    else:
        now.differences.append(chunk.difference.plain())
    now.state, now.moved_at = State.RUNNING, at
    now.done += chunk.seen
    now.elsewhere += chunk.elsewhere
    now.snapshot_at = chunk.snapshot_at or now.snapshot_at
    if chunk.last is not None and chunk.last < now.last_person:
        now.cursor = chunk.last
    else:
        now.year_index, now.cursor = now.year_index + 1, 0
    if now.year_index >= len(now.years):
        now.state, now.ended_at, now.done = State.DONE, at, now.total
        audit.record(None, "simulation.done", f"simulation:{now.pk}", at=at)
    now.save()
    return now.state in GOING_ON


@transaction.atomic
def _fail(one: Simulation, problem: str, at: datetime) -> bool:
    now = Simulation.objects.select_for_update().get(pk=one.pk)
    if now.state in GOING_ON:
        now.state, now.problem, now.ended_at, now.moved_at = State.FAILED, problem, at, at
        now.save()
        audit.record(None, "simulation.failed", f"simulation:{now.pk}", at=at, problem=problem)
    return False


@transaction.atomic(durable=True)
def cancel(*, viewer: Viewer, simulation_id: int, at: datetime) -> Simulation:
    """Stop a simulation; one that has ended stays as it is. What was counted so far stays too."""
    one = simulation_for(viewer, simulation_id, lock=True)
    if one.state in GOING_ON:
        one.state, one.ended_at, one.moved_at = State.CANCELLED, at, at
        one.save()
        audit.record(viewer, "simulation.cancelled", f"simulation:{one.pk}", at=at)
    return one


@transaction.atomic(durable=True)
def resume(*, viewer: Viewer, simulation_id: int, at: datetime) -> Simulation:
    """Queue it once more: a stopped one goes on where it stood, one that stands still gets another worker."""
    one = simulation_for(viewer, simulation_id, lock=True)
    if one.state in (State.CANCELLED, *GOING_ON):
        one.state, one.ended_at, one.moved_at = State.WAITING, None, at
        one.save()
        audit.record(viewer, "simulation.resumed", f"simulation:{one.pk}", at=at)
        jobs.defer(_job(), simulation_id=one.pk)
    return one
