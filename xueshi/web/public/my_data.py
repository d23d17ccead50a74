"""What the house holds about me: now, with its history, and who dealt with it; and all of it to take along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.ledger.phrases import Tongue
from xueshi.people import dealing_queries, history_queries, queries, sentences
from xueshi.people.actions.downloading import PasswordNeeded, note_download
from xueshi.people.dealing_queries import PAGE, Dealing
from xueshi.people.history_queries import Stretch
from xueshi.web import doors
from xueshi.web.base_pages import day_field
from xueshi.web.public import dealing_words, my_data_file, signing_in
from xueshi.web.public import forms as asked

NEWEST = 5
FILE_KEEPERS, TITLES = dict(asked.FILE_KEEPERS), dict(asked.TITLES)


@dataclass(frozen=True)
class Told:
    """A line of audit in words."""

    at: datetime
    who: str
    capacity: str
    organisation: str
    done: str
    reason: str


def _told(one: Dealing) -> Told:
    who = _("您本人") if one.own else one.who or _("平台")
    capacity = "" if one.own or not one.who else sentences.of_capacity(one.capacity)
    return Told(one.at, who, capacity, one.organisation, dealing_words.done(one), one.reason)


@doors.learners
@require_safe
def profile(request: doors.SeenRequest) -> HttpResponse:
    """What stands about me now, who looked last, and the ways to the rest."""
    held = queries.held_about(request.viewer, most=0)
    looks = dealing_queries.dealings_for(request.viewer)
    shown = {
        "held": held,
        "keeper": FILE_KEEPERS[held.person.file_keeper],
        "titles": [(TITLES[title.level], title.obtained_on) for title in held.titles],
        "looks": [_told(one) for one in looks[:NEWEST]],
        "posts": [
            (
                sentences.of_capacity(role),
                url,
                "、".join(s.organisation for s in request.viewer.seats if s.role == role),
            )
            for role, url in signing_in.doors_of(request.viewer)
        ],
    }
    return render(request, "public/profile.html", shown)


# ---- history -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A stretch of time in words."""

    title: str
    note: str
    stretch: Stretch
    last: date | None  # the last day
    now: bool
    by: str


@doors.learners
@require_safe
def my_history(request: doors.SeenRequest) -> HttpResponse:
    """Each fact from when until when, who recorded it, for whom and on what evidence."""
    history = history_queries.history_for(request.viewer)
    words = Tongue(law.library().words)
    subjects = [
        ("work", _("工作单位"), _("还没有登记过单位。"), _lines(history.employments, _employment)),
        ("place", _("地区和档案"), _("还没有登记过地区。"), _lines(history.placements, _placement)),
        ("title", _("职称"), _("没有登记过职称。"), _lines(history.titles, lambda row: (str(TITLES[row.level]), ""))),
        ("facts", _("政策要看的个人情况"), _("没有登记过。"), _lines(history.facts, lambda row: _fact(row, words))),
        (
            "posts",
            _("岗位"),
            "",
            _lines(history.posts, lambda row: (sentences.of_capacity(row.role), row.organisation.name)),
        ),
    ]
    shown = {
        "person": history.person,
        "subjects": [one for one in subjects if one[3] or one[2]],
        "changes": [_told(one) for one in history.changes],
    }
    return render(request, "public/my_history.html", shown)


def _lines(stretches: Sequence[Stretch], say: Any) -> list[Line]:
    return [_line(one, *say(one.what)) for one in stretches]


def _line(one: Stretch, title: str, note: str) -> Line:
    last = one.until - timedelta(days=1) if one.until else None
    return Line(title, note, one, last, not one.over, _by(one))


def _by(one: Stretch) -> str:
    """Who recorded it: oneself, or an officer with the capacity and the organisation."""
    if one.own:
        return _("您本人")
    if not one.who:
        return ""
    about = "，".join(part for part in (one.organisation, one.capacity and sentences.of_capacity(one.capacity)) if part)
    return _("%(who)s（%(about)s）") % {"who": one.who, "about": about} if about else one.who


def _employment(row: Any) -> tuple[str, str]:
    return row.employer.name, "" if row.main else _("兼职，人事关系不在这里")


def _placement(row: Any) -> tuple[str, str]:
    keeper = row.file_agency.name if row.file_agency else FILE_KEEPERS[row.file_keeper]
    return row.region.name, _("档案：%(keeper)s") % {"keeper": keeper}


