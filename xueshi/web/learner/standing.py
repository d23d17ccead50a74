"""The learner's standing: is it enough for this decision, why, and the quickest way there."""

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xueshi.certificates import ways_queries
from xueshi.certificates.ways_queries import Way
from xueshi.kernel import clock
from xueshi.ledger import standing
from xueshi.policy import planner
from xueshi.policy.findings import Verdict
from xueshi.web import doors, standing_export
from xueshi.web import standing as sheets
from xueshi.web.look import saying
from xueshi.web.redirects import SeeOther
from xueshi.web.standing_form import AskForm, asking, known_for

GOALS: tuple[planner.Goal, ...] = ("earliest", "money", "hours")


def _asked(request: doors.SeenRequest) -> tuple[AskForm, standing.Standing]:
    who = known_for(request.viewer.person_id, request.GET, clock.now())
    form, question = asking(request.GET, who)
    return form, standing.ask(who, question)


@doors.learners
@require_safe
def my_standing(request: doors.SeenRequest) -> HttpResponse:
    """The answer in one sentence, the hours, each demand with its clause, and the plan."""
    form, found = _asked(request)
    ways = ways_queries.ways_for(request.viewer, clock.now())
    claims = [one for one in ways if one.pending]
    begun = [one for one in ways if one.kind == "sit"]
    shown = sheets.sheet(found, claims, begun)
    query = request.GET.urlencode()
    context = {
        "sheet": shown,
        "form": form,
        "here": reverse("learner:standing"),
        "route": _route(request, found, ways),
        "xlsx_url": f"{reverse('learner:standing_xlsx')}?{query}",
        "json_url": f"{reverse('learner:standing_json')}?{query}",
    }
    request.region_line = f"{found.person.region.name} · {found.asked.year}"  # type: ignore[attr-defined]
    return render(request, "learner/standing.html", context, status=422 if form.errors else 200)


@doors.learners
@require_safe
def standing_json(request: doors.SeenRequest) -> JsonResponse:
    """The same answer for a machine: the question, the digest of the law, and every finding.

    A question that is not understood is not answered as another one: 422, with what is wrong.
    """
    form, found = _asked(request)
    if form.errors:
        return JsonResponse({"errors": form.errors}, status=422, json_dumps_params={"ensure_ascii": False})
    return standing_export.as_json(found)


@doors.learners
@require_safe
def standing_xlsx(request: doors.SeenRequest) -> FileResponse | HttpResponse:
    """The table of the page as a workbook; where the page did not understand, back to what it says."""
    form, found = _asked(request)
    if form.errors:
        return SeeOther(f"{reverse('learner:standing')}?{request.GET.urlencode()}")
    return standing_export.as_xlsx(sheets.sheet(found))


# ---- the quickest way ---------------------------------------------------------------------------------------------


def _route(request: doors.SeenRequest, found: standing.Standing, ways: list[Way]) -> dict[str, Any] | None:
    """The steps of the plan; None where nothing is missing or nobody can tell."""
    judged = found.assessment
    if judged is None or found.book is None or judged.verdict is not Verdict.FAIL:
        return None
    wanted = request.GET.get("by", "")
    by = next((goal for goal in GOALS if goal == wanted), GOALS[0])
    offered = {one.entry.id: one for one in ways}
    entries = standing.understood((one.entry for one in ways), found.book.words)
    offers = [
        planner.Offer(entry, way.price, way.starts, way.ends, way.pending)
        for entry, way in zip(entries, ways, strict=True)
    ]
    plan = planner.plan(found.book, found.facts, found.entries, found.asked, offers, by)
    names = {"earliest": _("最早完成"), "money": _("最少花钱"), "hours": _("最少学时")}
    query = {key: value for key, value in request.GET.items() if key != "by"}
    return {
        "by": by,
        "chips": [(goal, names[goal], f"?{urlencode({**query, 'by': goal})}#h-plan") for goal in GOALS],
        "steps": [_step(offered[one.offer.entry.id]) for one in plan.steps] if plan else _some(found, ways),
        "says": _says(plan) if plan else _left(found, ways),
        "whole": plan is not None,
        "proven": plan is None or plan.proven,
    }


