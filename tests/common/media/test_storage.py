"""Stored files, and uploads on their way to become some."""

import os
import re
import time
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
