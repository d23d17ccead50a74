"""What the notice in force says, sentence by sentence, for the pages that explain it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.people import queries as people
from xueshi.policy.book import Rulebook
from xueshi.policy.chapters import ExamLaw, Quoted
from xueshi.policy.demands import Earning, Relief
from xueshi.training import queries as training
from xueshi.web.public import step_words

V = TypeVar("V")


@dataclass(frozen=True)
class Quote:
    """A sentence of the law and where it stands."""

    text: str
    cite: str


@dataclass(frozen=True)
class Step:
    """One of the seven steps: what one does, and the sentences behind it."""

    title: str
    words: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Now:
    """The plan that is open and the instrument that governs, as far as there are any."""

    plan: Any  # training's Plan, or None
    book: Rulebook | None
    on: date


def now(at: datetime) -> Now:
    """What is in force for the city that the house serves."""
    region, on = people.home_region(), clock.day_of(at)
    if region is None:
        return Now(None, None, on)
    plan = training.current_plan(region.code, at)
    book = law.of(plan.instrument) if plan else law.governing(region.code, on)
    return Now(plan, book, on)


def of_registration(at: datetime) -> list[Quote]:
    """Why registration asks what it asks."""
    found = now(at)
    if found.book is None:
        return []
    steps = [law for law in found.book.enrolment(found.on) if law.step in {"register", "sign_in"}]
    hosted = [route for route in found.book.routes("public", found.on) if route.by == "talent_agency"]
    return _quotes(found.book, [*steps, *hosted])


def seven_steps(book: Rulebook, on: date) -> list[Step]:
    """The way from registration to verification in the instrument's own sentences (CQ-51)."""
    fee, professional = book.fee(on, "public"), book.fee(on, "professional")
    exam, study, routes = _exam(book, on), book.study(on), book.routes("public", on)
    award = book.award("public_topic", on)
    freed = [id for id, one in _with(book, on, Relief) if one.gives == "no_exam"]
    earnings = [] if award else [id for id, one in _with(book, on, Earning) if not one.as_ or "public" in one.as_]
    slip = book.document("score_slip", on)
    papers = [slip] if slip else [one for one in book.documents(on) if {"exam_passed", "audited"} & set(one.needs)]
    fees = [one for one in (fee, professional) if one]
    return [
        Step(_("注册"), _("用身份证号注册，填单位、档案所在和职称，约 3 分钟。"), _of(book, on, "register")),
        Step(
            _("登录选课"),
            _("用身份证号和自己设的密码登录，选今年的公需科目。"),
            (*_of(book, on, "sign_in"), *_of(book, on, "choose_course")),
        ),
        Step(
            _("缴费"),
            step_words.paying(fee, professional, book.enrolment(on)),
            (*_of(book, on, "pay"), *_quotes(book, fees)),
        ),
        Step(
            _("学习"),
            step_words.studying(study, exam),
            (*_quotes(book, [study] if study else []), *_said(book, on, exam, only=("practice",))),
        ),
        Step(
            _("考试"),
            step_words.sitting(exam, freed=bool(freed)),
            (*_said(book, on, exam, leave_out=("practice",)), *_by_id(book, on, freed)),
        ),
        Step(
            _("打印成绩合格单"),
            step_words.printing(other=bool(papers) and slip is None),
            tuple(_quotes(book, papers)),
        ),
        Step(
            _("审验"),
            step_words.verifying(routes, award),
            (*_quotes(book, [*routes, *([award] if award else [])]), *_by_id(book, on, earnings)),
        ),
    ]


def _exam(book: Rulebook, on: date) -> ExamLaw | None:
    """What is said of the public exam, or where that is nothing, of the professional one."""
    return book.exam(on) or book.exam(on, "professional")


def _with(book: Rulebook, on: date, verb: type[V]) -> list[tuple[str, V]]:
    return [(provision.id, one) for provision, one in book.of(verb, on)]


def _by_id(book: Rulebook, on: date, ids: Sequence[str]) -> tuple[Quote, ...]:
    return tuple(Quote(book.provision(id, on).text, law.cite(book, id, on)) for id in ids)


def _of(book: Rulebook, on: date, step: str) -> tuple[Quote, ...]:
    return tuple(_quotes(book, [law for law in book.enrolment(on) if law.step == step]))


def _said(
    book: Rulebook, on: date, exam: ExamLaw | None, *, only: tuple[str, ...] = (), leave_out: tuple[str, ...] = ()
) -> tuple[Quote, ...]:
    said = exam.said_by.items() if exam else ()
    ids = [id for key, id in said if key not in leave_out and (not only or key in only)]
    return _by_id(book, on, list(dict.fromkeys(ids)))


def _quotes(book: Rulebook, laws: Sequence[Quoted]) -> list[Quote]:
    """Each sentence once, however many of these stand in it."""
    once = {(one.text, one.article): one for one in laws if one.text}
    return [Quote(one.text, law.cite(book, one.provision)) for one in once.values()]
