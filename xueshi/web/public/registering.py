"""Registering: the phone is proven first, and only then is anything said about the identity number."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xueshi.kernel import clock
from xueshi.kernel.errors import Refused, TooOften
from xueshi.people import actions, claim_actions, queries, rules
from xueshi.web import doors, sessions
from xueshi.web.look.saying import mask_phone
from xueshi.web.public import law_quotes, signing_in
from xueshi.web.public.forms import ClaimForm, InvitedForm, PhoneForm, RegistrationForm, index_of, typed_in

PHONE = "phone"  # in the session: the keyed hash of the phone that was proven, and when
PROVEN_FOR = 1800  # seconds


@doors.everyone
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """One page; nothing typed is lost but the password, which is never sent back."""
    if request.method != "POST":
        return _registration(request, RegistrationForm())
    if "list_employers" in request.POST:  # without the script: units of the district just chosen
        return _registration(request, RegistrationForm(initial=typed_in(request)))
    if "send_code" in request.POST:
        form = RegistrationForm(initial=typed_in(request))
        return _registration(request, form, code_said=_send_in_page(request))
    form = RegistrationForm(request.POST, proven=_proven(request))
    status = _proven_or(request, form)
    return _register(request, form) if status == 200 else _registration(request, form, status=status)


def _register(request: HttpRequest, form: RegistrationForm) -> HttpResponse:
    typed = form.cleaned_data
    who, password = typed["id_number"], typed["password"]
    try:
        actions.register(
            typed_id=who.number,
            name=typed["name"],
            phone=typed["phone"],
            email=typed["email"],
            **form.workplace,
            title_level=typed["title_level"],
            title_obtained_on=typed["title_obtained_on"],
            password=password,
            at=clock.now(),
        )
    except actions.IdentityTaken as taken:
        # A second click, or somebody who forgot having registered: the right password simply comes in.
        entered = signing_in.enter(request, index_of(who), password)
        if entered is signing_in.Entered.NO:
            form.add_error("id_number", taken.said)
            return _registration(request, form, status=taken.status, taken=taken)
        return signing_in.onward(request, entered)
    entered = signing_in.enter(request, index_of(who), password)
    messages.success(request, _("注册好了。以后用身份证号和刚才设的密码登录。下一步是选课。"))
    return redirect("learner:home")


def _registration(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    status: int = 200,
    taken: Refused | None = None,
    code_said: str = "",
) -> HttpResponse:
    shown = {"form": form, "taken": taken, "notes": law_quotes.of_registration(clock.now()), "code_said": code_said}
    return render(request, "public/register.html", shown | {"phone_proven": _proven(request)}, status=status)


@require_GET
@doors.everyone
def employers(request: HttpRequest) -> HttpResponse:
    """The units that somebody of a district can choose, narrowed by part of a name: options of a select."""
    found = queries.employers_at(request.GET.get("region", ""), request.GET.get("employer_search", ""))
    return render(request, "public/_employers.html", {"units": found})


# ---- the phone -----------------------------------------------------------------------------------------------------


@require_POST
@doors.everyone
def phone_code(request: HttpRequest) -> HttpResponse:
    """Send a code to the phone that was typed, and say so beside the button; a Refused says why not."""
    return HttpResponse(_send(request))


def _send(request: HttpRequest) -> str:
    phone, at = _phone_typed(request), clock.now()
    actions.knock(kind="code", about=phone, address=sessions.address_of(request), at=at)
    actions.send_phone_code(phone=phone, at=at)
    return _("验证码已发到 %(phone)s，10 分钟内有效。") % {"phone": mask_phone(phone)}


def _send_in_page(request: HttpRequest) -> str:
    try:
        return _send(request)
    except (actions.NotAPhone, TooOften) as refused:
        return refused.said


def _phone_typed(request: HttpRequest) -> str:
    typed = request.POST.get("phone", "")
    return rules.phone(typed) or typed


def _proven_or(request: HttpRequest, form: PhoneForm) -> int:
    """Whether the form is filled in right and its phone proven: 200, or what to answer instead. Counts the asking."""
    if not form.is_valid():
        return 422
    typed, at = form.cleaned_data, clock.now()
    try:
        actions.knock(kind="register", about=typed["phone"], address=sessions.address_of(request), at=at)
        if not _proven(request):
            index = actions.prove_phone(phone=typed["phone"], code=typed["code"], at=at)
            request.session[PHONE] = {"index": index, "at": int(at.timestamp())}
    except (actions.WrongCode, TooOften) as refused:
        form.add_error("code", f"{refused.said}{refused.advice}")
        return refused.status
    return 200


def _proven(request: HttpRequest) -> bool:
    """Whether the phone that was typed has been proven in this session a while ago."""
    kept = request.session.get(PHONE, {})
    same = kept.get("index") == actions.phone_index(_phone_typed(request))
    return same and bool(clock.now().timestamp() - kept["at"] < PROVEN_FOR)


# ---- who is known already ------------------------------------------------------------------------------------------


@doors.everyone
@never_cache
def invited(request: HttpRequest) -> HttpResponse:
    """Number, invitation code, a password of one's own: for whom a unit has brought."""
    form = InvitedForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            entered = _activate(request, form)
            if isinstance(entered, signing_in.Entered):
                messages.success(request, _("账号启用了。以后用身份证号和刚才设的密码登录。"))
                return signing_in.onward(request, entered)
            status = entered
    return render(request, "public/invited.html", {"form": form}, status=status)


def _activate(request: HttpRequest, form: InvitedForm) -> "signing_in.Entered | int":
    typed, at = form.cleaned_data, clock.now()
    index = index_of(typed["id_number"])
    try:
        actions.knock(kind="invited", about=index, address=sessions.address_of(request), at=at)
        actions.activate_invited(id_index=index, code=typed["invitation"], password=typed["password"], at=at)
    except actions.WeakPassword as weak:
        form.add_error("password", weak.said)
        return weak.status
    except (actions.WrongInvitation, TooOften) as refused:
        form.add_error(None, f"{refused.said}{refused.advice}")
        return refused.status
    return signing_in.enter(request, index, typed["password"])


@doors.everyone
@never_cache
def claim(request: HttpRequest) -> HttpResponse:
    """Ask for the account of a number that is taken; the answer is the same whoever it is."""
    if request.method != "POST":
        return _claim(request, ClaimForm())
    if "send_code" in request.POST:
        return _claim(request, ClaimForm(initial=typed_in(request)), code_said=_send_in_page(request))
    form = ClaimForm(request.POST, proven=_proven(request))
    status = _proven_or(request, form)
    if status != 200:
        return _claim(request, form, status=status)
    typed = form.cleaned_data
    try:
        claim_actions.ask_claim(
            typed_id=typed["id_number"].number, name=typed["name"], phone=typed["phone"],
            region_code=typed["region"], reason=typed["reason"], at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, f"{refused.said}{refused.advice}")
        return _claim(request, form, status=refused.status)
    return render(request, "public/claimed.html", {"phone": typed["phone"]})


def _claim(request: HttpRequest, form: ClaimForm, *, status: int = 200, code_said: str = "") -> HttpResponse:
    shown = {"form": form, "code_said": code_said, "phone_proven": _proven(request)}
    return render(request, "public/claim.html", shown, status=status)


urlpatterns = [
    path("register/", register, name="register"),
    path("register/employers/", employers, name="employers"),
    path("register/phone/", phone_code, name="phone_code"),
    path("register/invited/", invited, name="invited"),
    path("register/claim/", claim, name="claim"),
]
