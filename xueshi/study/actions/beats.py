"""Beats: what players say, credited in batches, one durable transaction for all of a batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from xueshi.kernel import clock
from xueshi.study import moments, rules
from xueshi.study.actions.cycles import study_if_complete
from xueshi.study.actions.playing import watch_span
from xueshi.study.models import LessonProgress, PlayerLease, WatchSpan

LEASES = """
SELECT person_id, epoch, seq, position_ms, last_at, span_started_at, span_ms, reserve_ms, owed, progress_id
FROM study_playerlease WHERE person_id = ANY(%s) ORDER BY person_id FOR UPDATE
"""
PROGRESSES = """
SELECT g.id, g.credited_ms, g.covered, g.completed_at IS NOT NULL, g.cycle_id, c.ended_at IS NOT NULL,
       c.studied_at IS NOT NULL
FROM study_lessonprogress g JOIN study_learningcycle c ON c.id = g.cycle_id
WHERE g.id = ANY(%s) ORDER BY g.id FOR UPDATE OF g
"""
KEEP_LEASES = """
UPDATE study_playerlease AS l
SET seq = n.seq, position_ms = n.position_ms, last_at = n.last_at, span_started_at = n.span_started_at,
    span_ms = n.span_ms, reserve_ms = n.reserve_ms, owed = n.owed::jsonb
FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[],
            %s::int[], %s::text[])
    AS n(person_id, seq, position_ms, last_at, span_started_at, span_ms, reserve_ms, owed)
