"""What everybody reads of the library: addresses, headers, and the store behind them."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from exercises.models import Exercise, Media
from exercises.operations import media_decisions as decisions
from fitai.common.media import storage
from tests.cast import ApiClient, client_of, committed
from tests.common.media.buckets import bucket, names_in, store_address
from tests.common.media.pictures import opened, photo
from tests.exercises.gallery import PUBLIC, add, body, files, film, judge, look, media_root, work

__all__ = ["bucket", "media_root", "store_address"]
ID = "0190a000-0000-7000-8000-00000000000f"
CONTENT = bytes(range(256)) * 100


def publish(exercise: Exercise, athlete: User, moderator: User, content: bytes) -> dict[str, Any]:
    """What an exercise shows of a file that was sent and approved."""
    media = add(client_of(athlete), exercise, content)
    with committed():
        decisions.approve_media(judge(moderator), media.pk)
    work()
    found: list[dict[str, Any]] = client_of(athlete).get(f"/api/v1/exercises/{exercise.pk}").json()["media"]
    return found[-1]


@pytest.fixture
def file(media_root: Path) -> str:
    """The address of a public file."""
    return storage.public_url(storage.store(f"public/exercises/{ID}", CONTENT, "-video.mp4").removeprefix("public/"))


@pytest.mark.django_db
class TestReading:
    def test_a_file_may_be_kept_for_ever_by_anybody(self, file: str) -> None:
        answer = look(file)
        told = {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Last-Modified")}
        assert (answer.status_code, body(answer)) == (200, CONTENT)
        assert told == {
            "Accept-Ranges": "bytes",
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Length": str(len(CONTENT)),
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
            "Content-Type": "video/mp4",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "ETag": answer["ETag"],
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        assert ApiClient().post(file).status_code == 405

    def test_what_somebody_has_is_not_sent_again_and_players_ask_for_parts(self, file: str) -> None:
        tag = look(file)["ETag"]
        again = look(file, **{"If-None-Match": tag})
        assert (again.status_code, body(again), again["Cache-Control"]) == (304, b"", look(file)["Cache-Control"])
        part = look(file, Range="bytes=256-511")
        assert (part.status_code, body(part)) == (206, bytes(range(256)))
        assert part["Content-Range"] == f"bytes 256-511/{len(CONTENT)}"

    def test_nothing_else_of_the_storage_is_read(self, file: str, media_root: Path) -> None:
        inside = f"/media/public/exercises/{ID}"
        (media_root / "secret.webp").write_bytes(b"secret")
        private = storage.store(f"exercise-media/{ID}", b"secret", ".webp")
        (media_root / "public" / "exercises" / ID / "page.html").write_bytes(b"<script>")
        paths = [
            f"{inside}/none.webp",
            f"{inside}/page.html",
            f"{inside}/",
            inside,
            f"/media/public/{private}",
            f"/media/public/../{private}",
            "/media/public/exercises/../../secret.webp",
            f"{inside}/..%2f..%2f..%2fsecret.webp",
            "/media/public/secret.webp",
        ]
        answers = [look(path) for path in paths]
        assert [answer.status_code for answer in answers] == [404] * len(paths)
        assert not any("max-age" in answer.get("Cache-Control", "") for answer in answers)


class TestAddresses:
    def test_another_base_changes_them_all_and_nothing_that_is_kept(
        self, exercise: Exercise, athlete: User, moderator: User, media_root: Path, settings: Any
    ) -> None:
        shown = publish(exercise, athlete, moderator, photo(size=(700, 500)))
        assert shown["url"].startswith(f"{PUBLIC}exercises/{shown['id']}/")
        settings.MEDIA_BASE_URL = "https://cdn.example.org/gym"
        device = client_of(athlete)
        (moved,) = device.get(f"/api/v1/exercises/{exercise.pk}").json()["media"]
        addresses = [moved["url"], *(size["url"] for size in moved["sizes"])]
        assert addresses == [
            address.replace(PUBLIC, "https://cdn.example.org/gym/")
            for address in (shown["url"], *(size["url"] for size in shown["sizes"]))
        ]
        (listed,) = device.get(f"/api/v1/exercises/{exercise.pk}/media").json()["results"]
        assert (listed["url"], listed["sizes"]) == (moved["url"], moved["sizes"])
        exercise.refresh_from_db()
        assert exercise.media[0]["file"] == shown["url"].removeprefix(PUBLIC)

    def test_another_state_is_another_entity_tag(
        self, exercise: Exercise, athlete: User, moderator: User, media_root: Path
    ) -> None:
        device = client_of(athlete)
        before = device.get("/api/v1/exercises")["ETag"]
        publish(exercise, athlete, moderator, photo())
        after = device.get("/api/v1/exercises", headers={"If-None-Match": before})
        assert (after.status_code, len(after.json()["results"][0]["media"])) == (200, 1)

    def test_a_name_never_gets_another_content(
        self, exercise: Exercise, athlete: User, moderator: User, media_root: Path
    ) -> None:
        """What is taken down and sent again has other names, and so has what was seen before it was approved."""
        media = add(client_of(athlete), exercise, photo())
        waiting = [one["file"] for one in media.files]
        with committed():
            decisions.approve_media(judge(moderator), media.pk)
        work()
        media.refresh_from_db()
        first = [one["file"] for one in media.files]
        with committed():
            decisions.take_media_down(judge(moderator), media.pk, "Once more")
        assert files(media_root) == []
        second = publish(exercise, athlete, moderator, photo())
        names = {*waiting, *first, second["url"].rpartition("/")[2]}
        assert len(names) == 3
        assert look(f"{PUBLIC}exercises/{media.pk}/{first[0]}").status_code == 404


class TestAnotherStorage:
    """The same where files are in an object store."""

    def test_sent_published_and_taken_down(
        self, exercise: Exercise, athlete: User, moderator: User, bucket: Any, media_root: Path
    ) -> None:
        shown = publish(exercise, athlete, moderator, film())
        names = [address.replace(PUBLIC, "public/") for address in (shown["poster_url"], shown["url"])]
        assert (names_in(bucket), files(media_root)) == (sorted(names), [])
        for name, content_type in zip(names, ("image/webp", "video/mp4"), strict=True):
            kept = bucket.Object(name)
            assert (kept.cache_control, kept.content_type) == ("public, max-age=31536000, immutable", content_type)
        poster = look(shown["poster_url"])
        assert (poster.status_code, opened(body(poster)).size) == (200, (160, 120))
        assert look(shown["url"], **{"If-None-Match": look(shown["url"])["ETag"]}).status_code == 304
        waiting = add(client_of(athlete), exercise, photo())
        (private,) = waiting.stored.values()
        assert bucket.Object(private).cache_control is None
        with committed():
            decisions.take_media_down(judge(moderator), Media.objects.get(kind="video").pk, "Out of date")
        assert names_in(bucket) == [private]
