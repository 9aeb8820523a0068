"""Large bodies on their way in: read to the limit of their path and no further, onto disk, of whoever may send one."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.models import User
from fitai.common.doors import AsgiDoor, WsgiRequest, body_limit
from fitai.common.media import storage
from fitai.common.media.uploads import Upload, UploadParser
from fitai.common.problems import Malformed, TooLarge
from tests.cast import client_of
from tests.common.servers import shared_connection
from tests.common.test_doors import Drops, Wire

pytestmark = pytest.mark.django_db
PATH = "/api/v1/form-analyses"
LIMIT = 4_000_000
FILM = os.urandom(3_000_000)  # more than Django holds in memory, and than other bodies may have
EDGE = "nothing-that-a-film-holds"
KIND = f"multipart/form-data; boundary={EDGE}"


@pytest.fixture(autouse=True)
def _of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_BYTES = {PATH: LIMIT}


def multipart(*parts: tuple[str, bytes], end: str = f"--{EDGE}--\r\n") -> bytes:
    """Each part a file, for those whose name begins with `film`, else a field."""
    body = b""
    for name, content in parts:
        file = '; filename="../../evil.mp4"\r\nContent-Type: text/html' if name.startswith("film") else ""
        body += f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return body + end.encode()


def parsed(body: bytes) -> Any:
    http = RequestFactory().post(PATH, body, KIND)
    request = Request(http, parsers=[UploadParser()], negotiator=None)
    return UploadParser().parse(http, KIND, {"request": request})


def test_a_file_is_on_disk_hashed_and_counted() -> None:
    found = parsed(multipart(("view", b"side"), ("film", FILM)))
    film = found.files["film"]
    assert (found.data.dict(), list(found.files)) == ({"view": "side"}, ["film"])
    assert isinstance(film, Upload)
    assert (film.size, film.sha256, film.name) == (len(FILM), hashlib.sha256(FILM).hexdigest(), "upload")
    path = Path(film.temporary_file_path())
    assert (path.parent, path.read_bytes()) == (storage.incoming_folder(), FILM)
    name = storage.store("album", film, ".video")
    assert not path.exists()
    with storage.local_copy(name) as kept:
        assert kept.read_bytes() == FILM


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (multipart(("film", bytes(LIMIT + 1))), TooLarge),
        (multipart(("film", bytes(LIMIT // 2)), ("film2", bytes(LIMIT // 2 + 1))), TooLarge),
        (multipart(("film", bytes(LIMIT + 100_000))), TooLarge),
        (multipart(("film", FILM), end=""), Malformed),
        (multipart(("film", FILM), ("film", FILM[:10])), Malformed),
        (multipart(("film", FILM[:10]), ("film", b"")), Malformed),
        (multipart(("view", b"si\x00de"), ("film", FILM[:10])), Malformed),
    ],
    ids=["too large", "two too large", "told so before", "broken off", "twice", "twice, once empty", "NUL"],
)
def test_what_is_refused_leaves_nothing(body: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        parsed(body)
    assert list(storage.incoming_folder().iterdir()) == []


def test_only_uploads_may_be_large(settings: Any) -> None:
    assert body_limit("/api/v1/auth/login") == settings.DATA_UPLOAD_MAX_MEMORY_SIZE < LIMIT < body_limit(PATH)


def asgi(wire: Wire, path: str, **headers: str) -> Wire:
    given = {"host": "testserver", "content-type": KIND, "transfer-encoding": "chunked", **headers}
    encoded = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": encoded}

    async def answer() -> None:
        await AsgiDoor()({**scope, "client": ("127.0.0.1", 4711)}, wire.receive, wire.send)

    with shared_connection():
        async_to_sync(answer)()
    return wire


def pieces(body: bytes) -> list[bytes]:
    return [body[start : start + 65_536] for start in range(0, len(body), 65_536)]


def test_a_body_in_chunks_is_read_whole_by_asgi(athlete: User) -> None:
    bearer = client_of(athlete).defaults["HTTP_AUTHORIZATION"]
    wire = asgi(Wire(*pieces(multipart(("film", FILM)))), PATH, authorization=bearer)
    assert wire.status == 422
    assert {entry["pointer"] for entry in wire.document["errors"]} == {"/film", "/video", "/exercise_id"}


def test_an_endless_one_is_refused_by_asgi(athlete: User) -> None:
    bearer = client_of(athlete).defaults["HTTP_AUTHORIZATION"]
    wire = asgi(Wire(), PATH, authorization=bearer)
    assert (wire.status, wire.document["detail"]) == (413, f"At most {LIMIT} bytes.")


CHUNKED = {
    "wsgi.input_terminated": True,
    "CONTENT_LENGTH": "",
    "CONTENT_TYPE": KIND,
    "HTTP_AUTHORIZATION": "Bearer somebody",
}


def test_a_body_in_chunks_is_read_whole_by_wsgi_onto_disk() -> None:
    body = multipart(("film", FILM))
    drops = Drops(body)
    environ = RequestFactory().generic("POST", PATH).environ
    environ |= {**CHUNKED, "wsgi.input": drops}
    request = WsgiRequest(environ)
    assert request._stream._rolled  # type: ignore[attr-defined]  a file, not memory
    assert (request.META["CONTENT_LENGTH"], request._stream.read()) == (str(len(body)), body)


def test_an_endless_one_is_read_no_further_than_the_limit_by_wsgi() -> None:
    drops = Drops(None)
    environ = RequestFactory().generic("POST", PATH).environ
    environ |= {**CHUNKED, "wsgi.input": drops}
    WsgiRequest(environ)
    assert drops.given == body_limit(PATH) + 1


def test_nothing_is_written_for_somebody_unknown() -> None:
    wire = asgi(Wire(*pieces(multipart(("film", FILM)))), PATH)
    assert (wire.status, wire.document["type"].rpartition("/")[2]) == (401, "unauthenticated")
    assert not (storage.local_path("incoming") or Path()).exists()
