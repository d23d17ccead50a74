"""What is true of papers, sittings, marks and question sheets. Pure: no database, no clock, no Django."""

import hashlib
import hmac
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

SINGLE, MULTIPLE, JUDGEMENT = "single", "multiple", "judgement"
KINDS = (SINGLE, MULTIPLE, JUDGEMENT)  # the order on a paper

# A save or a paper sent in the last second is still on its way when time is up. What arrives within
# these seconds counts, if the seat is still the sender's; the end itself never moves.
GRACE = timedelta(seconds=10)


# ---- drawing a paper ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """What drawing needs to know of a question."""

    id: int
    version: int
    kind: str
    options: int  # how many


@dataclass(frozen=True)
class Slot:
    """One place of a paper: `options[shown]` is the author's index of the option shown there."""

    question: int
    kind: str
    options: tuple[int, ...]


class BankTooSmall(ValueError):
    """A kind has fewer questions than the paper needs."""

    def __init__(self, kind: str, has: int, needs: int) -> None:
        super().__init__(kind)
        self.kind, self.has, self.needs = kind, has, needs


def draw(seed: str, bank: Iterable[Item], counts: Mapping[str, int]) -> tuple[Slot, ...]:
    """The paper of a seed: for each kind the questions whose HMAC under the seed is smallest.

    The same seed and bank give the same paper, years later and in any language, so an appeal can
    draw it again; no library's idea of randomness is involved. Options are ordered the same way;
    a judgement keeps right before wrong. Raises BankTooSmall.
    """
    by_kind: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    for item in bank:
        by_kind[item.kind].append(item)
    paper: list[Slot] = []
    for kind in KINDS:
        needs = counts.get(kind, 0)
        if len(by_kind[kind]) < needs:
            raise BankTooSmall(kind, len(by_kind[kind]), needs)
        ranked = sorted(by_kind[kind], key=lambda item: _rank(seed, "question", item.id, item.version))
        paper += [Slot(item.id, kind, _order(seed, item)) for item in ranked[:needs]]
    return tuple(paper)


def _order(seed: str, item: Item) -> tuple[int, ...]:
    places = range(item.options)
    if item.kind == JUDGEMENT:
        return tuple(places)
    return tuple(sorted(places, key=lambda n: _rank(seed, "option", item.id, item.version, n)))


def _rank(seed: str, *parts: object) -> bytes:
    return hmac.digest(seed.encode(), "|".join(map(str, parts)).encode(), hashlib.sha256)


# ---- the sitting --------------------------------------------------------------------------------

RUNNING, SUBMITTED, NO_SCORE = "running", "submitted", "no_score"


@dataclass(frozen=True)
class Verdict:
    """Whether something counts; `why` is "" or submitted, no_score, over, elsewhere, malformed, older."""

    open: bool
    why: str = ""