def _fact(row: Any, words: Tongue) -> tuple[str, str]:
    """A word of the law and its value, in the reader's language."""
    plain = {"yes": _("有"), "no": _("没有"), "true": _("是"), "false": _("不是"), "": _("没有")}
    known = words.words.facts.get(row.word)
    if known is None:
        return row.word, row.value
    value = words.value(row.word, row.value) if row.value in known.values else str(plain.get(row.value, row.value))
    return f"{words.term(row.word)}{_('：')}{value}", ""


# ---- who looked --------------------------------------------------------------------------------------------------


class TimeForm(forms.Form):
    """From a day until a day, both included."""

    since = day_field(gettext_lazy("从"), required=False)
    last = day_field(gettext_lazy("到"), required=False)
    everybody = forms.BooleanField(label=gettext_lazy("也列出我自己和平台自动做的"), required=False)


@doors.learners
@require_safe
def my_looks(request: doors.SeenRequest) -> HttpResponse:
    """Who looked at my data, changed or decided something of mine: when, in what capacity, for whom, why."""
    form = TimeForm(request.GET)
    typed = form.cleaned_data if form.is_valid() else {}
    wanted = dealing_queries.Wanted(
        since=_begins(typed.get("since")),
        until=_begins(typed["last"] + timedelta(days=1)) if typed.get("last") else None,
        everybody=bool(typed.get("everybody")),
        after=_after(request.GET.get("after", "")),
    )
    subjects = my_data_file.subjects(request.viewer)
    found = dealing_queries.dealings_for(request.viewer, subjects, wanted)
    shown = {
        "form": form,
        "looks": [_told(one) for one in found[:PAGE]],
        "count": dealing_queries.count_for(request.viewer, subjects, wanted),
        "older": _older(request.GET, found[PAGE - 1]) if len(found) > PAGE else "",
        "narrowed": bool(wanted.since or wanted.until),
        "later": wanted.after is not None,
    }
    return render(request, "public/my_looks.html", shown, status=422 if form.errors else 200)


def _begins(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.SHANGHAI) if day and 1900 <= day.year <= 9000 else None


def _after(text: str) -> tuple[datetime, int] | None:
    """The last line of the page before, as `_older` wrote it; anything else is the first page."""
    moment, _dot, key = text.partition(".")
    if not (moment.isdigit() and key.isdigit() and len(moment) < 18 and len(key) < 19):
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(moment)), int(key)


def _older(query: QueryDict, last: Dealing) -> str:
    kept = query.copy()
    micros = (last.at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    kept["after"] = f"{micros}.{last.id}"
    return f"?{kept.urlencode()}"


# ---- taking it along ---------------------------------------------------------------------------------------------


class DownloadForm(forms.Form):
    """With the whole identity number, for the password, or without."""

    full = forms.BooleanField(label=gettext_lazy("把完整证件号也放进去"), required=False)
    password = forms.CharField(
        label=gettext_lazy("现在的密码"), required=False, strip=False, max_length=200,
        help_text=gettext_lazy("只有要放完整证件号时才填。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("full") and not typed.get("password"):
            self.add_error("password", _("要放完整证件号，请再输一遍现在的密码。"))
        return typed


@doors.learners
@require_http_methods(["GET", "HEAD", "POST"])
def my_download(request: doors.SeenRequest) -> HttpResponse | StreamingHttpResponse:
    """One file with everything; what is in it and what is not stands on the page."""
    form = DownloadForm(request.POST or None)
    if request.method == "POST" and (not request.POST or form.is_valid()):
        typed = form.cleaned_data if form.is_bound else {"full": False, "password": ""}
        at = clock.now()
        try:
            number = note_download(viewer=request.viewer, at=at, **typed)
        except PasswordNeeded as refused:
            form.add_error("password", f"{refused.said}{refused.advice}")
        else:
            return _zip(request, number, at)
    shown = {
        "form": form,
        "parts": [one.says for one in my_data_file.sections(request.viewer)],
        "left_out": my_data_file.LEFT_OUT,
        "format": my_data_file.FORMAT,
    }
    return render(request, "public/my_download.html", shown, status=422 if form.errors else 200)


def _zip(request: doors.SeenRequest, number: str, at: datetime) -> StreamingHttpResponse:
    pieces = my_data_file.stream(request.viewer, number, get_language() or "zh-hans", at)
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    name = f"{_('我的数据')}-{clock.day_of(at).isoformat()}.zip"
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return answer


urlpatterns = [
    path("me/", profile, name="profile"),
    path("me/history/", my_history, name="my_history"),
    path("me/looks/", my_looks, name="my_looks"),
    path("me/download/", my_download, name="my_download"),
]