WHERE l.person_id = n.person_id
"""
KEEP_PROGRESSES = """
UPDATE study_lessonprogress AS g
SET credited_ms = n.credited_ms, covered = n.covered::jsonb, position_ms = n.position_ms
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS n(id, credited_ms, covered, position_ms)
WHERE g.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a player says; the first four from its signed ticket, the others its own words."""

    person_id: int
    epoch: int
    progress_id: int
    length_ms: int
    seq: int
    position_ms: int
    played: tuple[rules.Stretch, ...] = ()  # not acknowledged yet, in the order of playing
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class BeatAnswer:
    """What the server holds after a beat. `kind` is "heard", "elsewhere" or "over" (the cycle has ended)."""

    kind: str
    seq: int = 0
    position_ms: int = 0  # other than the beat's own: what was played since counts nothing, go back there
    credited_ms: int = 0
    covered: tuple[rules.Stretch, ...] = ()
    complete: bool = False
    studied: bool = False  # every lesson is complete: the exam is open
    heard_at: datetime | None = None
    device: str = ""  # elsewhere: what kind of device has the player now,
    since: datetime | None = None  # since when,
    lesson: int = 0  # and which lesson it plays


@dataclass(slots=True)
class _Player:
    """A locked lease with the lesson it plays, as far as a batch has come."""

    person_id: int
    epoch: int
    seq: int
    progress_id: int
    standing: rules.Standing
    credited_ms: int = 0
    complete: bool = False
    cycle_id: int = 0
    over: bool = True
    studied: bool = False
    touched: bool = False
    completed_now: bool = False


@transaction.atomic(durable=True)
def record_beats(beats: Sequence[Beat]) -> list[BeatAnswer]:
    """Hear a batch of beats and credit each by the database's clock; answers in the order of the beats.

    A beat heard before changes nothing and gets the same answer. One from an older epoch is told where the
    person studies now. Nothing said here can credit a person more time than has passed.
    """
    players = _lock(sorted({beat.person_id for beat in beats}))
    now_ms = moments.ms(clock.database_now())  # after the locks, so that it never runs backwards for a person
    spans: list[WatchSpan] = []
    kinds: list[str] = []
    for beat in beats:
        player = players.get(beat.person_id)
        kind = _kind(player, beat)
        kinds.append(kind)
        if kind == "heard" and player and beat.seq > player.seq:
            spans += _hear(player, beat, now_ms)
    _keep([player for player in players.values() if player.touched], spans)
    away = _elsewhere({beat.person_id for beat, kind in zip(beats, kinds, strict=True) if kind == "elsewhere"})
    return [
        _answer(kind, players.get(beat.person_id), away.get(beat.person_id))
        for beat, kind in zip(beats, kinds, strict=True)
    ]


def _lock(person_ids: list[int]) -> dict[int, _Player]:
    with connection.cursor() as cursor:
        cursor.execute(LEASES, [person_ids])
        leases = cursor.fetchall()
        cursor.execute(PROGRESSES, [[lease[9] for lease in leases if lease[9] is not None]])
        rows = {row[0]: row for row in cursor.fetchall()}
    players = {}
    for person_id, epoch, seq, position, last_at, span_at, span_ms, reserve, owed, progress_id in leases:
        row = rows.get(progress_id)
        standing = rules.Standing(
            heard_ms=moments.ms(last_at) if last_at else 0,
            position_ms=position,
            covered=_stretches(row[2]) if row else (),
            span_from_ms=moments.ms(span_at) if span_at else None,
            span_credited_ms=span_ms,
            reserve_ms=reserve,
            owed=_stretches(owed),
        )
        player = players[person_id] = _Player(person_id, epoch, seq, progress_id or 0, standing)
        if row:
            player.credited_ms, player.complete = row[1], row[3]
            player.cycle_id, player.over, player.studied = row[4], row[5], row[6]
    return players


def _stretches(stored: str) -> tuple[rules.Stretch, ...]:
    return tuple((start, end) for start, end in json.loads(stored))


def _kind(player: _Player | None, beat: Beat) -> str:
    if player is None or player.epoch != beat.epoch or player.progress_id != beat.progress_id:
        return "elsewhere"
    return "over" if player.over else "heard"


def _hear(player: _Player, beat: Beat, now_ms: int) -> list[WatchSpan]:
    heard = rules.Heard(now_ms, beat.position_ms, beat.played, beat.leaving)
    credit = rules.credit(player.standing, heard, beat.length_ms)
    player.seq, player.standing, player.touched = beat.seq, credit.standing, True
    player.credited_ms += credit.ms
    if not player.complete:
        player.complete = player.completed_now = rules.is_complete(
            beat.length_ms, credit.standing.covered, player.credited_ms
        )
    if credit.closed is None:
        return []
    return [watch_span(player.person_id, beat.progress_id, credit.closed)]


def _keep(players: list[_Player], spans: list[WatchSpan]) -> None:
    if not players:
        return
    s = [player.standing for player in players]
    leases: list[Any] = [
        [player.person_id for player in players],
        [player.seq for player in players],
        [one.position_ms for one in s],
        [moments.at(one.heard_ms) for one in s],
        [moments.at(one.span_from_ms) if one.span_from_ms is not None else None for one in s],
        [one.span_credited_ms for one in s],
        [one.reserve_ms for one in s],
        [json.dumps(one.owed) for one in s],
    ]
    progresses: list[Any] = [
        [player.progress_id for player in players],
        [player.credited_ms for player in players],
        [json.dumps(one.covered) for one in s],
        [one.position_ms for one in s],
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP_LEASES, leases)
        cursor.execute(KEEP_PROGRESSES, progresses)
    WatchSpan.objects.bulk_create(spans)
    for player in players:
        if player.completed_now:
            _complete(player)


def _complete(player: _Player) -> None:
    at = moments.at(player.standing.heard_ms)
    LessonProgress.objects.filter(pk=player.progress_id, completed_at=None).update(
        completed_at=at, completed_by=LessonProgress.Evidence.TIMED
    )
    player.studied = study_if_complete(cycle_id=player.cycle_id, at=at)


def _elsewhere(person_ids: set[int]) -> dict[int, PlayerLease]:
    if not person_ids:
        return {}
    found = PlayerLease.objects.filter(person_id__in=person_ids).select_related("progress__lesson")
    return {lease.person_id: lease for lease in found}


def _answer(kind: str, player: _Player | None, away: PlayerLease | None) -> BeatAnswer:
    if kind == "elsewhere":
        if away is None or away.progress is None:
            return BeatAnswer("elsewhere")
        return BeatAnswer("elsewhere", device=away.device, since=away.opened_at, lesson=away.progress.lesson.number)
    if player is None or kind == "over":
        return BeatAnswer("over")
    return BeatAnswer(
        "heard",
        seq=player.seq,
        position_ms=player.standing.position_ms,
        credited_ms=player.credited_ms,
        covered=player.standing.covered,
        complete=player.complete,
        studied=player.studied,
        heard_at=moments.at(player.standing.heard_ms),
    )
