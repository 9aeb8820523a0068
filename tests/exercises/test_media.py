"""Pictures and videos of exercises: sent, made by a job, decided on, and read by everybody from then on."""

import io
import zlib
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Notification, User
from exercises.enums import Status
from exercises.errors import MediaDecided
from exercises.models import Exercise, Media
from exercises.operations import media_decisions as decisions
from exercises.operations.media import IMAGE_BYTES, MOST_OF_EXERCISE, MOST_WAITING
from fitai.common.models import Job
from fitai.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.cast import ApiClient, client_of, codes, committed, make_person
from tests.common.media.pictures import RED, about, bomb, colour, opened, photo, png
from tests.common.media.videos import pyav
from tests.exercises.conftest import MakeExercise
from tests.exercises.gallery import (
    PUBLIC,
    add,
    body,
    files,
    film,
    judge,
    listed,
    look,
    media_root,
    send,
    url_of,
    work,
)

__all__ = ["media_root"]
pytestmark = pytest.mark.usefixtures("media_root")


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


def boss() -> User:
    return make_person("boss", role="admin", is_staff=True, is_superuser=True)


def shown(device: ApiClient, exercise: Exercise) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = device.get(f"/api/v1/exercises/{exercise.pk}").json()["media"]
    return found


def approve(moderator: User, media: Media) -> None:
    with committed():
        decisions.approve_media(judge(moderator), media.pk)
    work()


