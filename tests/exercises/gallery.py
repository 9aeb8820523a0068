"""Sending pictures and videos of exercises, having them made, and looking at them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT

from accounts.models import User
from exercises.models import Exercise, Media
from fitai.common.actors import Actor
from tests.cast import ApiClient, committed, run_jobs
from tests.common.media.videos import make_video

ORIGIN = "http://localhost:8000"
PUBLIC = f"{ORIGIN}/media/public/"


@pytest.fixture
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@cache
def film(seconds: float = 1.0, size: tuple[int, int] = (160, 120)) -> bytes:
    """A short video, with a picture each tenth of a second."""
    with TemporaryDirectory() as folder:
        times = [index / 10 for index in range(round(seconds * 10))]
        return make_video(Path(folder) / "film.mp4", times=times, size=size).read_bytes()


def url_of(exercise: Exercise) -> str:
    return f"/api/v1/exercises/{exercise.pk}/media"


def send(
    device: ApiClient, exercise: Exercise, content: bytes, name: str = "x.jpg", alt: str = "", **extra: Any
) -> Any:
    body = {"file": SimpleUploadedFile(name, content), **({"alt": alt} if alt else {})}
    return device.post(url_of(exercise), body, MULTIPART_CONTENT, **extra)


def work() -> None:
    """All that is due, and what comes of it."""
    for _ in range(2):
        with committed():
            run_jobs()


def add(device: ApiClient, exercise: Exercise, content: bytes, **extra: Any) -> Media:
    """Send a file and have it made."""
    answer = send(device, exercise, content, **extra)
    assert answer.status_code == 202, answer.content
    work()
    return Media.objects.get(pk=answer.json()["media_id"])


def judge(moderator: User) -> Actor:
    return Actor(user_id=moderator.pk, via="admin", roles=moderator.roles, email_verified=True)


def listed(device: ApiClient, exercise: Exercise) -> list[dict[str, Any]]:
    answer = device.get(url_of(exercise))
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def look(address: str, **headers: str) -> Any:
    return ApiClient().get(address.removeprefix(ORIGIN), headers=headers)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def files(root: Path) -> list[str]:
    found = [path for path in root.rglob("*") if path.is_file() and "incoming" not in path.parts]
    return sorted(str(path.relative_to(root)) for path in found)
