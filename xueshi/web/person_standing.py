"""An office's view of one person: the standing as the person sees it, and the facts of the law to record.

Shared by the authority's door and the unit's; who may be seen is `people.access`, and each look is written down.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.certificates import ways_queries
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law, registry, standing
from xueshi.ledger.phrases import Tongue
from xueshi.people import access, history_queries
from xueshi.people import actions as people
from xueshi.people import queries as persons
from xueshi.people.actions.recording import KEPT_ELSEWHERE
from xueshi.people.viewer import Viewer
from xueshi.policy.words import Vocabulary, Word
from xueshi.web import standing as sheets
from xueshi.web.look import saying
from xueshi.web.standing_form import DAY_ERROR, asking, known_for


def reaching(viewer: Viewer, roles: Iterable[str], see: Callable[[Viewer], Any]) -> Any:
    """What `see` finds in the first capacity in which the viewer reaches it; raises NotYours."""
    for role in roles:
        if viewer.holds(role):
            try:
                return see(viewer.acting_as(role))
            except NotYours:
                continue
    raise NotYours()


def context_of(request: HttpRequest, viewer: Viewer, person_id: int, at: datetime) -> dict[str, Any]:
    """What the page of a person shows; the look is recorded, and the person can read it. Raises NotYours."""
    person = people.look_at(viewer=viewer, person_id=person_id, at=at)
    who = known_for(person_id, request.GET, at)
    form, question = asking(request.GET, who)
    found = standing.ask(who, question)
    claims = ways_queries.claims_of([person_id], at).get(person_id, [])
    may_record = person_id != viewer.person_id and access.may(viewer, "record", person_id)
    return {
        "person": person,
        "form": form,
        "sheet": sheets.sheet(found, claims),
        "may_record": may_record,
        "status": 422 if form.errors else 200,
    }


# ---- facts ---------------------------------------------------------------------------------------------------------


class FactForm(forms.Form):
    """A value of one word of the law, since when, until when, and the evidence."""

    value = forms.CharField(label=gettext_lazy("是什么"), max_length=200)
    since = forms.DateField(
        label=gettext_lazy("从哪天起"), error_messages=DAY_ERROR,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    last = forms.DateField(
        label=gettext_lazy("最后一天"), required=False, error_messages=DAY_ERROR,
        help_text=gettext_lazy("还在继续的不填。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("凭什么登记"),
        help_text=gettext_lazy("例如：看过聘用合同。本人看得到。"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写一句凭据，本人看得到。")},
    )

    def __init__(self, data: Any, word: Word, words: Tongue) -> None:
        super().__init__(data)
        offered = choices_of(word, words)
        if offered:
            label = self.fields["value"].label
            self.fields["value"] = forms.ChoiceField(label=label, choices=offered)
        elif word.kind == "date":
            self.fields["value"].widget = forms.DateInput(attrs={"type": "date"})
        if word.kind == "event":
            self.fields["since"].label = _("哪一天")
            del self.fields["last"]

    def _within_the_calendar(self, name: str) -> date | None:
        day: date | None = self.cleaned_data.get(name)
        if day is not None and not 1900 <= day.year <= 2100:
            raise forms.ValidationError(DAY_ERROR["invalid"])
        return day

    def clean_since(self) -> date | None:
        return self._within_the_calendar("since")

    def clean_last(self) -> date | None:
        return self._within_the_calendar("last")

    @property
    def until(self) -> date | None:
        """The first day on which it no longer holds."""
        last: date | None = self.cleaned_data.get("last")
        return last + timedelta(days=1) if last else None


def choices_of(word: Word, words: Tongue) -> list[tuple[str, str]]:
    """The values that one can choose from; none for a number, a day or a name."""
    if word.kind == "word":
        return [(value, words.value(word.name, value)) for value in word.values]
    if word.kind == "flag":
        return [("true", _("是")), ("false", _("不是"))]
    if word.kind in ("event", "spell"):
        return [("yes", _("有")), ("no", _("没有"))]
    return []


@dataclass(frozen=True)
class Recorded:
    """A fact as a list shows it."""

    id: int
    term: str
    value: str
    since: date
    last: date | None
    reason: str
    by: str


@dataclass(frozen=True)
class Follows:
    """A fact that nobody recorded: it follows from the employer, on the days that are given."""

    term: str
    value: str
    since: date | None
    last: date | None
    unit: str


@dataclass(frozen=True)
class Facts:
    """The facts of one person, the words that can be recorded, and the one that is being recorded."""

    person: Any
    words: Vocabulary
    tongue: Tongue
    recorded: list[Recorded]
    offered: list[tuple[str, str]]
    word: Word | None
    follows: list[Follows]


def facts_of(viewer: Viewer, person_id: int, wanted: str, at: datetime) -> Facts:
    """What is recorded of a person within reach, and what can be. Raises NotYours."""
    person = people.look_at(viewer=viewer, person_id=person_id, at=at)
    if not access.may(viewer, "record", person_id):
        raise NotYours()
    book = known_for(person_id, {}, at).choice.book
    words = book.words if book else law.library().words
    tongue = registry.tongue_of(book) if book else Tongue(words)
    open_words = {name: word for name, word in words.facts.items() if _recordable(word)}
    return Facts(
        person=person,
        words=words,
        tongue=tongue,
        recorded=[_recorded(one, words, tongue) for one in persons.facts_for(viewer, person_id)],
        offered=[(name, tongue.term(name)) for name in open_words],
        word=open_words.get(wanted),
        follows=[_follows(one, tongue) for one in history_queries.follows_for(viewer, person_id)],
    )


def _follows(one: history_queries.Stretch, tongue: Tongue) -> Follows:
    what: Any = one.what
    last = one.until - timedelta(days=1) if one.until else None
    return Follows(tongue.term(what.word), tongue.value(what.word, what.value), one.since, last, one.follows_from)


def _recordable(word: Word) -> bool:
    """Words of the register are kept there, defined ones follow from others."""
    return word.name not in KEPT_ELSEWHERE and not word.rows and word.years_since is None


def _recorded(one: Any, words: Vocabulary, tongue: Tongue) -> Recorded:
    word = words.facts.get(one.word)
    shown = dict(choices_of(word, tongue)).get(one.value, one.value) if word else one.value
    last = one.until - timedelta(days=1) if one.until else None
    by = one.recorded_by.name if one.recorded_by else ""
    event = one.kind == "event"
    return Recorded(one.pk, tongue.term(one.word), shown, one.since, None if event else last, one.reason, by)


def record(viewer: Viewer, facts: Facts, form: FactForm, at: datetime) -> str:
    """Record what the form says; the sentence for the page, "" where it stands against another: the form says so.

    Raises what else `people.actions.record_fact` raises.
    """
    assert facts.word is not None  # noqa: S101  the view asked for one
    try:
        people.record_fact(
            viewer=viewer, words=facts.words.facts, person_id=facts.person.pk, word=facts.word.name,
            value=form.cleaned_data["value"], since=form.cleaned_data["since"], until=form.until,
            reason=form.cleaned_data["reason"], at=at,
        )  # fmt: skip
    except (people.FactMisfilled, people.FactOverlaps) as refused:  # what was typed stays
        form.add_error(None, f"{refused.said}{refused.advice}")
        return ""
    return _("已登记：%(term)s，%(day)s 起。") % {
        "term": facts.tongue.term(facts.word.name), "day": saying.day(form.cleaned_data["since"]),
    }  # fmt: skip
