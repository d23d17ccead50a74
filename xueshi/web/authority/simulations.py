"""Trying a draft on the bureau's people: hand it in, watch it run, see who gains and who falls below."""

import re
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xueshi.drafts import actions, queries, reading
from xueshi.kernel import clock
from xueshi.kernel.errors import Refused
from xueshi.people.viewer import Viewer
from xueshi.policy.load import NotUnderstood
from xueshi.web import doors, people_tables
from xueshi.web.authority import simulation_words as words
from xueshi.web.authority.bureau import officer
from xueshi.web.redirects import SeeOther

PAGE = 20
MOST_BYTES = 1_000_000
AHEAD = 3  # years after the present one that one may ask for
BACK = 3
NONE = "-"  # replaces nothing
LINE = 200  # characters of a line that are shown beside the field


class DraftForm(forms.Form):
    """The draft as text or as a file, and the question."""

    file = forms.FileField(
        label=gettext_lazy("草案文件"),
        help_text=gettext_lazy("YAML 文本，和“政策”里已录入的规定同一种写法。选了文件，就用文件里的文字。"),
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("草案文字"),
        help_text=gettext_lazy("没有文件，就贴在这里。"),
        max_length=reading.MOST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "class": "x-code", "spellcheck": "false"}),
    )
    replaces = forms.ChoiceField(label=gettext_lazy("它取代哪一份规定"))
    purpose = forms.ChoiceField(label=gettext_lazy("看哪一项用途"))
    target = forms.ChoiceField(
        label=gettext_lazy("申报哪一级职称"),
        help_text=gettext_lazy("只有按申报级别定要求的规定用得着。"),
        required=False,
    )
    years = forms.TypedMultipleChoiceField(
        label=gettext_lazy("看哪几个年度"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("至少选一个年度。")},
    )

    def __init__(self, *args: Any, viewer: Viewer, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        books = queries.replaceable(viewer.seats[0].region)
        choices: dict[str, list[tuple[Any, str]]] = {
            "replaces": [
                *((b.key, f"{b.title} {b.number}".strip()) for b in books),
                (NONE, _("目前没有规定，这是第一份")),
            ],
            "purpose": list(people_tables.purposes().items()),
            "target": [("", _("不分级别")), *words.targets().items()],
            "years": [(y, str(y)) for y in range(this_year - BACK, this_year + AHEAD + 1)],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = offered

    def clean(self) -> dict[str, Any]:
        """The text of the file goes before what was pasted; it stands in the form again, whatever is wrong."""
        found = super().clean() or {}
        file = found.get("file")
        if file is not None:
            found["text"] = self._text_of(file)
            # What was uploaded is shown, and not asked for twice.
            shown = cast("QueryDict", self.data).copy()
            shown["text"] = found["text"]
            self.data = shown
        if not found.get("text", "").strip() and "text" not in self.errors and "file" not in self.errors:
            self.add_error("text", _("请选一个文件，或者把草案贴在这里。"))
        return found

    def _text_of(self, file: Any) -> str:
        if file.size > MOST_BYTES:
            self.add_error("file", _("文件太大。草案是文字，一般不到 100 KB。"))
            return ""
        try:
            text = str(file.read().decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.add_error("file", _("这不是 UTF-8 文本。请在编辑器里另存为 UTF-8 再选。"))
            return ""
        if len(text) > reading.MOST:
            self.add_error("file", _("文件太大。草案是文字，一般不到 100 KB。"))
        return text


@require_GET
@doors.authorities
def simulations(request: doors.SeenRequest) -> HttpResponse:
    """Those of the bureau, the newest first."""
    viewer = officer(request)
    page = Paginator(queries.simulations_for(viewer), PAGE).get_page(request.GET.get("page"))
    rows = [(one, words.asked_in_words(one)) for one in page.object_list]
    return render(request, "authority/simulations.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def simulation_new(request: doors.SeenRequest) -> HttpResponse:
    """Hand in a draft; with `from`, begin with the text of an earlier one."""
    viewer = officer(request)
    at = clock.now()
    this_year = clock.day_of(at).year
    if request.method == "POST":
        form = DraftForm(request.POST, request.FILES, viewer=viewer, this_year=this_year)
        if form.is_valid():
            answer = _asked(viewer, form)
            if answer is not None:
                return answer
        return render(request, "authority/simulation_new.html", _with_trouble(form), status=422)
    form = DraftForm(initial=_beginning(request, viewer, this_year), viewer=viewer, this_year=this_year)
    return render(request, "authority/simulation_new.html", {"form": form})


def _asked(viewer: Viewer, form: DraftForm) -> HttpResponse | None:
    """Queue it; what is not understood is told at the field, so that the text stays."""
    wanted = form.cleaned_data
    try:
        one = actions.ask(
            viewer=viewer, text=wanted["text"], replaces=wanted["replaces"].removeprefix(NONE),
            purpose=wanted["purpose"], target=wanted["target"], years=wanted["years"], at=clock.now(),
        )  # fmt: skip
    except actions.DraftNotUnderstood as refused:
        form.add_error("text", refused.said)
        return None
    except Refused as refused:  # nobody there, too many at once: the text is as precious
        form.add_error(None, f"{refused.said}{refused.advice}")
        return None
    return SeeOther(reverse("authority:simulation", args=[one.pk]))


def _with_trouble(form: DraftForm) -> dict[str, Any]:
    """The form, and the line at which the loader stopped."""
    said = " ".join(str(one) for one in form.errors.get("text", ()))
    line = re.search(r"\(line (\d+)\)", said)
    written = str(form.data.get("text", "")).splitlines()
    number = int(line.group(1)) if line else 0
    return {"form": form, "line": number, "written": written[number - 1][:LINE] if 0 < number <= len(written) else ""}


def _beginning(request: doors.SeenRequest, viewer: Viewer, this_year: int) -> dict[str, Any]:
    """What the form begins with: an earlier simulation's draft and question, or this year and the next."""
    asked = request.GET.get("from", "")
    if asked.isdecimal() and len(asked) < 19:
        one = queries.simulation_for(viewer, int(asked))
        return {
            "text": one.text,
            "replaces": one.replaces or NONE,
            "purpose": one.purpose,
            "target": one.target,
            "years": one.years,
        }
    present = queries.present_book(viewer.seats[0].region, clock.day_of(clock.now()))
    return {"replaces": present or NONE, "purpose": "annual", "years": [this_year, this_year + 1]}


@require_GET
@doors.authorities
def simulation(request: doors.SeenRequest, simulation_id: int) -> HttpResponse:
    """How far it has come, or what it found."""
    viewer = officer(request)
    one = queries.simulation_for(viewer, simulation_id)
    context = _state_of(one) | {"purpose_name": words.asked_in_words(one)}
    if not queries.goes_on(one):
        found = queries.found_of(one)
        shown = next((f for f in found if str(f.year) == request.GET.get("year")), found[0] if found else None)
        context |= {
            "found": found,
            "shown": shown,
            "result": words.result_of(shown, queries.shown_of(viewer, shown)) if shown else None,
        }
    context["changes"] = words.changes_of(queries.comparison_of(one), one)
    return render(request, "authority/simulation.html", context)


def _state_of(one: Any) -> dict[str, Any]:
    at = clock.now()
    return {
        "simulation": one,
        "going_on": queries.goes_on(one),
        "still": queries.stands_still(one, at),
        "problem": words.problem_of(one.problem),
    }


@require_GET
@doors.authorities
def simulation_state(request: doors.SeenRequest, simulation_id: int) -> HttpResponse:
    """What the page asks every two seconds while it runs: how far it is, or look at the page again."""
    one = queries.simulation_for(officer(request), simulation_id)
    if queries.goes_on(one):
        return render(request, "authority/_simulation_state.html", _state_of(one))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("authority:simulation", args=[one.pk])
    return response


@require_POST
@doors.authorities
def simulation_cancel(request: doors.SeenRequest, simulation_id: int) -> HttpResponse:
    """Stop it; what was counted so far is kept."""
    one = actions.cancel(viewer=officer(request), simulation_id=simulation_id, at=clock.now())
    return SeeOther(reverse("authority:simulation", args=[one.pk]))


@require_POST
@doors.authorities
def simulation_resume(request: doors.SeenRequest, simulation_id: int) -> HttpResponse:
    """Go on where it stopped."""
    one = actions.resume(viewer=officer(request), simulation_id=simulation_id, at=clock.now())
    return SeeOther(reverse("authority:simulation", args=[one.pk]))


@require_GET
@doors.authorities
def simulation_person(request: doors.SeenRequest, simulation_id: int, person_id: int) -> HttpResponse:
    """A sample: somebody under the rules in force and under the draft, demand by demand."""
    viewer = officer(request)
    one = queries.simulation_for(viewer, simulation_id)
    year = request.GET.get("year", "")
    asked = int(year) if year.isdecimal() and len(year) == 4 else one.years[0]
    try:
        twice = queries.twice_for(viewer, one, person_id, asked)
    except NotUnderstood as problem:
        raise actions.DraftNotUnderstood(why=str(problem)) from problem
    context = {"simulation": one, "year": asked, "twice": twice, "lines": words.lines_of(twice)}
    return render(request, "authority/simulation_person.html", context)


@require_GET
@doors.authorities
def simulation_export(
    request: doors.SeenRequest, simulation_id: int, kind: str
) -> StreamingHttpResponse | FileResponse:
    """The numbers of the page as a file."""
    one = queries.simulation_for(officer(request), simulation_id)
    return words.export(one, queries.found_of(one), kind)


urlpatterns: list[URLPattern] = [
    path("simulations/", simulations, name="simulations"),
    path("simulations/new/", simulation_new, name="simulation_new"),
    path("simulations/<int:simulation_id>/", simulation, name="simulation"),
    path("simulations/<int:simulation_id>/state", simulation_state, name="simulation_state"),
    path("simulations/<int:simulation_id>/cancel", simulation_cancel, name="simulation_cancel"),
    path("simulations/<int:simulation_id>/resume", simulation_resume, name="simulation_resume"),
    path("simulations/<int:simulation_id>/export.<slug:kind>", simulation_export, name="simulation_export"),
    path("simulations/<int:simulation_id>/people/<int:person_id>/", simulation_person, name="simulation_person"),
]
