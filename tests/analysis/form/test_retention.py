"""How videos go that nothing needs any more."""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.form import retention as form_retention
from analysis.form.models import FormAnalysis
from analysis.form.retention import forget_left_behind
from analysis.vision.weights import ModelUnavailable
from fitai.common import retention
from fitai.common.ids import uuid7
from fitai.common.media import storage
from tests.analysis.form.studio import Studio, stored
from tests.cast import committed

pytestmark = pytest.mark.django_db


def purge(**ago: float) -> int:
    with committed():
        return retention.RULES["form_originals"](timezone.now() - timedelta(**ago))


def failed(studio: Studio, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> str:
    def missing() -> None:
        raise ModelUnavailable

    with monkeypatch.context() as patch:
        patch.setattr("analysis.form.jobs.load_estimator", missing)
        id = studio.ask(studio.roll(), **asked)
        studio.work()
    return id


def test_the_original_of_what_failed_goes_with_the_purge(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    over, kept = failed(studio, monkeypatch), failed(studio, monkeypatch, keep_video="true")
    waiting = studio.ask(studio.roll())
    assert purge(hours=1) == 0
    assert (purge(), purge()) == (1, 0)
    assert [bool(stored(id).original) for id in (over, kept, waiting)] == [False, True, True]
    assert len(studio.files()) == 2


def test_the_original_stays_between_the_analysis_and_the_drawing(studio: Studio) -> None:
    id = studio.ask()
    studio.work()
    assert (stored(id).status, purge(), bool(stored(id).original)) == ("succeeded", 0, True)
    studio.work()
    assert stored(id).video
    assert studio.files() == [".mp4", ".npz", ".svg", ".webp"]


def grown_old(studio: Studio, *names: str) -> None:
    two_hours_ago = time.time() - 7200
    for name in names:
        os.utime(studio.home / "media" / name, (two_hours_ago, two_hours_ago))


def test_files_that_their_row_does_not_name_go_once_they_are_old(studio: Studio) -> None:
    """A worker is killed between the commit and the removal of the original, or before the commit of its files."""
    id = studio.ask()
    studio.work()
    studio.work()
    row = stored(id)
    folder = f"form/{id}"
    named = [row.chart, row.keypoints, row.video, *(frame["name"] for frame in row.frames)]
    strays = [storage.store(folder, b"left", suffix) for suffix in (".video", ".npz", ".svg", ".mp4", ".webp")]
    fresh = storage.store(folder, b"of a worker that is about to commit", ".npz")
    grown_old(studio, *named, *strays)
    FormAnalysis.objects.filter(pk=id).update(finished_at=timezone.now() - timedelta(hours=2))
    with time_machine.travel(timezone.now(), tick=False):
        an_hour_ago = timezone.now() - timedelta(hours=1)
        assert forget_left_behind(an_hour_ago) == 0  # the folder itself is new
        with_an_old_id = uuid_of(timezone.now() - timedelta(hours=3))
        rename(studio, id, with_an_old_id)
        assert forget_left_behind(an_hour_ago) == 5
        assert forget_left_behind(an_hour_ago) == 0
    kept = {str(path.name) for path in (studio.home / "media" / "form" / str(with_an_old_id)).iterdir()}
    assert kept == {name.rpartition("/")[2] for name in [*named, fresh]}


def test_what_ended_long_ago_is_looked_into_once_a_day(studio: Studio) -> None:
    id = uuid_of(timezone.now() - timedelta(days=9))
    rename(studio, studio.ask(studio.roll()), id)
    stray = storage.store(f"form/{id}", b"left", ".npz")
    grown_old(studio, stray)
    ended = timezone.now() - timedelta(days=8)
    FormAnalysis.objects.filter(pk=id).update(status="cancelled", finished_at=ended)
    midnight = (timezone.now() + timedelta(days=1)).replace(hour=0)
    gone = []
    for hour in range(24):
        with time_machine.travel(midnight + timedelta(hours=hour), tick=False):
            gone.append(forget_left_behind(datetime.now(UTC) - timedelta(minutes=1)))
    assert (sum(gone), gone.index(1)) == (1, id.int % 24)


def test_many_folders_are_asked_for_in_pages(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_retention, "PAGE", 2)
    for _ in range(5):
        storage.store(f"form/{uuid7()}", b"a film whose row was never committed", ".video")
    with CaptureQueriesContext(connection) as statements:
        assert forget_left_behind(timezone.now() + timedelta(seconds=1)) == 5
    assert len(statements) == 3


def test_what_cannot_be_removed_is_not_counted_as_gone(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The purge goes on until nothing more goes: it would never end."""

    def refuse(name: str) -> None:
        raise PermissionError(name)

    storage.store(f"form/{uuid7()}", b"a film whose row was never committed", ".video")
    monkeypatch.setattr(storage.default_storage, "delete", refuse)
    assert forget_left_behind(timezone.now() + timedelta(seconds=1)) == 0


def uuid_of(moment: datetime) -> UUID:
    """An id of version 7 as it was made then."""
    return UUID(int=(round(moment.timestamp() * 1000) << 80) | (uuid7().int & ((1 << 80) - 1)))


def rename(studio: Studio, id: str, to: UUID) -> None:
    """Make an analysis one that was asked for at another time."""
    row = stored(id)
    moved = {name: getattr(row, name).replace(id, str(to)) for name in ("original", "keypoints", "chart", "video")}
    frames = [{**frame, "name": frame["name"].replace(id, str(to))} for frame in row.frames]
    FormAnalysis.objects.filter(pk=id).update(id=to, job=None, frames=frames, **moved)
    (studio.home / "media" / "form" / id).rename(studio.home / "media" / "form" / str(to))


def test_originals_may_be_kept_for_some_days(studio: Studio, settings: Any) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "form_originals": 7}
    id = studio.ask(b"no film")
    studio.work()
    assert (stored(id).status, studio.files()) == ("failed", [".video"])
    assert (purge(days=7), purge()) == (0, 1)
    assert studio.files() == []


def test_files_without_a_row_are_forgotten_but_not_those_of_a_request_that_goes_on(studio: Studio) -> None:
    id = studio.ask(studio.roll())
    storage.store(f"form/{uuid7()}", b"a film whose row was never committed", ".video")
    storage.store("form/not-an-id", b"somebody else's", ".video")
    assert forget_left_behind(timezone.now() - timedelta(hours=1)) == 0
    assert forget_left_behind(timezone.now() + timedelta(seconds=1)) == 1
    assert sorted(storage.folders_in("form")) == sorted([id, "not-an-id"])
    assert FormAnalysis.objects.count() == 1
