"""What a device may send, and what it is told when it sends something else."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.core.ledger import BENCH, entry, set_id
from tests.workouts.strategies import WORKOUT_ID, thorough
from workouts.core.operations import (
    SCHEMAS,
    Invalid,
    UnknownType,
    dump_payload,
    load_payload,
    parse_payload,
)

SET = set_id(1)
ENTRY = entry(1)


def refused(type: str, raw: Any) -> list[tuple[str, str]]:
    """The (pointer, code) pairs of a refusal."""
    with pytest.raises(Invalid) as caught:
        parse_payload(type, raw)
    return [(error["pointer"], error["code"]) for error in caught.value.errors]


def test_a_whole_set_is_read_as_it_was_meant() -> None:
    raw = {
        "id": SET.upper(),
        "workout_exercise_id": ENTRY,
        "rank": "a0V",
        "kind": "drop",
        "reps": 8,
        "weight": "102.50",
        "assistance": 20,
        "weight_unit": "lb",
        "rpe": 8.5,
        "duration_seconds": 45.0,
        "distance": "0.250",
        "distance_unit": "mi",
        "completed": False,
        "notes": "Langsam 🦾",
    }
    assert parse_payload("set.add", raw) == {
        "id": SET,
        "workout_exercise_id": ENTRY,
        "rank": "a0V",
        "kind": "drop",
        "reps": 8,
        "weight": Decimal("102.5"),
        "assistance": Decimal(20),
        "weight_unit": "lb",
        "rpe": Decimal("8.5"),
        "duration_seconds": 45,
        "distance": Decimal("0.25"),
        "distance_unit": "mi",
        "completed": False,
        "notes": "Langsam 🦾",
    }


def test_null_clears_every_field_of_a_set_but_whether_it_is_done() -> None:
    names = ("kind", "reps", "weight", "assistance", "weight_unit", "rpe", "rir", "duration_seconds", "distance")
    cleared = dict.fromkeys((*names, "distance_unit", "notes"))
    assert parse_payload("set.update", {"id": SET, **cleared}) == {"id": SET, **cleared}
    assert refused("set.update", {"id": SET, "completed": None}) == [("/completed", "invalid")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("reps", -1, "min_value"),
        ("reps", 1_001, "max_value"),
        ("reps", True, "invalid"),
        ("reps", "8", "invalid"),
        ("reps", 8.5, "invalid"),
        ("reps", float("inf"), "invalid"),
        ("reps", [], "invalid"),
        ("weight", "-0.001", "min_value"),
        ("weight", 3_400, "max_value"),
        ("weight", "100.0001", "max_decimal_places"),
        ("weight", "1e-400", "max_decimal_places"),
        ("weight", "1e400", "max_value"),
        ("weight", "1E+9999", "invalid"),
        ("weight", "0." + "0" * 60 + "1", "invalid"),
        pytest.param("weight", 10**5_000, "max_value", id="weight-enormous"),
        ("weight", "NaN", "invalid"),
        ("weight", float("nan"), "invalid"),
        ("weight", float("inf"), "invalid"),
        ("weight", Decimal("Infinity"), "invalid"),
        ("weight", " 100 ", "invalid"),
        ("weight", "1_000", "invalid"),
        ("weight", "١٠", "invalid"),
        ("weight", "", "invalid"),
        ("weight", False, "invalid"),
        ("weight", {"kg": 1}, "invalid"),
        ("weight_unit", "stone", "invalid_choice"),
        ("weight_unit", 1, "invalid"),
        ("rpe", "0.5", "min_value"),
        ("rpe", "10.5", "max_value"),
        ("rpe", "8.3", "invalid"),
        ("rir", 11, "max_value"),
        ("rir", 1.5, "invalid"),
        ("duration_seconds", 86_401, "max_value"),
        ("distance", "0.0001", "max_decimal_places"),
        ("kind", "cluster", "invalid_choice"),
        ("completed", 1, "invalid"),
        ("notes", "x" * 4_001, "max_length"),
        ("notes", "nul\x00", "invalid"),
        ("notes", "half \ud83d", "invalid"),
        ("notes", 7, "invalid"),
        ("records", [], "unknown_field"),
        ("workout_exercise_id", ENTRY, "unknown_field"),
        ("target", {}, "unknown_field"),
    ],
)
def test_a_field_out_of_bounds_is_refused_at_its_place(field: str, value: Any, code: str) -> None:
    assert refused("set.update", {"id": SET, field: value}) == [(f"/{field}", code)]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"weight": "1500.001", "weight_unit": "kg"}, "/weight"),
        ({"weight": "3306.94", "weight_unit": "lb"}, "/weight"),
        ({"assistance": "1501", "weight_unit": "kg"}, "/assistance"),
        ({"distance": "1000.001", "distance_unit": "km"}, "/distance"),
        ({"distance": "621.372", "distance_unit": "mi"}, "/distance"),
    ],
)
def test_limits_are_meant_in_kilograms_and_metres(fields: dict[str, str], pointer: str) -> None:
    assert refused("set.update", {"id": SET, **fields}) == [(pointer, "max_value")]


@pytest.mark.parametrize(
    "fields",
    [
        {"weight": "1500", "weight_unit": "kg"},
        {"weight": "3306.933", "weight_unit": "lb"},
        {"weight": "3306.933"},
        {"distance": "1000", "distance_unit": "km"},
        {"distance": "621.371", "distance_unit": "mi"},
        {"weight": "-0"},
        {"weight": "1.5e3"},
        {"reps": 0, "duration_seconds": 86_400, "rpe": 1},
    ],
)
def test_limits_themselves_are_allowed(fields: dict[str, Any]) -> None:
    payload = parse_payload("set.update", {"id": SET, **fields})
    assert {name: format(payload[name], "f") for name in fields if isinstance(payload[name], Decimal)} == {
        name: {"-0": "0", "1.5e3": "1500"}.get(str(value), str(value))
        for name, value in fields.items()
        if isinstance(payload[name], Decimal)
    }


def test_effort_is_rpe_or_rir() -> None:
    assert refused("set.update", {"id": SET, "rpe": 8, "rir": 2}) == [("/rir", "invalid")]
    assert parse_payload("set.update", {"id": SET, "rpe": None, "rir": 2}) == {"id": SET, "rpe": None, "rir": 2}


def test_a_set_says_where_it_belongs_exactly_once() -> None:
    assert refused("set.add", {"id": SET}) == [("/workout_exercise_id", "required")]
    both = {"id": SET, "workout_exercise_id": ENTRY, "exercise_id": BENCH}
    assert refused("set.add", both) == [("/exercise_id", "invalid")]
    assert parse_payload("set.add", {"exercise_id": BENCH}) == {"exercise_id": BENCH}


def test_a_place_is_a_rank_or_a_neighbour() -> None:
    assert refused("exercise.move", {"id": ENTRY}) == [("/rank", "required")]
    assert refused("exercise.move", {"id": ENTRY, "rank": "a0", "after": None}) == [("/after", "invalid")]
    assert parse_payload("exercise.move", {"id": ENTRY, "after": None}) == {"id": ENTRY, "after": None}


@pytest.mark.parametrize("rank", ["", "a", "0", "a0!", "a00", "A" + "0" * 26, "zz", "á0", None, 1, "a0\n"])
def test_a_rank_is_a_fractional_index(rank: Any) -> None:
    assert refused("exercise.move", {"id": ENTRY, "rank": rank}) == [("/rank", "invalid")]


def test_a_rank_has_a_length() -> None:
    assert refused("exercise.move", {"id": ENTRY, "rank": "a0" + "V" * 199}) == [("/rank", "max_length")]


@pytest.mark.parametrize(
    "id",
    [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "01890000-0000-7000-8000-00000000a001",
        "C232AB00-9414-11EC-B3C8-9F6BDECED846",
    ],
)
def test_any_uuid_names_a_node(id: str) -> None:
    assert parse_payload("set.remove", {"id": id}) == {"id": id.lower()}


@pytest.mark.parametrize("id", ["", "1", "{01890000-0000-7000-8000-00000000a001}", "0" * 32, 7, None, "g" * 36])
def test_nothing_else_does(id: Any) -> None:
    assert refused("set.remove", {"id": id}) == [("/id", "invalid")]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T18:00:00Z", datetime(2026, 3, 2, 18, tzinfo=UTC)),
        ("2026-03-02t18:00:00.250z", datetime(2026, 3, 2, 18, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-03-02 19:30:00+01:30", datetime(2026, 3, 2, 18, tzinfo=UTC)),
        ("2026-03-02T18:00:00.123456789-00:00", datetime(2026, 3, 2, 18, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_times_are_rfc_3339(text: str, moment: datetime) -> None:
    assert parse_payload("workout.create", {"id": WORKOUT_ID, "started_at": text})["started_at"] == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-02T18:00:00", "invalid"),
        ("2026-03-02", "invalid"),
        ("20260302T180000Z", "invalid"),
        ("2026-13-02T18:00:00Z", "invalid"),
        ("0001-01-01T00:00:00+10:00", "invalid"),
        ("1969-12-31T23:59:59Z", "min_value"),
        (1_772_474_400, "invalid"),
    ],
)
def test_other_times_are_refused(text: Any, code: str) -> None:
    assert refused("workout.create", {"id": WORKOUT_ID, "started_at": text}) == [("/started_at", code)]


def test_a_workout_ends_after_it_started() -> None:
    one, two = "2026-03-02T18:00:00Z", "2026-03-02T19:00:00Z"
    assert refused("workout.create", {"id": WORKOUT_ID, "ended_at": one}) == [("/started_at", "required")]
    backwards = {"id": WORKOUT_ID, "started_at": two, "ended_at": one}
    assert refused("workout.create", backwards) == [("/ended_at", "min_value")]


def test_a_tree_is_read_to_its_leaves() -> None:
    target = {"reps": 5, "reps_max": 8, "weight": "100", "weight_unit": "kg", "rpe": 8, "rest_seconds": 120}
    raw = {
        "id": WORKOUT_ID,
        "name": "Push",
        "template_id": None,
        "template_version": 3,
        "exercises": [{"exercise_id": BENCH, "superset": 1, "notes": None, "sets": [{"target": target}, {"reps": 5}]}],
    }
    target |= {"assistance": "2.5", "tempo": "3-1-X-0"}
    parsed = {**target, "weight": Decimal(100), "rpe": Decimal(8), "assistance": Decimal("2.5")}
    assert parse_payload("workout.create", raw) == {
        **raw,
        "exercises": [{"exercise_id": BENCH, "superset": 1, "notes": None, "sets": [{"target": parsed}, {"reps": 5}]}],
    }


def test_every_fault_of_a_tree_is_told_at_once_with_its_place() -> None:
    raw = {
        "name": "x" * 201,
        "exercises": [
            {"sets": [{"reps": -1}, 5, {"target": {"reps": 8, "reps_max": 5}}, {"rpe": 8, "rir": 1}]},
            {"exercise_id": BENCH, "superset": 100, "sets": {}, "a/b~c": 1},
        ],
    }
    assert refused("workout.create", raw) == [
        ("/name", "max_length"),
        ("/exercises/0/sets/0/reps", "min_value"),
        ("/exercises/0/sets/1", "invalid"),
        ("/exercises/0/sets/2/target/reps_max", "min_value"),
        ("/exercises/0/sets/3/rir", "invalid"),
        ("/exercises/0/exercise_id", "required"),
        ("/exercises/1/superset", "max_value"),
        ("/exercises/1/sets", "invalid"),
        ("/exercises/1/a~1b~0c", "unknown_field"),
        ("/id", "required"),
    ]


def test_a_tree_has_at_most_100_exercises_and_500_sets() -> None:
    def tree(exercises: int, sets: int) -> dict[str, Any]:
        return {"id": WORKOUT_ID, "exercises": [{"exercise_id": BENCH, "sets": [{}] * sets}] * exercises}

    assert len(parse_payload("workout.create", tree(100, 5))["exercises"]) == 100
    assert refused("workout.create", tree(101, 0)) == [("/exercises", "max_items")]
    assert refused("workout.create", tree(2, 251)) == [("/exercises/1/sets", "max_items")]
    assert refused("workout.create", tree(1, 501)) == [("/exercises/0/sets", "max_items")]


def test_the_body_weighs_between_20_and_500_kg() -> None:
    assert refused("workout.update", {"body_weight": "44", "body_weight_unit": "lb"}) == [("/body_weight", "min_value")]
    assert refused("workout.update", {"body_weight": 501, "body_weight_unit": "kg"}) == [("/body_weight", "max_value")]
    assert refused("workout.update", {"body_weight": 2_000}) == [("/body_weight", "max_value")]
    assert parse_payload("workout.update", {"body_weight": "180.5"}) == {"body_weight": Decimal("180.5")}


def test_a_rest_lasts_up_to_two_hours() -> None:
    assert refused("rest.start", {"seconds": 0}) == [("/seconds", "min_value")]
    assert refused("rest.start", {"seconds": 7_201}) == [("/seconds", "max_value")]
    assert refused("rest.start", {}) == [("/seconds", "required")]
    assert parse_payload("rest.start", {"seconds": 90, "set_id": None}) == {"seconds": 90, "set_id": None}


@pytest.mark.parametrize("type", ["workout.abandon", "rest.end", "cue", "set.explode", "", None, 3, []])
def test_what_only_the_server_makes_cannot_be_sent(type: Any) -> None:
    with pytest.raises(UnknownType) as caught:
        parse_payload(type, {})
    assert caught.value.errors == [{"pointer": "/type", "code": "unknown_type", "detail": "Is not an operation."}]


@pytest.mark.parametrize("type", ["workout.start", "workout.delete", "rest.stop"])
def test_an_operation_without_content_has_none(type: str) -> None:
    assert parse_payload(type, {}) == {}
    assert refused(type, {"force": True}) == [("/force", "unknown_field")]
    assert refused(type, []) == [("", "invalid")]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(SCHEMAS)), st.data())
@thorough(200, soak=20_000)
def test_whatever_is_sent_is_read_or_refused_and_reads_back(type: str, data: st.DataObject) -> None:
    names = sorted(SCHEMAS[type].fields) or [""]
    likely = st.sampled_from([SET, "a0", "kg", 5, "8.5", "2026-03-02T18:00:00Z", True, None])
    raw = data.draw(st.dictionaries(st.sampled_from(names), likely | json, max_size=len(names)) | json)
    try:
        payload = parse_payload(type, raw)
    except Invalid as refusal:
        errors = refusal.errors
    else:
        errors = None
        assert load_payload(dump_payload(payload)) == payload
        assert parse_payload(type, dump_payload(payload)) == payload
    assert errors is None or [set(error) for error in errors] == [{"pointer", "code", "detail"}] * len(errors) != []