class TestMaking:
    def test_a_picture_in_three_sizes(
        self, phone: ApiClient, exercise: Exercise, moderator: User, stranger: User, media_root: Path
    ) -> None:
        answer = send(phone, exercise, photo("JPEG", size=(1600, 1200)), alt=" The bar on the chest. ")
        media_id = answer.json()["media_id"]
        assert answer.json() == {"job_id": media_id, "status": "queued", "media_id": media_id}
        assert answer["Location"] == f"/api/v1/jobs/{media_id}"
        (waiting,) = listed(phone, exercise)
        assert (waiting["status"], waiting["url"], waiting["sizes"]) == ("processing", None, [])
        work()
        job = phone.get(answer["Location"]).json()
        result = {"media_id": media_id, "href": url_of(exercise)}
        assert (job["kind"], job["status"], job["result"]) == ("exercises.make_image", "succeeded", result)
        (pending,) = listed(phone, exercise)
        assert (pending["status"], pending["alt"], shown(phone, exercise)) == ("pending", "The bar on the chest.", [])
        assert body(look(pending["url"]))[8:12] == b"WEBP"
        media = Media.objects.get()
        approve(moderator, media)
        media.refresh_from_db()
        (one,) = shown(client_of(stranger), exercise)
        stem = f"{PUBLIC}exercises/{media_id}/{media.files[0]['file'].removesuffix('-320x240.webp')}"
        sizes = [
            {"url": f"{stem}-{width}x{height}.webp", "width": width, "height": height}
            for width, height in ((320, 240), (640, 480), (1280, 960))
        ]
        assert one == {
            "id": media_id,
            "kind": "image",
            "alt": "The bar on the chest.",
            "url": sizes[-1]["url"],
            "poster_url": None,
            "width": 1280,
            "height": 960,
            "seconds": None,
            "sizes": sizes,
        }
        for size in sizes:
            picture = body(look(str(size["url"])))
            assert (opened(picture).size, about(colour(picture), RED)) == ((size["width"], size["height"]), True)
        assert listed(client_of(stranger), exercise) == [
            {**one, "status": "approved", "reason": None, "created_at": pending["created_at"]}
        ]
        assert files(media_root) == sorted(media.stored.values())

    def test_a_video_with_its_poster(
        self, phone: ApiClient, exercise: Exercise, moderator: User, media_root: Path
    ) -> None:
        media = add(phone, exercise, film())
        assert (media.kind, media.status, media.width, media.height) == ("video", "pending", 160, 120)
        approve(moderator, media)
        (one,) = shown(phone, exercise)
        assert {name: one[name] for name in ("kind", "width", "height", "seconds", "sizes")} == {
            "kind": "video",
            "width": 160,
            "height": 120,
            "seconds": 1.0,
            "sizes": [],
        }
        assert opened(body(look(one["poster_url"]))).size == (160, 120)
        made = body(look(one["url"]))
        assert made.index(b"moov") < made.index(b"mdat")
        with pyav().open(io.BytesIO(made)) as container:
            assert [stream.type for stream in container.streams] == ["video"]
            assert container.streams.video[0].codec_context.name == "h264"
            assert len(list(container.decode(video=0))) == 10
        media.refresh_from_db()
        assert files(media_root) == sorted(media.stored.values())
        assert len(files(media_root)) == 2

    def test_of_one_request_and_of_one_file_is_made_once(
        self, phone: ApiClient, exercise: Exercise, stranger: User, make_exercise: MakeExercise, media_root: Path
    ) -> None:
        once = {"headers": {"Idempotency-Key": "a"}}
        first = send(phone, exercise, photo(), **once)
        again = send(phone, exercise, photo(), **once)
        assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
        assert send(phone, exercise, photo(), alt="Once more").json() == first.json()
        work()
        assert send(phone, exercise, photo()).json() == {**first.json(), "status": "succeeded"}
        foreign = send(client_of(stranger), exercise, photo())
        assert (foreign.status_code, foreign.json()["code"], foreign.json()["state"]) == (
            409,
            "media_exists",
            "pending",
        )
        assert send(phone, make_exercise("Squat"), photo()).status_code == 202
        assert (Media.objects.count(), Job.objects.count()) == (2, 2)

    def test_what_an_admin_sends_needs_nobody_else(self, exercise: Exercise, phone: ApiClient, moderator: User) -> None:
        admin = boss()
        media = add(client_of(admin), exercise, photo())
        assert (media.status, media.decided_by, len(shown(phone, exercise))) == ("approved", admin, 1)
        assert add(client_of(moderator), exercise, photo("PNG")).status == "pending"


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (photo("GIF"), "unreadable"),
            (b"<html><script>alert(1)</script></html>", "unreadable"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unreadable"),
            (b"#EXTM3U\nfile:///etc/passwd", "unreadable"),
            (bomb(), "too_many_pixels"),
            (photo("JPEG") + bytes(IMAGE_BYTES), "too_large"),
        ],
        ids=["nothing", "gif", "html", "svg", "playlist", "bomb", "large"],
    )
    def test_at_once_by_the_first_bytes(
        self, phone: ApiClient, exercise: Exercise, media_root: Path, content: bytes, code: str
    ) -> None:
        assert codes(send(phone, exercise, content)) == [("/file", code)]
        assert (Media.objects.count(), Job.objects.count(), files(media_root)) == (0, 0, [])

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (photo("JPEG", size=(900, 900))[:3000], "unreadable"),
            (png(9, 9, b"no zlib"), "unreadable"),
            (b"\x00\x00\x00\x18ftypmp42" + bytes(2000), "unreadable"),
            # Its index says of itself that it is a terabyte long.
            (
                b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isomiso2\x00\x00\x00\x01moov" + b"\x00\x00\x01" * 3,
                "unreadable",
            ),
            (b"\x1a\x45\xdf\xa3" + b"\x01" + b"\xff" * 7 + b"<html>" * 100, "unreadable"),
            (film()[: len(film()) // 2], "unreadable"),
            (film(31), "too_long"),
        ],
        ids=["jpeg", "png", "mp4", "terabyte", "matroska", "half", "long"],
    )
    def test_by_the_job_once_it_is_decoded(
        self, phone: ApiClient, exercise: Exercise, media_root: Path, content: bytes, code: str
    ) -> None:
        answer = send(phone, exercise, content)
        work()
        failed = phone.get(answer["Location"]).json()
        assert (failed["status"], failed["error"]["code"]) == ("failed", code)
        assert (Media.objects.count(), files(media_root)) == (0, [])

    def test_what_is_hidden_in_a_picture_or_video_is_not_handed_on(
        self, phone: ApiClient, exercise: Exercise, media_root: Path
    ) -> None:
        evil = b"<html><script>alert(1)</script></html>"
        add(phone, exercise, photo("JPEG", comment=evil) + b"PK\x03\x04" + evil)
        add(phone, exercise, film() + b"\x00\x00\x00\x2efree" + evil)
        kept = [(media_root / name).read_bytes() for name in files(media_root)]
        assert (len(kept), [evil in one for one in kept]) == (3, [False] * 3)

    def test_too_many_bytes(self, phone: ApiClient, exercise: Exercise, settings: Any) -> None:
        assert settings.UPLOAD_BYTES["/api/v1/exercises/{id}/media"] == 50_000_000
        settings.UPLOAD_BYTES = {"/api/v1/exercises/{id}/media": 3_000_000}  # more than of any other body
        assert send(phone, exercise, photo() + bytes(3_000_000)).status_code == 413
        assert send(phone, exercise, photo() + bytes(2_900_000)).status_code == 202

    def test_bodies_that_are_none(self, phone: ApiClient, exercise: Exercise) -> None:
        assert codes(phone.post(url_of(exercise), {})) == [("/file", "required")]
        assert codes(phone.post(url_of(exercise), {"file": "x.jpg", "url": "y"})) == [
            ("/url", "unknown_field"),
            ("/file", "invalid"),
        ]
        assert codes(send(phone, exercise, photo(), alt="x" * 301)) == [("/alt", "max_length")]

    def test_too_many_of_an_exercise_and_of_a_person(
        self, phone: ApiClient, exercise: Exercise, athlete: User, make_exercise: MakeExercise
    ) -> None:
        def waiting(of: Exercise, count: int) -> None:
            Media.objects.bulk_create(
                Media(exercise=of, author=athlete, kind="image", sha256=f"{of.pk} {n}"[-64:]) for n in range(count)
            )

        waiting(exercise, MOST_OF_EXERCISE - 1)
        assert send(phone, exercise, photo("PNG")).status_code == 202
        refused = send(phone, exercise, photo())
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_media")
        waiting(make_exercise("Squat"), MOST_WAITING - MOST_OF_EXERCISE)
        assert send(phone, make_exercise("Row"), photo()).status_code == 409

    def test_a_limit_of_its_own(self, phone: ApiClient, exercise: Exercise, settings: Any) -> None:
        settings.LIMITS_FACTOR = 1.0
        answers = [phone.post(url_of(exercise), {}).status_code for _ in range(31)]
        assert answers == [422] * 30 + [429]
        assert phone.get(url_of(exercise)).status_code == 200


