"""Analyses of an exercise that turned out to be another one."""

from typing import Any

import pytest

from accounts.models import User
from analysis.form import jobs as form_jobs
from exercises.models import Exercise
from exercises.operations.merging import merge_exercises
from fitai.common import jobs
from fitai.common.models import Job
from tests.analysis.form.studio import Studio, stored
from tests.cast import actor_of, committed

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(studio: Studio) -> Exercise:
    names = ("primary_muscles", "equipment", "kind", "tracking", "form_profile")
    values: dict[str, Any] = {name: getattr(studio.squat, name) for name in names}
    return Exercise.objects.create(slug="air-squat", name="Air Squat", status="approved", **values)


def test_they_follow_and_the_old_id_means_what_stands_for_it(
    studio: Studio, moderator: User, other: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = studio.roll()
    before = [studio.ask(video), *(studio.ask(studio.roll()) for _ in range(2))]
    with committed():
        merge_exercises(actor_of(moderator), studio.squat.pk, other.pk)
    monkeypatch.setattr(form_jobs, "MERGED_AT_ONCE", 2)
    job = Job.objects.get(kind="form.follow_merge")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result) == ("succeeded", {"followed": 3})
    assert [stored(id).exercise_id for id in before] == [other.pk] * 3
    assert studio.see(before[0])["exercise_id"] == str(other.pk)
    assert studio.ask(video) == before[0]  # a device that repeats itself, and has not heard of it
    assert stored(studio.ask(studio.roll())).exercise_id == other.pk
