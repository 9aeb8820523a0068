"""Signed addresses: who may look, at what, and until when."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest

from fitai.common.ids import uuid7
from fitai.common.media import links, storage
from fitai.common.media.links import Shown
from fitai.common.media.views import HEADERS, media
from tests.cast import ApiClient

pytestmark = pytest.mark.django_db
FILM = bytes(range(256)) * 1000
ADA, SAM, ALBUM = uuid7(), uuid7(), uuid7()


class Album:
    """Files of one object, and who may look at them."""

    def __init__(self) -> None:
        self.files = {"film.mp4": Shown(storage.store("album", FILM, ".mp4"), "video/mp4")}
        self.friends = {ADA}

    def show(self, viewer: UUID, album: UUID, file: str) -> Shown | None:
        return self.files.get(file) if viewer in self.friends and album == ALBUM else None

    def link(self, viewer: UUID = ADA, album: UUID = ALBUM, file: str = "film.mp4") -> str:
        return links.link("album", album, file, viewer_id=viewer)


@pytest.fixture
def album(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Album]:
    settings.MEDIA_ROOT = tmp_path
    album = Album()
    monkeypatch.setitem(links.KINDS, "album", album.show)
    return album  # type: ignore[return-value]


def get(path: str, **headers: str) -> Any:
    return ApiClient().get(path, headers=headers)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def test_the_link_is_all_that_is_needed(album: Album) -> None:
    answer = get(album.link())
    assert (answer.status_code, body(answer)) == (200, FILM)
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert (answer["Content-Type"], answer["Content-Length"]) == ("video/mp4", str(len(FILM)))
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.has_header("Set-Cookie")
    head = ApiClient().head(album.link())
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(FILM)), b"")
    assert ApiClient().post(album.link()).status_code == 405


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-", 206, slice(0, None)),
        ("bytes=0-99", 206, slice(0, 100)),
        ("bytes=1000-1999", 206, slice(1000, 2000)),
        ("bytes=-500", 206, slice(-500, None)),
        ("bytes=255900-999999", 206, slice(255_900, None)),
        ("bytes=0-0", 200, slice(None)),
        ("bytes=0-1,5-6", 200, slice(None)),
        ("seconds=1-2", 200, slice(None)),
        ("bytes=999999-", 416, slice(0, 0)),
    ],
)
def test_players_ask_for_parts(album: Album, asked: str, status: int, part: slice) -> None:
    answer = get(album.link(), Range=asked)
    assert (answer.status_code, body(answer)) == (status, FILM[part])
    if status == 206:
        start, end, _ = part.indices(len(FILM))
        assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
        assert answer["Content-Length"] == str(end - start)


def test_what_was_read_is_not_sent_again(album: Album) -> None:
    path = album.link()
    answer = get(path, **{"If-None-Match": get(path)["ETag"]})
    assert (answer.status_code, body(answer)) == (304, b"")


def test_it_ends_after_a_quarter_of_an_hour(album: Album) -> None:
    with time_machine.travel("2026-11-02T10:00:00Z", tick=False) as clock:
        path = album.link()
        clock.shift(899)
        assert get(path).status_code == 200
        clock.shift(1)
        assert get(path).status_code == 404


def test_each_read_asks_again_whether_this_viewer_may(album: Album) -> None:
    path = album.link()
    assert get(path).status_code == 200
    album.friends.clear()
    assert get(path).status_code == 404
    album.friends.add(SAM)
    assert get(path).status_code == 404
    assert get(album.link(SAM)).status_code == 200


def test_what_is_not_there_looks_like_what_never_was(album: Album) -> None:
    path = album.link()
    signed = path.split("/")[2]
    missing = [
        album.link(file="other.mp4"),
        album.link(album=uuid7()),
        links.link("diary", ALBUM, "film.mp4", viewer_id=ADA),
        path.replace(signed, signed[:-1] + ("A" if signed[-1] != "A" else "B")),
        path.replace(signed, f"x{signed}"),
        path.replace(signed, "nonsense"),
        path.replace(signed, signed.replace(":", "")),
        path.replace("film.mp4", "..%2f..%2fsecret_key"),
    ]
    answers = [get(one) for one in missing]
    assert [answer.status_code for answer in answers] == [404] * len(missing)
    assert {answer.json()["type"].rpartition("/")[2] for answer in answers} == {"not-found"}
    storage.delete(album.files["film.mp4"].name)
    assert get(path).status_code == 404


def test_a_log_does_not_hold_what_opens_the_file(album: Album, caplog: pytest.LogCaptureFixture) -> None:
    path = album.link()
    with caplog.at_level("INFO", "fitai.request"):
        get(path)
    assert "/media/•••/film.mp4" in caplog.text
    assert path.split("/")[2] not in caplog.text


def test_an_asgi_server_sends_it_piece_by_piece(album: Album) -> None:
    _, _, signed, file = album.link().split("/")
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"range", b"bytes=0-199999")]}

    async def read() -> list[bytes]:
        response = media(ASGIRequest(scope, None), signed, file)
        assert response.status_code == 206
        return [chunk async for chunk in response]  # type: ignore[attr-defined]

    chunks = async_to_sync(read)()
    assert b"".join(chunks) == FILM[:200_000]
    assert max(map(len, chunks)) == 65_536
