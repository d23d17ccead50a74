"""How long a session lasts, what it remembers, and how it is noted for its owner to see and to end."""

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.people import session_actions
from xueshi.people.backend import AccountBackend

if TYPE_CHECKING:
    from xueshi.people.models import Account

BACKEND = "xueshi.people.backend.AccountBackend"
LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)  # for whoever holds a post; a learner reads and thinks
FRESH = timedelta(minutes=5)  # how long the password counts as just typed
NOTED_EVERY = timedelta(minutes=1)
# In the session, in seconds: when it began and was used last, when the password and the second factor were proven.
BEGAN, SEEN, PASSWORD_AT, PROVEN = "began", "seen", "password_at", "second_factor_at"
IDLED = "idled"  # nothing was done for too long: offices ask to sign in again


def begin(request: HttpRequest, account: "Account", *, password: bool, second_factor: bool) -> None:
    """Sign in, by what was proven, and note the session."""
    login(request, account, backend=BACKEND)
    request.__dict__.pop("viewer", None)
    at = clock.now()
    stamp = int(at.timestamp())
    request.session.update({BEGAN: stamp, SEEN: stamp})
    if password:
        request.session[PASSWORD_AT] = stamp
    if second_factor:
        request.session[PROVEN] = stamp
    _note(request, account.pk, began=at, at=at)


def keep_alone(request: HttpRequest) -> None:
    """Renew this session after an action has ended the others."""
    account = AccountBackend().get_user(request.user.pk)
    if account is None:
        return
    old = request.session.session_key or ""
    update_session_auth_hash(request, account)
    at = clock.now()
    began = datetime.fromtimestamp(request.session.get(BEGAN, at.timestamp()), UTC)
    _note(request, account.pk, began=began, at=at, instead_of=old)


def _note(request: HttpRequest, account_id: int, *, began: datetime, at: datetime, instead_of: str = "") -> None:
    session_actions.note_session(
        account_id=account_id, key=request.session.session_key or "", place=place_of(request),
        device=request.headers.get("User-Agent", "")[:200], began=began, at=at, instead_of=instead_of,
    )  # fmt: skip


def goes_on(request: HttpRequest, *, in_office: bool, at: datetime) -> bool:
    """Whether the session still stands; one that has lasted too long is ended here."""
    session, now = request.session, int(at.timestamp())
    began = session.setdefault(BEGAN, now)
    if now - began >= LONGEST.total_seconds():
        leave(request, _("登录已满 12 小时，为安全已退出。请重新登录。"))
        return False
    silence = now - session.get(SEEN, 0)
    if in_office and SEEN in session and silence >= IDLE.total_seconds():
        session[IDLED] = True
        for proof in (PROVEN, PASSWORD_AT):
            session.pop(proof, None)
    if silence >= NOTED_EVERY.total_seconds():
        session[SEEN] = now
        session_actions.see_session(key=session.session_key or "", place=place_of(request), at=at)
    return True


def leave(request: HttpRequest, why: str) -> None:
    """End this session, and say why on the next page."""
    logout(request)
    messages.info(request, why)


def password_is_fresh(request: HttpRequest, at: datetime) -> bool:
    """Whether the password was typed within the last minutes."""
    return bool(at.timestamp() - request.session.get(PASSWORD_AT, 0) < FRESH.total_seconds())


def address_of(request: HttpRequest) -> str:
    """The network address that asks; behind proxies of ours, the one that the outermost of them saw."""
    if settings.PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.PROXIES:
            return hops[-settings.PROXIES]
    return str(request.META.get("REMOTE_ADDR") or "")


def place_of(request: HttpRequest) -> str:
    """The network of the address, without the machine in it: what is kept of a session."""
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  a Unix socket has no address
    width = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{width}", strict=False).network_address)
