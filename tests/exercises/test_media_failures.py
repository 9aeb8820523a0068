"""What is left when processes are killed, and what happens when two people do something at once."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from exercises.errors import MediaDecided
from exercises.models import Exercise, Media
from exercises.operations import media as operations
from exercises.operations import media_decisions as decisions
from exercises.operations.media_decisions import PUBLISH
from exercises.retention import forget_left_behind
from fitai.common import jobs
from fitai.common.ids import uuid7
from fitai.common.media import decoding, films, pictures, storage
from fitai.common.media.children import ChildDied
from fitai.common.models import Job
from tests.cast import ApiClient, client_of, committed, make_person
from tests.common.media.pictures import photo
from tests.exercises.gallery import add, files, film, judge, media_root, send, work

__all__ = ["media_root"]
pytestmark = pytest.mark.usefixtures("media_root")


class Killed(BaseException):
    """A process that was killed; what was not committed is not."""


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


def later() -> Any:
    """When leases have run out and files are old."""
    return time_machine.travel(timezone.now() + timedelta(minutes=10), tick=True)


def killed(job_id: UUID | str) -> None:
    with pytest.raises(Killed):
        jobs.run(UUID(str(job_id)))


class TestKilled:
    @pytest.mark.parametrize("content", [photo(size=(700, 500)), film()], ids=["picture", "video"])
    def test_in_the_making(
        self, phone: ApiClient, exercise: Exercise, media_root: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After all files are stored and before the row says so: the next attempt leaves one result."""
        job_id = send(phone, exercise, content).json()["job_id"]
        with monkeypatch.context() as patch:
            patch.setattr(operations, "_finish", lambda *args: (_ for _ in ()).throw(Killed))
            patch.setattr(storage, "delete", lambda *names: True)  # nor does it get to clean up
            killed(job_id)
        assert len(files(media_root)) > 1
        with later():
            work()
        media = Media.objects.get()
        assert (media.status, Job.objects.get(pk=job_id).status) == ("pending", "succeeded")
        assert files(media_root) == sorted(media.stored.values())

    def test_in_publishing(
        self,
        phone: ApiClient,
        exercise: Exercise,
        moderator: User,
        media_root: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        media = add(phone, exercise, photo())
        decisions.approve_media(judge(moderator), media.pk)
        with monkeypatch.context() as patch:
            patch.setattr(decisions, "_show", lambda *args: (_ for _ in ()).throw(Killed))
            patch.setattr(storage, "delete", lambda *names: True)
            killed(Job.objects.get(kind=PUBLISH).pk)
        assert len(files(media_root)) == 2
        with later():
            work()
        media.refresh_from_db()
        exercise.refresh_from_db()
        assert (len(exercise.media), files(media_root)) == (1, sorted(media.stored.values()))

    def test_a_child_that_was_killed_is_tried_again(
        self, phone: ApiClient, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = send(phone, exercise, film())["Location"]
        with monkeypatch.context() as patch:
            patch.setattr(films, "transcode", lambda *_: (_ for _ in ()).throw(ChildDied("killed")))
            work()
            assert phone.get(address).json()["status"] == "queued"
            for _ in range(2):
                Job.objects.update(not_before=timezone.now())
                work()
        failed = phone.get(address).json()
        assert (failed["status"], failed["error"]["code"]) == ("failed", "gave_up")

    def test_where_videos_cannot_be_made(
        self, phone: ApiClient, exercise: Exercise, media_root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(decoding.importlib.util, "find_spec", lambda name: None)
        address = send(phone, exercise, film())["Location"]
        work()
        failed = phone.get(address).json()
        assert (failed["error"]["code"], files(media_root)) == ("video_unavailable", [])

    def test_a_worker_that_was_replaced_leaves_nothing(
        self, phone: ApiClient, exercise: Exercise, media_root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job_id = send(phone, exercise, photo()).json()["job_id"]
        made = pictures.whole

        def be_overtaken(*args: Any) -> Any:
            Job.objects.filter(pk=job_id).update(lease_token=99)
            return made(*args)

        monkeypatch.setattr(pictures, "whole", be_overtaken)
        jobs.run(job_id)
        assert Media.objects.get().status == "processing"
        assert [name for name in files(media_root) if name.endswith(".webp")] == []

    def test_what_was_taken_down_while_it_was_published_is_not(
        self,
        phone: ApiClient,
        exercise: Exercise,
        moderator: User,
        media_root: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        media = add(phone, exercise, photo(size=(700, 500)))
        decisions.approve_media(judge(moderator), media.pk)
        copy = storage.copy

        def take_down(*args: Any, **options: Any) -> str:
            """Once the second of three files is asked for; what is copied then lies where nobody looks again."""
            if args[0].endswith("-640x457.webp"):
                with committed():
                    decisions.take_media_down(judge(moderator), media.pk, "On second thoughts")
                storage.store(media.folder, b"still there", "-640x457.webp", stem=args[0].rpartition("/")[2][:22])
                storage.store(media.folder, b"still there", "-700x500.webp", stem=args[0].rpartition("/")[2][:22])
            return copy(*args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(storage, "copy", take_down)
            jobs.run(Job.objects.get(kind=PUBLISH).pk)
        exercise.refresh_from_db()
        assert (exercise.media, [name for name in files(media_root) if name.startswith("public")]) == ([], [])
        with later():
            work()
        assert Job.objects.get(kind=PUBLISH).status == "succeeded"


def test_the_purge_takes_what_no_row_names(
    phone: ApiClient, exercise: Exercise, moderator: User, media_root: Path
) -> None:
    published, waiting = add(phone, exercise, photo()), add(phone, exercise, photo("PNG"))
    with committed():
        decisions.approve_media(judge(moderator), published.pk)
    work()
    published.refresh_from_db()
    making = send(phone, exercise, photo("WEBP")).json()["media_id"]
    upload = Job.objects.get(pk=making).payload["upload"]
    nobody = uuid7()
    for folder in (f"exercise-media/{nobody}", f"public/exercises/{nobody}"):
        storage.store(folder, b"left", ".webp")
    for media in (published, waiting):
        for folder in (media.folder, media.public_folder):
            storage.store(folder, b"left", ".webp")
    rows = [published.pk, waiting.pk]
    tomorrow = timezone.now().replace(minute=30) + timedelta(days=1)
    for path in media_root.rglob("*.*"):
        os.utime(path, (timezone.now().timestamp(),) * 2)
    assert forget_left_behind(timezone.now()) == 0  # none is old enough
    gone = 0
    for hour in sorted({id.int % 24 for id in rows}):
        with time_machine.travel(tomorrow.replace(hour=hour), tick=False):
            gone += forget_left_behind(timezone.now())
    assert gone == 6
    assert files(media_root) == sorted([*published.stored.values(), *waiting.stored.values(), upload])


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_moderators_one_decides(self, exercise: Exercise, athlete: User, moderator: User) -> None:
        other = make_person("other", role="moderator", is_staff=True)
        media = waiting(exercise, athlete)
        refused = together(
            partial(decisions.approve_media, judge(moderator), media.pk),
            partial(decisions.reject_media, judge(other), media.pk, "Dark"),
        )
        media.refresh_from_db()
        assert [type(one) for one in refused] == [MediaDecided]
        assert refused[0].members == {"state": media.status}  # type: ignore[attr-defined]

    def test_both_of_two_that_are_published_at_once_are_shown(
        self, exercise: Exercise, athlete: User, moderator: User
    ) -> None:
        for _ in range(2):
            decisions.approve_media(judge(moderator), waiting(exercise, athlete).pk)
        found = Job.objects.filter(kind=PUBLISH).values_list("pk", flat=True)
        assert together(*(partial(jobs.run, pk) for pk in found)) == []
        exercise.refresh_from_db()
        assert len(exercise.media) == 2

    def test_the_same_file_sent_twice_at_once_is_made_once(self, exercise: Exercise, athlete: User) -> None:
        actor = judge(athlete)

        def ask() -> None:
            received = operations.Received(uuid7(), "image", "upload", "a" * 64)  # type: ignore[arg-type]
            operations.request_media(actor, exercise.pk, received)

        assert together(ask, ask) == []
        assert (Media.objects.count(), Job.objects.count()) == (1, 1)

    def test_made_while_it_is_taken_back(self, exercise: Exercise, athlete: User, media_root: Path) -> None:
        """Whatever comes first, nobody waits in a circle, and no file is left that no row names."""
        device = client_of(athlete)
        media_id = UUID(send(device, exercise, photo()).json()["media_id"])
        delete = partial(decisions.delete_media, judge(athlete), exercise.pk, media_id)
        assert together(partial(jobs.run, media_id), delete) == []
        assert (Media.objects.count(), files(media_root)) == (0, [])


def waiting(exercise: Exercise, author: User) -> Media:
    """A small picture that awaits review."""
    media = Media(exercise=exercise, author=author, kind="image", status="pending", sha256=uuid7().hex)
    name = storage.store(media.folder, photo("WEBP"), "-80x60.webp")
    media.files = [{"file": name.rpartition("/")[2], "role": "image", "width": 80, "height": 60}]
    media.save(force_insert=True)
    return media


def together(*acts: Callable[[], Any]) -> list[Exception]:
    """Do these at once; what they were refused."""
    refused: list[Exception] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            act()
        except Exception as failure:
            refused.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
