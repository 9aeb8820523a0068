"""Plans mean what stands for their exercises today, and what is kept beside them follows."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from accounts.models import User
from exercises.models import Exercise
from exercises.operations.merging import merge_exercises
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.models import Job
from templates_app import jobs as template_jobs
from templates_app.models import Enrolment, Template, TemplateVersion
from templates_app.operations.enrolments import start_template
from templates_app.operations.templates import create_template, delete_template
from templates_app.rows import read_followed
from tests.cast import ApiClient, actor_of, client_of, committed, run_jobs
from tests.templates_app.plans import Json, day, entry, template

V1 = "/api/v1/templates"
FLAT = "Flat Press"
HEAVY, LIGHT = ({"value": value, "unit": "kg"} for value in ("100", "90"))


@pytest.fixture
def flat(make_exercise: Any) -> Exercise:
    """The bench press under another name."""
    made: Exercise = make_exercise(FLAT, primary_muscles=["front_delts"], equipment=["barbell"])
    return made


@pytest.fixture
def ada(athlete: User) -> Actor:
    return actor_of(athlete)


@pytest.fixture
def device(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def body(flat: Exercise, bench: Exercise, row: Exercise) -> Json:
    return template(
        [day("Push", entry(flat, substitutes=[str(bench.pk)])), day("Pull", entry(row, substitutes=[str(flat.pk)]))]
    )


@pytest.fixture
def plan(ada: Actor, body: Json) -> Template:
    return create_template(ada, body)


def merge(moderator: User, duplicate: Exercise, into: Exercise) -> None:
    with committed():
        merge_exercises(actor_of(moderator), duplicate.pk, into.pk)


def named(weeks: Any) -> list[tuple[str, list[str]]]:
    return [
        (entry["exercise_id"], entry["substitutes"])
        for week in weeks
        for one in week["days"]
        for entry in one["exercises"]
    ]


def test_every_way_to_read_a_plan_shows_what_stands_for_its_exercises(
    device: ApiClient, plan: Template, moderator: User, flat: Exercise, bench: Exercise, row: Exercise
) -> None:
    written = TemplateVersion.objects.get(template=plan).tree
    today = [(str(bench.pk), []), (str(row.pk), [str(bench.pk)])]
    tag = device.get(f"{V1}/{plan.pk}")["ETag"]
    merge(moderator, flat, bench)
    answer = device.get(f"{V1}/{plan.pk}", HTTP_IF_NONE_MATCH=tag)
    said = answer.json()
    assert (answer.status_code, named(said["weeks"])) == (200, today)
    assert [(one["name"], one["status"]) for one in said["exercises"]] == [
        ("Barbell Row", "approved"),
        ("Bench Press", "approved"),
    ]
    version = device.get(f"{V1}/{plan.pk}/versions/1").json()
    assert (named(version["weeks"]), version["exercises"]) == (today, said["exercises"])
    assert TemplateVersion.objects.get(template=plan).tree == written  # as it was written, for ever

    # Saving what was read, or what an old device still holds, changes nothing.
    for weeks in (said["weeks"], written):
        again = device.patch(f"{V1}/{plan.pk}", {"weeks": weeks}).json()
        assert (again["version"], named(again["weeks"])) == (1, today)
    changed = device.patch(f"{V1}/{plan.pk}", {"name": "Mine"}).json()
    assert (changed["version"], named(changed["weeks"])) == (2, today)
    assert named(TemplateVersion.objects.get(template=plan, number=2).tree) == today
    assert device.get(f"{V1}/{plan.pk}/diff?from=1&to=2").json()["changes"] == [
        {"pointer": "/name", "what": "changed", "node": "template", "from": "Push and pull", "to": "Mine"}
        | {"text": device.get(f"{V1}/{plan.pk}/diff?from=1&to=2").json()["changes"][0]["text"]}
    ]
    back = device.post(f"{V1}/{plan.pk}/revert/1").json()
    assert (back["version"], back["name"], named(back["weeks"])) == (3, "Push and pull", today)


def test_a_plan_of_an_old_device_is_saved_with_what_stands_for_its_exercises(
    device: ApiClient, body: Json, moderator: User, flat: Exercise, bench: Exercise, row: Exercise
) -> None:
    merge(moderator, flat, bench)
    made = device.post(V1, body)
    assert made.status_code == 201, made.content
    assert named(made.json()["weeks"]) == [(str(bench.pk), []), (str(row.pk), [str(bench.pk)])]
    assert set(Template.objects.get().exercise_ids) == {bench.pk, row.pk}


def test_what_lists_say_of_a_plan_follows(
    ada: Actor, plan: Template, moderator: User, flat: Exercise, bench: Exercise, row: Exercise
) -> None:
    gone = create_template(ada, template([day("Push", entry(flat))]))
    delete_template(ada, gone.pk)
    before = Template.objects.get(pk=plan.pk)
    merge(moderator, flat, bench)
    run_jobs()
    after, restorable = Template.objects.get(pk=plan.pk), Template.objects.get(pk=gone.pk)
    assert set(after.exercise_ids) == {bench.pk, row.pk}
    assert restorable.exercise_ids == [bench.pk]
    assert (set(before.muscles), set(after.muscles)) == (
        {"front_delts", "lats", "upper_back"},
        {"chest", "lats", "upper_back"},
    )
    assert (set(before.equipment), set(after.equipment)) == ({"barbell"}, {"barbell", "bench"})
    assert after.change_seq > before.change_seq
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


class TestMaxes:
    def test_a_training_max_follows_and_the_last_one_given_counts(
        self, ada: Actor, body: Json, moderator: User, flat: Exercise, bench: Exercise
    ) -> None:
        plan = create_template(ada, body)
        with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC)):
            one, _ = start_template(ada, plan.pk, training_maxes={str(flat.pk): LIGHT})
        with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC)):
            start_template(ada, plan.pk, training_maxes={str(bench.pk): HEAVY})
        merge(moderator, flat, bench)
        enrolment = read_followed(ada, plan.pk).enrolment
        assert enrolment is not None
        last = {str(bench.pk): {**HEAVY, "source": "given", "given_at": "2026-03-02T00:00:00+00:00"}}
        assert enrolment.training_maxes == last  # at once
        run_jobs()
        one.refresh_from_db()
        assert one.training_maxes == last

    def test_one_given_under_the_old_id_is_of_what_stands_for_it(
        self, ada: Actor, plan: Template, moderator: User, flat: Exercise, bench: Exercise
    ) -> None:
        merge(moderator, flat, bench)
        one, _ = start_template(ada, plan.pk, training_maxes={str(flat.pk): HEAVY})
        assert set(one.training_maxes) == {str(bench.pk)}


def test_a_run_that_was_stopped_goes_on_where_it_was(
    ada: Actor, moderator: User, flat: Exercise, bench: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        one = create_template(ada, template([day("Push", entry(flat))], name=f"Plan {number}"))
        start_template(ada, one.pk, training_maxes={str(flat.pk): HEAVY})
    merge(moderator, flat, bench)
    monkeypatch.setattr(template_jobs, "BATCH", 1)
    refresh, calls = template_jobs.refresh_figures, []

    def dies(owner_id: UUID, template_id: UUID) -> None:
        calls.append(template_id)
        if len(calls) == 2:
            raise SystemExit
        refresh(owner_id, template_id)

    monkeypatch.setattr(template_jobs, "refresh_figures", dies)
    job = Job.objects.get(kind="templates.follow_merge")
    with pytest.raises(SystemExit):
        jobs.run(job.pk)
    assert Template.objects.filter(exercise_ids=[flat.pk]).count() == 2
    Job.objects.update(lease_until=datetime(2026, 1, 1, tzinfo=UTC))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result) == ("succeeded", {"templates": 2, "enrolments": 2})
    assert not Template.objects.filter(exercise_ids__contains=[flat.pk]).exists()
    assert not Enrolment.objects.filter(training_maxes__has_key=str(flat.pk)).exists()


def test_what_is_gone_from_the_library_is_shown_as_archived(
    device: ApiClient, plan: Template, flat: Exercise, row: Exercise
) -> None:
    Exercise.objects.filter(pk=flat.pk).update(status="archived")
    Exercise.objects.filter(pk=row.pk).update(deleted_at=datetime(2026, 3, 1, tzinfo=UTC))
    shown = device.get(f"{V1}/{plan.pk}").json()["exercises"]
    assert [(one["name"], one["status"]) for one in shown] == [
        ("Barbell Row", "archived"),
        ("Bench Press", "approved"),
        ("Flat Press", "archived"),
    ]
