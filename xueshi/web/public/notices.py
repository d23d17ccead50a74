"""The registry of notices: what each says, article by article, beside the data that the system judges by."""

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law, registry
from xueshi.web import doors


class SearchForm(forms.Form):
    """Which notices."""

    region = forms.ChoiceField(
        label=gettext_lazy("地区"),
        required=False,
        choices=(),
        widget=forms.Select(attrs={"class": "form-select x-short"}),
    )
    text = forms.CharField(
        label=gettext_lazy("文件里的字"),
        max_length=60,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "form-control x-mid",
                "autocomplete": "off",
                "placeholder": gettext_lazy("例如：学时、文号"),
            }
        ),
    )

    def __init__(self, data: object, regions: list[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as declared above
        field.choices = [("", gettext_lazy("全部地区")), *regions]


@doors.everyone
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every notice held, with its number, issuer, dates and parent."""
    form = SearchForm(request.GET, registry.regions())
    asked = form.cleaned_data if form.is_valid() else {"region": "", "text": ""}
    on = clock.day_of(clock.now())
    found = registry.notices(on, region=asked["region"], text=asked["text"])
    facts = {"form": form, "notices": found, "asked": any(asked.values())}
    return render(request, "public/notices.html", facts, status=200 if form.is_valid() else 422)


@doors.everyone
@require_safe
def notice(request: HttpRequest, place: str, name: str) -> HttpResponse:
    """One notice: its articles in the order of the law, each beside its data in words."""
    shown = registry.notice(f"{place}/{name}", clock.day_of(clock.now()))
    if shown is None:
        raise NotYours()
    return render(request, "public/notice.html", {"shown": shown, "book": shown.notice.book})


@doors.everyone
@require_safe
def source(request: HttpRequest, place: str, name: str) -> HttpResponseBase:
    """The original text as it is held, byte for byte."""
    book = law.library().books.get(f"{place}/{name}")
    if book is None or not law.source_of(book).is_file():
        raise NotYours()
    held = law.source_of(book)
    return FileResponse(
        held.open("rb"), as_attachment=True, filename=held.name, content_type="text/plain; charset=utf-8"
    )


urlpatterns: list[URLPattern] = [
    path("notices/", notices, name="notices"),
    path("notices/<str:place>/<str:name>/", notice, name="notice"),
    path("notices/<str:place>/<str:name>/text", source, name="notice_text"),
]
