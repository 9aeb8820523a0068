"""A workout as everybody sees it, and what it adds up to."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from tests.workouts.core.ledger import BENCH, FACTS, PULL_UP, ROW, Ledger, entry, moment, set_id, workout
from tests.workouts.strategies import WORKOUT_ID, History, histories, thorough
from workouts.core.operations import written
from workouts.core.records import Record
from workouts.core.shape import ExerciseFacts, Measures, Totals, measures, system_load, totals, workout_shape
from workouts.core.state import SetState, WorkoutState, visible

ONE, TWO, THREE = set_id(1), set_id(2), set_id(3)


def test_a_workout_is_shown_whole() -> None:
    ledger = Ledger()
    target = {"reps": 5, "weight": "100.0", "weight_unit": "kg"}
    tree = [{"id": entry(0), "exercise_id": BENCH, "superset": 1, "sets": [{"id": ONE, "target": target}]}]
    ledger.do("workout.create", {"id": WORKOUT_ID, "name": "Push", "template_version": 2, "exercises": tree}, at=0)
    ledger.do("workout.start", at=10)
    ledger.do("workout.update", {"notes": "early", "body_weight": "80.50"}, at=11)
    ledger.do("set.update", {"id": ONE, "reps": 5, "weight": 225, "weight_unit": "lb", "rpe": 8}, at=60.25)
    run = {"id": TWO, "exercise_id": ROW, "distance": "1.5", "distance_unit": "mi", "duration_seconds": 400, "rir": 3}
    ledger.do("set.add", run, at=500)
    ledger.do("rest.start", {"seconds": 90, "set_id": ONE}, at=501)

    record = Record("weight", None, Decimal("102.058"), Decimal("100.0"), ONE, WORKOUT_ID)
    shape = workout_shape(ledger.workout, FACTS, records={ONE: [record]})
    implied = ledger.set(TWO).workout_exercise_id
    assert shape == {
        "id": WORKOUT_ID,
        "name": "Push",
        "status": "in_progress",
        "seq": 6,
        "started_at": "2026-03-02T18:00:10Z",
        "ended_at": None,
        "active_seconds": 0,
        "active_since": "2026-03-02T18:00:10Z",
        "template_id": None,
        "template_version": 2,
        "notes": "early",
        "body_weight": "80.5",
        "body_weight_unit": "kg",
        "rest": {"set_id": ONE, "seconds": 90, "ends_at": "2026-03-02T18:09:51Z"},
        "totals": {"sets": 2, "reps": 5, "volume_kg": "510.29", "duration_seconds": 400, "distance_m": "2414.016"},
        "exercises": [
            {
                "id": entry(0),
                "exercise_id": BENCH,
                "position": 0,
                "rank": "a0",
                "superset": 1,
                "notes": None,
                "sets": [
                    {
                        "id": ONE,
                        "workout_exercise_id": entry(0),
                        "position": 0,
                        "rank": "a0",
                        "kind": "working",
                        "reps": 5,
                        "weight": "225",
                        "assistance": None,
                        "weight_unit": "lb",
                        "weight_kg": "102.058",
                        "rpe": "8",
                        "rir": None,
                        "duration_seconds": None,
                        "distance": None,
                        "distance_unit": None,
                        "distance_m": None,
                        "notes": None,
                        "target": {"reps": 5, "weight": "100", "weight_unit": "kg"},
                        "completed": True,
                        "completed_at": "2026-03-02T18:01:00.250000Z",
                        "records": [{"kind": "weight", "value": "102.058", "previous": "100"}],
                    }
                ],
            },
            {
                "id": implied,
                "exercise_id": ROW,
                "position": 1,
                "rank": "a1",
                "superset": None,
                "notes": None,
                "sets": [
                    {
                        "id": TWO,
                        "workout_exercise_id": implied,
                        "position": 0,
                        "rank": "a0",
                        "kind": "working",
                        "reps": None,
                        "weight": None,
                        "assistance": None,
                        "weight_unit": None,
                        "weight_kg": None,
                        "rpe": None,
                        "rir": 3,
                        "duration_seconds": 400,
                        "distance": "1.5",
                        "distance_unit": "mi",
                        "distance_m": "2414.016",
                        "notes": None,
                        "target": None,
                        "completed": True,
                        "completed_at": written(moment(500)),
                        "records": [],
                    }
                ],
            },
        ],
    }
    assert json.loads(json.dumps(shape)) == shape


def test_nodes_stand_by_rank_then_id() -> None:
    ledger = workout()
    for id, rank in ((THREE, "a1"), (TWO, "a1"), (ONE, "a2"), (set_id(4), "Zz")):
        ledger.do("set.add", {"id": id, "workout_exercise_id": entry(0), "rank": rank})
    sets = ledger.shape["exercises"][0]["sets"]
    assert [(item["id"], item["position"]) for item in sets] == [(set_id(4), 0), (TWO, 1), (THREE, 2), (ONE, 3)]


@pytest.mark.parametrize(
    ("fields", "share", "weighed", "load"),
    [
        pytest.param({"weight": "100", "weight_unit": "kg"}, "0", "80", "100", id="a barbell"),
        pytest.param({"weight": "225", "weight_unit": "lb"}, "0", None, "102.058", id="in pounds"),
        pytest.param({}, "0.95", "80", "76", id="a pull-up"),
        pytest.param({"weight": "10", "weight_unit": "kg"}, "0.95", "80", "86", id="a weighted pull-up"),
        pytest.param({"assistance": "20", "weight_unit": "kg"}, "0.95", "80", "56", id="an assisted one"),
        pytest.param({"assistance": "90", "weight_unit": "kg"}, "0.95", "80", "0", id="never below nothing"),
        pytest.param(
            {"weight": "10", "weight_unit": "kg"}, "0.95", None, "10", id="body weight unknown: the implement"
        ),
        pytest.param({"assistance": "20", "weight_unit": "kg"}, "0.95", None, "0", id="of which nothing is left"),
        pytest.param({}, "0.95", None, None, id="nothing known"),
        pytest.param({}, "0", "80", None, id="nothing entered"),
    ],
)
def test_the_load_is_body_weight_and_implement(
    fields: dict[str, str], share: str, weighed: str | None, load: str | None
) -> None:
    item = SetState("set", "entry", weight_unit=fields.get("weight_unit"))
    item.weight = Decimal(fields["weight"]) if "weight" in fields else None
    item.assistance = Decimal(fields["assistance"]) if "assistance" in fields else None
    expected = None if load is None else Decimal(load)
    assert system_load(item, Decimal(share), None if weighed is None else Decimal(weighed)) == expected


def test_what_a_set_comes_to_in_kilograms_and_metres() -> None:
    item = SetState("set", "entry", weight=Decimal(225), assistance=Decimal(5), weight_unit="lb", rpe=Decimal("8.5"))
    item.distance, item.distance_unit = Decimal("1.5"), "mi"
    assert measures(item, Decimal("0.95"), Decimal(80)) == Measures(
        load_kg=Decimal("175.790"),
        weight_kg=Decimal("102.058"),
        assistance_kg=Decimal("2.268"),
        distance_m=Decimal("2414.016"),
        rir=Decimal("1.5"),
    )
    assert measures(SetState("set", "entry", rir=2), Decimal(0), None) == Measures(None, None, None, None, Decimal(2))


def counted(*sets: dict[str, Any], body_weight: int | None = None) -> Totals:
    ledger = workout()
    if body_weight is not None:
        ledger.do("workout.update", {"body_weight": body_weight})
    for item in sets:
        ledger.do("set.add", {"workout_exercise_id": entry(0), **item})
    return totals(ledger.workout, FACTS)


def test_totals_count_what_was_done_and_not_the_warm_ups() -> None:
    work = {"reps": 5, "weight": 100}
    assert counted(
        work,
        {**work, "kind": "warmup"},
        {**work, "completed": False},
        {**work, "kind": "failure", "reps": 0},
        {"duration_seconds": 60, "distance": 100},
        {"reps": 10},
    ) == Totals(4, 15, Decimal(500), 60, Decimal(100))


def test_totals_leave_out_what_was_removed() -> None:
    ledger = workout()
    for id, parent in ((ONE, entry(0)), (TWO, entry(0)), (THREE, entry(1))):
        ledger.do("set.add", {"id": id, "workout_exercise_id": parent, "reps": 5, "weight": 10})
    ledger.do("set.remove", {"id": ONE})
    ledger.do("exercise.remove", {"id": entry(1)})
    assert totals(ledger.workout, FACTS) == Totals(1, 5, Decimal(50), 0, Decimal(0))


def test_volume_knows_the_body() -> None:
    pull_ups = {"workout_exercise_id": entry(1), "reps": 10}
    assert counted(pull_ups, body_weight=80).volume_kg == 760
    assert counted(pull_ups).volume_kg == 0
    assert counted({**pull_ups, "assistance": 30}, body_weight=80).volume_kg == 460


def test_an_exercise_nobody_knows_counts_its_implement() -> None:
    ledger = workout()
    ledger.do("set.add", {"workout_exercise_id": entry(1), "reps": 5, "weight": 10})
    ledger.do("workout.update", {"body_weight": 80})
    assert totals(ledger.workout, {}).volume_kg == 50
    assert totals(ledger.workout, {PULL_UP: ExerciseFacts("reps", Decimal(1))}).volume_kg == 450


def test_what_shows_is_all_a_snapshot_holds() -> None:
    ledger = workout()
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "reps": 5})
    ledger.do("set.add", {"id": TWO, "workout_exercise_id": entry(1), "reps": 5})
    ledger.do("set.remove", {"id": ONE})
    ledger.do("exercise.remove", {"id": entry(1)})
    known = visible(ledger.workout)
    assert (list(known.exercises), list(known.sets)) == ([entry(0), entry(2)], [])
    assert len(ledger.workout.sets) == 2


@given(histories(whole=False))
@thorough()
def test_a_snapshot_shows_what_the_workout_shows(history: History) -> None:
    ledger = Ledger()
    ledger.receive(history.batches)
    state: WorkoutState = ledger.workout
    assert workout_shape(visible(state), FACTS) == workout_shape(state, FACTS)
    assert visible(state).shows_like(visible(visible(state)))
    assert json.loads(json.dumps(ledger.shape)) == ledger.shape
