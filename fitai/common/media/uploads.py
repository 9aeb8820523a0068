"""A file in a multipart body: written to disk as it comes, hashed and counted on the way, and never held in memory."""

import hashlib
import tempfile
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from fitai.common.doors import body_limit, upload_limit
from fitai.common.media import storage
from fitai.common.problems import Malformed, TooLarge


class Upload(TemporaryUploadedFile):
    """A file that somebody sent: its bytes, `size` and `sha256`. Nothing that its sender says of it is believed."""

    sha256: str

    def __init__(self) -> None:
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=storage.incoming_folder())  # noqa: SIM115  closed with the request
        UploadedFile.__init__(self, file, "upload", "", 0)

    def __str__(self) -> str:
        """What tells it from another, by which two requests are compared."""
        return f"sha256:{self.sha256}"


class ToDisk(FileUploadHandler):
    """Writes a part of the body to an `Upload`, up to `limit` bytes for all parts together."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit, self.received = limit, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file, self.hash = Upload(), hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.limit:
            self.file.close()
            raise TooLarge(f"At most {self.limit} bytes.")
        self.hash.update(raw_data)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> Upload:
        self.file.seek(0)
        self.file.size, self.file.sha256 = file_size, self.hash.hexdigest()
        return self.file

    def upload_interrupted(self) -> None:
        self.file.close()
        raise Malformed("The upload broke off.")


class UploadParser(MultiPartParser):
    """Reads `multipart/form-data`, at most as many bytes of files as UPLOAD_BYTES allows the path."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles:
        request: Request = (parser_context or {})["request"]
        limit = upload_limit(request.path) or 0
        if int(request.META.get("CONTENT_LENGTH") or 0) > body_limit(request.path):
            raise TooLarge(f"At most {limit} bytes.")
        request.upload_handlers = [ToDisk(request._request, limit)]
        try:
            parsed = super().parse(stream, media_type, parser_context)
        except UnreadablePostError:
            raise Malformed("The upload broke off.") from None
        refusal = _refusal(parsed)
        if refusal:
            for _, files in parsed.files.lists():
                for file in files:
                    file.close()
            raise Malformed(refusal)
        return parsed


def _refusal(parsed: DataAndFiles) -> str | None:
    """Why two readers could understand the body differently, or none could keep it."""
    names = [name for part in (parsed.data, parsed.files) for name, values in part.lists() for _ in values]
    if len(set(names)) != len(names):
        return "The body names a member twice."
    if any("\x00" in value for value in parsed.data.values()):
        return "The body holds a NUL character, which no text may hold."
    return None
