"""Regions, organisations, and people in their posts."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from xueshi.kernel import clock
from xueshi.people import office_actions, office_queries
from xueshi.training import plan_queries
from xueshi.web import doors
from xueshi.web.operator.forms import FindPersonForm, OrganisationForm, PostForm, ReasonForm, RegionForm


@doors.operators
def home(request: doors.SeenRequest) -> HttpResponse:
    """How many of what, and the plans of this year."""
    plans = list(plan_queries.plans()[:5])
    return render(request, "operator/home.html", {"counts": office_queries.counts(), "plans": plans})


@doors.operators
def regions(request: doors.SeenRequest) -> HttpResponse:
    form = RegionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        office_actions.add_region(
            viewer=request.viewer, code=form.cleaned_data["code"], name=form.cleaned_data["name"],
            parent_id=form.cleaned_data["parent"], at=clock.now(),
        )  # fmt: skip
        return redirect("operator:regions")
    shown = {"form": form, "regions": office_queries.regions()}
    return render(request, "operator/regions.html", shown, status=422 if form.errors else 200)


@doors.operators
def organisations(request: doors.SeenRequest) -> HttpResponse:
    kind, text = request.GET.get("kind", ""), request.GET.get("text", "").strip()
    found = office_queries.organisations(kind=kind, text=text)
    shown = {"organisations": found, "kinds": office_queries.kinds(), "kind": kind, "text": text}
    return render(request, "operator/organisations.html", shown)


@doors.operators
def organisation(request: doors.SeenRequest, organisation_id: int | None = None) -> HttpResponse:
    """Add an organisation, or change one."""
    known = office_queries.organisation(organisation_id) if organisation_id else None
    if organisation_id and known is None:
        raise Http404
    names = ("name", "kind", "level", "address", "phone", "hours")
    initial = {name: getattr(known, name) for name in names} | {"region": known.region_id} if known else {}
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        office_actions.keep_organisation(
            viewer=request.viewer,
            organisation_id=organisation_id,
            region_id=facts.pop("region"),
            at=clock.now(),
            **facts,
        )
        return redirect("operator:organisations")
    shown = {"form": form, "known": known, "reason": ReasonForm()}
    return render(request, "operator/organisation.html", shown, status=422 if form.errors else 200)


@require_POST
@doors.operators
def close_organisation(request: doors.SeenRequest, organisation_id: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "operator/reason.html", {"form": form}, status=422)
    office_actions.close_organisation(
        viewer=request.viewer, organisation_id=organisation_id, reason=form.cleaned_data["reason"], at=clock.now()
    )
    return redirect("operator:organisations")


@doors.operators
def posts(request: doors.SeenRequest) -> HttpResponse:
    """Who holds which post; find a person by name or the last four places (sent by POST, never in a URL)."""
    form = FindPersonForm(request.POST or None)
    found = list(office_queries.persons_by(form.cleaned_data["text"])) if form.is_bound and form.is_valid() else None
    shown = {
        "form": form, "found": found, "posts": office_queries.posts(at=clock.now()),
        "grants": [(person, PostForm(initial={"person": person.pk}, auto_id=f"id_{person.pk}_%s")) for person in found or []],
    }  # fmt: skip
    return render(request, "operator/posts.html", shown, status=422 if form.errors else 200)


@require_POST
@doors.operators
def grant_post(request: doors.SeenRequest) -> HttpResponse:
    form = PostForm(request.POST)
    if not form.is_valid():
        return render(request, "operator/post.html", {"form": form}, status=422)
    office_actions.grant_post(
        viewer=request.viewer, person_id=form.cleaned_data["person"], role=form.cleaned_data["role"],
        organisation_id=form.cleaned_data["organisation"], at=clock.now(),
    )  # fmt: skip
    return redirect("operator:posts")


@require_POST
@doors.operators
def end_post(request: doors.SeenRequest, post_id: int) -> HttpResponse:
    office_actions.end_post(viewer=request.viewer, post_id=post_id, at=clock.now())
    return redirect("operator:posts")


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("regions/", regions, name="regions"),
    path("organisations/", organisations, name="organisations"),
    path("organisations/new/", organisation, name="organisation_new"),
    path("organisations/<int:organisation_id>/", organisation, name="organisation"),
    path("organisations/<int:organisation_id>/close/", close_organisation, name="organisation_close"),
    path("posts/", posts, name="posts"),
    path("posts/grant/", grant_post, name="post_grant"),
    path("posts/<int:post_id>/end/", end_post, name="post_end"),
]
