"""Take a spreadsheet of people into memory and nowhere else: no temporary file holds it in clear."""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from xueshi.people.roster.limits import MOST_BYTES


class KeptInMemory(FileUploadHandler):
    """Collects a file of at most MOST_BYTES; of a larger one it counts the bytes and drops them.

    A larger file arrives empty, with its size, so that the form can say what was wrong with it.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.kept = io.BytesIO()
        self.came = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept, self.came = io.BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.came += len(raw_data)
        if self.came > MOST_BYTES:
            self.kept = io.BytesIO()
        else:
            self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=self.came,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
