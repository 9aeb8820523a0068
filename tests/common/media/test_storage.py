"""Stored files, and uploads on their way to become some."""

import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from fitai.common.media import storage


@pytest.fixture(autouse=True)
def _of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_names_cannot_be_guessed_and_never_repeat() -> None:
    names = {storage.store("album/one", b"film", ".mp4") for _ in range(10)}
    assert len(names) == 10
    assert all(re.fullmatch(r"album/one/[\w-]{22}\.mp4", name) for name in names)


def test_a_file_is_read_where_it_lies_and_gone_when_it_is_deleted(tmp_path: Path) -> None:
    name = storage.store("album", b"film", ".mp4")
    with storage.local_copy(name) as path:
        assert (path, path.read_bytes()) == (tmp_path / name, b"film")
    storage.delete(name, "", name)
    with pytest.raises(FileNotFoundError), storage.local_copy(name):
        pass


def test_a_folder_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    for folder in ("form/a", "form/a/frames", "form/b"):
        storage.store(folder, b"film", ".mp4")
    assert sorted(storage.folders_in("form")) == ["a", "b"]
    storage.delete_folder("form/a")
    storage.delete_folder("form/never")
    assert (storage.folders_in("form"), storage.folders_in("never")) == (["b"], [])


def test_what_comes_into_a_folder_that_is_deleted_is_no_error() -> None:
    """A race of somebody who stores and somebody who deletes."""
    storage.store("form/a", b"film", ".mp4")
    ended = threading.Event()

    def keep_storing() -> None:
        while not ended.is_set():
            with suppress(OSError):  # the folder went between its making and the file
                storage.store("form/a", b"film", ".mp4")

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(keep_storing)
        try:
            for _ in range(200):
                storage.delete_folder("form/a")
        finally:
            ended.set()
    assert storage.delete_folder("form/a") is True
    assert storage.folders_in("form") == []


def test_a_file_that_comes_between_the_look_and_the_removal_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    storage.store("form/a", b"film", ".mp4")
    look = storage.default_storage.listdir

    def look_and_store(folder: str) -> Any:
        found = look(folder)
        storage.store("form/a", b"late", ".mp4")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(storage.default_storage, "listdir", look_and_store)
        assert storage.delete_folder("form/a") is False
    assert len(look("form/a")[1]) == 1
    assert storage.delete_folder("form/a") is True


def test_old_files_are_told_from_new_and_from_those_that_are_named(tmp_path: Path) -> None:
    old, named, _new = (storage.store("form/a", b"film", ".mp4") for _ in range(3))
    for name in (old, named):
        os.utime(tmp_path / name, (time.time() - 7200,) * 2)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert storage.old_files_in("form/a", an_hour_ago, but=[named, "", "form/a/gone"]) == [old]
    assert storage.old_files_in("form/never", an_hour_ago, but=[]) == []


class Elsewhere(Storage):
    """Files that are on no disk of this machine."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def exists(self, name: str) -> bool:
        return name in self.files

    def _save(self, name: str, content: Any) -> str:
        self.files[name] = content.read()
        return name

    def _open(self, name: str, mode: str) -> Any:
        return ContentFile(self.files[name])


def test_a_storage_that_is_elsewhere_is_copied_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "default_storage", Elsewhere())
    name = storage.store("album", b"film", ".mp4")
    with storage.local_copy(name) as path:
        assert (path.read_bytes(), path.suffix) == (b"film", ".mp4")
    assert not path.exists()
    assert storage.incoming_folder().is_dir()


def test_uploads_whose_request_never_ended_are_forgotten() -> None:
    old, new = (storage.incoming_folder() / f"{name}.upload" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half a film")
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    assert storage.forget_incoming(datetime.now(UTC) - timedelta(hours=1)) == 1
    assert list(storage.incoming_folder().iterdir()) == [new]
