"""What can be seen of papers, results and banks. A key leaves this floor only for a finished mock exam."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from xueshi.exams import rules, wording
from xueshi.exams.actions.banks import contents
from xueshi.exams.actions.sitting import paper_of, receipt_for
from xueshi.exams.models import Answer, AnswerRevision, Attempt, Bank, BankImport, Exam, Question
from xueshi.kernel import clock
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.ledger import law
from xueshi.people.viewer import Viewer

# ---- a learner's sittings -----------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """One option as shown: its place, its letter, whether it is chosen."""

    place: int
    letter: str
    words: str
    chosen: bool
    right: bool = False  # known to the review of a mock exam only


@dataclass(frozen=True)
class Shown:
    """One question as shown on a paper. It has no key: that is not read from the database for it."""

    slot: int
    kind: str
    kind_words: str
    stem: str
    options: tuple[Option, ...]
    flagged: bool
    seat_epoch: int  # of the last save; 0 when there is none
    seq: int
    saved_at: datetime | None

    @property
    def number(self) -> int:
        return self.slot + 1

    @property
    def answered(self) -> bool:
        return any(option.chosen for option in self.options)

    @property
    def many(self) -> bool:
        return self.kind == rules.MULTIPLE


@dataclass(frozen=True)
class Paper:
    """An attempt and its questions in order, with the answers that the server holds."""

    attempt: Attempt
    exam: Exam
    questions: tuple[Shown, ...]
    now: datetime  # the database's clock when this was read
    open: bool  # before the end, and not handed in

    @property
    def unanswered(self) -> list[int]:
        return [q.number for q in self.questions if not q.answered]

    @property
    def flagged(self) -> list[int]:
        return [q.number for q in self.questions if q.flagged]

    @property
    def saved_at(self) -> datetime | None:
        return max((q.saved_at for q in self.questions if q.saved_at), default=None)

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.attempt.ends_at - self.now).total_seconds()))


@dataclass(frozen=True)
class Reviewed:
    """One question of a finished mock exam with its key, what was chosen, and the explanation."""

    shown: Shown
    right: bool
    explanation: str


@dataclass(frozen=True)
class Result:
    """A finished attempt: its score, and for a mock exam every question gone through."""

    attempt: Attempt
    exam: Exam
    total: int
    answered: int
    review: tuple[Reviewed, ...] = ()

    @property
    def wrong(self) -> int:
        return self.total - (self.attempt.right or 0)


def attempt_for(viewer: Viewer, attempt_id: int) -> Attempt:
    """The viewer's own attempt with its exam; raises NotYours."""
    found = Attempt.objects.select_related("exam").filter(pk=attempt_id, person_id=viewer.person_id).first()
    if found is None:
        raise NotYours()
    return found


def paper_for(viewer: Viewer, attempt_id: int) -> Paper:
    """The paper of the viewer's attempt, without any key; raises NotYours."""
    attempt = attempt_for(viewer, attempt_id)
    now = clock.database_now()
    open_ = rules.is_open(attempt.state, attempt.ends_at, now).open
    return Paper(attempt, attempt.exam, _shown(attempt), now, open_)


def result_for(viewer: Viewer, attempt_id: int) -> Result:
    """The result of the viewer's attempt; key and explanations only if it was a mock exam and is over."""
    attempt = attempt_for(viewer, attempt_id)
    answers = Answer.objects.filter(attempt=attempt).exclude(chosen=[]).count()
    finished_mock = attempt.kind == Attempt.Kind.MOCK and attempt.state == Attempt.State.SUBMITTED
    review = _review(attempt) if finished_mock else ()
    return Result(attempt, attempt.exam, len(attempt.paper), answers, review)


def attempts_for(viewer: Viewer, exam_ids: Iterable[int]) -> list[Attempt]:
    """The viewer's attempts at these exams, the newest first: running, with a score, or without one."""
    mine = Attempt.objects.filter(person_id=viewer.person_id, exam_id__in=list(exam_ids))
    return list(mine.select_related("exam").defer("paper", "seed").order_by("-started_at"))


def overdue(at: datetime | None = None) -> list[int]:
    """The ids of formal attempts that ran past their end and its grace, for the job that closes them."""
    moment = (at or clock.database_now()) - rules.GRACE
    late = Attempt.objects.filter(state=Attempt.State.RUNNING, kind=Attempt.Kind.FORMAL, ends_at__lte=moment)
    return list(late.order_by("pk").values_list("pk", flat=True))


def overdue_mocks(at: datetime | None = None) -> list[int]:
    """The ids of mock exams that ran past their end."""
    moment = (at or clock.database_now()) - rules.GRACE
    late = Attempt.objects.filter(state=Attempt.State.RUNNING, kind=Attempt.Kind.MOCK, ends_at__lte=moment)
    return list(late.order_by("pk").values_list("pk", flat=True))


def receipt_of(attempt_id: int, slot: int, receipt: str) -> AnswerRevision | None:
    """The save that a learner's receipt proves, or None if there is none such."""
    saves = AnswerRevision.objects.filter(attempt_id=attempt_id, slot=slot)
    return next((save for save in saves if receipt_for(save) == receipt), None)


def _shown(attempt: Attempt) -> tuple[Shown, ...]:
    slots = paper_of(attempt)
    words = {
        pk: (stem, options)
        for pk, stem, options in Question.objects.filter(pk__in=[slot.question for slot in slots]).values_list(
            "pk", "stem", "options"
        )
    }
    answers = {answer.slot: answer for answer in Answer.objects.filter(attempt=attempt)}
    return tuple(_one(place, slot, *words[slot.question], answers.get(place)) for place, slot in enumerate(slots))