def ends(started_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """The end of a sitting: its own length, or the end of the window if that comes first (CQ-11)."""
    return min(started_at + timedelta(minutes=minutes), closes_at)


def is_open(state: str, ends_at: datetime, at: datetime, grace: timedelta = timedelta(0)) -> Verdict:
    """May this sitting go on at this moment? The end itself is already outside."""
    if state != RUNNING:
        return Verdict(False, state)
    if at >= ends_at + grace:
        return Verdict(False, "over")
    return Verdict(True)


@dataclass(frozen=True)
class Heard:
    """Where an answer stands on the server: from which seat and which of its saves."""

    seat_epoch: int
    seq: int


def hear(sent: Heard, seat_epoch: int, before: Heard | None) -> Verdict:
    """Does a save from this seat take the place of the answer before it?

    A save of an older seat is refused, since the exam has moved; one that arrives late or twice is
    accepted and ignored. A new seat counts anew, so a device that has forgotten its count loses nothing.
    """
    if sent.seat_epoch != seat_epoch:
        return Verdict(False, "elsewhere")
    if before and (before.seat_epoch, before.seq) >= (sent.seat_epoch, sent.seq):
        return Verdict(False, "older")
    return Verdict(True)


def is_answer(slot: Slot, chosen: Sequence[int]) -> bool:
    """Is this a possible answer to the slot? An empty one takes the answer back."""
    known = len(set(chosen)) == len(chosen) and all(0 <= n < len(slot.options) for n in chosen)
    return known and (slot.kind == MULTIPLE or len(chosen) <= 1)


# ---- marking ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What a paper is worth. `score` is of 100; `rights` says for each slot whether it is right."""

    score: Decimal
    right: int
    rights: tuple[bool, ...]


def mark(paper: Sequence[Slot], keys: Mapping[int, Sequence[int]], answers: Mapping[int, Sequence[int]]) -> Mark:
    """Mark a paper: every question weighs the same, and the score is of 100.

    `keys` holds for a question the author's indexes of its right options, `answers` for a slot the
    indexes chosen as shown. Multiple choice is all or nothing: one option too many or too few is
    wrong. The score is rounded down to a tenth, so that it never shows a pass that was not reached.
    """
    rights = tuple(
        {slot.options[shown] for shown in answers.get(place, ())} == set(keys[slot.question])
        for place, slot in enumerate(paper)
    )
    right = sum(rights)
    score = Decimal(100 * right) / Decimal(len(paper)) if paper else Decimal(0)
    return Mark(score.quantize(Decimal("0.1"), ROUND_DOWN), right, rights)


# ---- the question sheet -------------------------------------------------------------------------

OPTION_COLUMNS = ("选项A", "选项B", "选项C", "选项D", "选项E")
COLUMNS = ("题号", "题型", "题干", *OPTION_COLUMNS, "答案", "解析", "讲次")
LETTERS = "ABCDE"
KIND_WORDS = {
    "单选": SINGLE, "单选题": SINGLE, "单项选择": SINGLE, "单项选择题": SINGLE,
    "多选": MULTIPLE, "多选题": MULTIPLE, "多项选择": MULTIPLE, "多项选择题": MULTIPLE,
    "判断": JUDGEMENT, "判断题": JUDGEMENT,
}  # fmt: skip
RIGHT_WORDS = {"正确", "对", "是", "√", "TRUE", "T", "A"}
WRONG_WORDS = {"错误", "错", "否", "×", "X", "FALSE", "F", "B"}
JUDGEMENT_OPTIONS = ("正确", "错误")
LONGEST = {"题号": 40, "题干": 2000, "解析": 2000, "讲次": 40, **dict.fromkeys(OPTION_COLUMNS, 500)}


@dataclass(frozen=True)
class Cell:
    """A cell as read: its text, and what is odd about it ("", formula, merged, error, date)."""

    text: str = ""
    odd: str = ""


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet by the names of its columns; `number` as the spreadsheet counts."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        cell = self.cells.get(column)
        return unicodedata.normalize("NFC", cell.text).strip() if cell else ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: a stable code, and the facts that its sentence names."""

    column: str
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A question as it would be stored."""

    code: str
    kind: str
    stem: str
    options: tuple[str, ...]
    key: tuple[int, ...]
    explanation: str
    section: str


@dataclass(frozen=True)
class Checked:
    """A sheet gone through: the good questions, and the rows with their faults."""

    good: tuple[Draft, ...]
    faulty: tuple[tuple[SheetRow, tuple[Fault, ...]], ...]


def check_sheet(rows: Iterable[SheetRow]) -> Checked:
    """Check every row by itself and against the others; a repeated number or stem is a fault of each."""
    kept = [row for row in rows if any(cell.text.strip() or cell.odd for cell in row.cells.values())]
    codes, stems = (_places(kept, column) for column in ("题号", "题干"))
    good: list[Draft] = []
    faulty: list[tuple[SheetRow, tuple[Fault, ...]]] = []
    for row in kept:
        draft, faults = parse_row(row)
        for column, places, code in (("题号", codes, "code_twice"), ("题干", stems, "stem_twice")):
            others = [n for n in places.get(row.text(column), ()) if n != row.number]
            if others:
                faults += (Fault(column, code, {"row": others[0]}),)
        if draft and not faults:
            good.append(draft)
        else:
            faulty.append((row, faults))
    return Checked(tuple(good), tuple(faulty))


def _places(rows: Iterable[SheetRow], column: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        if row.text(column):
            found.setdefault(row.text(column), []).append(row.number)
    return found


def parse_row(row: SheetRow) -> tuple[Draft | None, tuple[Fault, ...]]:
    """One row as a question, or everything that is wrong with it."""
    faults = [Fault(column, f"is_{cell.odd}") for column, cell in row.cells.items() if cell.odd]
    odd = {fault.column for fault in faults}
    faults += [
        Fault(column, "too_long", {"most": most, "has": len(row.text(column))})
        for column, most in LONGEST.items()
        if len(row.text(column)) > most
    ]
    faults += [Fault(column, "empty") for column in ("题号", "题干") if not row.text(column) and column not in odd]
    kind = KIND_WORDS.get(row.text("题型"), "")
    if not kind and "题型" not in odd:
        typed = row.text("题型")
        faults.append(Fault("题型", "unknown_kind", {"typed": typed[:20]}) if typed else Fault("题型", "empty"))
    if not kind:
        return None, tuple(faults)
    options, found = _judgement_options(row) if kind == JUDGEMENT else _options(row)
    key: tuple[int, ...] = ()
    if "答案" not in odd:
        key, wrong = _judgement_key(row) if kind == JUDGEMENT else _key(row, kind, options)
        found += wrong
    faults += [fault for fault in found if fault.column not in odd]
    if faults:
        return None, tuple(faults)
    shown = tuple(option for option in options if option)
    return Draft(row.text("题号"), kind, row.text("题干"), shown, key, row.text("解析"), row.text("讲次")), ()


def _options(row: SheetRow) -> tuple[tuple[str, ...], list[Fault]]:
    """The options A to E, "" where there is none: two at least, without a hole, all different."""
    options = tuple(row.text(column) for column in OPTION_COLUMNS)
    used = max((n for n, option in enumerate(options, start=1) if option), default=0)
    faults = [Fault(OPTION_COLUMNS[n], "hole") for n in range(max(used, 2)) if not options[n]]
    seen: dict[str, str] = {}
    for column, option in zip(OPTION_COLUMNS, options, strict=True):
        if option and option in seen:
            faults.append(Fault(column, "option_twice", {"other": seen[option]}))
        elif option:
            seen[option] = column
    return options, faults


def _judgement_options(row: SheetRow) -> tuple[tuple[str, ...], list[Fault]]:
    """A judgement is right or wrong; if the sheet says so again, it must say it in this order."""
    typed = tuple(filter(None, (row.text(column) for column in OPTION_COLUMNS)))
    same = not typed or (len(typed) == 2 and typed[0] in RIGHT_WORDS and typed[1] in WRONG_WORDS)
    return JUDGEMENT_OPTIONS, [] if same else [Fault("选项A", "judgement_options")]


def _judgement_key(row: SheetRow) -> tuple[tuple[int, ...], list[Fault]]:
    typed = unicodedata.normalize("NFKC", row.text("答案")).strip().upper()
    if typed in RIGHT_WORDS:
        return (0,), []
    if typed in WRONG_WORDS:
        return (1,), []
    return (), [Fault("答案", "judgement_key", {"typed": typed[:20]}) if typed else Fault("答案", "no_key")]


def _key(row: SheetRow, kind: str, options: Sequence[str]) -> tuple[tuple[int, ...], list[Fault]]:
    """The indexes behind letters such as "ACD", "a, c" or "Ａ、Ｃ"."""
    letters = re.sub(r"[\s,、;.]+", "", unicodedata.normalize("NFKC", row.text("答案")).upper())
    if not letters:
        return (), [Fault("答案", "no_key")]
    if any(letter not in LETTERS for letter in letters):
        return (), [Fault("答案", "not_letters", {"typed": row.text("答案")[:20]})]
    faults = [Fault("答案", "letter_twice", {"letter": a}) for a, n in Counter(letters).items() if n > 1]
    indexes = tuple(sorted({LETTERS.index(letter) for letter in letters}))
    faults += [Fault("答案", "no_such_option", {"letter": LETTERS[n]}) for n in indexes if not options[n]]
    if kind == SINGLE and len(indexes) > 1:
        faults.append(Fault("答案", "single_with_many", {"has": len(indexes)}))
    if kind == MULTIPLE and len(indexes) < 2:
        faults.append(Fault("答案", "multiple_with_one"))
    return indexes, faults
