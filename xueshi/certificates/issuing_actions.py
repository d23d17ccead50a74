"""Issuing, replacing and drawing a document of any kind; verbs for the other actions of this floor."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from xueshi.certificates import drawing, rules
from xueshi.certificates.models import Document
from xueshi.kernel import audit, files, signing
from xueshi.kernel import jobs as queue
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import StoredFile
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.policy.book import Rulebook


@transaction.atomic
def issue(
    *,
    viewer: Viewer | None,
    kind: str,
    person: Person,
    year: int,
    source: str,
    words: Mapping[str, Any],
    book: Rulebook,
    at: datetime,
) -> Document:
    """Freeze, seal and number a document; a live one of the same source is replaced by it.

    The person's row must be locked by the caller. The PDF is drawn after the commit.
    """
    old = live(kind, person.pk, source)
    if old:
        old.replaced_at = at
        old.save(update_fields=["replaced_at"])
    number, code = _number(year, person.region.code), secrets.token_hex(16)
    frozen = {**words, "year": str(year), "number": number, "code": code, "check": address(code)}
    document = Document.objects.create(
        kind=kind,
        number=number,
        code=code,
        person=person,
        year=year,
        source=source,
        words=frozen,
        instrument=book.key,
        digest=book.digest,
        seal=signing.seal(frozen),
        key_id=signing.document_key_id(),
        issued_at=at,
        replaces=old,
    )
    from xueshi.certificates import jobs  # the job draws by an action of this floor

    queue.defer(jobs.draw, document_id=document.pk)
    audit.record(viewer, f"document.issue.{kind}", f"document:{document.pk}", at=at, number=number, source=source)
    return document


def live(kind: str, person_id: int, source: str) -> Document | None:
    """The one that is neither revoked nor replaced."""
    return Document.objects.filter(
        kind=kind, person_id=person_id, source=source, revoked_at=None, replaced_at=None
    ).first()


def address(code: str) -> str:
    """Where anyone checks this document; what the QR says."""
    return f"{settings.SITE_URL}/v/{code}/"


def _number(year: int, region: str) -> str:
    while True:
        body = "".join(secrets.choice(rules.SIGNS) for _ in range(rules.BODY))
        number = rules.number(year, region, body)
        if not Document.objects.filter(number=number).exists():
            return number


@transaction.atomic
def keep_file(*, document_id: int, at: datetime) -> StoredFile:
    """Draw the PDF once and keep it; every later call gives the same file."""
    document = Document.objects.select_for_update(of=("self",)).select_related("file").get(pk=document_id)
    if document.file is not None:
        return document.file
    title = f"{document.words['title']}-{document.number}.pdf"
    stored = files.keep(drawing.draw(document), name=title, content_type="application/pdf", at=at)
    document.file = stored
    document.save(update_fields=["file"])
    return stored


@transaction.atomic
def note_print(*, viewer: Viewer, document_id: int, at: datetime) -> Document:
    """The holder has printed it or taken the PDF; the first time is remembered."""
    mine = Document.objects.select_for_update().filter(person_id=viewer.person_id)
    document = mine.filter(pk=document_id).first()
    if document is None:
        raise NotYours()
    document.printed_at = document.printed_at or at
    document.prints += 1
    document.save(update_fields=["printed_at", "prints"])
    audit.record(viewer, "document.print", f"document:{document.pk}", at=at, prints=document.prints)
    return document
