"""Anyone checks a document: by number and full name, or by the code of its QR. No sign-in."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from xueshi.certificates import actions, queries, rules
from xueshi.kernel import clock
from xueshi.web import doors


class CheckForm(forms.Form):
    """Both stand on the paper."""

    number = forms.CharField(
        label=gettext_lazy("编号"),
        max_length=40,
        help_text=gettext_lazy("在纸面左下角，例如 2026-500103-7K2M9XQ4-C。大小写、有没有短横都可以。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("持证人姓名"),
        max_length=60,
        help_text=gettext_lazy("写全名，与纸面相同。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _quiet(response: HttpResponse) -> HttpResponse:
    """Not kept, not indexed, and its address told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@doors.everyone
def check(request: HttpRequest) -> HttpResponse:
    """Number and full name; what does not fit is answered alike, whichever of the two was wrong."""
    if request.method != "POST":
        return _quiet(render(request, "public/check.html", {"form": CheckForm()}))
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _quiet(render(request, "public/check.html", {"form": form}, status=422))
    number, name = form.cleaned_data["number"], form.cleaned_data["name"]
    actions.note_question(address=_address(request), number=rules.read_number(number), at=clock.now())
    found = queries.document_by_number(number, name)
    if found is None:
        return _quiet(render(request, "public/check.html", {"form": form, "not_found": True}, status=404))
    return _quiet(redirect("public:document", found.code))


@require_safe
@doors.everyone
def document(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR leads to: the issuer's record, with the name masked and no identity number."""
    found = queries.document_by_code(code)
    if found is None:
        actions.note_miss(address=_address(request), at=clock.now())
        return _quiet(render(request, "public/check.html", {"form": CheckForm(), "no_code": True}, status=404))
    return _quiet(render(request, "public/document.html", {"checked": queries.checked(found), "number": found.number}))


@require_safe
@doors.everyone
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of our seals (a JWK set), for anyone who checks without us."""
    response = JsonResponse(queries.published_keys())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


urlpatterns: list[URLPattern] = [
    path("check/", check, name="check"),
    path("v/<slug:code>/", document, name="document"),
    path(".well-known/xueshi-keys.json", keys, name="keys"),
]