class TestWhoMay:
    def test_send(self, exercise: Exercise, athlete: User, stranger: User, make_exercise: MakeExercise) -> None:
        own = make_exercise("My Squat", owner=athlete)
        unverified = client_of(make_person("new", verified=False))
        answers = {
            "own": send(client_of(athlete), own, photo()).status_code,
            "foreign": send(client_of(stranger), own, photo()).status_code,
            "nobody": send(ApiClient(), exercise, photo()).status_code,
            "unverified": send(unverified, exercise, photo()).json()["code"],
            "unverified, own": send(unverified, make_exercise("Lift", owner=unverified.user), photo()).status_code,
            "verified": send(client_of(stranger), exercise, photo()).status_code,
        }
        assert answers == {
            "own": 202,
            "foreign": 404,
            "nobody": 401,
            "unverified": "email_unverified",
            "unverified, own": 202,
            "verified": 202,
        }
        Exercise.objects.filter(pk=own.pk).update(status=Status.ARCHIVED)
        archived = send(client_of(athlete), own, photo("PNG"))
        assert (archived.status_code, archived.json()["state"]) == (409, "archived")

    def test_nothing_is_kept_of_what_nobody_may_send(
        self, athlete: User, stranger: User, make_exercise: MakeExercise, media_root: Path
    ) -> None:
        own = make_exercise("My Squat", owner=athlete)
        assert send(client_of(stranger), own, b"neither picture nor video").status_code == 404
        assert list(media_root.rglob("*.upload")) == []

    def test_look_at_what_waits(
        self, exercise: Exercise, athlete: User, stranger: User, moderator: User, coach: User
    ) -> None:
        """Its author, whose exercise it is, and moderators; by an address of each one's own."""
        Exercise.objects.filter(pk=exercise.pk).update(owner=coach)
        add(client_of(athlete), exercise, photo())
        seen = {
            name: [one["status"] for one in listed(client_of(person), exercise)]
            for name, person in (("author", athlete), ("owner", coach), ("moderator", moderator), ("other", stranger))
        }
        assert seen == {"author": ["pending"], "owner": ["pending"], "moderator": ["pending"], "other": []}
        addresses = {person: listed(client_of(person), exercise)[0]["url"] for person in (athlete, coach, moderator)}
        assert {look(address).status_code for address in addresses.values()} == {200}
        answer = look(addresses[athlete])
        assert (answer["Cache-Control"], answer["Content-Type"]) == ("private, no-cache", "image/webp")
        User.objects.filter(pk=athlete.pk).update(is_active=False)
        User.objects.filter(pk=moderator.pk).update(role="user")
        Exercise.objects.filter(pk=exercise.pk).update(owner=None)
        assert {look(address).status_code for address in addresses.values()} == {404}

    def test_a_draft_is_nobody_elses(self, athlete: User, moderator: User, make_exercise: MakeExercise) -> None:
        own = make_exercise("My Squat", owner=athlete)
        media = add(client_of(athlete), own, photo())
        with pytest.raises(NotFound):
            decisions.approve_media(judge(moderator), media.pk)
        Exercise.objects.filter(pk=own.pk).update(status=Status.PENDING)
        with pytest.raises(Conflict) as refused:
            decisions.approve_media(judge(moderator), media.pk)
        assert refused.value.members == {"state": "pending"}

    def test_decide(self, exercise: Exercise, athlete: User, stranger: User, moderator: User) -> None:
        media = add(client_of(athlete), exercise, photo())
        for person, refusal in ((athlete, Forbidden), (stranger, NotFound)):
            with pytest.raises(refusal):
                decisions.approve_media(judge(person), media.pk)
            with pytest.raises(refusal):
                decisions.reject_media(judge(person), media.pk, "No")
            with pytest.raises(Forbidden):
                decisions.order_media(judge(person), exercise.pk, [media.pk])
        assert Media.objects.get().status == "pending"
        own = add(client_of(moderator), exercise, photo("PNG"))
        with pytest.raises(Forbidden):
            decisions.approve_media(judge(moderator), own.pk)
        decisions.approve_media(judge(boss()), own.pk)

    def test_take_back(self, exercise: Exercise, athlete: User, stranger: User, moderator: User) -> None:
        device = client_of(athlete)
        media = add(device, exercise, photo())
        address = f"{url_of(exercise)}/{media.pk}"
        other = address.replace(str(exercise.pk), str(media.pk))
        assert [client_of(stranger).delete(address).status_code, device.delete(other).status_code] == [404, 404]
        assert [device.delete(address).status_code, device.delete(address).status_code] == [204, 404]
        media = add(device, exercise, photo())
        approve(moderator, media)
        address = f"{url_of(exercise)}/{media.pk}"
        assert [device.delete(address).status_code, client_of(stranger).delete(address).status_code] == [403, 403]
        assert client_of(moderator).delete(address).status_code == 204
        assert (Media.objects.get().status, shown(device, exercise)) == ("removed", [])

    def test_what_is_in_the_making_stops(self, exercise: Exercise, phone: ApiClient, media_root: Path) -> None:
        media_id = send(phone, exercise, photo()).json()["media_id"]
        assert phone.delete(f"{url_of(exercise)}/{media_id}").status_code == 204
        work()
        assert (Job.objects.get().status, Media.objects.count(), files(media_root)) == ("cancelled", 0, [])
        job = send(phone, exercise, photo())["Location"]
        assert phone.post(f"{job}/cancel").status_code == 200
        assert (Media.objects.count(), files(media_root)) == (0, [])


