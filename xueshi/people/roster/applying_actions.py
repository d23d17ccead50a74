"""Apply a roster piece by piece. A piece is one transaction that also moves the mark up to which rows are done, so a
worker may be killed anywhere: the next one goes on behind the mark, and a row is applied once.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime

import polars as pl
from django.db import IntegrityError, connection, transaction

from xueshi.kernel import audit, clock, vault
from xueshi.kernel.errors import Refused
from xueshi.people import access, pinyin, transfer_actions
from xueshi.people.actions import placing
from xueshi.people.models import Account, Organisation, Person, RosterImport, RosterProblem
from xueshi.people.queries import viewer_behind
from xueshi.people.roster import checking_actions, copying, fields, staging
from xueshi.people.viewer import Viewer

State = RosterImport.State
PIECE = 5_000
TRIES = 3
UNIT_CLOSED, POST_ENDED = "stopped-unit-closed", "stopped-post-ended"


def apply(*, roster_id: int, now: Callable[[], datetime]) -> None:
    """Apply what is left of a roster, each piece at its own moment."""
    roster = RosterImport.objects.select_related("staged").get(pk=roster_id)
    if roster.state != State.APPLYING or roster.staged is None:
        return
    staged = staging.load(roster.staged)
    while apply_piece(roster_id=roster_id, staged=staged, at=now()):
        pass


def apply_piece(*, roster_id: int, staged: pl.DataFrame, at: datetime) -> bool:
    """Apply the next rows; False when there are none left, or it may not go on (the state says why)."""
    for _ in range(TRIES - 1):
        try:
            return _piece(roster_id, staged, at)
        except IntegrityError:  # somebody registered a moment ago: now known, and decided anew
            continue
    return _piece(roster_id, staged, at)


@transaction.atomic(durable=True)
def _piece(roster_id: int, staged: pl.DataFrame, at: datetime) -> bool:
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    if roster.state != State.APPLYING:
        return False
    unit = Organisation.objects.select_for_update(no_key=True).select_related("region").get(pk=roster.organisation_id)
    viewer = bringing(roster.confirmed_by_id, unit, at)
    if unit.closed_at or viewer is None:
        roster.state, roster.problem = State.CHECKED, UNIT_CLOSED if unit.closed_at else POST_ENDED
        roster.save(update_fields=["state", "problem"])
        return False
    rows = staged.slice(roster.applied, PIECE)
    done = Counter(roster.counts.get("done", {}))
    if not rows.is_empty():
        done.update(Work(roster, unit, viewer, at).apply(rows))
    roster.applied += rows.height
    roster.counts = {**roster.counts, "done": dict(done)}
    if roster.applied >= staged.height:
        roster.state, roster.applied_at = State.APPLIED, at
        audit.record(viewer, "people.apply_roster", f"roster:{roster.pk}", at=at, done=dict(done))
    roster.save(update_fields=["state", "applied", "counts", "applied_at"])
    return roster.state == State.APPLYING


def bringing(person_id: int | None, unit: Organisation, at: datetime) -> Viewer | None:
    """Who confirmed, in the capacity in which rosters may still be brought for the unit; None if in none."""
    account = Account.objects.select_related("person").filter(person=person_id, is_active=True).first()
    if account is None:
        return None
    viewer = viewer_behind(account, at=at)
    acting = (viewer.acting_as(seat.role) for seat in viewer.seats)
    return next((one for one in acting if access.can(one, "bring", unit)), None)


class Work:
    """One piece: rows of one roster, for one unit, by one person, at one moment."""

    def __init__(self, roster: RosterImport, unit: Organisation, viewer: Viewer, at: datetime) -> None:
        self.roster, self.unit, self.viewer, self.at = roster, unit, viewer, at
        self.today = clock.day_of(at)
        self.actors = [roster.sent_by_id, roster.confirmed_by_id, roster.second_id]

    def apply(self, rows: pl.DataFrame) -> dict[str, int]:
        """Decide each row by what is on record now, and do it; how many of each outcome."""
        people = rows.drop("outcome", "adds", "differs", "raw").with_columns(good=rows["outcome"] != "refused")
        table, _ = checking_actions.decided(people, unit=self.unit.pk, actors=self.actors, lock=True)
        new = table.filter(pl.col("outcome") == "new")
        new = new.with_columns(pl.Series("person", copying.numbers("people_person", new.height), pl.Int64))
        self._register(new)
        known = table.filter(pl.col("person").is_not_null() & (pl.col("adds") != ""))
        self._join(known.filter(pl.col("outcome") == "joined"))
        unasked = self._move(known.filter(pl.col("outcome") == "moved"))
        self._reach(known)
        every = pl.concat([new.with_columns(adds=pl.lit("title facts")), known])
        self._titles(every)
        self._facts(every)
        self._audit(every)
        done = Counter(dict(table["outcome"].value_counts().iter_rows()))
        done.update({"moved": -unasked, "refused": unasked} if unasked else {})
        return {outcome: rows for outcome, rows in done.items() if rows}

    # ---- people nobody knew ------------------------------------------------------------------------------------------

    def _register(self, new: pl.DataFrame) -> None:
        if new.is_empty():
            return
        number = new["id_number"]
        since = pl.col("employed_since").fill_null(self.today)
        keeper, moment = pl.col("file_keeper").fill_null(Person.FileKeeper.OTHER.value), self.at.isoformat()
        place = pl.col("region").fill_null(self.unit.region_id)
        copying.copy("people_person", new.select(
            pl.col("person").alias("id"), "name",
            pl.Series("pinyin", [pinyin.of(name) for name in new["name"]]),
            pl.col("index").alias("id_index"),
            pl.Series("id_cipher", ["\\x" + one.hex() for one in vault.locks("id", number.to_list())]),
            pl.col("tail").alias("id_tail_index"),
            (number.str.slice(0, 4) + "*" * 10 + number.str.slice(14, 4)).alias("id_masked"),
            "sex", pl.col("born").alias("born_on"), pl.col("phone").fill_null(""), pl.col("email").fill_null(""),
            place.alias("region_id"), keeper.alias("file_keeper"), pl.col("file_agency").alias("file_agency_id"),
            pl.lit(moment).alias("registered_at"),
        ))  # fmt: skip
        copying.copy("people_placement", new.select(
            pl.col("person").alias("person_id"), place.alias("region_id"), keeper.alias("file_keeper"),
            pl.col("file_agency").alias("file_agency_id"), pl.lit(self.today).alias("since"),
        ))  # fmt: skip
        copying.copy("people_employment", new.select(
            pl.col("person").alias("person_id"), pl.lit(self.unit.pk).alias("employer_id"), since.alias("since"),
            pl.lit(True).alias("main"),
        ))  # fmt: skip

    # ---- people on record --------------------------------------------------------------------------------------------

    def _join(self, joined: pl.DataFrame) -> None:
        """Whoever works for nobody works here: from the day that the row says, yet not before the last work ended."""
        held = Person.objects.in_bulk(joined["person"].to_list())
        last = _last_days(list(held))
        for person_id, since in joined.select("person", "employed_since").iter_rows():
            day = max(since or self.today, last.get(person_id, date.min))
            placing.employ(held[person_id], self.unit.pk, day, viewer=self.viewer, at=self.at)

    def _move(self, moved: pl.DataFrame) -> int:
        """Whoever works elsewhere is asked for; the employer or a bureau decides. How many nobody can decide."""
        wanted = [
            (row, (person, since or self.today))
            for row, person, since in moved.select("row", "person", "employed_since").iter_rows()
        ]
        if not wanted or self._ask([one for _, one in wanted]):
            return 0
        unasked = [row for row, one in wanted if not self._ask([one])]
        for row in unasked:
            RosterProblem.objects.create(roster=self.roster, row=row, column="id_number", code="nobody-to-ask")
        return len(unasked)

    def _ask(self, wanted: list[tuple[int, date]]) -> bool:
        try:
            with transaction.atomic():
                transfer_actions.ask_transfers(
                    viewer=self.viewer, organisation_id=self.unit.pk, people=wanted, reason=self._reason(), at=self.at
                )
        except Refused:  # no unit acts and no bureau is there
            return False
        return True

    def _reach(self, known: pl.DataFrame) -> None:
        """Phones and mailboxes where there are none."""
        for key in ("phone", "email"):
            some = known.filter(_adds(key))
            if not some.is_empty():
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE people_person SET {key} = said.it FROM unnest(%s::bigint[], %s::text[]) said (id, it) "  # noqa: S608  one of two names
                        f"WHERE people_person.id = said.id AND {key} = ''",
                        [some["person"].to_list(), some[key].to_list()],
                    )

    # ---- what is added to both ---------------------------------------------------------------------------------------

    def _titles(self, every: pl.DataFrame) -> None:
        some = every.filter(_adds("title") & pl.col("title_level").is_not_null())
        copying.copy("people_title", some.select(
            pl.col("person").alias("person_id"), pl.col("title_level").alias("level"),
            pl.col("title_obtained_on").alias("obtained_on"),
        ))  # fmt: skip

    def _facts(self, every: pl.DataFrame) -> None:
        """A word holds from the day one came to the unit; an event is on its day."""
        found = []
        for field in fields.FACTS:
            some = every.filter(pl.col(field.key).is_not_null() & (_adds("facts") | _adds(field.fact)))
            if some.is_empty():
                continue
            since = pl.col(field.key) if field.kind == "event" else pl.col("employed_since").fill_null(self.today)
            value = pl.lit("yes") if field.kind == "event" else pl.col(field.key)
            until = since + pl.duration(days=1) if field.kind == "event" else pl.lit(None, dtype=pl.Date)
            found.append(some.select(
                pl.col("person").alias("person_id"), pl.lit(field.fact).alias("word"), pl.lit(field.kind).alias("kind"),
                value.alias("value"), since.alias("since"), until.alias("until"),
            ))  # fmt: skip
        if found:
            copying.copy("people_fact", pl.concat(found).with_columns(
                recorded_at=pl.lit(self.at.isoformat()), recorded_by_id=pl.lit(self.viewer.person_id),
                organisation_id=pl.lit(self.unit.pk), reason=pl.lit(self._reason()), withdrawn_reason=pl.lit(""),
            ))  # fmt: skip

    def _audit(self, every: pl.DataFrame) -> None:
        lines = every.select(
            pl.lit(self.at.isoformat()).alias("at"), pl.lit(self.viewer.person_id).alias("person_id"),
            pl.lit(self.viewer.capacity).alias("capacity"), pl.lit("people.bring_person").alias("action"),
            ("person:" + pl.col("person").cast(pl.String)).alias("subject"), pl.lit(self._reason()).alias("reason"),
            pl.Series("facts", list(self._facts_of(every)), pl.String),
        )  # fmt: skip
        copying.copy("kernel_auditline", lines)

    def _facts_of(self, every: pl.DataFrame) -> Iterator[str]:
        said: dict[tuple[str, str], str] = {}
        for outcome, adds in every.select("outcome", "adds").iter_rows():
            if (outcome, adds) not in said:
                facts: dict[str, object] = {"roster": self.roster.pk, "unit": self.unit.pk, "outcome": outcome}
                if outcome != "new":
                    facts["added"] = adds.split()
                said[outcome, adds] = json.dumps(facts)
            yield said[outcome, adds]

    def _reason(self) -> str:
        return f"单位名册 {self.roster.pk}"


def _adds(what: str) -> pl.Expr:
    return (" " + pl.col("adds") + " ").str.contains(f" {what} ", literal=True)


def _last_days(person_ids: list[int]) -> dict[int, date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, max(until) FROM people_employment WHERE person_id = ANY(%s) AND until IS NOT NULL"
            " GROUP BY person_id",
            [person_ids],
        )
        return dict(cursor.fetchall())
