"""How videos go that nothing needs any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

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
        id = studio.ask(**asked)
        studio.work()
    return id


def test_the_original_of_what_failed_goes_with_the_purge(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    over, kept = failed(studio, monkeypatch), failed(studio, monkeypatch, keep_video="true")
    waiting = studio.ask()
    assert purge(hours=1) == 0
    assert (purge(), purge()) == (1, 0)
    assert [bool(stored(id).original) for id in (over, kept, waiting)] == [False, True, True]
    assert len(studio.files()) == 2


def test_originals_may_be_kept_for_some_days(studio: Studio, settings: Any) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "form_originals": 7}
    id = studio.ask(b"no film")
    studio.work()
    assert (stored(id).status, studio.files()) == ("failed", [".video"])
    assert (purge(days=7), purge()) == (0, 1)
    assert studio.files() == []


def test_files_without_a_row_are_forgotten_but_not_those_of_a_request_that_goes_on(studio: Studio) -> None:
    id = studio.ask()
    storage.store(f"form/{uuid7()}", b"a film whose row was never committed", ".video")
    storage.store("form/not-an-id", b"somebody else's", ".video")
    assert forget_left_behind(timezone.now() - timedelta(hours=1)) == 0
    assert forget_left_behind(timezone.now() + timedelta(seconds=1)) == 1
    assert sorted(storage.folders_in("form")) == sorted([id, "not-an-id"])
    assert FormAnalysis.objects.count() == 1
