"""A sitting from its start to its mark. Locks: the attempt's row; several of them in the order of their ids.

Every moment is the database's: a learner's, or one web machine's, clock decides nothing (CQ-11, CQ-15).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xueshi.exams import rules
from xueshi.exams.models import Answer, AnswerRevision, Attempt, Exam, Question
from xueshi.kernel import audit, clock, signing
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people.viewer import Viewer

FORMAL, MOCK = Attempt.Kind.FORMAL, Attempt.Kind.MOCK


class ExamNotOpen(Refused):
    code = "exam-not-open"
    sentence = _("考试还没有开放，%(opens)s 起可以参加。")
    next_step = _("在这之前可以做模拟考试，次数不限。")


class ExamClosed(Refused):
    code = "exam-closed"
    sentence = _("考试已于 %(closes)s 截止，不能再开始。")
    next_step = _("已有的成绩仍可查询；要补考请咨询培训中心。")


class PaperNotReady(Refused):
    code = "paper-not-ready"
    sentence = _("题库里的题目还不够出一份卷子，考试暂时不能开始。")
    next_step = _("您的机会没有用掉。请告诉培训中心，补足题目后再来。")


class ChanceUsed(Refused):
    code = "chance-used"
    sentence = _("第 %(number)s 次机会已经用过了。")
    next_step = _("成绩在考试页可以查到。")


class AnotherRunning(Refused):
    code = "another-exam-running"
    sentence = _("您有另一场考试正在进行，交卷以后才能开始这一场。")
    next_step = _("请回考试页，先把那一场考完。")


class TimeIsUp(Refused):
    code = "exam-over"
    sentence = _("这场考试的时间已到，不能再答题或交卷。")
    next_step = _("时间内没有交卷的，按规定无成绩并登记为不合格。已保存的答案都留着，有疑问请咨询。")


@dataclass(frozen=True)
class Save:
    """One answer on its way: from which seat, the how-manieth of that seat, what is chosen as shown."""

    attempt_id: int
    person_id: int
    seat_epoch: int
    slot: int
    seq: int
    chosen: tuple[int, ...]
    flagged: bool = False


@dataclass(frozen=True)
class SaveAnswer:
    """What became of a save.

    `outcome` is saved, older (accepted and ignored; `seq` and `saved_at` are then those of what is kept),
    elsewhere, over, submitted, no_score, malformed or gone. `receipt` is there when it was saved, and
    `queries.receipt_of` makes it again from the revision.
    """

    slot: int
    seq: int
    outcome: str
    saved_at: datetime | None = None
    receipt: str = ""


@transaction.atomic
def start(*, person_id: int, exam_id: int, kind: str, cycle_key: str, number: int, device: str = "") -> Attempt:
    """Begin a sitting, or give the one that is already running for the same chance.

    Draws and freezes the paper and fixes the end from the database's clock, once. However many requests come
    at a time, a chance becomes one attempt. Raises ExamNotOpen, ExamClosed, PaperNotReady, ChanceUsed,
    AnotherRunning, and TimeIsUp while the running one waits to be closed.
    """
    running = _running(person_id, kind).first()
    if running:
        return _same_chance(running, exam_id, cycle_key, number)
    exam = Exam.objects.get(pk=exam_id)
    at = clock.database_now()
    if at < exam.opens_at:
        raise ExamNotOpen(opens=_said(exam.opens_at))
    if at >= exam.closes_at:
        raise ExamClosed(closes=_said(exam.closes_at))
    seed = secrets.token_hex(32)
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                exam=exam,
                person_id=person_id,
                kind=kind,
                cycle_key=cycle_key,
                number=number,
                seed=seed,
                paper=[_stored(slot) for slot in _draw(exam, seed)],
                started_at=at,
                ends_at=rules.ends(at, exam.minutes, exam.closes_at),
                seat_at=at,
                seat_device=device[:60],
            )
    except IntegrityError:  # the same person's other request was faster, or the chance is gone
        running = _running(person_id, kind).first()
        if running is None:
            raise ChanceUsed(number=number) from None
        return _same_chance(running, exam_id, cycle_key, number)
    audit.record(
        Viewer(person_id),
        "exams.start_attempt",
        f"attempt:{attempt.pk}",
        at=at,
        kind=kind,
        cycle=cycle_key,
        number=number,
    )
    return attempt


def _running(person_id: int, kind: str) -> QuerySet[Attempt]:
    """Not locked: a start changes no attempt, and its caller may hold a lock that comes later."""
    return Attempt.objects.filter(person_id=person_id, kind=kind, state=Attempt.State.RUNNING)


def _same_chance(running: Attempt, exam_id: int, cycle_key: str, number: int) -> Attempt:
    if (running.exam_id, running.cycle_key) != (exam_id, cycle_key):
        raise AnotherRunning()
    if running.kind == FORMAL and running.number != number:
        raise ChanceUsed(number=number) if number < running.number else AnotherRunning()
    if not rules.is_open(running.state, running.ends_at, clock.database_now()).open:
        raise TimeIsUp()
    return running


def _draw(exam: Exam, seed: str) -> Sequence[rules.Slot]:
    bank = [
        rules.Item(pk, version, kind, len(options))
        for pk, version, kind, options in Question.objects.filter(bank_id=exam.bank_id, retired_at=None).values_list(
            "pk", "version", "kind", "options"
        )
    ]
    counts = {
        rules.SINGLE: exam.singles,
        rules.MULTIPLE: exam.multiples,
        rules.JUDGEMENT: exam.judgements,
    }
    try:
        return rules.draw(seed, bank, counts)
    except rules.BankTooSmall as problem:
        raise PaperNotReady() from problem


def _stored(slot: rules.Slot) -> dict[str, object]:
    return {"q": slot.question, "kind": slot.kind, "options": list(slot.options)}


def paper_of(attempt: Attempt) -> tuple[rules.Slot, ...]:
    """The frozen paper of an attempt as the rules read it."""
    return tuple(rules.Slot(slot["q"], slot["kind"], tuple(slot["options"])) for slot in attempt.paper)


@transaction.atomic
def start_mock(*, viewer: Viewer, exam_id: int, device: str = "") -> Attempt:
    """Begin a mock exam, or go on with the one that runs. As often as one likes, never counted (CQ-10)."""
    running = _running(viewer.person_id, MOCK).select_for_update(of=("self",)).select_related("exam").first()
    if running and (
        running.exam_id != exam_id or not rules.is_open(running.state, running.ends_at, clock.database_now()).open
    ):
        _finish(running)
    done = Attempt.objects.filter(person_id=viewer.person_id, exam_id=exam_id, kind=MOCK).count()
    return start(
        person_id=viewer.person_id,
        exam_id=exam_id,
        kind=MOCK,
        cycle_key="mock",
        number=min(done + 1, 32767),
        device=device,
    )


@transaction.atomic(durable=True)
def save_answers(saves: Sequence[Save]) -> list[SaveAnswer]:
    """Hear many saves in one transaction; each is answered in its place, after the commit.

    A save counts if its seat is the present one and it arrives before the end or within `rules.GRACE` after
    it. Every one that counts becomes a revision, which the database keeps for ever; that is the record of
    this action, so there is no audit line for each. Nothing is refused with an exception: a late, repeated,
    strange or foreign save must not harm its neighbours.
    """
    ids = {save.attempt_id for save in saves}
    attempts = {a.pk: a for a in Attempt.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    at = clock.database_now()
    now = {
        (answer.attempt_id, answer.slot): answer
        for answer in Answer.objects.filter(attempt_id__in=ids, slot__in={save.slot for save in saves})
    }
    changed: dict[tuple[int, int], Answer] = {}
    revisions: list[AnswerRevision] = []
    said: list[SaveAnswer] = []
    for save in saves:
        attempt = attempts.get(save.attempt_id)
        verdict = _may_save(save, attempt, now.get((save.attempt_id, save.slot)), at)
        if not verdict.open:
            kept = now.get((save.attempt_id, save.slot)) if verdict.why == "older" else None
            said.append(
                SaveAnswer(save.slot, kept.seq if kept else save.seq, verdict.why, kept.saved_at if kept else None)
            )
            continue
        place = (save.attempt_id, save.slot)
        now[place] = changed[place] = _answer(save, at)
        revisions.append(_revision(save, at))
        said.append(SaveAnswer(save.slot, save.seq, "saved", at, receipt_for(revisions[-1])))
    AnswerRevision.objects.bulk_create(revisions)
    Answer.objects.bulk_create(
        changed.values(),
        update_conflicts=True,
        unique_fields=["attempt", "slot"],
        update_fields=["seat_epoch", "seq", "chosen", "flagged", "saved_at"],
    )
    return said


def _may_save(save: Save, attempt: Attempt | None, before: Answer | None, at: datetime) -> rules.Verdict:
    if attempt is None or attempt.person_id != save.person_id:
        return rules.Verdict(False, "gone")
    open_ = rules.is_open(attempt.state, attempt.ends_at, at, rules.GRACE)
    if not open_.open:
        return open_
    slots = paper_of(attempt)
    if not (0 <= save.slot < len(slots) and rules.is_answer(slots[save.slot], save.chosen)):
        return rules.Verdict(False, "malformed")
    return rules.hear(
        rules.Heard(save.seat_epoch, save.seq),
        attempt.seat_epoch,
        rules.Heard(before.seat_epoch, before.seq) if before else None,
    )


def _answer(save: Save, at: datetime) -> Answer:
    return Answer(
        attempt_id=save.attempt_id,
        slot=save.slot,
        seat_epoch=save.seat_epoch,
        seq=save.seq,
        chosen=sorted(save.chosen),
        flagged=save.flagged,
        saved_at=at,
    )


def _revision(save: Save, at: datetime) -> AnswerRevision:
    return AnswerRevision(
        attempt_id=save.attempt_id,
        slot=save.slot,
        seq=save.seq,
        seat_epoch=save.seat_epoch,
        chosen=sorted(save.chosen),
        saved_at=at,
    )


def receipt_for(revision: AnswerRevision) -> str:
    """The proof that the server has received this revision at that moment; checked by making it again."""
    return signing.receipt(
        "exam-answer",
        revision.attempt_id,
        revision.slot,
        revision.seat_epoch,
        revision.seq,
        ",".join(map(str, revision.chosen)),
        revision.saved_at.isoformat(),
    )


@transaction.atomic(durable=True)
def take_seat(*, viewer: Viewer, attempt_id: int, device: str = "") -> Attempt:
    """Go on here, on whatever machine this is; the seat before is fenced off (CQ-15).

    The end does not move. A finished attempt is given back as it is. Raises NotYours and TimeIsUp.
    """
    attempt = _mine(viewer, attempt_id)
    if attempt.state != Attempt.State.RUNNING:
        return attempt
    at = clock.database_now()
    if not rules.is_open(attempt.state, attempt.ends_at, at).open:
        raise TimeIsUp()
    attempt.seat_epoch += 1
    attempt.resumes += 1
    attempt.seat_at, attempt.seat_device = at, device[:60]
    attempt.save(update_fields=["seat_epoch", "resumes", "seat_at", "seat_device"])
    audit.record(viewer, "exams.take_seat", f"attempt:{attempt.pk}", at=at, seat=attempt.seat_epoch)
    return attempt


def _mine(viewer: Viewer, attempt_id: int) -> Attempt:
    mine = Attempt.objects.select_for_update(of=("self",)).filter(person_id=viewer.person_id)
    attempt = mine.select_related("exam").filter(pk=attempt_id).first()
    if attempt is None:
        raise NotYours()
    return attempt


@transaction.atomic
def submit(*, viewer: Viewer, attempt_id: int, submit_key: str) -> Attempt:
    """Hand the paper in and mark it; handing it in again gives the same result.

    Arrives in time if it comes before the end or within `rules.GRACE` after it. Raises NotYours and TimeIsUp.
    """
    attempt = _mine(viewer, attempt_id)
    if attempt.state == Attempt.State.SUBMITTED:
        return attempt
    at = clock.database_now()
    if not rules.is_open(attempt.state, attempt.ends_at, at, rules.GRACE).open:
        raise TimeIsUp()
    _mark(attempt, at=min(at, attempt.ends_at), submit_key=submit_key)
    audit.record(
        viewer, "exams.submit_attempt", f"attempt:{attempt.pk}", at=at, kind=attempt.kind, passed=attempt.passed
    )
    return attempt


@transaction.atomic(durable=True)
def submit_mock(*, viewer: Viewer, attempt_id: int, submit_key: str) -> Attempt:
    """Hand in a mock exam; a formal one goes through the study that it belongs to."""
    if not Attempt.objects.filter(pk=attempt_id, person_id=viewer.person_id, kind=MOCK).exists():
        raise NotYours()
    return submit(viewer=viewer, attempt_id=attempt_id, submit_key=submit_key)


def _mark(attempt: Attempt, *, at: datetime, submit_key: str) -> None:
    slots = paper_of(attempt)
    keys = dict(Question.objects.filter(pk__in=[slot.question for slot in slots]).values_list("pk", "key"))
    answers = dict(Answer.objects.filter(attempt=attempt).values_list("slot", "chosen"))
    marked = rules.mark(slots, keys, answers)
    attempt.state = Attempt.State.SUBMITTED
    attempt.submitted_at, attempt.submit_key = at, submit_key[:64]
    attempt.score, attempt.right = marked.score, marked.right
    attempt.passed = marked.score >= attempt.exam.pass_mark
    attempt.save(update_fields=["state", "submitted_at", "submit_key", "score", "right", "passed"])


@transaction.atomic
def close(attempt_id: int, *, forfeits: bool) -> Attempt:
    """End an attempt whose time is over. With `forfeits`, as the notice may say, a paper that nobody handed in has
    no score and is registered as failed (CQ-16); without, and in a mock exam, what was saved is marked.

    One that is still open, or has ended, is left as it is.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("exam").get(pk=attempt_id)
    at = clock.database_now()
    if attempt.state != Attempt.State.RUNNING:
        return attempt
    if rules.is_open(attempt.state, attempt.ends_at, at, rules.GRACE).open:
        return attempt
    if attempt.kind == MOCK or not forfeits:
        _finish(attempt)
        return attempt
    attempt.state, attempt.passed = Attempt.State.NO_SCORE, False
    attempt.save(update_fields=["state", "passed"])
    audit.record(None, "exams.close_attempt", f"attempt:{attempt.pk}", at=at, person=attempt.person_id)
    return attempt


def _finish(attempt: Attempt) -> None:
    at = clock.database_now()
    _mark(attempt, at=min(at, attempt.ends_at), submit_key="")
    audit.record(None, "exams.close_attempt", f"attempt:{attempt.pk}", at=at, kind=attempt.kind)


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