def _one(place: int, slot: rules.Slot, stem: str, options: list[str], answer: Answer | None) -> Shown:
    chosen = set(answer.chosen) if answer else set()
    return Shown(
        slot=place,
        kind=slot.kind,
        kind_words=wording.of_kind(slot.kind),
        stem=stem,
        options=tuple(
            Option(n, rules.LETTERS[n], options[author], n in chosen) for n, author in enumerate(slot.options)
        ),
        flagged=answer.flagged if answer else False,
        seat_epoch=answer.seat_epoch if answer else 0,
        seq=answer.seq if answer else 0,
        saved_at=answer.saved_at if answer else None,
    )


def _review(attempt: Attempt) -> tuple[Reviewed, ...]:
    slots = paper_of(attempt)
    keys = {
        pk: (set(key), explanation)
        for pk, key, explanation in Question.objects.filter(pk__in=[slot.question for slot in slots]).values_list(
            "pk", "key", "explanation"
        )
    }
    found = []
    for shown, slot in zip(_shown(attempt), slots, strict=True):
        key, explanation = keys[slot.question]
        options = tuple(
            Option(o.place, o.letter, o.words, o.chosen, right=slot.options[o.place] in key) for o in shown.options
        )
        marked = Shown(**{**vars(shown), "options": options})
        found.append(Reviewed(marked, all(o.chosen == o.right for o in options), explanation))
    return tuple(found)


# ---- the law on exams, for the pages that quote it ----------------------------------------------


@dataclass(frozen=True)
class Clause:
    """The exact words of a provision and where they stand."""

    words: str
    cite: str


# What the pages quote: by the key of the law's exam chapter, or by the provision's own id.
_NOTES = {"check": "check-the-computer"}


def clauses(instrument: str, on: date, category: str = "public") -> Mapping[str, Clause]:
    """The sentences of an instrument on the exams of a category, by what they are about: attempts, make_up, practice,
    resume, on_interruption, opens_after, check. One that it does not say is absent."""
    book = law.of(instrument)
    chapter = book.exam(on, category)
    ids = dict(chapter.said_by) if chapter else {}
    known = {provision.id for provision in book.provisions}
    ids |= {about: note for about, note in _NOTES.items() if note in known}
    found = {}
    for about, provision_id in ids.items():
        provision = book.provision(provision_id, on)
        found[about] = Clause(provision.text, law.cite(book, provision_id, on))
    return found


# ---- banks --------------------------------------------------------------------------------------


def banks_for(viewer: Viewer) -> QuerySet[Bank]:
    """Every bank with the number of its questions in use, for an operator."""
    _operator(viewer)
    used = Question.objects.filter(bank=OuterRef("pk"), retired_at=None).values("bank")
    in_use = Coalesce(Subquery(used.annotate(n=Count("pk")).values("n")), 0)
    return Bank.objects.annotate(in_use=in_use).order_by("title", "pk")


def bank_for(viewer: Viewer, bank_id: int) -> Bank:
    bank = banks_for(viewer).filter(pk=bank_id).first()
    if bank is None:
        raise NotYours()
    return bank


def kinds_of(bank: Bank) -> list[tuple[str, int]]:
    """How many questions of each kind are in use, in the order of a paper."""
    counted = Counter(Question.objects.filter(bank=bank, retired_at=None).values_list("kind", flat=True))
    return [(wording.of_kind(kind), counted[kind]) for kind in rules.KINDS]


def questions_of(bank: Bank, *, text: str = "", kind: str = "", retired: bool = False) -> QuerySet[Question]:
    """The questions of a bank whose number or stem contains `text`; in use, or else taken out of use."""
    found = Question.objects.filter(bank=bank, retired_at__isnull=not retired)
    if text:
        found = found.filter(Q(code__icontains=text) | Q(stem__icontains=text))
    if kind:
        found = found.filter(kind=kind)
    return found.order_by(Length("code"), "code", "version")


def imports_of(bank: Bank) -> QuerySet[BankImport]:
    """The sheets received for a bank, the newest first."""
    return BankImport.objects.filter(bank=bank).select_related("file").order_by("-received_at")


@dataclass(frozen=True)
class FaultyRow:
    """A rejected row: its number, its cells as they came, and what is wrong in words."""

    number: int
    cells: list[str]
    reasons: list[str]
    columns: list[str]


@dataclass(frozen=True)
class ImportShown:
    """A sheet with what confirming it would do."""

    sheet: BankImport
    bank: Bank
    good: int
    faulty: list[FaultyRow]
    added: int
    changed: int
    same: int


def import_for(viewer: Viewer, import_id: int) -> ImportShown:
    """A received sheet, for an operator; raises NotYours."""
    _operator(viewer)
    sheet = BankImport.objects.select_related("bank", "file").filter(pk=import_id).first()
    if sheet is None:
        raise NotYours()
    counts = sheet.outcome or _would_do(sheet)
    faulty = [
        FaultyRow(
            row["row"],
            row["cells"],
            [wording.of_cell(f["column"], f["code"], f["facts"]) for f in row["faults"]],
            [f["column"] for f in row["faults"]],
        )
        for row in sheet.problems
    ]
    return ImportShown(sheet, sheet.bank, len(sheet.good), faulty, **counts)


def _would_do(sheet: BankImport) -> dict[str, int]:
    in_use = {q.code: contents(q) for q in Question.objects.filter(bank_id=sheet.bank_id, retired_at=None)}
    counts = {"added": 0, "changed": 0, "same": 0}
    for words in sheet.good:
        old: dict[str, Any] | None = in_use.get(words["code"])
        counts["added" if old is None else "same" if old == words else "changed"] += 1
    return counts


def _operator(viewer: Viewer) -> None:
    if viewer.capacity != "operator":
        raise NotAllowed()
