"""Files in an object store are files like any other."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest

from fitai.common.ids import uuid7
from fitai.common.media import links, s3, storage
from fitai.common.media.links import Shown
from fitai.common.media.views import HEADERS, media
from tests.cast import ApiClient
from tests.common.media.buckets import bucket, names_in, store_address, stored_at

__all__ = ["bucket", "store_address"]
FILM = bytes(range(256)) * 1000
ADA, ALBUM = uuid7(), uuid7()


def test_stored_read_listed_and_deleted(bucket: Any) -> None:
    name = storage.store("album/one", FILM, ".mp4")
    assert re.fullmatch(r"album/one/[\w-]{22}\.mp4", name)
    assert (names_in(bucket), bucket.Object(name).get()["Body"].read()) == ([name], FILM)
    with storage.local_copy(name) as path:
        assert path.read_bytes() == FILM
    assert (storage.folders_in("album"), storage.folders_in("never")) == (["one"], [])
    assert storage.delete(name, "", name) is True
    with pytest.raises(FileNotFoundError), storage.local_copy(name):
        pass


def test_a_folder_goes_with_all_that_is_in_it(bucket: Any) -> None:
    for folder in ("form/a", "form/a/frames", "form/b"):
        storage.store(folder, b"film", ".mp4")
    assert (storage.delete_folder("form/a"), storage.folders_in("form")) == (True, ["b"])


def test_old_files_are_told_from_new(bucket: Any) -> None:
    old, named = (storage.store("form/a", b"film", ".mp4") for _ in range(2))
    now = datetime.now(UTC)
    assert storage.old_files_in("form/a", now - timedelta(hours=1), but=[]) == []
    assert storage.old_files_in("form/a", now + timedelta(hours=1), but=[named]) == [old]
    assert storage._written_before("form/a/gone", now) is False


@pytest.fixture
def film(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The path of a film."""
    shown = Shown(storage.store("album", FILM, ".mp4"), "video/mp4")

    def show(viewer: UUID, album: UUID, file: str) -> Shown | None:
        return shown if viewer == ADA else None

    monkeypatch.setitem(links.KINDS, "album", show)
    return links.link("album", ALBUM, "film.mp4", viewer_id=ADA)  # type: ignore[return-value]


class TestLinks:
    def test_show_it_whole_and_in_parts(self, film: str) -> None:
        whole = ApiClient().get(film)
        assert (whole.status_code, b"".join(whole)) == (200, FILM)
        assert {name: whole[name] for name in HEADERS} == HEADERS
        assert (whole["Content-Type"], whole["Content-Length"]) == ("video/mp4", str(len(FILM)))
        part = ApiClient().get(film, headers={"Range": "bytes=1000-1999"})
        assert (part.status_code, b"".join(part)) == (206, FILM[1000:2000])
        assert part["Content-Range"] == f"bytes 1000-1999/{len(FILM)}"
        head = ApiClient().head(film)
        assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(FILM)), b"")

    def test_what_was_read_is_not_fetched_again(self, film: str, monkeypatch: pytest.MonkeyPatch) -> None:
        tag = ApiClient().get(film)["ETag"]
        monkeypatch.setattr(s3.ObjectStorage, "_open", None)
        answer = ApiClient().get(film, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)

    def test_an_asgi_server_sends_it_piece_by_piece(self, film: str) -> None:
        _, _, signed, file = film.split("/")

        async def read() -> list[bytes]:
            scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
            response = media(ASGIRequest(scope, None), signed, file)  # type: ignore[arg-type]
            return [chunk async for chunk in response]  # type: ignore[attr-defined]

        chunks = async_to_sync(read)()
        assert (b"".join(chunks), max(map(len, chunks))) == (FILM, 65_536)

    def test_what_is_gone_never_was(self, film: str, bucket: Any) -> None:
        bucket.objects.all().delete()
        assert ApiClient().get(film).status_code == 404

    def test_a_store_that_does_not_answer(self, film: str, settings: Any) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{free.getsockname()[1]}"
        settings.STORAGES = {**settings.STORAGES, "default": stored_at(address)}
        answer = ApiClient().get(film)
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        assert storage.delete("album/film.mp4") is False
        with pytest.raises(OSError, match="object store"):
            storage.store("album", b"film", ".mp4")


def test_a_bucket_that_is_not_there(bucket: Any, store_address: str, settings: Any) -> None:
    elsewhere = stored_at(store_address)
    elsewhere["OPTIONS"] = {**elsewhere["OPTIONS"], "bucket_name": "nowhere"}
    settings.STORAGES = {**settings.STORAGES, "default": elsewhere}
    with pytest.raises(OSError, match="object store"):
        default_storage.listdir("album")
