"""Invitations to register: who of the unit has no account yet, a code by phone or mail, or slips to hand out."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from xueshi.kernel import clock
from xueshi.people import invitation_actions as actions
from xueshi.people import invitation_queries as queries
from xueshi.people import searching
from xueshi.web import doors
from xueshi.web.employer import papers
from xueshi.web.employer.desk import Desk, desk
from xueshi.web.redirects import SeeOther

PAGE = 50
MOST = 2_000  # ticked by hand in one press
LOOKED_FOR = "invitations_text"


class SearchForm(forms.Form):
    """Posted, so that no name stands in an address."""

    text = forms.CharField(
        label=gettext_lazy("姓名、拼音，或身份证号后四位"), max_length=60, required=False, widget=forms.TextInput()
    )


@require_GET
@doors.employers
def invitations(request: doors.SeenRequest) -> HttpResponse:
    """The unit's people by how far they are: not invited, invited until, run out, registered."""
    here, at = desk(request), clock.now()
    counts = queries.counts_of(here.viewer, here.unit_id, at)
    show = request.GET.get("show", "")
    show = show if show in queries.STATES else "uninvited"
    text = request.session.get(LOOKED_FOR, "")
    after = request.GET.get("after", "")
    page = queries.members_of(
        here.viewer, here.unit_id, at, state=show, text=text,
        after=int(after) if after.isdecimal() and len(after) < 19 else None, most=PAGE,
    )  # fmt: skip
    names = {"uninvited": _("还没邀请"), "invited": _("已邀请"), "expired": _("已过期"), "registered": _("已注册")}
    context = {
        "desk": here,
        "counts": counts,
        "everybody": sum(counts.values()),
        "open": counts["uninvited"] + counts["expired"],
        "chips": [(key, names[key], counts[key]) for key in queries.STATES],
        "show": show,
        "page": page,
        "search": SearchForm(initial={"text": text}),
        "text": text,
        "most_paper": queries.MOST_PAPER,
    }
    return render(request, "employer/invitations.html", context)


@require_POST
@doors.employers
def invitations_search(request: doors.SeenRequest) -> HttpResponse:
    """Remember what is looked for, a whole number by its tail only."""
    form = SearchForm(request.POST)
    request.session[LOOKED_FOR] = searching.cleaned(form.cleaned_data["text"]) if form.is_valid() else ""
    return _back(request.POST.get("show", ""))


def _back(show: str) -> SeeOther:
    return SeeOther(reverse("employer:invitations") + (f"?show={show}" if show in queries.STATES else ""))


def _asked(request: doors.SeenRequest, here: Desk, *, on_paper: bool) -> list[int]:
    """The people who were ticked, or everybody who can be invited now."""
    if request.POST.get("who") == "all":
        return queries.to_invite(here.viewer, here.unit_id, clock.now(), on_paper=on_paper)
    ticked = [int(one) for one in request.POST.getlist("person") if one.isdecimal() and len(one) < 19]
    return ticked[: queries.MOST_PAPER if on_paper else MOST]


@require_POST
@doors.employers
def invite(request: doors.SeenRequest) -> HttpResponse:
    """Send codes by text or mail; those without either are named, for slips."""
    here = desk(request)
    done = actions.invite(
        viewer=here.viewer, person_ids=_asked(request, here, on_paper=False), organisation_id=here.unit_id,
        at=clock.now(),
    )  # fmt: skip
    sent, without = sum(1 for one in done if one.sent), sum(1 for one in done if not one.sent)
    if sent:
        words = ngettext("正在给 %(n)d 人发邀请码，72 小时内有效。", "正在给 %(n)d 人发邀请码，72 小时内有效。", sent)
        messages.success(request, words % {"n": sent})
    if without:
        words = ngettext(
            "%(n)d 人没有手机和邮箱，请打印邀请单交给本人。", "%(n)d 人没有手机和邮箱，请打印邀请单交给本人。", without
        )
        messages.warning(request, words % {"n": without})
    return _back(request.POST.get("show", ""))


@require_POST
@doors.employers
def invite_on_paper(request: doors.SeenRequest) -> HttpResponse:
    """Slips to cut apart and hand out; their codes stand nowhere else, so printing again makes new ones."""
    here, at = desk(request), clock.now()
    done = actions.invite(
        viewer=here.viewer, person_ids=_asked(request, here, on_paper=True), organisation_id=here.unit_id, at=at,
        on_paper=True,
    )  # fmt: skip
    response = HttpResponse(papers.slips(done, here.unit, at), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="invitations.pdf"'
    return response


@require_POST
@doors.employers
def withdraw_invitation(request: doors.SeenRequest, invitation_id: int) -> HttpResponse:
    """Take back a code that nobody has used."""
    desk(request)
    invitation = actions.withdraw(viewer=request.viewer, invitation_id=invitation_id, at=clock.now())
    messages.info(request, _("已收回%(name)s的邀请码。") % {"name": invitation.person.name})
    return _back(request.POST.get("show", ""))


urlpatterns: list[URLPattern] = [
    path("invitations/", invitations, name="invitations"),
    path("invitations/search/", invitations_search, name="invitations_search"),
    path("invitations/send", invite, name="invite"),
    path("invitations/print", invite_on_paper, name="invite_on_paper"),
    path("invitations/<int:invitation_id>/withdraw", withdraw_invitation, name="withdraw_invitation"),
]