def _some(found: standing.Standing, ways: list[Way]) -> list[dict[str, str]]:
    """Where all together would not do: those that would count."""
    after = found.with_entries(one.entry for one in ways)
    counting = {part.entry for one in after.findings for part in one.counted} if after else set()
    return [_step(one) for one in ways if one.entry.id in counting]


def _left(found: standing.Standing, ways: list[Way]) -> str:
    after = found.with_entries(one.entry for one in ways)
    if after is None or not after.least:
        return _("这些都办完也还不够；其余的请向当地人力社保部门咨询怎样补。")
    return _("这些都办完，还差 %(n)s 学时没有开放的课；请向当地人力社保部门咨询怎样补。") % {
        "n": saying.hours(after.least)
    }  # fmt: skip


def _says(plan: planner.Plan) -> str:
    if plan.finishes_on is None:
        return ""
    day = saying.day(plan.finishes_on)
    if plan.money:
        return _("照这样做，%(day)s前后可以办完，还要付 %(money)s。") % {"day": day, "money": saying.yuan(plan.money)}
    return _("照这样做，%(day)s前后可以办完，不用再花钱。") % {"day": day}


def _step(way: Way) -> dict[str, str]:
    """What to do, how long it takes, and the button that leads there."""
    titles = {
        "choose": _("选《%(course)s》，学完并考试合格"), "pay": _("给《%(course)s》缴费，学完并考试合格"),
        "study": _("学完《%(course)s》，考试合格"), "sit": _("考《%(course)s》"),
        "send": _("送审《%(course)s》的合格单"), "wait": _("等《%(course)s》的合格单审验和确认"),
    }  # fmt: skip
    verified = way.slip is not None and way.slip.state == "verified"
    if verified:
        titles["wait"] = _("等《%(course)s》的学时确认")
    details = [_("%(year)s 年度") % {"year": way.year}]
    if way.entry.hours:
        details.append(_("%(n)s 学时") % {"n": saying.hours(way.entry.hours)})
    if way.minutes:
        details.append(_("约 %(time)s") % {"time": saying.minutes(way.minutes)})
    if way.kind in ("choose", "pay"):
        details.append(saying.yuan(way.price) if way.price else _("不收费"))
    elif way.kind == "study":
        details.append(_("已付费"))
    elif verified:
        details.append(_("合格单已审验"))
    elif way.kind == "wait" and way.slip and way.slip.review:
        details.append(_("现在在%(who)s") % {"who": way.slip.review.organisation})
    action, url = _button(way)
    return {
        "title": titles[way.kind] % {"course": way.title}, "detail": " · ".join(details), "action": action, "url": url,
    }  # fmt: skip


def _button(way: Way) -> tuple[str, str]:
    if way.kind == "pay" and way.order_id:
        return _("去缴费"), reverse("learner:order", args=[way.order_id])
    if way.kind == "study" and way.lesson_id:
        return _("继续学习"), reverse("learner:lesson", args=[way.lesson_id])
    known = {
        "choose": (_("去选课"), "learner:choose"), "pay": (_("去缴费"), "learner:choose"),
        "study": (_("继续学习"), "learner:study"), "sit": (_("去考试"), "learner:exams"),
        "send": (_("去送审"), "learner:documents"), "wait": (_("看办理情况"), "learner:documents"),
    }  # fmt: skip
    words, name = known[way.kind]
    return words, reverse(name)


urlpatterns: list[URLPattern] = [
    path("standing/", my_standing, name="standing"),
    path("standing/table.xlsx", standing_xlsx, name="standing_xlsx"),
    path("standing/answer.json", standing_json, name="standing_json"),
]
