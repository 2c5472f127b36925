"""A body larger than any file we take is not written to the disk while it arrives."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from houqin.foundation.limits.actions import spend

#: How many files a person may send in an hour, by whatever way.
PERSON_AN_HOUR = 300
#: Room for what surrounds a file in a form.
MARGIN_BYTES = 1024 * 1024


def count_upload(person: int) -> None:
    """Count one more upload of a person; raises ``TooMany`` beyond the hour's share."""
    spend(f"files:person:{person}", limit=PERSON_AN_HOUR, per_seconds=3600)


def is_too_long(content_length: int) -> bool:
    """Whether a request of that length can only hold a file that is too large."""
    return content_length > settings.FILES_MAX_DOCUMENT_BYTES + MARGIN_BYTES


class QuotaHandler(FileUploadHandler):
    """Stands first among the upload handlers: stops before the first byte of a file in too long a request."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._stop = False

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self._stop = is_too_long(content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self._stop:
            raise StopUpload(connection_reset=False)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
