"""`/media/<signed>/<file>`: stored files, in ranges as players ask for them, to whom the link names; and
`/media/public/<file>`: what everybody may read."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase, ResponseHeaders
from django.views.decorators.http import require_safe
from whitenoise.responders import MissingFileError, StaticFile

from fitai.common.api import etag_of, is_current
from fitai.common.media.links import Shown, follow
from fitai.common.media.storage import PUBLIC, local_copy, local_path
from fitai.common.problems import NotFound, Unavailable, render

log = structlog.get_logger(__name__)

CHUNK_BYTES = 65_536
HEADERS = {
    # Whatever a file holds, opened by itself it may neither run nor load anything.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",  # each read is asked for, also the one that a cache could answer
    "Accept-Ranges": "bytes",
}
PUBLIC_HEADERS = {
    **HEADERS,
    # A name is made by chance and never gets another content.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
CONTENT_TYPES = {"webp": "image/webp", "mp4": "video/mp4"}
"""Of public files, by how their names end."""


class Ranged(StaticFile):
    """A file with the answers of WhiteNoise: whole, in part, or not modified."""

    def get_byte_range(self, range_header: str, size: int) -> tuple[int, int]:
        """A range of one byte, which WhiteNoise takes for none, is answered with the whole file, as it may be."""
        start, end = super().get_byte_range(range_header, size)
        if start == end < size:
            raise ValueError
        return start, end


@require_safe
def media(request: HttpRequest, signed: str, file: str) -> HttpResponseBase:
    """The file that a link leads to; 404 for whom it does not (any more)."""
    shown = follow(signed, file)
    return render(NotFound(), request) if shown is None else _show(request, shown, HEADERS)


@require_safe
def public_media(request: HttpRequest, file: str) -> HttpResponseBase:
    """A file of the public folder; an address that has gone may be asked for again soon."""
    shown = Shown(f"{PUBLIC}/{file}", CONTENT_TYPES[file.rpartition(".")[2]])
    return _show(request, shown, PUBLIC_HEADERS)


def _show(request: HttpRequest, shown: Shown, manners: Mapping[str, str]) -> HttpResponseBase:
    # Names are never used again, so the name of a file tells its content from any other.
    headers = {**manners, "Content-Type": shown.content_type, "ETag": etag_of(shown.name)}
    if local_path(shown.name) is None and is_current(request, headers["ETag"]):
        return _answer(request, 304, headers, None)  # without asking the store
    try:
        with local_copy(shown.name) as path:  # once it is open, it is read though the copy goes
            found = Ranged(str(path), list(headers.items())).get_response(request.method, request.META)
    except (MissingFileError, FileNotFoundError):
        return render(NotFound(), request)
    except OSError as failure:
        log.warning("media.unavailable", name=shown.name, error=repr(failure))
        return render(Unavailable(headers={"Retry-After": "2"}), request)
    return _answer(request, int(found.status), dict(found.headers), found.file)


def _answer(request: HttpRequest, status: int, headers: dict[str, str], file: Any) -> HttpResponseBase:
    response: HttpResponseBase
    if file is None:
        response = HttpResponseNotModified() if status == 304 else HttpResponse(status=status)
    elif isinstance(request, ASGIRequest):
        response = StreamingHttpResponse(_read(file), status=status)
        response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    else:
        response = FileResponse(file, status=status)
    response.headers = ResponseHeaders(headers)
    return response


async def _read(file: Any) -> AsyncIterator[bytes]:
    """A file in chunks. Django would read all of an ordinary iterator before it sends the first."""
    while chunk := await sync_to_async(file.read, thread_sensitive=False)(CHUNK_BYTES):
        yield chunk
