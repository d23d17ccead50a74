"""Keep bytes, give them back, know their hash. Behind Django's storage."""

import hashlib
from datetime import datetime
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from xueshi.kernel import vault
from xueshi.kernel.models import StoredFile


@transaction.atomic
def keep(data: bytes, *, name: str, content_type: str, at: datetime) -> StoredFile:
    """Keep bytes under their hash; keeping the same bytes again gives the same file."""
    digest = hashlib.sha256(data).hexdigest()
    known = StoredFile.objects.filter(sha256=digest).first()
    if known and default_storage.exists(known.path):
        return known
    suffix = name.rpartition(".")[2][:8].lower() if "." in name else "bin"
    path = f"{digest[:2]}/{digest}.{suffix}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(data))
    stored, _ = StoredFile.objects.update_or_create(
        sha256=digest,
        defaults={
            "path": path,
            "name": name,
            "content_type": content_type,
            "size": len(data),
            "kept_at": at,
        },
    )
    return stored


def reading(stored: StoredFile) -> IO[bytes]:
    """An open binary file; the caller closes it."""
    return default_storage.open(stored.path, "rb")


def content(stored: StoredFile) -> bytes:
    with reading(stored) as file:
        return file.read()


SEALED = "file"


def keep_sealed(data: bytes, *, name: str, content_type: str, at: datetime) -> StoredFile:
    """Keep bytes encrypted at rest: what people send about people. Each keeping is a file of its own."""
    return keep(vault.lock_bytes(SEALED, data), name=f"{name}.sealed", content_type=content_type, at=at)


def content_sealed(stored: StoredFile) -> bytes:
    """What `keep_sealed` kept; raises cryptography's InvalidTag if a byte of it was changed."""
    return vault.unlock_bytes(SEALED, content(stored))
