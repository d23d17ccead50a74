"""Posts behind three doors: who holds which, given and renewed and ended, and what waits for a second yes.

The operator gives them anywhere, an officer in the region, a head in the own unit; what each may give is `people`'s.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from xueshi.kernel import clock
from xueshi.people import office_queries, post_actions, post_queries, post_rules, request_actions
from xueshi.people.viewer import Viewer
from xueshi.web import doors
from xueshi.web.look import saying
from xueshi.web.redirects import SeeOther
from xueshi.web.standing_form import DAY_ERROR

PAGE = 50
UNCHOSEN = ("required", "invalid_choice")
HELD = {"now": gettext_lazy("现任"), "soon": gettext_lazy("30 天内到期"), "ended": gettext_lazy("已结束")}


class FindForm(forms.Form):
    """Whom, and where: posted, so that no name stands in an address."""

    text = forms.CharField(
        label=gettext_lazy("给谁"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("姓名、拼音，或身份证号末四位；本人要先注册"),
        error_messages={"required": gettext_lazy("请填姓名、拼音，或身份证号的末四位，例如 002X。")},
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("在哪个机构"), max_length=60, required=False,
        help_text=gettext_lazy("机构名称里的几个字；机构不多时可以不填"),
    )  # fmt: skip


class PostForm(forms.Form):
    """Who of those found gets which post, where, and until when."""

    person = forms.TypedChoiceField(
        label=gettext_lazy("给谁"), coerce=int, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(UNCHOSEN, gettext_lazy("还没有选人。请先查找，再选一个人。")),
    )  # fmt: skip
    organisation = forms.TypedChoiceField(
        label=gettext_lazy("在哪个机构"), coerce=int,
        error_messages=dict.fromkeys(UNCHOSEN, gettext_lazy("还没有选机构。请先查找，再选一个。")),
    )  # fmt: skip
    role = forms.ChoiceField(
        label=gettext_lazy("岗位"), help_text=gettext_lazy("本人能替机构办什么"),
        error_messages={
            "invalid_choice": gettext_lazy("这个岗位不能设在所选的机构，或者不由您任命。请选别的岗位或机构。")
        },
    )  # fmt: skip
    last = forms.DateField(
        label=gettext_lazy("最后一天"), required=False, error_messages=DAY_ERROR,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("不填就是一年；最长三年，到期前可以延长"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=200, required=False,
        help_text=gettext_lazy("需要另一人同意的岗位，他会看到这句话"),
    )  # fmt: skip

    def __init__(self, *args: Any, persons: Iterable[Any], places: Iterable[Any], roles: Iterable[str], **more: Any):
        super().__init__(*args, **more)
        names = dict(office_queries.roles())
        self._choose("person", [(p.pk, f"{p.name} · {p.id_masked} · {p.region.name}") for p in persons])
        self._choose("organisation", [(o.pk, f"{o.name}（{o.region.name}）") for o in places])
        self._choose("role", [(role, names[role]) for role in names if role in set(roles)])

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices
        if len(choices) == 1:
            self.initial.setdefault(name, choices[0][0])

    def until(self) -> datetime | None:
        """The moment at which the last day is over in Shanghai."""
        last: date | None = self.cleaned_data["last"]
        after = last + timedelta(days=1) if last else None
        return datetime.combine(after, time(), clock.SHANGHAI) if after else None

    def clean_last(self) -> date | None:
        last: date | None = self.cleaned_data["last"]
        if last is not None and not clock.day_of(clock.now()) <= last <= date(2100, 1, 1):
            raise forms.ValidationError(_("最后一天不能早于今天。"))
        return last


class ReasonForm(forms.Form):
    """Why a post ends, which its holder reads."""

    reason = forms.CharField(
        label=gettext_lazy("为什么结束"), max_length=200,
        help_text=gettext_lazy("写一句就够，本人看得到，也记入办理记录"),
        error_messages={"required": gettext_lazy("请写一句为什么结束。")},
    )  # fmt: skip


def _grantable(viewer: Viewer, places: Iterable[Any]) -> set[str]:
    return {role for place in places for role in post_actions.grantable(viewer, place)}


def _page(request: doors.SeenRequest, door: str, viewer: Viewer, **more: Any) -> HttpResponse:
    at = clock.now()
    held = request.GET.get("held", "") if request.GET.get("held") in HELD else "now"
    roles = office_queries.roles()
    role = request.GET.get("role", "") if request.GET.get("role") in dict(roles) else ""
    found = post_queries.posts_for(viewer, at=at, held=held, role=role)  # type: ignore[arg-type]  # one of HELD
    shown = {
        "door": door, "urls": _urls(door), "form": FindForm(), "held": held, "helds": list(HELD.items()), "role": role,
        "roles": roles, "waiting": post_queries.waiting_for(viewer), "soon": at + post_rules.SOON,
        "posts": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    context = {**shown, **more}
    bad = any(form.is_bound and form.errors for form in (context["form"], context.get("grant")) if form is not None)
    return render(request, "posts/posts.html", context, status=422 if bad else 200)


def _urls(door: str) -> dict[str, str]:
    return {name: reverse(f"{door}:{name}") for name in ("posts", "post_grant")}


def listing(request: doors.SeenRequest, door: str, viewer: Viewer) -> HttpResponse:
    """Who holds which post; and, once something was typed, who was found and where a post can be given."""
    if request.method != "POST":
        return _page(request, door, viewer)
    form = FindForm(request.POST)
    if not form.is_valid():
        return _page(request, door, viewer, form=form)
    found = post_queries.candidates(viewer, form.cleaned_data["text"])
    places, more = post_queries.places(viewer, form.cleaned_data["place"])
    grant = PostForm(persons=found, places=places, roles=_grantable(viewer, places)) if found and places else None
    return _page(request, door, viewer, form=form, grant=grant, found=found, places=places, more_places=more)


def grant(request: doors.SeenRequest, door: str, viewer: Viewer) -> HttpResponse:
    """Give the post; what does not fit is said beside the field, and nothing typed is lost."""
    person = post_queries.candidate(viewer, _key(request, "person"))
    place = post_queries.place(viewer, _key(request, "organisation"))
    persons, places = [person] if person else [], [place] if place else []
    form = PostForm(request.POST, persons=persons, places=places, roles=_grantable(viewer, places))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            made = post_actions.appoint(
                viewer=viewer, person_id=typed["person"], role=typed["role"], organisation_id=typed["organisation"],
                until=form.until(), reason=typed["reason"], at=clock.now(),
            )  # fmt: skip
        except (post_actions.PostNotFitting, post_actions.NotOfYours, post_actions.RoleNotYours) as refused:
            form.add_error("role", f"{refused.said}{refused.advice}")
        else:
            given = post_actions.in_force(made) is not None
            said = _("岗位已生效，本人下一次打开页面就能用。") if given else _("已提出，等另一人同意后生效。")
            messages.success(request, said)
            return SeeOther(reverse(f"{door}:posts"))
    return _page(request, door, viewer, grant=form, found=persons, places=places)


def _key(request: doors.SeenRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0


def end(request: doors.SeenRequest, door: str, viewer: Viewer, post_id: int) -> HttpResponse:
    """Ask first, and why; only the answer ends the post."""
    post = post_queries.post_for(viewer, post_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        post_actions.end_post(viewer=viewer, post_id=post_id, reason=form.cleaned_data["reason"], at=clock.now())
        messages.success(request, _("岗位已结束，从现在起不能再办。"))
        return SeeOther(reverse(f"{door}:posts"))
    shown = {"post": post, "form": form, "door": door, "urls": _urls(door)}
    return render(request, "posts/end.html", shown, status=422 if form.errors else 200)


def renew(request: doors.SeenRequest, door: str, viewer: Viewer, post_id: int) -> HttpResponse:
    """A year more from today."""
    renewed = post_actions.in_force(post_actions.renew_post(viewer=viewer, post_id=post_id, at=clock.now()))
    if renewed is None:
        messages.success(request, _("已提出延长，等另一人同意后生效。"))
    elif renewed.until is not None:
        messages.success(request, _("已延长到 %(day)s。") % {"day": saying.day(renewed.until)})
    return SeeOther(reverse(f"{door}:posts"))


def decide(request: doors.SeenRequest, door: str, viewer: Viewer, request_id: int) -> HttpResponse:
    """The second yes to a post, or a no with its reason."""
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("answer") == "yes":
            post_actions.confirm_grant(viewer=viewer, request_id=request_id, reason=reason, at=clock.now())
            messages.success(request, _("已同意，岗位从现在起生效。"))
        else:
            request_actions.refuse(viewer=viewer, request_id=request_id, reason=reason, at=clock.now())
            messages.success(request, _("已记下：不同意。提出的人看得到原因。"))
    except request_actions.RequestReasonMissing as refused:
        messages.warning(request, refused.said)
    except request_actions.RequestDecided as refused:
        messages.warning(request, f"{refused.said}{refused.advice}")
    return SeeOther(reverse(f"{door}:posts"))


def patterns(door: str, guard: Callable[..., Any], *roles: str) -> list[URLPattern]:
    """The five addresses of this page behind a door, for those of its roles that appoint."""

    def behind(page: Callable[..., HttpResponse]) -> Any:
        @guard
        def view(request: doors.SeenRequest, **keys: int) -> HttpResponse:
            return page(request, door, doors.only(request, *roles), **keys)

        return view

    both, posted = require_http_methods(["GET", "HEAD", "POST"]), require_POST
    return [
        path("posts/", both(behind(listing)), name="posts"),
        path("posts/grant/", posted(behind(grant)), name="post_grant"),
        path("posts/<int:post_id>/end/", both(behind(end)), name="post_end"),
        path("posts/<int:post_id>/renew/", posted(behind(renew)), name="post_renew"),
        path("posts/waiting/<int:request_id>/", posted(behind(decide)), name="post_decide"),
    ]
