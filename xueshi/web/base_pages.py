"""Training bases as several doors show them: state, scope and history in words, and the forms they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.training import base_queries, base_rules, base_words
from xueshi.training.base_actions import Scope

if TYPE_CHECKING:
    from xueshi.training.base_models import Accreditation, AccreditationStep, Entrustment

DAY = timedelta(days=1)
MOST_WORDS = 60


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day as the browser picks it, or typed as 2026-12-31; between 2000 and 2100."""
    wrong = {"invalid": gettext_lazy("请按“2026-12-31”这样填日期。")}
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return _Day(label=label, widget=widget, error_messages=wrong | kwargs.pop("error_messages", {}), **kwargs)


def reason_field(**kwargs: Any) -> forms.CharField:
    """A sentence that goes into the history."""
    said = {"label": gettext_lazy("原因"), "help_text": gettext_lazy("写一句就够，会记入办理记录，基地看得到")}
    return forms.CharField(max_length=200, **(said | kwargs))


class _Day(forms.DateField):
    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is not None and not 2000 <= found.year <= 2100:
            raise forms.ValidationError(_("年份要在 2000 到 2100 之间。"))
        return found


def until_of(last_day: date | None) -> date | None:
    """People name the last day; the house keeps the first one after it."""
    return last_day + DAY if last_day else None


def last_of(until: date | None) -> date | None:
    return until - DAY if until else None


