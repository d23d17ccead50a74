"""Who may come in, where the door leads, and what those hear who have tried too often."""

from enum import Enum
from typing import TYPE_CHECKING, Any

from axes.utils import reset as axes_reset
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from xueshi.kernel import clock
from xueshi.people import second_factor_queries
from xueshi.people.backend import AccountBackend
from xueshi.people.viewer import Viewer
from xueshi.web import doors, sessions

if TYPE_CHECKING:
    from xueshi.people.models import Account

HALF_IN = "half_in"  # in the session: who has proven the password, or a code, and not yet the second factor
HALF_IN_FOR = 600  # seconds


class Entered(Enum):
    """How far somebody has come."""

    NO = "no"
    HALF = "half"  # the second factor is missing
    IN = "in"


def arrival_of(viewer: Viewer) -> str:
    """The address of the page where this person begins."""
    entrances = (doors.entrance(viewer, door) for door in doors.ENTRANCES)
    return next(filter(None, entrances), resolve_url("learner:home"))


def doors_of(viewer: Viewer) -> list[tuple[str, str]]:
    """Every role that the viewer holds and the address of its page, the learner's own last."""
    ways = [way for door in doors.ENTRANCES.values() for way in door]
    found = [(role, resolve_url(name)) for role, name in ways if viewer.holds(role)]
    return [*found, ("learner", resolve_url("learner:home"))]


def enter(request: HttpRequest, id_index: str, password: str) -> Entered:
    """Sign in by a password; NO for every wrong pair, and as slow for an unknown number as for a known one.

    The name that counts failed tries is the keyed hash: the number itself is in no table and no log.
    """
    account = authenticate(request, id_index=id_index, password=password)
    return admit(request, account, password=True) if account is not None else Entered.NO


def admit(request: HttpRequest, account: Any, *, password: bool) -> Entered:
    """Let in whoever has proven a password or a code; half, where a second factor was set up."""
    if not second_factor_queries.has_second_factor(account.person_id):
        sessions.begin(request, account, password=password, second_factor=False)
        return Entered.IN
    request.session.flush()  # whoever was in here before is not any more
    request.session[HALF_IN] = {
        "account": account.pk, "since": int(clock.now().timestamp()), "password": password,
        "of": account.get_session_auth_hash(),
    }  # fmt: skip
    return Entered.HALF


def half_in(request: HttpRequest) -> "Account | None":
    """Who stands between password and second factor; None after ten minutes, or when the password has changed."""
    kept = request.session.get(HALF_IN)
    if not kept or clock.now().timestamp() - kept["since"] > HALF_IN_FOR:
        return None
    account = AccountBackend().get_user(kept["account"])
    same = account is not None and constant_time_compare(account.get_session_auth_hash(), kept["of"])
    return account if same else None


def complete(request: HttpRequest, account: "Account") -> None:
    """The second factor is proven: come in, or go on with the session there is."""
    kept = request.session.pop(HALF_IN, None)
    if kept:
        sessions.begin(request, account, password=kept["password"], second_factor=True)
    else:
        request.session[sessions.PROVEN] = int(clock.now().timestamp())


def onward(request: HttpRequest, entered: Entered) -> HttpResponse:
    """The next page: the second factor's, or where one was going."""
    if entered is Entered.HALF:
        wanted = asked_for(request)
        address = resolve_url("public:second_factor")
        return redirect(f"{address}?{urlencode({'next': wanted})}" if wanted else address)
    return redirect(where_next(request))


def asked_for(request: HttpRequest) -> str:
    """The page that was asked for before signing in, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


def where_next(request: HttpRequest) -> str:
    """The page that was asked for before signing in, if it is ours; else where the person's posts lead."""
    wanted = asked_for(request)
    if wanted:
        return wanted
    viewer = doors.see(request)
    return arrival_of(viewer) if viewer else resolve_url("public:home")


def locked_out(request: HttpRequest, *details: Any) -> HttpResponse:
    """Too many failed tries for this number from this place: wait, or recover the password."""
    response = render(request, "public/locked_out.html", status=429)
    response.headers["Retry-After"] = "900"
    return response


def forget_failures(id_index: str) -> None:
    """Whoever has proved to own the number by a code need not wait any longer."""
    axes_reset(username=id_index)
