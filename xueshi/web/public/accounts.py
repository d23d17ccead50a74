"""Registering, signing in, recovering a password, and one's own data."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from xueshi.kernel import clock
from xueshi.kernel.errors import TooOften
from xueshi.people import actions, queries
from xueshi.web import doors, sessions
from xueshi.web.public import security, signing_in
from xueshi.web.public.forms import (
    ContactForm,
    PasswordForm,
    ResetCodeForm,
    ResetForm,
    TitleForm,
    index_of,
)

RESET_OF = "reset_of"  # in the session: for which number (its keyed hash) a code was asked


@doors.everyone
@never_cache
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a code; the answer is the same whether or not the number is registered."""
    form = ResetForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            index = index_of(form.cleaned_data["id_number"])
            try:
                actions.knock(kind="code", about=index, address=sessions.address_of(request), at=clock.now())
                actions.send_reset_code(id_index=index, channel=form.cleaned_data["channel"], at=clock.now())
            except TooOften as refused:
                form.add_error(None, refused.said)
                status = refused.status
            else:
                request.session[RESET_OF] = index
                return redirect("public:reset_code")
    return render(request, "public/reset.html", {"form": form}, status=status)


@doors.everyone
@never_cache
def reset_code(request: HttpRequest) -> HttpResponse:
    """The code that came and a new password."""
    index = request.session.get(RESET_OF)
    if not index:
        return redirect("public:reset")
    form = ResetCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.reset_password(id_index=index, code=typed["code"], password=typed["password"], at=clock.now())
        except (actions.WrongCode, actions.WeakPassword) as refused:
            where = "code" if isinstance(refused, actions.WrongCode) else "password"
            form.add_error(where, f"{refused.said}{refused.advice}")
        else:
            del request.session[RESET_OF]
            signing_in.forget_failures(index)
            messages.success(request, _("密码已经改好，其他地方的登录都已退出。请用新密码登录。"))
            return redirect("public:sign_in")
    return render(request, "public/reset_code.html", {"form": form}, status=422 if form.errors else 200)


# ---- one's own data -----------------------------------------------------------------------------------------------


@doors.learners
@security.confirmed
def change_contact(request: doors.SeenRequest) -> HttpResponse:
    """Phone and mailbox: what recovers a password, so the password is asked for."""
    person = queries.held_about(request.viewer).person
    form = ContactForm(request.POST or None, initial={"phone": person.phone, "email": person.email})
    if request.method == "POST" and form.is_valid():
        actions.update_contact(viewer=request.viewer, at=clock.now(), **form.cleaned_data)
        messages.success(request, _("手机号和邮箱已改好。"))
        return redirect("public:profile")
    return _change(request, form, _("改手机号和邮箱"))


@doors.learners
def change_work(request: doors.SeenRequest) -> HttpResponse:
    """Where one works and where the file is: asked for, and agreed to by the other side."""
    return redirect("public:ask_transfer")


@doors.learners
def change_title(request: doors.SeenRequest) -> HttpResponse:
    """A title newly obtained, or the day of one corrected."""
    form = TitleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_title(
            viewer=request.viewer,
            level=form.cleaned_data["title_level"],
            obtained_on=form.cleaned_data["title_obtained_on"],
            at=clock.now(),
        )
        messages.success(request, _("职称已记下。"))
        return redirect("public:profile")
    return _change(request, form, _("添加职称"))


@doors.learners
def change_password(request: doors.SeenRequest) -> HttpResponse:
    """A new password, knowing the present one; this session stays, others end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(
                viewer=request.viewer, keep=request.session.session_key or "", at=clock.now(), **form.cleaned_data
            )
        except (actions.WrongPassword, actions.WeakPassword) as refused:
            where = "present" if isinstance(refused, actions.WrongPassword) else "password"
            form.add_error(where, f"{refused.said}{refused.advice}")
        else:
            sessions.keep_alone(request)
            messages.success(request, _("密码已改好，其他地方的登录都已退出。"))
            return redirect("public:profile")
    return _change(request, form, _("改密码"))


def _change(
    request: HttpRequest,
    form: ContactForm | TitleForm | PasswordForm,
    title: str,
) -> HttpResponse:
    return render(request, "public/change.html", {"form": form, "title": title}, status=422 if form.errors else 200)


urlpatterns = [
    path("reset/", reset, name="reset"),
    path("reset/code/", reset_code, name="reset_code"),
    path("me/contact/", change_contact, name="change_contact"),
    path("me/employment/", change_work, name="change_work"),
    path("me/title/", change_title, name="change_title"),
    path("me/password/", change_password, name="change_password"),
]
