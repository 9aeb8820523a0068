"""`POST /workouts/{id}/ops`: what a device did while it had no signal, taken in as if it had been there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
import time_machine

from accounts.models import User
from tests.cast import client_of, codes
from tests.workouts.gym import BENCH, PULL_UP, SQUAT, UNKNOWN, V1, Gym, Json, counted, ok, op, sets_of, stored

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-20T18:00:00Z")


def at(seconds: float) -> str:
    """So many seconds after six in the evening."""
    return (NOW + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def id_of(number: int) -> str:
    return f"01890000-0000-7000-8000-0000000a{number:04}"


@pytest.fixture
def clock() -> Any:
    """Six in the evening, until a test moves on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def evening(clock: Any, athlete: User, library: None) -> Gym:
    return Gym(client_of(athlete))


def statuses(answer: Json) -> list[str]:
    return [result["status"] for result in answer["results"]]


def add(number: int, seconds: float, **fields: Any) -> Json:
    return op("set.add", at(seconds), id=id_of(number), exercise_id=BENCH, **fields)


# ── What becomes of each operation ───────────────────────────────────────────────────────────────


def test_each_operation_of_a_batch_has_its_own_result(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    clock.shift(60)
    first = add(1, 10, reps=5)
    ops = [
        first,
        op("workout.start", at(11), "impossible"),
        op("set.update", at(12), "unknown", id=id_of(9), reps=6),
        {**first, "op_id": "again"},
        first,
        {**first, "payload": {**first["payload"], "reps": 9}},
        op("set.update", at(13), "late", id=id_of(1), reps=6),
    ]

    answer = evening.send(workout, *ops, sent_at=at(60))

    problems = [result.pop("problem", None) for result in answer["results"]]
    assert answer == {
        "seq": 5,
        "results": [
            {"op_id": first["op_id"], "status": "applied", "seq": 3},
            {"op_id": "impossible", "status": "superseded", "seq": 4},
            {"op_id": "unknown", "status": "rejected", "seq": None},
            {"op_id": "again", "status": "duplicate", "seq": 3},
            {"op_id": first["op_id"], "status": "duplicate", "seq": 3},
            {"op_id": first["op_id"], "status": "rejected", "seq": None},
            {"op_id": "late", "status": "applied", "seq": 5},
        ],
    }
    assert [p and (p["type"].rpartition("/")[2], p["status"], p.get("errors")) for p in problems] == [
        None,
        None,
        (
            "invalid",
            422,
            [{"pointer": "/payload/id", "code": "not_found", "detail": "The workout has no such set."}],
        ),
        None,
        None,
        ("op-id-reused", 422, None),
        None,
    ]
    seen = evening.see(workout)
    assert ([s["reps"] for s in sets_of(seen)], seen["status"], seen["seq"]) == ([6], "in_progress", 5)


def test_a_repeated_batch_changes_nothing(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    clock.shift(60)
    ops = [add(1, 1, reps=5), op("workout.pause", at(2)), op("workout.pause", at(3))]
    first = evening.send(workout, *ops, sent_at=at(60))
    before = stored("workouts_workout", "workouts_set", "workouts_record", "common_event", "common_job")

    again = evening.send(workout, *ops, sent_at=at(60))

    assert statuses(first) == ["applied", "applied", "superseded"]
    assert again == {
        "seq": first["seq"],
        "results": [{**result, "status": "duplicate"} for result in first["results"]],
    }
    assert stored("workouts_workout", "workouts_set", "workouts_record", "common_event", "common_job") == before


def test_a_batch_has_at_most_a_thousand_operations(evening: Gym) -> None:
    workout = evening.train()
    body = {"sent_at": at(0), "ops": [op("workout.pause", at(0))] * 1001}
    assert codes(evening.device.post(f"{V1}/workouts/{workout}/ops", body)) == [("/ops", "invalid")]


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("happened", "sent", "counts_as"),
    [
        (-100, 0, -100),  # the device's clock is right
        (-100, -30, -100),  # it travelled for 30 s
        (-100, -31, -69),  # its clock is slow
        (-100, 1, -101),  # its clock is fast
        (3500, 3600, -100),
        (-7300, -7200, -100),
        (50, 10, 0),  # later than it was sent: when it was sent
        (50, -10, -10),
        (-1, 0, -1),
    ],
)
def test_a_wrong_clock_is_set_right_by_when_the_batch_was_sent(
    evening: Gym, happened: int, sent: int, counts_as: int
) -> None:
    workout = evening.train()
    evening.send(workout, op("workout.update", at(happened), "mine", name="Push"), sent_at=at(sent))
    assert [event["at"] for event in evening.events(workout) if event["op_id"] == "mine"] == [at(counts_as)]


def test_the_moment_of_an_operation_is_fixed_at_first_receipt(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    mine = op("workout.update", at(500), "mine", name="Push")
    evening.send(workout, mine, sent_at=at(600))
    clock.shift(300)
    assert statuses(evening.send(workout, mine, sent_at=at(900))) == ["duplicate"]
    assert [event["at"] for event in evening.events(workout) if event["op_id"] == "mine"] == [at(-100)]


# ── Arriving late ────────────────────────────────────────────────────────────────────────────────


def test_an_edit_that_arrives_late_loses_field_by_field(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    evening.send(workout, add(1, 0, reps=5, weight="100", weight_unit="kg"))
    clock.shift(100)
    evening.correct(workout, id_of(1), weight="225", weight_unit="lb")

    answer = evening.send(workout, op("set.update", at(50), id=id_of(1), reps=6, weight="90"), sent_at=at(100))

    assert statuses(answer) == ["applied"]
    (item,) = sets_of(evening.see(workout))
    assert (item["reps"], item["weight"], item["weight_unit"]) == (6, "225", "lb")
    assert evening.events(workout)[-1]["reorders"] is True


def test_what_lost_is_not_carried_on_by_a_later_edit_of_the_same_batch(evening: Gym, clock: Any) -> None:
    """A weight comes with its assistance; where only one is said, the other is the one that stands then."""
    workout = evening.train()
    evening.send(workout, add(1, 0, reps=5, weight="80", weight_unit="kg"))
    clock.shift(100)
    evening.correct(workout, id_of(1), weight="100")
    clock.shift(100)

    answer = evening.send(
        workout,
        op("set.update", at(50), id=id_of(1), weight="90"),
        op("set.update", at(150), id=id_of(1), assistance="5"),
        sent_at=at(200),
    )

    assert statuses(answer) == ["applied", "applied"]
    assert [(s["weight"], s["assistance"]) for s in sets_of(evening.see(workout))] == [("100", "5")]


def test_what_becomes_of_an_operation_is_told_by_those_before_it_in_time(evening: Gym, clock: Any) -> None:
    workout = evening.new()["id"]
    clock.shift(100)
    ops = [
        op("workout.pause", at(60)),
        op("workout.start", at(10)),
        op("workout.resume", at(70)),
        op("workout.resume", at(80)),
    ]
    answer = evening.send(workout, *ops, sent_at=at(100))
    assert statuses(answer) == ["superseded", "applied", "applied", "superseded"]
    assert [evening.see(workout)[name] for name in ("status", "active_since", "active_seconds")] == [
        "in_progress",
        at(70),
        50,
    ]


def test_what_was_deleted_later_stays_deleted_and_a_later_edit_brings_it_back(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    evening.send(workout, add(1, 0, reps=5))
    clock.shift(100)
    evening.drop(workout, id_of(1))

    earlier = evening.send(workout, op("set.update", at(50), id=id_of(1), reps=6), sent_at=at(100))
    assert (statuses(earlier), sets_of(evening.see(workout))) == (["applied"], [])

    clock.shift(100)
    evening.send(workout, op("set.update", at(150), id=id_of(1), rpe=8), sent_at=at(200))
    assert [(s["reps"], s["rpe"]) for s in sets_of(evening.see(workout))] == [(6, "8")]


def test_removing_an_exercise_removes_the_sets_it_had_then(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    entry = str(uuid5(UUID(workout), BENCH))
    evening.send(workout, add(1, 0, reps=1), add(2, 0, reps=2))
    clock.shift(100)
    evening.send(workout, op("exercise.remove", at(50), id=entry), sent_at=at(100))
    assert evening.see(workout)["exercises"] == []

    late = evening.send(workout, add(3, 40, reps=3), sent_at=at(100))
    assert (statuses(late), evening.see(workout)["exercises"]) == (["applied"], [])

    evening.send(workout, add(4, 60, reps=4), sent_at=at(100))
    (back,) = evening.see(workout)["exercises"]
    assert (back["id"], [s["reps"] for s in back["sets"]]) == (entry, [4])


def test_two_devices_that_log_the_same_exercise_meet_in_one_entry(evening: Gym) -> None:
    workout = evening.train()
    evening.send(workout, op("set.add", at(0), device="watch", id=id_of(1), exercise_id=BENCH, reps=1))
    evening.send(workout, op("set.add", at(-5), device="laptop", id=id_of(2), exercise_id=BENCH, reps=2))
    (entry,) = evening.see(workout)["exercises"]
    assert entry["id"] == str(uuid5(UUID(workout), BENCH))
    assert sorted(s["reps"] for s in entry["sets"]) == [1, 2]


def test_an_earlier_operation_gives_a_superseded_one_its_effect(evening: Gym, clock: Any) -> None:
    workout = evening.new()["id"]
    clock.shift(100)
    paused = evening.send(workout, op("workout.pause", at(60)), op("workout.complete", at(90)), sent_at=at(100))
    assert (statuses(paused), evening.see(workout)["status"]) == (["superseded", "superseded"], "planned")

    started = evening.send(workout, op("workout.start", at(10)), sent_at=at(100))

    assert statuses(started) == ["applied"]
    done = evening.see(workout)
    assert [done[name] for name in ("status", "started_at", "ended_at", "active_seconds", "seq")] == [
        "completed",
        at(10),
        at(90),
        50,
        4,
    ]


def test_a_late_complete_wins_over_the_clean_up_by_its_time(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    clock.shift(100)
    evening.do(workout, "cancel")
    late = evening.send(workout, op("workout.complete", at(40)), sent_at=at(100))
    assert statuses(late) == ["applied"]
    done = evening.see(workout)
    assert (done["status"], done["ended_at"], done["active_seconds"]) == ("completed", at(40), 40)


@pytest.mark.parametrize("status", ["planned", "completed", "cancelled"])
def test_sets_are_taken_in_every_state(evening: Gym, status: str) -> None:
    workout = evening.new()["id"]
    for verb in {"planned": [], "completed": ["start", "complete"], "cancelled": ["start", "cancel"]}[status]:
        evening.do(workout, verb)
    assert statuses(evening.send(workout, add(1, 0, reps=5, weight=100))) == ["applied"]
    seen = evening.see(workout)
    assert (seen["status"], seen["totals"]["volume_kg"]) == (status, "500")
    assert sets_of(seen)[0]["records"] != []


# ── Making and deleting in a batch ───────────────────────────────────────────────────────────────


def test_a_whole_workout_made_offline(evening: Gym) -> None:
    workout = str(uuid4())
    ops = [
        op("workout.create", at(-900), id=workout, name="Offline"),
        op("workout.start", at(-890)),
        add(1, -600, reps=5, weight=100),
        op("set.add", at(-500), id=id_of(2), exercise_id=PULL_UP, reps=8),
        op("workout.complete", at(-60)),
    ]
    first = evening.send(workout, *ops, sent_at=at(0))
    assert statuses(first) == ["applied"] * 5
    done = evening.see(workout)
    assert [done[name] for name in ("name", "status", "started_at", "ended_at", "active_seconds")] == [
        "Offline",
        "completed",
        at(-890),
        at(-60),
        830,
    ]
    assert [s["completed_at"] for s in sets_of(done)] == [at(-600), at(-500)]
    assert statuses(evening.send(workout, *ops, sent_at=at(0))) == ["duplicate"] * 5


def test_a_batch_for_the_id_of_somebody_elses_workout(evening: Gym, stranger: User) -> None:
    theirs = Gym(client_of(stranger)).train()
    before = stored()
    path = f"{V1}/workouts/{theirs}/ops"
    made = evening.device.post(path, {"sent_at": at(0), "ops": [op("workout.create", at(0), id=theirs)]})
    assert (made.status_code, made.json()["type"].rpartition("/")[2]) == (409, "id-taken")
    other = evening.device.post(path, {"sent_at": at(0), "ops": [op("workout.create", at(0), id=UNKNOWN)]})
    assert codes(other) == [("/ops/0/payload/id", "invalid")]
    assert stored() == before


def test_what_a_device_kept_while_the_workout_was_deleted_arrives_after_the_restore(evening: Gym, clock: Any) -> None:
    workout = evening.train()
    kept = [add(1, 10, reps=5), op("workout.complete", at(20))]
    evening.device.delete(f"{V1}/workouts/{workout}")
    clock.shift(60)
    path = f"{V1}/workouts/{workout}/ops"
    assert evening.device.post(path, {"sent_at": at(60), "ops": kept}).status_code == 404
    assert statuses(evening.send(workout, op("workout.restore", at(60)))) == ["applied"]
    assert statuses(evening.send(workout, *kept, sent_at=at(60))) == ["applied", "applied"]
    assert evening.see(workout)["status"] == "completed"


def test_what_follows_a_delete_in_the_same_batch_is_rejected_as_it_would_be_in_the_next(
    evening: Gym, clock: Any
) -> None:
    workout = evening.train()
    clock.shift(60)
    answer = evening.send(workout, op("workout.delete", at(1)), add(1, 2, reps=5), sent_at=at(60))
    assert statuses(answer) == ["applied", "rejected"]
    assert evening.device.get(f"{V1}/workouts/{workout}").status_code == 404
    assert sets_of(evening.do(workout, "restore")) == []


# ── Limits and cost ──────────────────────────────────────────────────────────────────────────────


def test_a_workout_has_at_most_a_hundred_exercises_those_removed_included(evening: Gym) -> None:
    workout = evening.train()
    adds = [op("exercise.add", at(n), id=id_of(n), exercise_id=BENCH, rank="a0") for n in range(101)]
    answer = evening.send(workout, *adds, op("exercise.remove", at(101), id=id_of(0)), adds[100])
    assert statuses(answer) == [*["applied"] * 100, "rejected", "applied", "rejected"]
    assert answer["results"][100]["problem"]["errors"][0]["code"] == "max_items"
    assert len(evening.see(workout)["exercises"]) == 99
    one_more = evening.device.post(f"{V1}/workouts/{workout}/sets", {"exercise_id": SQUAT, "reps": 5})
    assert codes(one_more) == [("", "max_items")]


def test_a_workout_has_at_most_five_hundred_sets(evening: Gym) -> None:
    workout = evening.train()
    adds = [add(n, n, reps=1, rank="a0") for n in range(501)]
    answer = evening.send(workout, *adds, op("set.remove", at(502), id=id_of(0)), adds[500])
    assert statuses(answer) == [*["applied"] * 500, "rejected", "applied", "rejected"]
    assert len(sets_of(evening.see(workout))) == 499


@pytest.mark.parametrize(("late", "statements"), [(False, 7), (True, 8)])
def test_a_batch_costs_the_same_whatever_it_holds(evening: Gym, clock: Any, late: bool, statements: int) -> None:
    spent = []
    for begun, count in ((0, 1), (100, 50)):
        workout = evening.train()
        clock.shift(100)
        if late:
            ok(evening.device.patch(f"{V1}/workouts/{workout}", {"name": "later than all"}))
        ops = [add(count * 100 + n, begun + 10 + n, reps=5, weight=100 + n) for n in range(count)]
        body = {"sent_at": at(begun + 100), "ops": ops}
        with counted() as sql:
            answer = ok(evening.device.post(f"{V1}/workouts/{workout}/ops", body))
        assert statuses(answer) == ["applied"] * count
        spent.append(len(sql))
    assert spent == [statements, statements], "\n".join(sql)
