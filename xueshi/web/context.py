"""What every page knows: the door, its navigation, the house's name."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xueshi.people import request_queries
from xueshi.people.viewer import Viewer
from xueshi.web import doors, request_pages
from xueshi.web.authority import hours
from xueshi.web.authority.bureau import is_officer, is_overseer

# Where requests are decided behind each door, and by whom.
REQUESTS = {
    "authorities": ("authority", request_pages.ROLES["authority"]),
    "employers": ("employer", request_pages.ROLES["employer"]),
    "operators": ("operator", request_pages.ROLES["operator"]),
}


def house(request: HttpRequest) -> dict[str, Any]:
    viewer: Viewer | None = getattr(request, "viewer", None)
    door = getattr(request, "door", "")
    return {
        "viewer": viewer,
        "door": door,
        "nav": navigation(request, viewer, door) if viewer else [],
    }


def navigation(request: HttpRequest, viewer: Viewer, door: str) -> list[dict[str, Any]]:
    """The links of the door one stands in, then a way to each other door that the viewer's posts open."""
    links = [*_links(viewer, door), *_other_doors(viewer, door)]
    here = max((url for _, url, _ in links if request.path.startswith(url)), key=len, default="")
    short = {"checklist": _("对照要求")}  # for the tabs of a phone
    waiting = _waiting(viewer, door)
    return [
        {"label": label, "short": short.get(icon, ""), "url": url, "icon": icon, "current": url == here,
         "count": waiting.get(url, 0)}
        for label, url, icon in links
    ]  # fmt: skip


def _waiting(viewer: Viewer, door: str) -> dict[str, int]:
    """How many requests wait for the viewer, beside the link that leads there."""
    where, roles = REQUESTS.get(door, ("", ()))
    if not viewer.holds(*roles):
        return {}
    return {reverse(f"{where}:requests"): request_queries.waiting(viewer, roles)}


def _other_doors(viewer: Viewer, door: str) -> list[tuple[str, str, str]]:
    if not viewer.seats:
        return []
    found = []
    names = {
        "authorities": (_("窗口与审验"), "rubber-stamp"),
        "employers": (_("单位经办"), "list-check"),
        "providers": (pgettext("menu", "基地"), "school"),
        "operators": (_("平台管理"), "building"),
    }
    for other, (label, icon) in names.items():
        url = doors.entrance(viewer, other)
        if other != door and url:
            found.append((label, url, icon))
    if door in names:
        found.append((_("我的学时"), reverse("learner:home"), "home"))
    return found


def _office_links(viewer: Viewer) -> list[tuple[str, str, str]]:
    offices = []
    if viewer.holds("counter"):
        offices.append((_("缴费窗口"), reverse("authority:counter"), "cash"))
    if viewer.holds("verifier"):
        offices.append((_("审验"), reverse("authority:reviews"), "rubber-stamp"))
    if is_overseer(viewer):
        offices.append((pgettext("menu", "人员"), reverse("authority:people"), "users"))
    offices.append((_("人员名册"), reverse("authority:roll"), "id"))
    if viewer.holds(*hours.ROLES):
        offices.append((_("学时台账"), reverse("authority:book"), "book"))
    if is_officer(viewer):
        offices.append((_("政策试算"), reverse("authority:simulations"), "filter"))
    if viewer.holds("officer"):
        offices.append((pgettext("menu", "基地"), reverse("authority:bases"), "school"))
    if viewer.holds("officer", "industry_officer"):
        offices.append((_("岗位"), reverse("authority:posts"), "user-check"))
        offices.append((_("导入复核"), reverse("authority:rosters"), "file-upload"))
    if viewer.holds(*REQUESTS["authorities"][1]):
        offices.append((pgettext("menu", "申请"), reverse("authority:requests"), "message"))
    if viewer.holds("officer", "industry_officer", "auditor"):
        offices.append((_("机构与地区"), reverse("authority:organisations"), "building"))
    return offices


def _unit_links(viewer: Viewer) -> list[tuple[str, str, str]]:
    desk = [(_("确认学时"), reverse("employer:home"), "list-check")] if viewer.holds("unit_clerk") else []
    desk += [
        (pgettext("menu", "人员"), reverse("employer:people"), "users"),
        (_("人员名册"), reverse("employer:roll"), "id"),
        (_("学时台账"), reverse("employer:book"), "book"),
        (_("导入人员"), reverse("employer:rosters"), "upload"),
        (_("邀请注册"), reverse("employer:invitations"), "send"),
    ]
    desk.append((pgettext("menu", "申请"), reverse("employer:requests"), "message"))
    if viewer.holds("unit_head"):
        desk.append((_("岗位"), reverse("employer:posts"), "user-check"))
    return desk


def _links(viewer: Viewer, door: str) -> list[tuple[str, str, str]]:
    if door == "authorities":
        return _office_links(viewer)
    if door == "employers":
        return _unit_links(viewer)
    if door == "providers":
        return [(_("基地资格"), reverse("provider:home"), "school")]
    if door == "operators":
        return [
            (_("概览"), reverse("operator:home"), "home"),
            (_("机构与地区"), reverse("operator:organisations"), "building"),
            (_("人员与岗位"), reverse("operator:posts"), "users"),
            (pgettext("menu", "申请"), reverse("operator:requests"), "message"),
            (pgettext("menu", "课程"), reverse("operator:courses"), "book"),
            (_("题库"), reverse("operator:banks"), "list-check"),
            (_("年度计划"), reverse("operator:plans"), "calendar"),
            (_("款项"), reverse("operator:money"), "cash"),
        ]
    return [
        (_("我的学时"), reverse("learner:home"), "home"),
        (_("学习"), reverse("learner:study"), "book"),
        (_("考试"), reverse("learner:exams"), "pencil"),
        (_("对照职称要求"), reverse("learner:standing"), "checklist"),
        (_("合格单与证书"), reverse("learner:documents"), "certificate"),
    ]