class ScopeForm(forms.Form):
    """Subjects, specialties and levels of titles."""

    subjects = forms.MultipleChoiceField(
        label=gettext_lazy("科目"), choices=base_words.SUBJECTS, widget=forms.CheckboxSelectMultiple
    )
    specialties = forms.CharField(
        label=gettext_lazy("核准的专业"),
        help_text=gettext_lazy("承担专业科目的必须写，一行一个；超出这些专业的班不能开。"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    title_levels = forms.MultipleChoiceField(
        label=gettext_lazy("职称层次"), choices=base_words.TITLES, widget=forms.CheckboxSelectMultiple
    )

    def clean_specialties(self) -> list[str]:
        """One to a line, or set apart by 、 ， ；."""
        text = str(self.cleaned_data["specialties"])
        for mark in "、，；;,":
            text = text.replace(mark, "\n")
        words = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        if any(len(word) > 40 for word in words) or len(words) > MOST_WORDS:
            raise forms.ValidationError(_("每个专业最多 40 个字，一共最多 60 个。"))
        return words

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        named = "specialties" in self.errors or found.get("specialties")
        if base_words.PROFESSIONAL in found.get("subjects", []) and not named:
            self.add_error("specialties", _("承担专业科目的，要写明核准的专业。"))
        return found

    @property
    def scope(self) -> Scope:
        typed = self.cleaned_data
        return Scope(typed["subjects"], typed["specialties"], typed["title_levels"])


def begin_with(terms: "AccreditationStep | Entrustment | None", level: str = "") -> dict[str, Any]:
    """What a form of a scope begins with: another scope, or what the notices say of this level."""
    if terms is None:
        usual: Sequence[str] = base_rules.READINGS["restored"]["municipal" if level == "municipal" else "county"]
        return {"subjects": ["public"], "title_levels": list(usual)}
    return {
        "subjects": terms.subjects,
        "specialties": "\n".join(terms.specialties),
        "title_levels": terms.title_levels,
    }


class CheckForm(forms.Form):
    """Whether a base may open a class: for whom, of what, on which day."""

    region = forms.ChoiceField(label=gettext_lazy("哪里的人"))
    subject = forms.ChoiceField(label=gettext_lazy("科目"), choices=base_words.SUBJECTS)
    specialty = forms.CharField(label=gettext_lazy("专业（专业科目才填）"), max_length=40, required=False)
    title_level = forms.ChoiceField(
        label=gettext_lazy("职称层次"), required=False, choices=[("", gettext_lazy("不分层次")), *base_words.TITLES]
    )
    on = day_field(gettext_lazy("开班日"))

    def __init__(self, *args: Any, paper: base_queries.Paper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = paper.accreditation.region.code
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = base_queries.regions_below(code)


@dataclass(frozen=True)
class Answer:
    """The answer to a CheckForm, in words."""

    yes: bool
    said: str
    more: str


def check_of(data: Any, paper: base_queries.Paper, today: date) -> dict[str, Any]:
    """The form, and its answer where it was asked."""
    asked = "on" in data
    initial = {"on": today, "region": paper.accreditation.region.code, "subject": "public"}
    form = CheckForm(data if asked else None, initial=initial, paper=paper, auto_id="check_%s")
    if not asked or not form.is_valid():
        return {"check": form, "answer": None}
    typed = form.cleaned_data
    found = base_queries.may_open(
        paper.accreditation.base_id, typed["on"], typed["region"], typed["subject"], typed["specialty"],
        typed["title_level"],
    )  # fmt: skip
    if isinstance(found, base_rules.Outside):
        return {"check": form, "answer": Answer(False, base_words.why(found), base_words.what_would(found))}
    ground = _("依据区县的委托：%(cite)s") if found.by == "entrustment" else _("依据核准：%(cite)s")
    return {"check": form, "answer": Answer(True, _("可以开这个班"), ground % {"cite": found.cite or _("办理记录")})}


@dataclass(frozen=True)
class Shown:
    """An accreditation, ready for a page."""

    paper: base_queries.Paper

    @property
    def row(self) -> "Accreditation":
        return self.paper.accreditation

    @property
    def label(self) -> str:
        return str(base_words.STANDINGS[self.paper.standing])

    @property
    def tag(self) -> str:
        return base_words.TAGS[self.paper.standing]

    @property
    def scope(self) -> str:
        return base_words.said(self.paper.terms) if self.paper.terms else ""

    @property
    def subjects(self) -> str:
        return _("、").join(base_words.subjects(self.paper.terms.subjects)) if self.paper.terms else ""

    @property
    def specialties(self) -> str:
        return _("、").join(self.paper.terms.specialties) if self.paper.terms else ""

    @property
    def titles(self) -> str:
        return _("、").join(base_words.titles(self.paper.terms.title_levels)) if self.paper.terms else ""

    @property
    def last_day(self) -> date | None:
        return last_of(self.paper.until)

    @property
    def entrusted(self) -> list["ShownEntrustment"]:
        return [ShownEntrustment(one, self.paper.on) for one in self.paper.live_entrustments]

    @property
    def ahead(self) -> list["ShownStep"]:
        return [ShownStep(step) for step in self.paper.ahead]

    @property
    def history(self) -> list["ShownStep"]:
        """The newest first."""
        return [ShownStep(step) for step in reversed(self.paper.steps)]

    @property
    def days_waiting(self) -> int:
        return max(0, (self.paper.on - self.row.state_since).days)


@dataclass(frozen=True)
class ShownStep:
    """One step with what it says."""

    step: "AccreditationStep"

    @property
    def scope(self) -> str:
        return base_words.said(self.step) if self.step.subjects else ""

    @property
    def last_day(self) -> date | None:
        return last_of(self.step.until)

    @property
    def dated(self) -> bool:
        """Whether the day from which it holds says more than the moment it was recorded."""
        return self.step.kind in ("approved", "suspended", "rescoped")


@dataclass(frozen=True)
class ShownEntrustment:
    """An entrustment with its state on a day."""

    one: "Entrustment"
    on: date

    @property
    def scope(self) -> str:
        return base_words.said(self.one)

    @property
    def last_day(self) -> date | None:
        return last_of(self.one.until)

    @property
    def state(self) -> tuple[str, str]:
        """In a word, and the kind of its tag."""
        if self.one.until is not None and self.on >= self.one.until:
            return (_("已结束"), "")
        return (_("有效"), "ok") if self.one.since <= self.on else (_("未到日期"), "wait")

    @property
    def live(self) -> bool:
        return self.one.until is None or self.on < self.one.until
