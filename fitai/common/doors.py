"""The server's side of a request, where Django's own handlers trust the caller too far.

A body of unknown length (chunked) is read like any other, and none is read beyond the limit of its path, so an endless
one costs no disk; one that says itself that it is longer is not read at all. Uploads are read for who says who they
are: the others have the limit of any other body. What is large goes to disk and never into memory. The charset that a
`Content-Type` names is not believed: the API is UTF-8, in bodies and in queries.
"""

import asyncio
import io
import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.utils.http import parse_header_parameters

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

FORM_BYTES = 65_536
"""Of a multipart body, beside its file."""
READ_BYTES = 65_536
ID = re.compile(r"(?<=/)[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?=/|$)")
SCHEMES = frozenset({"bearer", "api-key"})
"""Of an `Authorization` that may belong to somebody. Whether it does, the view finds out, after the body came in."""


def upload_limit(path: str) -> int | None:
    """How many bytes of files a body at this path may have (`UPLOAD_BYTES`); None where it takes none."""
    limit: int | None = settings.UPLOAD_BYTES.get(ID.sub("{id}", path))
    return limit


def body_limit(path: str) -> int:
    """How large a body this path accepts, in bytes: uploads have a limit of their own."""
    upload = upload_limit(path)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if upload is None else upload + FORM_BYTES


def read_limit(path: str, authorization: str) -> int:
    """How much of a body is read for whoever sends this `Authorization`."""
    known = authorization.partition(" ")[0].lower() in SCHEMES
    return body_limit(path) if known else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def is_longer(declared: str, limit: int) -> bool:
    """Whether a body says of itself (`Content-Length`) that it is longer."""
    return declared.isascii() and declared.isdigit() and int(declared[:20]) > limit


class Unread(io.RawIOBase):
    """A body that is too long to be read. A view that asks who sends it answers 401, one that wants it 413."""

    def read(self, size: int = -1) -> bytes:
        raise RequestDataTooBig("The body is longer than what is read of it.")


class Utf8(HttpRequest):
    """A request whose text is UTF-8 whatever it says of itself."""

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        # Django would decode the query by the charset, which may be `base64`, and fails where nothing catches it.
        given = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(given)
        except (LookupError, ValueError):
            self.content_type, self.content_params = given.partition(";")[0].strip().lower(), {}
            meta["CONTENT_TYPE"] = self.content_type


class WsgiRequest(Utf8, WSGIRequest):
    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ)
        limit = read_limit(self.path_info, environ.get("HTTP_AUTHORIZATION", ""))
        declared = environ.get("CONTENT_LENGTH") or ""
        if is_longer(declared, limit):
            self._stream = Unread()  # type: ignore[assignment]  # it is read, and nothing else
        elif not declared and environ.get("wsgi.input_terminated"):
            body = _read(environ["wsgi.input"], limit + 1)
            self.META["CONTENT_LENGTH"] = str(body.tell())
            body.seek(0)
            self._stream = body


def _read(stream: Any, limit: int) -> Any:
    """At most `limit` bytes of a stream that may answer with less than it was asked for; a large body is on disk."""
    body = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115  the request closes it
    left = limit
    while left and (chunk := stream.read(min(left, READ_BYTES))):
        body.write(chunk)
        left -= len(chunk)
    return body


class WsgiDoor(WSGIHandler):
    request_class = WsgiRequest


class AsgiRequest(Utf8, ASGIRequest):
    def __init__(self, scope: dict[str, Any], body_file: Any) -> None:
        super().__init__(scope, body_file)
        if is_longer(self.META.get("CONTENT_LENGTH", ""), limit_of(scope)):
            self._stream = Unread()  # type: ignore[assignment]  # it is read, and nothing else
        elif "CONTENT_LENGTH" not in self.META:
            self.META["CONTENT_LENGTH"] = str(body_file.seek(0, io.SEEK_END))
            body_file.seek(0)


class AsgiDoor(ASGIHandler):
    request_class = AsgiRequest

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        query = scope.get("query_string", b"").decode(errors="replace").encode()
        limit = limit_of(scope)
        bounded = bounded_by(0 if is_longer(header(scope, b"content-length"), limit) else limit + 1, receive)
        await super().__call__({**scope, "query_string": query}, bounded, send)


def header(scope: dict[str, Any], name: bytes) -> str:
    """A header of an ASGI request, as Django would read it; empty where there is none."""
    return ",".join(value.decode("latin1") for given, value in scope["headers"] if given == name)


def limit_of(scope: dict[str, Any]) -> int:
    return read_limit(scope["path"], header(scope, b"authorization"))


def bounded_by(limit: int, receive: Receive) -> Receive:
    """What `receive` gives until `limit` bytes of the body are there. Of the rest nothing is received: the server holds
    its sender up until the view has refused it."""
    left, ended = limit, False

    async def bounded() -> Message:
        nonlocal left, ended
        if left <= 0:
            if ended:
                await asyncio.Event().wait()  # Django listens for who hangs up, and stops when it has answered
            ended = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            if not ended:
                left -= len(message.get("body", b""))
                ended = left <= 0 or not message.get("more_body", False)
                return {**message, "more_body": not ended}

    return bounded


def get_wsgi_application() -> WsgiDoor:
    """The application that a WSGI server calls."""
    django.setup(set_prefix=False)
    return WsgiDoor()


def get_asgi_application() -> AsgiDoor:
    """The application that an ASGI server calls for HTTP."""
    django.setup(set_prefix=False)
    return AsgiDoor()
