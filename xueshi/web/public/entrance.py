"""Coming in: a password or a code, then the second factor of whoever has one; and going out."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xueshi.kernel import clock
from xueshi.kernel.errors import TooOften
from xueshi.people import actions, second_factor_actions
from xueshi.web import doors, sessions
from xueshi.web.public import passkeys, signing_in
from xueshi.web.public.forms import CameForm, CodeSignInForm, SignInForm, index_of
from xueshi.web.public.security_forms import PasskeyProofForm, SecondFactorForm

CODE_OF = "code_of"  # in the session: for which number (its keyed hash) a code to sign in with was asked


@doors.everyone
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Identity number and password; a wrong pair is answered alike, whoever it is."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        entered = signing_in.enter(request, index_of(typed["id_number"]), typed["password"])
        if entered is not signing_in.Entered.NO:
            return signing_in.onward(request, entered)
        form.add_error(None, _("身份证号或密码不对。请再看一遍；忘了密码可以找回。"))
    shown = {"form": form, "next": signing_in.asked_for(request)}
    return render(request, "public/sign_in.html", shown, status=422 if form.errors else 200)


@doors.everyone
@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code to the phone on record; the answer is the same whether or not the number is registered."""
    form = CodeSignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            index, at = index_of(form.cleaned_data["id_number"]), clock.now()
            try:
                actions.knock(kind="code", about=index, address=sessions.address_of(request), at=at)
                actions.send_reset_code(id_index=index, channel="phone", purpose="sign_in", at=at)
            except TooOften as refused:
                form.add_error(None, refused.said)
                status = refused.status
            else:
                request.session[CODE_OF] = index
                return redirect("public:sign_in_came")
    return render(request, "public/sign_in_code.html", {"form": form}, status=status)


@doors.everyone
@never_cache
def sign_in_came(request: HttpRequest) -> HttpResponse:
    """The code that came, instead of the password."""
    index = request.session.get(CODE_OF)
    if not index:
        return redirect("public:sign_in_code")
    form = CameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.sign_in_by_code(id_index=index, code=form.cleaned_data["code"], at=clock.now())
        except actions.WrongCode as refused:
            form.add_error("code", f"{refused.said}{refused.advice}")
        else:
            request.session.pop(CODE_OF, None)
            return signing_in.onward(request, signing_in.admit(request, account, password=False))
    return render(request, "public/sign_in_came.html", {"form": form}, status=422 if form.errors else 200)


@doors.everyone
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code of the app, a recovery code or a passkey: of whoever has typed the password a moment ago."""
    account: Any = signing_in.half_in(request) or (request.user if request.user.is_authenticated else None)
    if account is None:
        return redirect("public:sign_in")
    form, status = SecondFactorForm(), 200
    if request.method == "POST":
        form = SecondFactorForm(request.POST)
        status = _prove(request, account, form)
        if status == 200:
            signing_in.complete(request, account)
            return redirect(signing_in.where_next(request))
    shown = {"form": form, "next": signing_in.asked_for(request), "passkey": passkeys.asking(request, account)}
    return render(request, "public/second_factor.html", shown, status=status)


def _prove(request: HttpRequest, account: Any, form: SecondFactorForm) -> int:
    """Prove by what was sent; 200, or what to answer instead, with the reason in the form."""
    at = clock.now()
    if "credential" in request.POST:
        sent = PasskeyProofForm(request.POST)
        try:
            sent.is_valid()
            factor_id = passkeys.checked(account, sent.cleaned_data.get("credential"))
        except passkeys.NotSigned:
            form.is_valid()
            form.errors.clear()
            form.add_error(None, _("这个通行密钥没有通过。请再试一次，或填验证码。"))
            return 422
        second_factor_actions.note_passkey(account_id=account.pk, factor_id=factor_id, at=at)
        return 200
    if not form.is_valid():
        return 422
    try:
        second_factor_actions.prove(account_id=account.pk, code=form.cleaned_data["code"], at=at)
    except (second_factor_actions.WrongSecondFactor, TooOften) as refused:
        form.add_error("code", f"{refused.said}{refused.advice}")
        return refused.status
    return 200


@require_POST
@doors.everyone
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave this browser."""
    logout(request)
    return redirect("public:home")


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("code-sign-in/", sign_in_code, name="sign_in_code"),
    path("code-sign-in/came/", sign_in_came, name="sign_in_came"),
    path("sign-in/second/", second_factor, name="second_factor"),
    path("sign-out/", sign_out, name="sign_out"),
]
