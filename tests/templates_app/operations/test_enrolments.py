"""Starting a plan, moving through it, leaving it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection, transaction

from accounts.models import Block, Profile, User
from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, NotFound
from templates_app.models import Enrolment, Template
from templates_app.operations.enrolments import Standing, enrolment_of, leave_template, start_template
from templates_app.operations.templates import create_template, delete_template, update_template
from templates_app.plan import Plan
from templates_app.rows import read_followed
from tests.cast import actor_of
from tests.templates_app.plans import Json, day, entry, template, working

MONDAY = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
A1, B1, A2 = (UUID(int=0x7 << 76 | 0x8 << 60 | number) for number in (1, 2, 3))


@pytest.fixture
def ada(athlete: User) -> Actor:
    return actor_of(athlete)


@pytest.fixture
def sam(stranger: User) -> Actor:
    return actor_of(stranger)


@pytest.fixture
def body(bench: Exercise, row: Exercise) -> Json:
    return template(
        [day("Push", entry(bench, substitutes=[str(row.pk)]), id=str(A1)), day("Pull", entry(row), id=str(B1))],
        [day("Push", entry(bench), id=str(A2))],
        visibility="public",
    )


@pytest.fixture
def plan(ada: Actor, body: Json) -> Template:
    return create_template(ada, body)


def state(one: Enrolment) -> Json:
    one.refresh_from_db()
    names = (
        "version",
        "started_on",
        "week",
        "day_id",
        "round",
        "positioned_at",
        "training_maxes",
        "status",
        "ended_at",
    )
    return {name: getattr(one, name) for name in names}


def codes_of(refused: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in refused.value.errors]


STORED = [field.attname for field in Enrolment._meta.concrete_fields]
BEGINNING: Json = {
    "version": 1,
    "started_on": date(2026, 3, 2),
    "week": 1,
    "day_id": None,
    "round": 1,
    "positioned_at": MONDAY,
    "training_maxes": {},
    "status": "active",
    "ended_at": None,
}


def test_it_begins_today_at_the_beginning(sam: Actor, plan: Template) -> None:
    with time_machine.travel(MONDAY, tick=False):
        one, created = start_template(sam, plan.pk)
    assert created
    assert (one.user_id, one.template_id) == (sam.user_id, plan.pk)
    assert state(one) == BEGINNING
    assert enrolment_of(sam, plan.pk) == one


def test_today_is_where_the_person_lives(sam: Actor, plan: Template) -> None:
    Profile.objects.filter(user_id=sam.user_id).update(time_zone="Asia/Tokyo")
    with time_machine.travel(MONDAY, tick=False):
        assert start_template(sam, plan.pk)[0].started_on == date(2026, 3, 3)


def test_starting_again_changes_nothing(sam: Actor, plan: Template) -> None:
    with time_machine.travel(MONDAY, tick=False):
        one, _ = start_template(sam, plan.pk)
    assert start_template(sam, plan.pk) == (one, False)
    assert state(one) == BEGINNING
    assert Enrolment.objects.count() == 1


def test_everything_can_be_said_at_the_start(sam: Actor, plan: Template, bench: Exercise, row: Exercise) -> None:
    tested = {"value": "1", "unit": "lb", "source": "tested"}
    maxes = {str(bench.pk): {"value": "100", "unit": "kg"}, str(row.pk): tested}
    with time_machine.travel(MONDAY, tick=False):
        one, _ = start_template(
            sam, plan.pk, started_on=date(2026, 1, 5), training_maxes=maxes, day_id=A2, round=3, version=1
        )
    assert state(one) == BEGINNING | {
        "started_on": date(2026, 1, 5),
        "week": 2,
        "day_id": A2,
        "round": 3,
        "training_maxes": {
            str(bench.pk): {"value": "100", "unit": "kg", "source": "given", "given_at": MONDAY.isoformat()},
            str(row.pk): tested | {"given_at": MONDAY.isoformat()},
        },
    }


def test_what_is_said_later_changes_and_the_rest_stays(
    sam: Actor, plan: Template, bench: Exercise, row: Exercise
) -> None:
    heavy, light = {"value": "100", "unit": "kg"}, {"value": "60", "unit": "kg", "source": "estimated"}
    with time_machine.travel(MONDAY, tick=False):
        one, _ = start_template(sam, plan.pk, training_maxes={str(bench.pk): heavy, str(row.pk): heavy})
    later = datetime(2026, 4, 1, tzinfo=UTC)
    with time_machine.travel(later, tick=False):
        maxes = {str(bench.pk): light, str(row.pk): None}
        assert start_template(sam, plan.pk, training_maxes=maxes) == (one, False)
    kept = BEGINNING | {"training_maxes": {str(bench.pk): light | {"given_at": later.isoformat()}}}
    assert state(one) == kept
    with time_machine.travel(later, tick=False):
        start_template(sam, plan.pk, week=2)
        assert state(one) == kept | {"week": 2, "positioned_at": later}
        start_template(sam, plan.pk, week=1, day_id=B1, round=2)
    assert state(one) == kept | {"day_id": B1, "round": 2, "positioned_at": later}


def test_a_move_goes_on_from_where_the_person_has_come_to(sam: Actor, plan: Template) -> None:
    with time_machine.travel(MONDAY, tick=False):
        one, _ = start_template(sam, plan.pk)
        here = Standing(2, A2, 3)
        start_template(sam, plan.pk, week=1, stands=lambda: here)
        assert state(one) == BEGINNING | {"round": 3}
        start_template(sam, plan.pk, round=5, stands=lambda: here)
        assert state(one) == BEGINNING | {"week": 2, "day_id": A2, "round": 5}


def test_a_new_version_waits_to_be_asked_for(ada: Actor, sam: Actor, plan: Template, body: Json) -> None:
    with time_machine.travel(MONDAY, tick=False):
        one, _ = start_template(sam, plan.pk)
        other, _ = start_template(ada, plan.pk)
    body["weeks"] = [{"days": [*body["weeks"][1]["days"], *body["weeks"][0]["days"]]}]
    update_template(ada, plan.pk, {"weeks": body["weeks"]})
    assert state(one)["version"] == 1
    with time_machine.travel(MONDAY, tick=False):
        start_template(sam, plan.pk, version=2, stands=lambda: Standing(2, A2, 4))
        start_template(ada, plan.pk, version=2, stands=lambda: Standing(2, UUID(int=9), 1))
    # Its day is in the first week now, and there is no second week any more.
    assert state(one) == BEGINNING | {"version": 2, "day_id": A2, "round": 4}
    assert state(other) == BEGINNING | {"version": 2}


def withdraw(ada: Actor, sam: Actor, plan: Template) -> None:
    update_template(ada, plan.pk, {"visibility": "private"})


def block(ada: Actor, sam: Actor, plan: Template) -> None:
    Block.objects.create(blocker_id=ada.user_id, blocked_id=sam.user_id)


def delete(ada: Actor, sam: Actor, plan: Template) -> None:
    delete_template(ada, plan.pk)


@pytest.mark.parametrize("hide", [withdraw, block, delete])
def test_later_versions_stay_with_an_author_who_hides_them(
    ada: Actor, sam: Actor, plan: Template, hide: Callable[[Actor, Actor, Template], None]
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        one, _ = start_template(sam, plan.pk)
    update_template(ada, plan.pk, {"name": "For the team only"})
    hide(ada, sam, plan)
    with pytest.raises(Invalid) as refused:
        start_template(sam, plan.pk, version=2)
    assert codes_of(refused) == [("/version", "not_found")]
    assert state(one) == BEGINNING
    assert start_template(sam, plan.pk, version=1) == (one, False)


def test_a_version_with_an_exercise_of_its_author_is_for_its_author(
    ada: Actor, sam: Actor, body: Json, bench: Exercise, row: Exercise
) -> None:
    Exercise.objects.filter(pk=row.pk).update(owner_id=ada.user_id, status="draft")
    plan = create_template(ada, body | {"visibility": "private"})
    own = template([day("Push", entry(bench))])["weeks"]
    update_template(ada, plan.pk, {"weeks": own, "visibility": "public"})
    with pytest.raises(Invalid) as refused:
        start_template(sam, plan.pk, version=1)
    assert codes_of(refused) == [("/version", "private")]
    assert start_template(sam, plan.pk, version=2)[0].version == 2
    with pytest.raises(Invalid):
        start_template(sam, plan.pk, version=1)
    assert start_template(ada, plan.pk, version=1)[0].version == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"version": 2}, ("/version", "not_found")),
        ({"week": 3}, ("/week", "max_value")),
        ({"day_id": uuid4()}, ("/day_id", "not_found")),
        ({"week": 1, "day_id": A2}, ("/day_id", "not_found")),
        ({"training_maxes": {"x": {"value": "1", "unit": "kg"}}}, ("/training_maxes/x", "not_found")),
    ],
)
def test_what_the_plan_does_not_have(sam: Actor, plan: Template, values: Json, expected: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        start_template(sam, plan.pk, **values)
    assert codes_of(refused) == [expected]
    assert not Enrolment.objects.exists()
    one, _ = start_template(sam, plan.pk)
    before = state(one)
    with pytest.raises(Invalid):
        start_template(sam, plan.pk, **values)
    assert state(one) == before


def test_leaving_and_coming_back(sam: Actor, plan: Template) -> None:
    with pytest.raises(NotFound):
        leave_template(sam, plan.pk)
    first, _ = start_template(sam, plan.pk, week=2)
    with time_machine.travel(MONDAY, tick=False):
        leave_template(sam, plan.pk)
    assert (state(first)["status"], first.ended_at) == ("left", MONDAY)
    assert enrolment_of(sam, plan.pk) is None
    second, created = start_template(sam, plan.pk)
    assert created
    assert (second.pk != first.pk, second.week) == (True, 1)


def test_nobody_starts_what_they_do_not_see(ada: Actor, sam: Actor, plan: Template) -> None:
    update_template(ada, plan.pk, {"visibility": "private"})
    for unknown in (plan.pk, uuid4()):
        with pytest.raises(NotFound):
            start_template(sam, unknown)


class TestFollowed:
    def test_before_the_start_it_is_the_current_version(self, ada: Actor, sam: Actor, plan: Template) -> None:
        update_template(ada, plan.pk, {"name": "Other"})
        found = read_followed(sam, plan.pk)
        assert (found.template_id, found.name, found.version, found.enrolment) == (plan.pk, "Other", 2, None)

    def test_after_it_the_one_that_was_started(self, ada: Actor, sam: Actor, plan: Template, bench: Exercise) -> None:
        maxes = {str(bench.pk): {"value": "100.5", "unit": "kg"}}
        one, _ = start_template(sam, plan.pk, day_id=B1, training_maxes=maxes)
        update_template(ada, plan.pk, {"name": "Other", "weeks": template([day("A", entry(bench))])["weeks"]})
        found = read_followed(sam, plan.pk)
        assert (found.name, found.version) == ("Push and pull", 1)
        assert [day.name for _, day in found.plan.days()] == ["Push", "Pull", "Push"]
        assert isinstance(found.plan, Plan)
        assert found.enrolment is not None
        assert {name: getattr(found.enrolment, name) for name in STORED} == {
            name: getattr(one, name) for name in STORED
        }

    def test_who_trains_by_it_keeps_it_though_it_is_withdrawn(self, ada: Actor, sam: Actor, plan: Template) -> None:
        start_template(sam, plan.pk)
        update_template(ada, plan.pk, {"visibility": "private"})
        assert read_followed(sam, plan.pk).version == 1
        delete_template(ada, plan.pk)
        assert read_followed(sam, plan.pk).version == 1
        assert start_template(sam, plan.pk, week=2)[0].week == 2
        leave_template(sam, plan.pk)
        with pytest.raises(NotFound):
            read_followed(sam, plan.pk)

    def test_nobody_else_does(self, ada: Actor, sam: Actor, plan: Template) -> None:
        start_template(ada, plan.pk)
        update_template(ada, plan.pk, {"visibility": "private"})
        with pytest.raises(NotFound):
            read_followed(sam, plan.pk)

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_is_one_statement(self, ada: Actor, bench: Exercise, django_assert_num_queries: Any, count: int) -> None:
        plan = create_template(ada, template(*[[day("A", entry(bench, *[working()] * count))]] * count))
        with django_assert_num_queries(1):
            read_followed(ada, plan.pk)


@pytest.mark.django_db(transaction=True)
def test_starting_twice_at_once_is_starting_once(athlete: User, bench: Exercise) -> None:
    ada = actor_of(athlete)
    plan = create_template(ada, template([day("A", entry(bench))]))
    ready = threading.Barrier(6)

    def start(_: int) -> bool:
        try:
            ready.wait()
            return start_template(ada, plan.pk)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(start, range(6))) == 1
    assert Enrolment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_two_devices_say_at_once_is_both_kept(athlete: User, bench: Exercise, row: Exercise) -> None:
    ada = actor_of(athlete)
    plan = create_template(ada, template([day("A", entry(bench), entry(row))]))
    one, _ = start_template(ada, plan.pk)
    heavy = {"value": "100", "unit": "kg"}

    def say(exercise: Exercise) -> None:
        try:
            start_template(ada, plan.pk, training_maxes={str(exercise.pk): heavy})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Enrolment.objects.select_for_update().get(pk=one.pk)
            said = [pool.submit(say, exercise) for exercise in (bench, row)]
            wait_for_locks(2)
        for each in said:
            each.result()
    one.refresh_from_db()
    assert one.training_maxes.keys() == {str(bench.pk), str(row.pk)}


def wait_for_locks(count: int) -> None:
    """Until so many others stand at a lock."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks"
                " WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError("They came to no lock.")
