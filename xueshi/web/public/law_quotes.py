"""What the notice in force says, sentence by sentence, for the pages that explain it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.people import queries as people
from xueshi.policy.book import Rulebook
from xueshi.policy.chapters import Quoted
from xueshi.training import queries as training
from xueshi.web.look import saying


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
    fee, exam, study = book.fee(on, "public"), book.exam(on), book.study(on)
    slip, award = book.document("score_slip", on), book.award("public_topic", on)
    attempts = exam.attempts if exam and exam.attempts else 0
    amount = saying.yuan(fee.amount) if fee else ""
    hours = saying.hours(award.hours) if award else ""
    exam_quotes = _said(book, on, tuple(exam.said_by) if exam else (), leave_out=("practice",))
    return [
        Step(_("注册"), _("用身份证号注册，填单位、档案所在和职称，约 3 分钟。"), _of(book, on, "register")),
        Step(
            _("登录选课"),
            _("用身份证号和自己设的密码登录，选今年的公需科目。"),
            (*_of(book, on, "sign_in"), *_of(book, on, "choose_course")),
        ),
        Step(
            _("缴费"),
            _("每人每年 %(amount)s，学习、练习和考试都在内。到窗口缴，由窗口核对资料后开通；网上缴，到账就自动开通。")
            % {"amount": amount},
            (*_of(book, on, "pay"), *_quotes(book, [fee] if fee else [])),
        ),
        Step(
            _("学习"),
            _("在线看课，或者下载课件学。模拟练习不限次数，不计成绩。"),
            (*_quotes(book, [study] if study else []), *_said(book, on, ("practice",))),
        ),
        Step(
            _("考试"),
            _("学完后在规定时间内考。共有 %(attempts)s 次机会；断线了，换一台机器登录接着考，时间照走。")
            % {"attempts": attempts},
            exam_quotes,
        ),
        Step(
            _("打印成绩合格单"),
            _("考试合格后，自己在网页上打印。"),
            tuple(_quotes(book, [slip] if slip else [])),
        ),
        Step(
            _("审验"),
            _("送给该审的单位，平台按您的单位和档案算出是哪一家。审过后，单位确认 %(hours)s 学时。") % {"hours": hours},
            tuple(_quotes(book, [*book.routes("public", on), *([award] if award else [])])),
        ),
    ]


def _of(book: Rulebook, on: date, step: str) -> tuple[Quote, ...]:
    return tuple(_quotes(book, [law for law in book.enrolment(on) if law.step == step]))


def _said(book: Rulebook, on: date, keys: tuple[str, ...], leave_out: tuple[str, ...] = ()) -> tuple[Quote, ...]:
    exam = book.exam(on)
    ids = [exam.said_by[key] for key in keys if key in exam.said_by and key not in leave_out] if exam else []
    found = [book.provision(id, on) for id in dict.fromkeys(ids)]
    return tuple(Quote(p.text, f"{book.number} {p.article}") for p in found)


def _quotes(book: Rulebook, laws: Sequence[Quoted]) -> list[Quote]:
    texts = {(law.text, law.article): None for law in laws if law.text}
    return [Quote(text, f"{book.number} {article}") for text, article in texts]