class TestDecisions:
    def test_the_author_is_told(self, exercise: Exercise, athlete: User, moderator: User, media_root: Path) -> None:
        kept, refused, removed = (add(client_of(athlete), exercise, photo(kind)) for kind in ("PNG", "JPEG", "WEBP"))
        with committed():
            decisions.reject_media(judge(moderator), refused.pk, " The bar cannot be seen. ")
        for media in (kept, removed):
            approve(moderator, media)
        with committed():
            decisions.take_media_down(judge(moderator), removed.pk, "Of another exercise.")
        told = Notification.objects.filter(user=athlete, kind="moderation").order_by("id")
        assert [(one.params["what"], one.params["title"], one.params["reason"]) for one in told] == [
            ("media_rejected", "Barbell Bench Press", "The bar cannot be seen."),
            ("media_approved", "Barbell Bench Press", ""),
            ("media_approved", "Barbell Bench Press", ""),
            ("media_removed", "Barbell Bench Press", "Of another exercise."),
        ]
        rows = {one["id"]: one for one in listed(client_of(athlete), exercise)}
        assert [(rows[str(one.pk)]["status"], rows[str(one.pk)]["reason"]) for one in (kept, refused, removed)] == [
            ("approved", None),
            ("rejected", "The bar cannot be seen."),
            ("removed", "Of another exercise."),
        ]
        kept.refresh_from_db()
        assert files(media_root) == sorted(kept.stored.values())
        assert [one["id"] for one in shown(client_of(athlete), exercise)] == [str(kept.pk)]

    def test_a_second_moderator_is_told_what_the_first_decided(
        self, exercise: Exercise, athlete: User, moderator: User
    ) -> None:
        media = add(client_of(athlete), exercise, photo())
        for reason in ("", "  "):
            with pytest.raises(Invalid):
                decisions.reject_media(judge(moderator), media.pk, reason)
        with pytest.raises(MediaDecided):
            decisions.take_media_down(judge(moderator), media.pk, "Why?")
        approve(moderator, media)
        other = judge(make_person("other", role="moderator", is_staff=True))
        for act in (
            lambda: decisions.reject_media(other, media.pk, "Dark"),
            lambda: decisions.approve_media(other, media.pk),
        ):
            with pytest.raises(MediaDecided) as refused:
                act()
            assert refused.value.members == {"state": "approved"}

    def test_the_order_is_that_of_moderators(self, exercise: Exercise, athlete: User, moderator: User) -> None:
        media = [add(client_of(athlete), exercise, photo(kind)) for kind in ("PNG", "JPEG", "WEBP")]
        for one in media:
            approve(moderator, one)
        decisions.order_media(judge(moderator), exercise.pk, [media[2].pk, media[0].pk])
        wanted = [str(media[index].pk) for index in (2, 0, 1)]
        assert [one["id"] for one in shown(client_of(athlete), exercise)] == wanted
        assert [one["id"] for one in listed(client_of(athlete), exercise)] == wanted
        with pytest.raises(Invalid):
            decisions.order_media(judge(moderator), exercise.pk, [exercise.pk])

    def test_a_rejected_file_may_be_sent_again_and_is_noticed(
        self, exercise: Exercise, athlete: User, moderator: User
    ) -> None:
        media = add(client_of(athlete), exercise, photo())
        decisions.reject_media(judge(moderator), media.pk, "Dark")
        again = add(client_of(athlete), exercise, photo())
        assert again.pk != media.pk
        assert again.findings[-1] == {
            "code": "rejected_before",
            "detail": "The same file was not accepted before, for Barbell Bench Press: Dark",
        }

    def test_the_history_of_the_exercise_says_who(self, exercise: Exercise, athlete: User, moderator: User) -> None:
        approve(moderator, add(client_of(athlete), exercise, photo()))
        event = exercise.events.order_by("-pgh_id").first()  # type: ignore[attr-defined]
        assert (len(event.media), event.pgh_context.metadata["user"]) == (1, str(moderator.pk))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (lambda: photo("PNG", size=(800, 600)), []),
        (lambda: photo("PNG", size=(399, 800)), ["too_small"]),
        (lambda: photo("PNG", size=(1600, 600)), ["extreme_aspect"]),
        (lambda: photo("PNG", size=(400, 1000)), []),
        (lambda: png(500, 500, zlib.compress(bytes(1501 * 500))), ["nearly_black"]),
        (film, ["too_small", "duplicate"]),
    ],
    ids=["good", "small", "wide", "least", "black", "video"],
)
def test_findings(
    phone: ApiClient, exercise: Exercise, make_exercise: MakeExercise, content: Any, found: list[str]
) -> None:
    if "duplicate" in found:
        send(phone, make_exercise("Squat"), content())
    media = add(phone, exercise, content(), alt="What it shows")
    assert [one["code"] for one in media.findings] == found


def test_a_list_costs_the_same_however_long(
    phone: ApiClient, exercise: Exercise, athlete: User, moderator: User, django_assert_num_queries: Any
) -> None:
    for number, kind in enumerate(("PNG", "JPEG", "WEBP")):
        media = add(phone, exercise, photo(kind))
        if number == 1:
            approve(moderator, media)
        if number != 1:
            with django_assert_num_queries(2):
                assert len(listed(phone, exercise)) == number + 1
