"""Files that people send with a request: read no further than their limit, given back as downloads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from xueshi.people import request_queries, request_rules
from xueshi.people.request_rules import Paper

if TYPE_CHECKING:
    from xueshi.people.models import ChangeRequest


class SeveralFiles(forms.FileInput):
    """One control, several files."""

    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Photographs and scans; cleaned to a tuple of `Paper`."""

    widget = SeveralFiles

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "label": _("证件或证明的照片、扫描件"),
            "help_text": _("JPG、PNG 或 PDF，每个不超过 5 MB，最多 6 个；加密保存，只有办理的人能看"),
            "widget": SeveralFiles(attrs={"accept": ".jpg,.jpeg,.png,.pdf,image/jpeg,image/png,application/pdf"}),
            "error_messages": {"required": _("请附上证件的照片或扫描件。")},
        }
        super().__init__(**(given | kwargs))

    def clean(self, value: Any, initial: Any = None) -> tuple[Paper, ...]:
        sent: list[UploadedFile[Any]] = value if isinstance(value, list) else [value] if value else []
        if self.required and not sent:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        most = request_rules.MOST_BYTES + 1  # one more tells that it is too large
        return tuple(Paper(one.name or "", one.read(most)) for one in sent[: request_rules.MOST_PAPERS + 1])


def download(request: ChangeRequest, paper_id: int) -> HttpResponse:
    """One file of a request, never shown within a page."""
    found, data = request_queries.paper(request, paper_id)
    response = HttpResponse(data, content_type=found.file.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response
