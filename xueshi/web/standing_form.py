"""What is asked of a standing: which decision, judged on which day, by what was known when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from xueshi.kernel import clock
from xueshi.ledger import law, purposes, registry, standing
from xueshi.ledger.phrases import Tongue
from xueshi.policy.book import Rulebook
from xueshi.web import standing_words as say

DAY_ERROR = {"invalid": gettext_lazy("请按 2026-06-01 的样子填日期。")}


class AskForm(forms.Form):
    """For which decision, judged on which day, by what was known when; the specialty where entries must match it."""

    what = forms.ChoiceField(label=gettext_lazy("办什么事"), required=False, choices=())
    on = forms.DateField(
        label=gettext_lazy("按哪天算"), required=False, error_messages=DAY_ERROR,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    known = forms.DateField(
        label=gettext_lazy("只看这天以前登记的"), required=False, error_messages=DAY_ERROR,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    specialty = forms.CharField(label=gettext_lazy("申报专业"), required=False, max_length=60)

    def __init__(self, data: Any, book: Rulebook | None, words: Tongue, on: date) -> None:
        super().__init__(data)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as declared above
        field.choices = choices_of(book, words, on)
        if book is None or "specialty" not in purposes.marks_asked(book):
            del self.fields["specialty"]

    def _day(self, name: str) -> date | None:
        on: date | None = self.cleaned_data[name]
        if on is not None and not 2000 <= on.year <= 2100:
            raise forms.ValidationError(DAY_ERROR["invalid"])
        return on

    def clean_on(self) -> date | None:
        return self._day("on")

    def clean_known(self) -> date | None:
        return self._day("known")


def choices_of(book: Rulebook | None, words: Tongue, on: date) -> list[tuple[str, str]]:
    """The decisions that an instrument knows, with the titles where they make a difference."""
    if book is None:
        return [("annual", words.name("purposes", "annual"))]
    found = []
    for one in purposes.purposes_of(book, on):
        targets: Sequence[str | None] = one.targets or (None,)
        found += [
            (f"{one.name}:{target}" if target else one.name, say.purpose_named(one.name, target, words))
            for target in targets
        ]
    return found


def known_for(person_id: int, data: Any, at: datetime) -> standing.Known:
    """The person as the address asks to see them: on which day (or in which year), by what was recorded when."""
    day, until = _day_of(data, "on"), _day_of(data, "known")
    year = str(data.get("year", ""))
    if day is None and year.isdecimal() and int(year) != clock.day_of(at).year:
        day = _day_of({"on": f"{year}-12-31"}, "on")
    return standing.known(person_id, day or clock.day_of(at), min(_end_of(until), at) if until else at)


def asking(data: Any, who: standing.Known) -> tuple[AskForm, standing.Question]:
    """Read the address; what is not understood is said, and the usual is asked instead."""
    book = who.choice.book
    words = registry.tongue_of(book) if book else Tongue(law.library().words)
    offered = [key for key, _name in choices_of(book, words, who.on)]
    what = data.get("what") or data.get("purpose", "")
    if what and what not in offered:
        what = _towards_the_next(what, offered, who)
    form = AskForm({**data.dict(), "what": what}, book, words, who.on)
    form.is_valid()
    clean = form.cleaned_data
    what = clean.get("what") or (offered[0] if offered else "annual")
    purpose, _colon, target = what.partition(":")
    marks = {"specialty": clean["specialty"]} if clean.get("specialty") else {}
    form.initial = {"what": what, "on": who.on, "known": clean.get("known")}
    return form, standing.Question(purpose, target or None, marks)


def _towards_the_next(purpose: str, offered: Sequence[str], who: standing.Known) -> str:
    """A decision without a title, where titles matter: towards the one above that which is held."""
    towards = [key for key in offered if key.startswith(f"{purpose}:")]
    held = who.given.get("title")
    if not towards or not isinstance(held, Mapping):
        return towards[0] if towards else purpose
    levels = [key.partition(":")[2] for key in towards]
    highest = max((levels.index(level) for level in held if level in levels), default=-1)
    return towards[min(highest + 1, len(towards) - 1)]


def _day_of(data: Any, name: str) -> date | None:
    try:
        day = date.fromisoformat(data.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI)
