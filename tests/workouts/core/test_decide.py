"""What is accepted, what is refused, and what an operation says once it is stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.core.ledger import BENCH, PULL_UP, ROW, Ledger, entry, moment, set_id, workout
from tests.workouts.strategies import RANKS, WORKOUT_ID, thorough
from workouts.core.decide import Rejected, decide, entry_id, rank_between
from workouts.core.fields import rank
from workouts.core.operations import Op, parse_payload

ONE, TWO, THREE, FOUR = (set_id(n) for n in range(1, 5))
UNKNOWN = set_id(999)


def refused(ledger: Ledger, type: str, raw: dict[str, Any], **options: Any) -> tuple[str, str | None]:
    """The (code, pointer) of a refusal, which leaves nothing behind."""
    before, count = ledger.state.copy() if ledger.state else None, len(ledger.events)
    with pytest.raises(Rejected) as caught:
        ledger.do(type, raw, **options)
    assert (ledger.state, len(ledger.events)) == (before, count)
    return caught.value.code, caught.value.pointer


def stored(ledger: Ledger) -> dict[str, Any]:
    return ledger.events[-1].payload


def with_sets(*ids: str) -> Ledger:
    ledger = workout()
    for id in ids:
        ledger.do("set.add", {"id": id, "workout_exercise_id": entry(0), "reps": 5})
    return ledger


# --- what is refused


@pytest.mark.parametrize(
    ("type", "raw", "pointer"),
    [
        ("set.update", {"id": UNKNOWN, "reps": 5}, "/id"),
        ("set.remove", {"id": UNKNOWN}, "/id"),
        ("set.add", {"id": TWO, "workout_exercise_id": UNKNOWN}, "/workout_exercise_id"),
        ("set.add", {"id": TWO, "workout_exercise_id": entry(0), "after": UNKNOWN}, "/after"),
        ("exercise.add", {"exercise_id": BENCH, "after": UNKNOWN}, "/after"),
        ("exercise.move", {"id": UNKNOWN, "rank": "a0"}, "/id"),
        ("exercise.move", {"id": entry(0), "after": UNKNOWN}, "/after"),
        ("exercise.move", {"id": entry(0), "after": entry(0)}, "/after"),
        ("exercise.update", {"id": UNKNOWN, "notes": "?"}, "/id"),
        ("exercise.remove", {"id": UNKNOWN}, "/id"),
        ("rest.start", {"seconds": 60, "set_id": UNKNOWN}, "/set_id"),
    ],
)
def test_what_the_workout_has_not_is_not_found(type: str, raw: dict[str, Any], pointer: str) -> None:
    assert refused(with_sets(ONE), type, raw) == ("not_found", pointer)


def test_a_neighbour_in_another_exercise_is_none() -> None:
    raw = {"id": TWO, "workout_exercise_id": entry(1), "after": ONE}
    assert refused(with_sets(ONE), "set.add", raw) == ("not_found", "/after")


def test_nothing_happens_before_the_workout_is_made() -> None:
    assert refused(Ledger(), "workout.start", {}) == ("not_found", None)


def test_a_workout_is_made_once() -> None:
    assert refused(workout(), "workout.create", {"id": WORKOUT_ID}) == ("id_taken", "/id")


def test_an_id_names_one_node() -> None:
    ledger = with_sets(ONE)
    assert refused(ledger, "set.add", {"id": ONE, "workout_exercise_id": entry(1)}) == ("id_taken", "/id")
    assert refused(ledger, "exercise.add", {"id": entry(0), "exercise_id": BENCH}) == ("id_taken", "/id")
    ledger.do("set.remove", {"id": ONE})
    assert refused(ledger, "set.add", {"id": ONE, "workout_exercise_id": entry(0)}) == ("id_taken", "/id")


def test_an_id_names_one_node_of_a_tree() -> None:
    def tree(*sets: str) -> dict[str, Any]:
        branch = {"id": entry(0), "exercise_id": BENCH, "sets": [{"id": id} for id in sets]}
        return {"id": WORKOUT_ID, "exercises": [branch]}

    assert refused(Ledger(), "workout.create", tree(ONE, ONE)) == ("duplicate", "/exercises/0/sets/1/id")
    twice = {"id": WORKOUT_ID, "exercises": [{"id": entry(0), "exercise_id": BENCH}] * 2}
    assert refused(Ledger(), "workout.create", twice) == ("duplicate", "/exercises/1/id")


def test_an_implied_entry_may_be_made_again() -> None:
    ledger = workout()
    implied = entry_id(WORKOUT_ID, BENCH)
    ledger.do("exercise.add", {"id": implied, "exercise_id": BENCH, "rank": "Zz"})
    ledger.do("exercise.add", {"id": implied, "exercise_id": BENCH})
    assert stored(ledger)["rank"] == "Zz"
    assert refused(ledger, "exercise.add", {"id": implied, "exercise_id": ROW}) == ("id_taken", "/id")


def test_a_workout_holds_500_sets_those_removed_included() -> None:
    sets = [{"id": set_id(n)} for n in range(500)]
    ledger = Ledger()
    ledger.do("workout.create", {"id": WORKOUT_ID, "exercises": [{"id": entry(0), "exercise_id": BENCH, "sets": sets}]})
    ledger.do("set.remove", {"id": ONE})
    assert refused(ledger, "set.add", {"workout_exercise_id": entry(0)}) == ("max_items", None)
    ledger.do("set.update", {"id": ONE, "reps": 5})


def test_a_workout_holds_100_exercises_those_removed_included() -> None:
    ledger = Ledger()
    tree = [{"id": entry(n), "exercise_id": BENCH} for n in range(99)]
    ledger.do("workout.create", {"id": WORKOUT_ID, "exercises": tree})
    ledger.do("set.add", {"exercise_id": PULL_UP, "reps": 5})
    ledger.do("exercise.remove", {"id": entry(0)})
    assert refused(ledger, "exercise.add", {"exercise_id": BENCH}) == ("max_items", None)
    assert refused(ledger, "set.add", {"exercise_id": ROW}) == ("max_items", None)
    ledger.do("set.add", {"exercise_id": PULL_UP, "reps": 5})


def test_limits_hold_for_the_unit_that_was_meant() -> None:
    ledger = with_sets(ONE)
    assert refused(ledger, "set.update", {"id": ONE, "weight": 3_000}) == ("max_value", "/weight")
    ledger.do("set.update", {"id": ONE, "weight": 3_000}, default_weight_unit="lb")
    assert refused(ledger, "set.update", {"id": ONE, "weight_unit": "kg"}) == ("max_value", "/weight")
    ledger.do("set.update", {"id": ONE, "distance": 2_000})
    assert refused(ledger, "set.update", {"id": ONE, "distance_unit": "km"}) == ("max_value", "/distance")
    assert refused(ledger, "workout.update", {"body_weight": 600}) == ("max_value", "/body_weight")
    ledger.do("workout.update", {"body_weight": 600}, default_weight_unit="lb")
    assert refused(ledger, "workout.update", {"body_weight_unit": "kg"}) == ("max_value", "/body_weight")


def test_limits_hold_in_a_tree_too() -> None:
    def tree(**leaf: Any) -> dict[str, Any]:
        return {"id": WORKOUT_ID, "exercises": [{"exercise_id": BENCH, "sets": [{}, leaf]}]}

    assert refused(Ledger(), "workout.create", tree(weight=3_000)) == ("max_value", "/exercises/0/sets/1/weight")
    planned = tree(target={"weight": 3_000})
    assert refused(Ledger(), "workout.create", planned) == ("max_value", "/exercises/0/sets/1/target/weight")
    helped = tree(target={"weight": 10, "assistance": 3_000})
    assert refused(Ledger(), "workout.create", helped) == ("max_value", "/exercises/0/sets/1/target/assistance")


def test_of_a_deleted_workout_nothing_is_accepted_but_its_restoration() -> None:
    ledger = with_sets(ONE)
    ledger.do("workout.start")
    ledger.do("rest.start", {"seconds": 60}, op_id="rest")
    ledger.do("workout.delete")
    for type, raw in (
        ("set.update", {"id": ONE, "reps": 6}),
        ("set.update", {"id": UNKNOWN, "reps": 6}),
        ("exercise.add", {"exercise_id": BENCH}),
        ("workout.complete", {}),
        ("workout.update", {"name": "Gone"}),
        ("workout.delete", {}),
        ("workout.create", {"id": WORKOUT_ID}),
        ("rest.start", {"seconds": 60}),
        ("rest.end", {"start_op_id": "rest"}),
        ("workout.abandon", {}),
    ):
        assert refused(ledger, type, raw) == ("not_found", None), type
    assert ledger.do("workout.restore") == "applied"
    assert ledger.do("set.update", {"id": ONE, "reps": 6}) == "applied"


# --- what is accepted


@pytest.mark.parametrize("verb", ["complete", "cancel"])
def test_content_is_accepted_in_every_state(verb: str) -> None:
    ledger = with_sets(ONE)
    ledger.do("workout.start")
    ledger.do(f"workout.{verb}")
    assert ledger.do("set.update", {"id": ONE, "reps": 6}) == "applied"
    assert ledger.do("set.add", {"exercise_id": ROW, "distance": 500}) == "applied"
    assert ledger.do("exercise.remove", {"id": entry(0)}) == "applied"


def test_an_update_that_merely_loses_is_applied() -> None:
    ledger = with_sets(ONE)
    ledger.do("set.update", {"id": ONE, "reps": 6}, at=300)
    assert ledger.do("set.update", {"id": ONE, "reps": 4}, at=200) == "applied"
    assert ledger.set(ONE).reps == 6


def test_a_transition_impossible_in_its_place_is_superseded() -> None:
    ledger = workout()
    ledger.do("workout.start", at=100)
    ledger.do("workout.complete", at=300)
    assert ledger.do("workout.pause", at=400) == "superseded"
    assert ledger.do("workout.pause", at=200) == "applied"
    assert ledger.workout.status == "completed"
    assert ledger.workout.active_seconds == 100


# --- what is stored


def test_a_set_logged_by_a_simple_client_is_stored_whole() -> None:
    ledger = workout()
    ledger.do("set.add", {"exercise_id": PULL_UP, "reps": 8, "weight": "10.50"}, op_id="tap", default_weight_unit="lb")
    payload = stored(ledger)
    made = payload.pop("id")
    assert payload == {
        "workout_exercise_id": entry_id(WORKOUT_ID, PULL_UP),
        "exercise_id": PULL_UP,
        "exercise_rank": "a3",
        "rank": "a0",
        "reps": 8,
        "weight": Decimal("10.5"),
        "assistance": None,
        "weight_unit": "lb",
        "completed": True,
    }
    again = Op("tap", "set.add", moment(0), "phone", parse_payload("set.add", {"exercise_id": PULL_UP}))
    assert decide(workout().workout, again, now=moment(0)).events[0].payload["id"] == made


def replaced() -> Ledger:
    """The entry that the bench press implies has become a row since; the tree has an older entry of each exercise."""
    ledger = workout()
    ledger.do("set.add", {"id": ONE, "exercise_id": BENCH, "reps": 5})
    ledger.do("exercise.update", {"id": entry_id(WORKOUT_ID, BENCH), "exercise_id": ROW})
    return ledger


def trained(ledger: Ledger, id: str) -> str | None:
    """The exercise a set counts as."""
    return ledger.workout.exercises[ledger.set(id).workout_exercise_id].exercise_id


def test_a_set_counts_as_the_exercise_it_names_though_its_entry_was_replaced() -> None:
    ledger = replaced()
    ledger.do("set.add", {"id": TWO, "exercise_id": BENCH, "reps": 4})
    assert stored(ledger) == {
        "id": TWO,
        "workout_exercise_id": entry(0),
        "exercise_id": BENCH,
        "exercise_rank": "a0",
        "rank": "a0",
        "reps": 4,
        "completed": True,
    }
    assert (trained(ledger, ONE), trained(ledger, TWO)) == (ROW, BENCH)


def test_it_goes_to_the_last_entry_of_its_exercise_that_shows() -> None:
    ledger = replaced()
    for id, place in ((entry(7), "b00"), (entry(8), "b01"), (entry(9), "b02")):
        ledger.do("exercise.add", {"id": id, "exercise_id": BENCH, "rank": place})
    ledger.do("exercise.remove", {"id": entry(9)})
    ledger.do("set.add", {"id": TWO, "exercise_id": BENCH, "reps": 4})
    assert ledger.set(TWO).workout_exercise_id == entry(8)


def test_where_there_is_none_it_gets_a_new_one() -> None:
    ledger = replaced()
    ledger.do("exercise.update", {"id": entry(0), "exercise_id": ROW})
    ledger.do("set.add", {"id": TWO, "exercise_id": BENCH, "reps": 4})
    second = entry_id(WORKOUT_ID, f"{BENCH}:2")
    assert ledger.set(TWO).workout_exercise_id == second
    assert (ledger.shape["exercises"][-1]["id"], stored(ledger)["exercise_rank"]) == (second, "a4")
    ledger.do("set.add", {"id": THREE, "exercise_id": BENCH, "reps": 3})
    assert ledger.set(THREE).workout_exercise_id == second
    ledger.do("exercise.update", {"id": second, "exercise_id": ROW})
    ledger.do("set.add", {"id": FOUR, "exercise_id": BENCH, "reps": 2})
    assert ledger.set(FOUR).workout_exercise_id == entry_id(WORKOUT_ID, f"{BENCH}:3")
    assert [trained(ledger, id) for id in (ONE, TWO, THREE, FOUR)] == [ROW, ROW, ROW, BENCH]


def test_a_new_one_must_fit_too() -> None:
    ledger = Ledger()
    tree = [{"id": entry(n), "exercise_id": ROW} for n in range(99)]
    ledger.do("workout.create", {"id": WORKOUT_ID, "exercises": tree})
    ledger.do("set.add", {"id": ONE, "exercise_id": BENCH, "reps": 5})
    ledger.do("exercise.update", {"id": entry_id(WORKOUT_ID, BENCH), "exercise_id": ROW})
    assert refused(ledger, "set.add", {"exercise_id": BENCH, "reps": 4}) == ("max_items", None)


def test_ids_that_were_left_open_differ_by_operation_and_by_workout() -> None:
    def made(workout_id: str, op_id: str) -> set[str]:
        tree = [{"exercise_id": BENCH, "sets": [{}, {}]}, {"exercise_id": BENCH}]
        ledger = Ledger()
        ledger.do("workout.create", {"id": workout_id, "exercises": tree}, op_id=op_id)
        return {*ledger.workout.exercises, *ledger.workout.sets}

    all_ids = made(WORKOUT_ID, "a") | made(WORKOUT_ID, "b") | made(UNKNOWN, "a")
    assert len(all_ids) == 12
    assert made(WORKOUT_ID, "a") <= all_ids


def test_a_tree_is_stored_with_its_order_units_and_what_is_done() -> None:
    ledger = Ledger()
    sets = [{"id": ONE, "weight": 60, "reps": 5}, {"id": TWO, "target": {"weight": 60, "reps": None, "distance": 1}}]
    tree = [
        {"id": entry(0), "exercise_id": BENCH, "sets": sets},
        {"id": entry(1), "exercise_id": ROW, "rank": "b00"},
        {"id": entry(2), "exercise_id": ROW},
    ]
    ledger.do(
        "workout.create",
        {"id": WORKOUT_ID, "exercises": tree},
        default_weight_unit="lb",
        body_weight=(Decimal("80.5"), "kg"),
    )
    done = {"weight": Decimal(60), "assistance": None, "weight_unit": "lb", "reps": 5, "completed": True}
    target = {"weight": Decimal(60), "weight_unit": "lb", "distance": Decimal(1), "distance_unit": "m"}
    assert stored(ledger) == {
        "id": WORKOUT_ID,
        "body_weight": Decimal("80.5"),
        "body_weight_unit": "kg",
        "exercises": [
            {
                "id": entry(0),
                "exercise_id": BENCH,
                "rank": "a0",
                "sets": [{"id": ONE, "rank": "a0", **done}, {"id": TWO, "rank": "a1", "target": target}],
            },
            {"id": entry(1), "exercise_id": ROW, "rank": "b00", "sets": []},
            {"id": entry(2), "exercise_id": ROW, "rank": "b01", "sets": []},
        ],
    }
    assert (ledger.workout.body_weight, ledger.workout.body_weight_unit) == (Decimal("80.5"), "kg")


def test_help_that_is_planned_has_a_unit_of_its_own() -> None:
    ledger = Ledger()
    tree = [
        {"id": entry(0), "exercise_id": BENCH, "sets": [{"id": ONE, "target": {"assistance": 20, "tempo": "3-1-X-0"}}]}
    ]
    ledger.do("workout.create", {"id": WORKOUT_ID, "exercises": tree}, default_weight_unit="lb")
    assert stored(ledger)["exercises"][0]["sets"] == [
        {"id": ONE, "rank": "a0", "target": {"assistance": Decimal(20), "weight_unit": "lb", "tempo": "3-1-X-0"}}
    ]


def test_a_workout_cannot_begin_in_the_future() -> None:
    times = {"started_at": "2026-03-02T19:00:00Z", "ended_at": "2999-01-01T00:00:00Z"}
    ledger = Ledger()
    ledger.do("workout.create", {"id": WORKOUT_ID, **times}, at=60)
    assert stored(ledger) == {"id": WORKOUT_ID, "started_at": moment(60), "ended_at": moment(60)}


def test_an_edit_is_stored_with_the_rest_of_its_registers_and_its_exercise() -> None:
    ledger = workout()
    first = {"id": ONE, "workout_exercise_id": entry(0), "weight": 225, "weight_unit": "lb", "assistance": 5}
    ledger.do("set.add", first)
    ledger.do("set.update", {"id": ONE, "assistance": None, "distance": 2, "distance_unit": "km"})
    assert stored(ledger) == {
        "id": ONE,
        "workout_exercise_id": entry(0),
        "weight": Decimal(225),
        "assistance": None,
        "weight_unit": "lb",
        "distance": Decimal(2),
        "distance_unit": "km",
        "completed": True,
    }
    ledger.do("set.update", {"id": ONE, "weight": None, "distance": None})
    assert stored(ledger) == {
        "id": ONE,
        "workout_exercise_id": entry(0),
        "weight": None,
        "assistance": None,
        "weight_unit": None,
        "distance": None,
        "distance_unit": None,
    }


def test_body_weight_keeps_its_unit() -> None:
    ledger = workout()
    ledger.do("workout.update", {"body_weight": 180, "body_weight_unit": "lb"})
    ledger.do("workout.update", {"body_weight": 181})
    assert stored(ledger) == {"body_weight": Decimal(181), "body_weight_unit": "lb"}
    ledger.do("workout.update", {"body_weight": None})
    assert stored(ledger) == {"body_weight": None, "body_weight_unit": None}


# --- places


def order(ledger: Ledger) -> list[str]:
    return [item.id for item in ledger.shown]


def test_a_set_without_a_place_is_the_last() -> None:
    assert order(with_sets(THREE, ONE, TWO)) == [THREE, ONE, TWO]


def test_a_set_goes_after_another_or_first() -> None:
    ledger = with_sets(ONE, TWO)
    ledger.do("set.add", {"id": THREE, "workout_exercise_id": entry(0), "after": ONE})
    ledger.do("set.add", {"id": FOUR, "workout_exercise_id": entry(0), "after": None})
    assert order(ledger) == [FOUR, ONE, THREE, TWO]
    assert "after" not in stored(ledger)


def test_an_exercise_moves_after_another_or_first() -> None:
    ledger = workout()
    ledger.do("exercise.move", {"id": entry(0), "after": entry(1)})
    assert [item["id"] for item in ledger.shape["exercises"]] == [entry(1), entry(0), entry(2)]
    ledger.do("exercise.move", {"id": entry(2), "after": None})
    assert [item["id"] for item in ledger.shape["exercises"]] == [entry(2), entry(1), entry(0)]


def test_a_removed_neighbour_still_marks_its_place() -> None:
    ledger = with_sets(ONE, TWO)
    ledger.do("set.remove", {"id": TWO})
    ledger.do("set.add", {"id": THREE, "workout_exercise_id": entry(0)})
    ledger.do("set.add", {"id": FOUR, "workout_exercise_id": entry(0), "after": TWO})
    ledger.do("set.update", {"id": TWO, "reps": 1})
    assert order(ledger) == [ONE, TWO, FOUR, THREE]


def test_neighbours_of_one_rank_are_followed_together() -> None:
    ledger = workout()
    for id in (ONE, TWO):
        ledger.do("set.add", {"id": id, "workout_exercise_id": entry(0), "rank": "a5"})
    ledger.do("set.add", {"id": THREE, "workout_exercise_id": entry(0), "after": ONE})
    assert order(ledger) == [ONE, TWO, THREE]


ranks = st.sampled_from((*RANKS, "A" + "0" * 25 + "1", "z" * 27, "zzzzzzzzzzzzzzzzzzzzzzzzzzzV", "a0" + "z" * 40))


@given(st.none() | ranks, st.none() | ranks)
@thorough(300)
def test_there_is_always_a_place_between(low: str | None, high: str | None) -> None:
    between = rank_between(low, high)
    assert rank(between) == between
    assert low is None or low < between
    if high is not None and (low is None or low < high):
        assert between < high or high.startswith("A")


def test_a_place_is_shared_where_no_key_is_short_enough() -> None:
    high = between = "a1"
    for _ in range(6_000):
        between = rank_between("a0", high)
        assert rank(between) == between
        if between == "a0":
            break
        high = between
    assert (between, len(high)) == ("a0", 200)
    full = "a0" + "z" * 198
    assert rank_between(full, "a1") == full
    assert rank_between(None, "A" + "0" * 25 + "1") == "A" + "0" * 25 + "1"


def test_a_key_too_long_to_work_with_is_shared() -> None:
    endless = "a0" + "z" * 20_000
    assert rank_between(endless, "a1") == endless


def test_placeholders_without_a_rank_do_not_stand_in_the_way() -> None:
    assert rank_between("", "") == "a0"
    assert rank_between("", "a0") == "Zz"
    assert rank_between("a1", "a0") == "a2"
