"""The sets of an exercise: where their weights come from, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.plan import PlannedExercise, PrescribedSet
from tests.workouts.progression.trainee import (
    BENCH,
    CARRY,
    CURL,
    DIP,
    PUSH_UP,
    SQUAT,
    Trainee,
    load,
    planned,
    reps,
    sets,
    weights,
)
from tests.workouts.strategies import thorough
from workouts.progression.history import Done, Session
from workouts.progression.known import Exercise
from workouts.progression.loading import Kit, rack_for
from workouts.progression.sets import AskedSet

STRONG = (5, 100)  # at RPE 9 the estimate is 119.2 kg
PULL_UP = Exercise("Pull-up", "weight_reps", ("weighted_bodyweight", "pull_up_bar"), ("lats",), False, Decimal(1))


@pytest.fixture
def strong() -> Trainee:
    trainee = Trainee()
    trainee.lifted(STRONG, rir=1)
    return trainee


def test_a_set_keeps_all_that_the_plan_says_of_it(strong: Trainee) -> None:
    item = PrescribedSet("working", 8, 12, load=load("rpe", "8.5"), rest_seconds=150, tempo="3-1-1-0")
    asked = strong.asked(planned(item, rule="none")).sets[0]
    assert asked == AskedSet(
        "working", 8, 12, Decimal(90), None, "kg", Decimal("8.5"), None, None, None, 150, "3-1-1-0"
    )
    held = PrescribedSet(seconds=30, distance=Decimal("12.5"), load=load("rir", "2"))
    bare = strong.asked(planned(held, rule="none")).sets[0]
    assert (bare.seconds, bare.distance_m, bare.rir, bare.rpe) == (30, Decimal("12.5"), 2, None)


@pytest.mark.parametrize(
    ("asked", "rule", "weight", "why"),
    [
        (load("absolute", 81, "kg"), "none", "80", "As the plan says"),
        (load("absolute", 176, "lb"), "none", "80", "As the plan says"),
        (load("percent_1rm", 75), "none", "90", "75 % of an estimated 1RM of 119.2 kg"),
        (load("percent_tm", 75), "none", "80", "75 % of an estimated training max of 107.3 kg"),
        (load("rpe", 8), "none", "97.5", "RPE 8 by an estimated 1RM of 119.2 kg"),
        (load("rir", 4), "none", "90", "RPE 6 by an estimated 1RM of 119.2 kg"),
        (load("bodyweight"), "none", None, "As the plan says"),
        (None, "none", None, "As the plan says; the weight is yours to choose"),
        (load("absolute", 130, "kg"), "none", "130", "As the plan says; more than 105 % of your estimated 1RM, so take"
            " less if in doubt"),
        (load("absolute", 80, "kg"), "linear", "80", "A start: 80 kg as the plan says"),
        (load("percent_1rm", 75), "linear", "87.5", "A start: 87.5 kg by an estimated 1RM of 119.2 kg"),
        (load("rpe", 8), "linear", "95", "A start: 95 kg by an estimated 1RM of 119.2 kg"),
        (None, "linear", "95", "A start: 95 kg by an estimated 1RM of 119.2 kg"),
    ],
)  # fmt: skip
def test_where_the_first_weight_comes_from(strong: Trainee, asked: object, rule: str, weight: str, why: str) -> None:
    found = strong.asked(planned(*sets(1, 5, asked), rule=rule))  # type: ignore[arg-type]
    assert (weights(found), found.why, found.need) == ([weight], why, None)


@pytest.mark.parametrize(
    ("exercise", "asked", "rule", "need"),
    [
        (BENCH, sets(2, 8, load("rir", 2)), "linear", "a weight you can do for 10"),
        (BENCH, sets(2, 8), "double", "a weight you can do for 10"),
        (BENCH, sets(2, 5, load("rpe", 9)), "none", "a weight you can do for 6"),
        (BENCH, sets(2, 5, load("percent_1rm", 80)), "none", "a weight you can do for 7"),
        (CARRY, sets(2, seconds=40), "linear", "a weight you can hold for 40 s"),
        (DIP, sets(2, 8), "linear", "how much help you need for 8"),
    ],
)
def test_what_is_asked_of_somebody_unknown(
    exercise: Exercise, asked: list[PrescribedSet], rule: str, need: str
) -> None:
    found = Trainee(exercise).asked(planned(*asked, rule=rule))
    assert (found.need, found.why) == (need, f"No history yet: start with {need}")
    assert weights(found) == [None, None]
    effort = found.sets[0].rpe is not None or found.sets[0].rir is not None
    assert effort == (exercise is not CARRY)


@pytest.mark.parametrize("rule", ["none", "linear"])
@pytest.mark.parametrize(
    ("item", "need"),
    [
        (PrescribedSet(distance=Decimal(40), load=load("rpe", 8)), "a weight you can take for 40 m"),
        (PrescribedSet("failure", load=load("rpe", 10)), "a weight to do as many with as you can"),
    ],
)
def test_sets_that_count_no_repetitions_are_given_none(
    item: PrescribedSet, need: str, rule: str, strong: Trainee
) -> None:
    entry = planned(item, rule=rule)
    unknown = Trainee().asked(entry)
    assert (unknown.need, weights(unknown), reps(unknown)) == (need, [None], [None])
    found = strong.asked(entry)
    assert (weights(found), reps(found), found.why) == (["100"], [None], "100 kg, by what you used last")
    assert weights(strong.asked(planned(replace(item, load=load("percent_1rm", 50)), rule=rule))) == ["60"]
    assert weights(strong.asked(planned(replace(item, load=load("absolute", 70, "kg")), rule=rule))) == ["70"]


def test_a_set_to_failure_beside_others_has_no_share(strong: Trainee) -> None:
    entry = planned(*sets(1, 5, load("rpe", 8)), PrescribedSet("failure", load=load("rpe", 10)))
    found = strong.asked(entry)
    assert (weights(found), reps(found)) == (["95", None], [5, None])


def test_without_weight_nothing_is_asked() -> None:
    found = Trainee(PUSH_UP).asked(planned(*sets(2, 8, load("bodyweight")), rule="linear"))
    assert (found.need, reps(found), weights(found)) == (None, [8, 8], [None, None])


def test_the_bodys_part_is_not_guessed() -> None:
    """Of a weighted pull-up what hangs on the belt says little of a 1RM: the start is what was used last."""
    trainee = Trainee(PULL_UP)
    entry = planned(*sets(2, 5, load("rir", 2)))
    assert trainee.asked(entry).need == "a weight you can do for 7"
    trainee.lifted((8, "12.5"), rir=1)
    assert trainee.asked(entry).why == "A start: 12.5 kg, by what you used last"
    assert [weights(trainee.train(entry))[0] for _ in range(2)] == ["12.5", "15"]


def test_a_carry_by_effort_goes_on_with_what_was_carried() -> None:
    trainee = Trainee(CARRY)
    entry = planned(*sets(2, None, load("rir", 2), seconds=40), rule="none")
    assert trainee.asked(entry).need == "a weight you can hold for 40 s"
    trainee.train(entry, lambda number, item: {"weight": 20})
    found = trainee.asked(entry)
    assert (weights(found), found.need, found.why) == (["20", "20"], None, "20 kg, by what you used last")


def test_warm_ups_back_offs_and_drops_follow(strong: Trainee) -> None:
    entry = planned(
        PrescribedSet("warmup", 8),
        PrescribedSet("warmup", 3),
        PrescribedSet("warmup", 2, load=load("percent_1rm", 70)),
        *sets(2, 5, load("rpe", 8)),
        PrescribedSet(reps=8, load=load("rpe", 8)),
        PrescribedSet("amrap", 5),
        PrescribedSet("backoff", 8),
        PrescribedSet("drop", 8),
        PrescribedSet("working", 5, load=load("bodyweight")),
    )
    expected = ["50", "75", "80", "95", "95", "85", "95", "85", "75", None]
    assert weights(strong.asked(entry)) == expected
    assert weights(strong.asked(replace(entry, progression=planned(rule="none").progression)))[:2] == ["52.5", "77.5"]


def test_a_pyramid_keeps_its_steps() -> None:
    trainee = Trainee()
    entry = planned(*[PrescribedSet(reps=5, load=load("absolute", kg, "kg")) for kg in (100, 90, 80)])
    assert weights(trainee.train(entry)) == ["100", "90", "80"]
    assert weights(trainee.asked(entry)) == ["102.5", "92.5", "82.5"]


@pytest.mark.parametrize(
    ("days", "weight", "why"),
    [
        (14, "62.5", "+2.5 kg: 3 × 8 done"),
        (15, "55", "Back after 15 days: 10 % lighter. Before that: +2.5 kg: 3 × 8 done"),
        (29, "52.5", "Back after 29 days: 15 % lighter. Before that: +2.5 kg: 3 × 8 done"),
        (100, "50", "Back after 100 days: 20 % lighter. Before that: +2.5 kg: 3 × 8 done"),
    ],
)
def test_coming_back(days: int, weight: str, why: str) -> None:
    trainee = Trainee()
    entry = planned(*sets(3, 8, load("absolute", 60, "kg")))
    trainee.train(entry, days=days)
    assert (weights(trainee.asked(entry))[0], trainee.asked(entry).why) == (weight, why)
    trainee.train(entry)
    assert trainee.asked(entry).why == "+2.5 kg: 3 × 8 done"


def test_coming_back_to_an_estimate_and_to_push_ups() -> None:
    trainee = Trainee()
    trainee.lifted(STRONG, rir=1, days_ago=30)
    found = trainee.asked(planned(*sets(1, 5, load("rpe", 8)), rule="none"))
    assert (weights(found), found.why) == (
        ["82.5"],
        "RPE 8 by an estimated 1RM of 119.2 kg, 15 % off after 30 days away",
    )
    athlete = Trainee(PUSH_UP)
    entry = planned(*sets(2, 20))
    athlete.train(entry, days=30)
    assert reps(athlete.asked(entry)) == [17, 17]


def test_coming_back_to_more_help() -> None:
    trainee = Trainee(DIP)
    trainee.sessions.append(Session(trainee.now - timedelta(days=60), (Done(True, reps=8, assistance=Decimal(20)),)))
    found = trainee.asked(planned(*sets(1, 8)))
    assert (found.sets[0].assistance, found.why) == (
        25,
        "A start: 25 kg of help, by what you needed last, more after 60 days away",
    )


def test_another_exercise_in_its_place_is_no_miss() -> None:
    """It was trained under the same entry, and is not among the sessions of this exercise."""
    trainee = Trainee()
    entry = planned(*sets(3, 8, load("absolute", 60, "kg")))
    trainee.train(entry)
    trainee.now += timedelta(days=4)
    assert trainee.asked(entry).why == "+2.5 kg: 3 × 8 done"


def test_other_training_of_the_exercise_does_not_count_for_the_plan() -> None:
    trainee = Trainee()
    entry = planned(*sets(3, 8, load("absolute", 60, "kg")))
    trainee.train(entry)
    trainee.lifted((3, 90))
    assert weights(trainee.asked(entry))[0] == "62.5"


def test_another_unit_goes_on_with_what_was_lifted() -> None:
    trainee = Trainee(SQUAT)
    entry = planned(*sets(1, 5, load("absolute", 100, "kg")))
    trainee.sessions.append(
        Session(trainee.now, (Done(True, reps=5, weight=Decimal("220.462")),), entry.id)  # 100 kg, read in pounds
    )
    trainee.kit = Kit("lb", tuple(map(Decimal, ("45", "25", "10", "5", "2.5"))))
    found = trainee.asked(entry)
    assert (weights(found), found.sets[0].unit, found.why) == (["230"], "lb", "230 lb: 1 × 5 done")


def test_the_lightest_there_is() -> None:
    trainee = Trainee()
    trainee.lifted((8, 20), rir=0)
    found = trainee.asked(planned(*sets(1, 8, load("rir", 4)), rule="none"))
    assert weights(found) == ["20"]
    assert found.why.endswith("; 20 kg is the lightest there is, so take another implement if it is too much")


# ── What holds always ────────────────────────────────────────────────────────────────────────────

SCHEMES = st.builds(
    lambda rule, count, low, more, of, kg: planned(
        *sets(count, low, of or load("absolute", kg, "kg"), reps_max=low + more if rule == "double" else None),
        rule=rule,
    ),
    st.sampled_from(["linear", "double"]),
    st.integers(1, 5),
    st.integers(1, 15),
    st.integers(1, 6),
    st.sampled_from([None, load("rir", 2), load("rpe", 8), load("percent_1rm", 70)]),
    st.integers(1, 250),
)
TRAINEES = st.builds(
    lambda exercise, kit, weight, count: _with_history(Trainee(exercise, kit), weight, count),
    st.sampled_from([BENCH, SQUAT, CURL]),
    st.sampled_from([Kit(), Kit("lb", tuple(map(Decimal, ("45", "25", "10", "5", "2.5"))))]),
    st.integers(1, 300),
    st.integers(1, 20),
)


def _with_history(trainee: Trainee, weight: int, count: int) -> Trainee:
    trainee.lifted((count, weight), rir=1)
    return trainee


@thorough(80)
@given(TRAINEES, SCHEMES)
def test_doing_what_is_prescribed_always_progresses(trainee: Trainee, entry: PlannedExercise) -> None:
    """Linear: heavier every time. Double: heavier whenever the range is through, and never lighter meanwhile."""
    main = entry.sets[0]
    width = 1 if main.reps_max is None or main.reps is None else main.reps_max - main.reps + 1
    lifted = [trainee.train(entry).sets[0].weight or Decimal(0) for _ in range(2 * width + 1)]
    assert all(later >= earlier for earlier, later in pairwise(lifted))
    assert lifted[0] < lifted[width] < lifted[2 * width]
    rack = rack_for(trainee.exercise.equipment, trainee.kit)
    assert all(rack.nearest(weight) == weight >= rack.least for weight in lifted)


SESSIONS = st.lists(st.lists(st.integers(0, 14), min_size=3, max_size=3), max_size=6)


@thorough(80)
@given(SESSIONS, st.sampled_from(["linear", "double", "none", "percentage"]), st.integers(0, 90))
def test_whatever_happened_there_is_a_next_time(history: list[list[int]], rule: str, away: int) -> None:
    """Never lighter than the empty bar, always by the plates, the same when asked again."""
    of = load("percent_tm", 80) if rule == "percentage" else load("rir", 2)
    entry = planned(*sets(3, 8, of, reps_max=10), rule=rule)
    trainee = Trainee()
    trainee.lifted((5, 60), rir=0)
    for counts in history:
        trainee.train(entry, lambda number, item, counts=counts: {"reps": counts[number]})  # type: ignore[misc]
    trainee.now += timedelta(days=away)
    found = trainee.asked(entry)
    assert found == trainee.asked(entry)
    assert found.why
    for item in found.sets:
        assert item.weight is not None
        assert item.weight >= 20
        assert item.weight % Decimal("2.5") == 0
        assert 8 <= (item.reps or 0) <= 10


@thorough(60)
@given(st.integers(20, 300), st.integers(1, 100), st.integers(1, 20), st.integers(0, 4))
def test_the_stronger_the_heavier(weight: int, more: int, count: int, rir: int) -> None:
    entry = planned(*sets(1, count, load("rir", rir)), rule="none")
    found = []
    for lifted in (weight, weight + more):
        trainee = Trainee()
        trainee.lifted((5, lifted), rir=0)
        found.append(trainee.asked(entry).sets[0].weight or 0)
    assert found[0] <= found[1]
