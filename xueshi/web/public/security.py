"""My sessions and second factors: seen, ended, set up, renewed, removed. Each change asks for the password again."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xueshi.kernel import clock, printing, vault
from xueshi.people import second_factor_actions, second_factor_queries, session_actions
from xueshi.web import doors, second_factor, sessions
from xueshi.web.public import devices, passkeys, signing_in
from xueshi.web.public.security_forms import BindForm, ConfirmForm, PasskeyForm

SECRET = "totp_secret"  # noqa: S105  in the session, locked: the key of an app that is being bound
CODES = "codes_until"  # in the session: until when the recovery codes are shown
CODES_FOR = 600  # seconds

OwnView = Callable[[doors.SeenRequest], HttpResponse]


def confirmed(view: OwnView) -> OwnView:
    """For what a thief of a session would do first: the password was typed within five minutes, and whoever has a
    second factor has proven it in this session."""

    @wraps(view)
    def guarded(request: doors.SeenRequest) -> HttpResponse:
        if not second_factor.proven(request) and second_factor_queries.has_second_factor(request.viewer.person_id):
            return second_factor.sent_to(request, "public:second_factor")
        if not sessions.password_is_fresh(request, clock.now()):
            here = request.get_full_path() if request.method == "GET" else resolve_url("public:security")
            return redirect(f"{resolve_url('public:confirm_password')}?{urlencode({'next': here})}")
        return view(request)

    return guarded


def _done(request: HttpRequest, words: str) -> HttpResponse:
    sessions.keep_alone(request)
    messages.success(request, words)
    return redirect("public:security")


@require_GET
@doors.learners
def security(request: doors.SeenRequest) -> HttpResponse:
    """Where I am signed in, and what proves that it is me."""
    here = request.session.session_key
    listed = [
        {
            "id": one.pk, "here": one.session_key == here, "device": devices.named(one.user_agent),
            "place": devices.network(one.ip), "since": one.created_at, "used": one.last_seen_at,
        }
        for one in second_factor_queries.sessions_of(request.viewer)
    ]  # fmt: skip
    factors = second_factor_queries.factors_of(request.viewer)
    shown = {
        "sessions": listed,
        "factors": factors,
        "has_app": any(not one.is_passkey for one in factors),
        "codes_left": second_factor_queries.recovery_codes_left(request.viewer),
        "passkeys_possible": passkeys.possible(request),
        "serves": bool(request.viewer.seats),
    }
    return render(request, "public/security.html", shown)


@require_POST
@doors.learners
def end_sessions(request: doors.SeenRequest) -> HttpResponse:
    """End one of my sessions, or all but this one."""
    at = clock.now()
    one = request.POST.get("session", "")
    if one.isdigit() and len(one) < 19:
        session_actions.end_session(viewer=request.viewer, session_id=int(one), at=at)
        messages.success(request, _("那一处登录已经退出。"))
        return redirect("public:security")
    session_actions.end_other_sessions(viewer=request.viewer, keep=request.session.session_key or "", at=at)
    return _done(request, _("其他地方的登录都已退出，只剩现在这一处。"))


@doors.learners
@never_cache
def confirm_password(request: doors.SeenRequest) -> HttpResponse:
    """The password once more, before what matters; misses are counted as at signing in."""
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["password"]
        account = authenticate(request, id_index=request.user.get_username(), password=typed)
        if account is not None:
            request.session[sessions.PASSWORD_AT] = int(clock.now().timestamp())
            return redirect(signing_in.asked_for(request) or "public:security")
        form.add_error("password", _("密码不对。请再看一遍。"))
    shown = {"form": form, "next": signing_in.asked_for(request)}
    return render(request, "public/confirm_password.html", shown, status=422 if form.errors else 200)


@doors.learners
@never_cache
@confirmed
def set_up_second_factor(request: doors.SeenRequest) -> HttpResponse:
    """Bind an authenticator app: a picture to scan, the same in words, and the first code of it."""
    if any(not one.is_passkey for one in second_factor_queries.factors_of(request.viewer)):
        return redirect("public:security")
    secret = _secret(request)
    form, status = BindForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                second_factor_actions.set_up_totp(
                    viewer=request.viewer, secret=secret, code=form.cleaned_data["code"],
                    keep=request.session.session_key or "", at=clock.now(),
                )  # fmt: skip
            except second_factor_actions.WrongSecondFactor as refused:
                form.add_error("code", f"{refused.said}{refused.advice}")
            else:
                del request.session[SECRET]
                return _proven_anew(request)
    shown = {
        "form": form,
        "picture": printing.qr_address(get_adapter().build_totp_url(request.user, secret)),
        "key": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "next": signing_in.asked_for(request),
        "serves": bool(request.viewer.seats),
        "passkeys_possible": passkeys.possible(request),
    }
    return render(request, "public/set_up_second_factor.html", shown, status=status)


def _secret(request: HttpRequest) -> str:
    """The key that is being bound, the same until it is; locked, because sessions stand in the database."""
    kept = request.session.get(SECRET)
    if not kept:
        locked = vault.lock("totp-in-session", generate_totp_secret())
        kept = request.session[SECRET] = base64.b64encode(locked).decode()
    return vault.unlock("totp-in-session", base64.b64decode(kept))


def _proven_anew(request: HttpRequest) -> HttpResponse:
    """A factor was added: this session has proven it, the others have ended, the recovery codes are shown once."""
    now = int(clock.now().timestamp())
    request.session[sessions.PROVEN] = now
    request.session[CODES] = now + CODES_FOR
    sessions.keep_alone(request)
    wanted = signing_in.asked_for(request)
    address = resolve_url("public:recovery_codes")
    return redirect(f"{address}?{urlencode({'next': wanted})}" if wanted else address)


@doors.learners
@never_cache
@confirmed
def add_passkey(request: doors.SeenRequest) -> HttpResponse:
    """Register a passkey: the browser makes it, a short script hands it over."""
    if not passkeys.possible(request):
        return redirect("public:security")
    form, status = PasskeyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                credential = passkeys.made(form.cleaned_data["credential"])
                second_factor_actions.add_passkey(
                    viewer=request.viewer, name=form.cleaned_data["name"], credential=credential,
                    keep=request.session.session_key or "", at=clock.now(),
                )  # fmt: skip
            except passkeys.NotSigned:
                form.add_error(None, _("浏览器没有交来通行密钥。请再试一次。"))
            except second_factor_actions.TooManyPasskeys as refused:
                form.add_error(None, f"{refused.said}{refused.advice}")
            else:
                return _proven_anew(request)
    shown = {"form": form, "making": passkeys.making(request.user), "next": signing_in.asked_for(request)}
    return render(request, "public/add_passkey.html", shown, status=status)


@doors.learners
@never_cache
def recovery_codes(request: doors.SeenRequest) -> HttpResponse:
    """The recovery codes, shown for ten minutes after they were made and never again; POST says they are kept."""
    shown: dict[str, Any] = {"codes": [], "next": signing_in.asked_for(request)}
    if request.method == "POST":
        request.session.pop(CODES, None)
        return redirect(signing_in.asked_for(request) or "public:security")
    if second_factor.proven(request) and clock.now().timestamp() < request.session.get(CODES, 0):
        shown["codes"] = second_factor_queries.recovery_codes_of(request.viewer)
    if "download" in request.GET and shown["codes"]:
        words = "\r\n".join([_("学时平台恢复码，每个只能用一次"), "", *shown["codes"], ""])
        answer = HttpResponse(words, content_type="text/plain; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="xueshi-recovery-codes.txt"'
        return answer
    return render(request, "public/recovery_codes.html", shown)


@require_POST
@doors.learners
@confirmed
def renew_recovery_codes(request: doors.SeenRequest) -> HttpResponse:
    """Ten new codes instead of the old."""
    second_factor_actions.renew_recovery_codes(
        viewer=request.viewer, keep=request.session.session_key or "", at=clock.now()
    )
    return _proven_anew(request)


@require_POST
@doors.learners
@confirmed
def remove_second_factor(request: doors.SeenRequest) -> HttpResponse:
    """Remove one of mine."""
    factor = request.POST.get("factor", "")
    if factor.isdigit() and len(factor) < 19:
        second_factor_actions.remove(
            viewer=request.viewer, factor_id=int(factor), keep=request.session.session_key or "", at=clock.now()
        )
    if not second_factor_queries.has_second_factor(request.viewer.person_id):
        request.session.pop(sessions.PROVEN, None)
    return _done(request, _("已经移除，其他地方的登录都已退出。"))


urlpatterns = [
    path("me/security/", security, name="security"),
    path("me/security/sessions/", end_sessions, name="end_sessions"),
    path("me/security/password/", confirm_password, name="confirm_password"),
    path("me/security/set-up/", set_up_second_factor, name="set_up_second_factor"),
    path("me/security/passkey/", add_passkey, name="add_passkey"),
    path("me/security/codes/", recovery_codes, name="recovery_codes"),
    path("me/security/codes/renew/", renew_recovery_codes, name="renew_recovery_codes"),
    path("me/security/remove/", remove_second_factor, name="remove_second_factor"),
]
