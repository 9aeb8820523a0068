"""Pictures of people: sent, made by a job, shown to whom may see the person, and gone with all that belongs to them."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from accounts.api.outputs.avatars import avatar_shape
from accounts.models import Block, User
from accounts.operations import avatars
from accounts.retention import forget_left_behind
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.media import pictures, storage
from fitai.common.media.children import ChildDied
from fitai.common.models import Event, Job
from tests.cast import ApiClient, client_of, codes, committed, run_jobs
from tests.common.media.buckets import bucket, names_in, store_address
from tests.common.media.pictures import RED, about, bomb, colour, opened, photo, png

__all__ = ["bucket", "store_address"]
UPLOAD = "/api/v1/users/upload-avatar"
PROFILE = "/api/v1/users/profile"


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send(device: ApiClient, content: bytes, name: str = "me.jpg", kind: str = "image/jpeg", **extra: Any) -> Any:
    return device.post(UPLOAD, {"avatar": SimpleUploadedFile(name, content, kind)}, MULTIPART_CONTENT, **extra)


def work() -> None:
    with committed():
        run_jobs()


def show(device: ApiClient, content: bytes) -> dict[str, str]:
    """Send a picture, have it made, and read where it is."""
    answer = send(device, content)
    assert answer.status_code == 202, answer.content
    work()
    found: dict[str, str] = device.get(PROFILE).json()["avatar"]
    return found


def look(address: str, **headers: str) -> Any:
    return ApiClient().get(address.removeprefix("http://localhost:8000"), headers=headers)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def files(root: Path) -> list[str]:
    found = [path for path in root.rglob("*") if path.is_file() and "incoming" not in path.parts]
    return sorted(str(path.relative_to(root)) for path in found)


def of(user: User) -> list[str]:
    user.refresh_from_db()
    return sorted(avatars.names_of(user.pk, user.avatar))


class TestPicture:
    def test_is_made_by_a_job_and_shown_in_three_sizes(self, athlete: User, media_root: Path) -> None:
        device = client_of(athlete)
        answer = send(device, photo("JPEG", size=(800, 600)))
        job_id = answer.json()["job_id"]
        assert (answer.status_code, answer.json()) == (202, {"job_id": job_id, "status": "queued"})
        assert answer["Location"] == f"/api/v1/jobs/{job_id}"
        assert device.get(PROFILE).json()["avatar"] is None
        work()
        done = device.get(answer["Location"]).json()
        assert (done["kind"], done["status"], done["result"]) == ("accounts.avatar", "succeeded", {"href": PROFILE})
        shown = device.get(PROFILE).json()["avatar"]
        assert list(shown) == ["64", "256", "512"]
        for size, address in shown.items():
            assert address.startswith("http://localhost:8000/media/")
            read = look(address)
            assert (read.status_code, read["Content-Type"]) == (200, "image/webp")
            assert read["X-Content-Type-Options"] == "nosniff"
            picture = body(read)
            assert (opened(picture).size, about(colour(picture), RED)) == ((int(size),) * 2, True)
        assert files(media_root) == of(athlete)
        told = Event.objects.filter(user=athlete, type="job").order_by("seq").values_list("payload__status", flat=True)
        assert list(told) == ["queued", "processing", "succeeded"]

    def test_takes_the_place_of_the_one_before(self, athlete: User, media_root: Path) -> None:
        device = client_of(athlete)
        before = show(device, photo())
        after = show(device, photo("PNG", size=(64, 64), mode="L"))
        assert [look(before["64"]).status_code, look(after["64"]).status_code] == [404, 200]
        assert files(media_root) == of(athlete)
        assert len(files(media_root)) == 3

    def test_is_taken_away(self, athlete: User, media_root: Path) -> None:
        device = client_of(athlete)
        shown = show(device, photo())
        send(device, photo())
        assert device.delete(UPLOAD).status_code == 204
        work()
        assert (device.get(PROFILE).json()["avatar"], files(media_root)) == (None, [])
        assert look(shown["64"]).status_code == 404
        assert sorted(Job.objects.values_list("status", flat=True)) == ["cancelled", "succeeded"]
        assert device.delete(UPLOAD).status_code == 204

    def test_the_newest_that_was_sent_is_shown(self, athlete: User, media_root: Path) -> None:
        device = client_of(athlete)
        first, second = send(device, photo()), send(device, photo("PNG"))
        jobs.run(second.json()["job_id"])
        jobs.run(first.json()["job_id"])
        assert sorted(Job.objects.values_list("status", flat=True)) == ["cancelled", "succeeded"]
        work()
        assert len(of(athlete)) == 3

    def test_of_one_request_is_made_once(self, athlete: User) -> None:
        device = client_of(athlete)
        once = {"headers": {"Idempotency-Key": "a"}}
        first, again = send(device, photo(), **once), send(device, photo(), **once)
        assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (202, first.json(), "true")
        assert send(device, photo("PNG"), **once).json()["code"] == "key_reused"
        assert Job.objects.count() == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (photo("GIF"), "unreadable"),
            (b"<html>", "unreadable"),
            (bomb(), "too_many_pixels"),
        ],
        ids=["nothing", "gif", "html", "bomb"],
    )
    def test_at_once_by_the_first_bytes(self, athlete: User, media_root: Path, content: bytes, code: str) -> None:
        assert codes(send(client_of(athlete), content, "me.png", "image/png")) == [("/avatar", code)]
        assert (Job.objects.count(), files(media_root)) == (0, [])

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (photo("JPEG", size=(900, 900))[:3000], "unreadable"),
            (png(9, 9, b"no zlib"), "unreadable"),
        ],
    )
    def test_by_the_job_once_it_is_decoded(self, athlete: User, media_root: Path, content: bytes, code: str) -> None:
        device = client_of(athlete)
        before = show(device, photo())
        answer = send(device, content)
        work()
        failed = device.get(answer["Location"]).json()
        assert (failed["status"], failed["error"]["code"]) == ("failed", code)
        assert look(before["64"]).status_code == 200
        assert files(media_root) == of(athlete)

    def test_too_many_bytes(self, athlete: User, media_root: Path) -> None:
        assert send(client_of(athlete), photo() + bytes(5_000_000)).status_code == 413
        assert send(client_of(athlete), photo() + bytes(5_000_000 - len(photo()))).status_code == 202
        assert len(files(media_root)) == 1

    @pytest.mark.parametrize(
        ("sent", "refused"),
        [
            ({}, [("/avatar", "required")]),
            ({"avatar": "text"}, [("/avatar", "invalid")]),
            ({"picture": SimpleUploadedFile("a", photo())}, [("/picture", "unknown_field"), ("/avatar", "required")]),
        ],
    )
    def test_a_body_without_a_file(self, athlete: User, sent: Any, refused: list[tuple[str, str]]) -> None:
        assert codes(client_of(athlete).post(UPLOAD, sent, MULTIPART_CONTENT)) == refused

    def test_content_decides_and_neither_name_nor_type(self, athlete: User) -> None:
        assert send(client_of(athlete), photo("WEBP"), "../../x.php", "text/html").status_code == 202
        assert client_of(athlete).post(UPLOAD, photo(), "image/jpeg").status_code == 415

    def test_a_limit_of_its_own(self, athlete: User, real_limits: None) -> None:
        device = client_of(athlete)
        answers = [device.delete(UPLOAD).status_code for _ in range(31)]
        assert answers == [204] * 30 + [429]


class TestViewers:
    def test_see_it_while_they_may_see_the_person(self, athlete: User, stranger: User) -> None:
        show(client_of(athlete), photo())
        athlete.refresh_from_db()
        shape = avatar_shape({"id": athlete.pk, "avatar": athlete.avatar}, stranger.pk)
        assert shape is not None
        assert look(shape["256"]).status_code == 200
        block = Block.objects.create(blocker=athlete, blocked=stranger)
        assert look(shape["256"]).status_code == 404
        block.delete()
        for changes in ({"is_active": False}, {"deleted_at": timezone.now()}):
            for person in (athlete, stranger):
                back = {name: getattr(person, name) for name in changes}
                User.objects.filter(pk=person.pk).update(**changes)
                assert look(shape["256"]).status_code == 404
                User.objects.filter(pk=person.pk).update(**back)
        assert look(shape["256"]).status_code == 200

    def test_other_files_are_not_led_to(self, athlete: User, media_root: Path) -> None:
        shown = show(client_of(athlete), photo())
        folder = shown["64"].rpartition("/")[0]
        storage.store(avatars.folder_of(athlete.pk), b"secret", ".upload", stem="waiting")
        for file in ("waiting.upload", "64.webp", shown["64"].rpartition("/")[2].replace("-64", "-65")):
            assert look(f"{folder}/{file}").status_code == 404

    def test_an_address_stays_for_some_minutes_and_ends_within_a_quarter_of_an_hour(self, athlete: User) -> None:
        show(client_of(athlete), photo())
        athlete.refresh_from_db()
        row = {"id": athlete.pk, "avatar": athlete.avatar}
        with time_machine.travel("2026-11-02T10:01:00Z", tick=False) as clock:
            first = avatar_shape(row, athlete.pk)
            assert first is not None
            clock.shift(239)
            assert avatar_shape(row, athlete.pk) == first
            clock.shift(1)
            assert avatar_shape(row, athlete.pk) != first
            clock.shift(599)
            assert look(first["64"]).status_code == 200
            clock.shift(1)
            assert look(first["64"]).status_code == 404

    def test_none_is_none(self, athlete: User) -> None:
        assert avatar_shape({"id": athlete.pk, "avatar": ""}, athlete.pk) is None

    def test_a_newer_address_is_no_newer_profile(self, athlete: User) -> None:
        device = client_of(athlete)
        show(device, photo())
        with time_machine.travel(timezone.now(), tick=False) as clock:
            first = device.get(PROFILE)
            assert device.get(PROFILE, headers={"If-None-Match": first["ETag"]}).status_code == 304
            clock.shift(301)
            second = device.get(PROFILE, headers={"If-None-Match": first["ETag"]})
            assert (second.status_code, second["ETag"] == first["ETag"]) == (200, False)
            assert device.patch(PROFILE, {"bio": "Squats"}, headers={"If-Match": first["ETag"]}).status_code == 200
            assert device.patch(PROFILE, {"bio": "Rows"}, headers={"If-Match": first["ETag"]}).status_code == 412
        seen = device.get(PROFILE)["ETag"]
        show(device, photo("PNG"))
        assert device.patch(PROFILE, {"bio": "Rows"}, headers={"If-Match": seen}).status_code == 412


class TestFailures:
    def test_a_child_that_was_killed_is_tried_again(self, athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
        device = client_of(athlete)
        answer = send(device, photo())
        with monkeypatch.context() as patch:
            patch.setattr(pictures, "squares", lambda *_: (_ for _ in ()).throw(ChildDied("killed")))
            work()
        assert device.get(answer["Location"]).json()["status"] == "queued"
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            work()
        assert device.get(answer["Location"]).json()["status"] == "succeeded"

    def test_a_worker_that_was_replaced_leaves_nothing(
        self, athlete: User, media_root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        device = client_of(athlete)
        job_id = send(device, photo()).json()["job_id"]
        made = pictures.squares

        def be_overtaken(*args: Any) -> Any:
            Job.objects.filter(pk=job_id).update(lease_token=99)
            return made(*args)

        monkeypatch.setattr(pictures, "squares", be_overtaken)
        jobs.run(job_id)
        assert of(athlete) == []
        assert [name for name in files(media_root) if name.endswith(".webp")] == []

    def test_a_process_that_was_killed_leaves_files_to_the_purge(self, athlete: User, media_root: Path) -> None:
        show(client_of(athlete), photo())
        upload = Job.objects.get(pk=send(client_of(athlete), photo()).json()["job_id"]).payload["upload"]
        stray, fresh = (storage.store(avatars.folder_of(athlete.pk), b"left", ".webp") for _ in range(2))
        removed = uuid7()
        gone = storage.store(avatars.folder_of(removed), b"left", ".webp")
        for name in files(media_root):
            written = turn(athlete.pk) - timedelta(minutes=50 if name == fresh else 1500)
            os.utime(media_root / name, (written.timestamp(),) * 2)
        assert (purge(athlete.pk), purge(removed), purge(athlete.pk)) == (1, 1, 0)
        assert files(media_root) == sorted([*of(athlete), fresh, upload])
        assert {stray, gone}.isdisjoint(files(media_root))


def turn(user_id: UUID) -> datetime:
    """An hour at which the purge looks into this folder."""
    return datetime(2026, 11, 2, user_id.int % 24, 30, tzinfo=UTC)


def purge(user_id: UUID) -> int:
    with time_machine.travel(turn(user_id), tick=False):
        return forget_left_behind(timezone.now())


class TestAnotherStorage:
    """The same where files are in an object store."""

    def test_sent_shown_replaced_and_taken_away(self, athlete: User, bucket: Any, media_root: Path) -> None:
        device = client_of(athlete)
        before = show(device, photo())
        after = show(device, photo("PNG", size=(300, 300)))
        assert (look(before["64"]).status_code, names_in(bucket)) == (404, of(athlete))
        read = look(after["512"])
        assert (read.status_code, opened(body(read)).size, read["Content-Type"]) == (200, (512, 512), "image/webp")
        assert look(after["512"], **{"If-None-Match": read["ETag"]}).status_code == 304
        assert device.delete(UPLOAD).status_code == 204
        assert (names_in(bucket), files(media_root)) == ([], [])

    def test_leftovers_are_purged(self, athlete: User, bucket: Any) -> None:
        show(client_of(athlete), photo())
        storage.store(avatars.folder_of(athlete.pk), b"left", ".webp")
        upload = Job.objects.get(pk=send(client_of(athlete), photo()).json()["job_id"]).payload["upload"]
        tomorrow = timezone.now() + timedelta(days=1)
        with time_machine.travel(tomorrow.replace(hour=athlete.pk.int % 24), tick=False):
            assert forget_left_behind(timezone.now()) == 1
        assert names_in(bucket) == sorted([*of(athlete), upload])


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_sent_at_once_one_is_given_up(self, athlete: User) -> None:
        actor = Actor(user_id=athlete.pk)
        both = threading.Barrier(2)

        def ask(number: int) -> None:
            both.wait()
            avatars.request_avatar(actor, f"upload-{number}")

        together(*(partial(ask, number) for number in range(2)))
        assert sorted(Job.objects.values_list("status", flat=True)) == ["cancelled", "queued"]

    def test_made_while_another_is_sent_and_it_is_taken_away(self, athlete: User, media_root: Path) -> None:
        """Whatever comes first, nobody waits in a circle, and no file is left that is not shown."""
        device = client_of(athlete)
        for _ in range(3):
            job_id = send(device, photo(size=(8, 8))).json()["job_id"]
            together(
                partial(jobs.run, UUID(job_id)),
                partial(avatars.remove_avatar, Actor(user_id=athlete.pk)),
                partial(avatars.remove_avatar, Actor(user_id=athlete.pk)),
            )
            assert files(media_root) == of(athlete)


def together(*acts: Callable[[], Any]) -> None:
    failures = []

    def run(act: Callable[[], Any]) -> None:
        try:
            act()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
