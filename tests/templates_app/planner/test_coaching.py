"""What a coach would look at in the plans of ten very different people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from templates_app.plan import Load, Plan, PlannedExercise, PrescribedSet, Progression
from templates_app.planner import CatalogueExercise, History, PlanRequest, plan
from templates_app.planner.catalogue import NOT_IN_PREGNANCY
from templates_app.planner.mesocycle import plan_weeks
from templates_app.planner.prescription import SPARED
from templates_app.planner.request import Level
from templates_app.planner.standing import standing
from templates_app.planner.timing import day_seconds
from templates_app.planner.week import PUSHES
from tests.templates_app.planner.conftest import library, proposed
from tests.templates_app.planner.people import GYM, PEOPLE

KNOWN = {exercise.id: exercise for exercise in library()}


def plan_of(name: str) -> Plan:
    plan = proposed(name).plan
    assert plan is not None
    return plan


def day(name: str, place: int, week: int = 1) -> list[tuple[CatalogueExercise, PlannedExercise]]:
    entries = plan_of(name).weeks[week - 1].days[place].exercises
    return [(KNOWN[entry.exercise_id], entry) for entry in entries]


def everything(name: str) -> Iterator[tuple[CatalogueExercise, PlannedExercise]]:
    for _, one in plan_of(name).days():
        for entry in one.exercises:
            yield KNOWN[entry.exercise_id], entry


def working(entry: PlannedExercise) -> list[PrescribedSet]:
    return [item for item in entry.sets if item.kind != "warmup"]


def lifts(name: str, slug: str, week: int = 1) -> list[list[tuple[str, int | None, Decimal | None]]]:
    """What is prescribed of a lift on each day of a week."""
    return [
        [(item.kind, item.reps, item.load.value if item.load else None) for item in working(entry)]
        for place in range(len(plan_of(name).weeks[0].days))
        for exercise, entry in day(name, place, week)
        if exercise.slug == slug
    ]


@pytest.mark.parametrize("name", PEOPLE)
def test_a_day_is_one_that_people_train(name: str) -> None:
    request = PEOPLE[name]
    for week, one in plan_of(name).days():
        assert day_seconds(one, KNOWN, request.minutes) <= request.minutes * 60
        assert 2 <= len(one.exercises) <= (8 if request.minutes <= 60 else 10)
        for entry in one.exercises:
            exercise = KNOWN[entry.exercise_id]
            assert standing(exercise) != "preparation"
            assert 1 <= len(working(entry)) <= 5, (week.number, one.name, exercise.name)
            assert exercise.kind in {"strength", "bodyweight", "plyometric"}
            assert all(item.rest_seconds for item in entry.sets)
            assert exercise.id not in entry.substitutes


@pytest.mark.parametrize("name", PEOPLE)
def test_a_day_is_built_around_what_a_coach_names_first_or_as_good(name: str) -> None:
    for _, one in plan_of(name).days():
        ordinary = [standing(KNOWN[entry.exercise_id]) in {"staple", "solid"} for entry in one.exercises]
        assert ordinary[0]
        if PEOPLE[name].equipment == GYM:
            assert all(ordinary), [KNOWN[entry.exercise_id].slug for entry in one.exercises]


@pytest.mark.parametrize("name", PEOPLE)
def test_fast_then_heavy_then_small_then_the_trunk(name: str) -> None:
    for one in plan_of(name).weeks[0].days:
        straight = [KNOWN[entry.exercise_id] for entry in one.exercises if entry.superset is None]
        core = [exercise.is_core for exercise in straight]
        assert core == sorted(core)
        fast = [exercise.is_explosive for exercise in straight]
        if PEOPLE[name].goal == "power":
            assert fast == sorted(fast, reverse=True)


@pytest.mark.parametrize("name", PEOPLE)
def test_progression_fits_what_is_lifted(name: str) -> None:
    for exercise, entry in everything(name):
        rule = entry.progression.rule
        climbs = any(item.reps_max for item in entry.sets)
        if rule == "percentage":
            assert exercise.equipment & {"barbell", "trap_bar"}
            assert exercise.is_compound
        elif exercise.is_timed:
            assert rule == "none"
        else:
            assert rule == ("double" if climbs else "linear") or exercise.is_explosive


def test_a_novice_with_bands_pushes_pulls_squats_and_hinges_three_days_a_week() -> None:
    for place in range(3):
        patterns = {exercise.pattern for exercise, _ in day("novice with bands", place)}
        assert patterns & {"squat", "lunge"}
        assert patterns & {"horizontal_push", "vertical_push"}
        assert patterns & {"horizontal_pull", "vertical_pull"}
        assert patterns & {"hinge", "hip_extension", "knee_flexion"}
    assert proposed("novice with bands").trade_offs == ()


def test_a_novice_with_a_barbell_adds_weight_each_time() -> None:
    heavy = [
        {e.slug: entry for e, entry in day("novice with a barbell", place) if entry.progression.rule == "linear"}
        for place in range(3)
    ]
    assert sorted(map(sorted, heavy)) == [
        ["barbell-back-squat", "barbell-bench-press"],
        ["barbell-back-squat", "barbell-bench-press"],
        ["barbell-bench-press", "barbell-deadlift", "barbell-overhead-press"],
    ]
    assert all([item.reps for item in working(entry)] == [5, 5, 5] for one in heavy for entry in one.values())
    # At most one heavy hinge a day.
    hinges = [sum(e.pattern == "hinge" for e, _ in day("novice with a barbell", place)) for place in range(3)]
    assert max(hinges) == 1


def test_a_powerlifter_rides_waves() -> None:
    heavy, volume = lifts("powerlifter", "barbell-bench-press")
    assert heavy[:3] == [("working", 5, 65), ("working", 5, 75), ("amrap", 5, 85)]
    assert {item[0] for item in heavy[3:]} <= {"backoff"}
    assert set(volume) == {("working", 5, Decimal(75))}
    assert lifts("powerlifter", "barbell-bench-press", 2)[0][:3] == [
        ("working", 3, 70),
        ("working", 3, 80),
        ("amrap", 3, 90),
    ]
    assert lifts("powerlifter", "barbell-bench-press", 3)[0][:3] == [
        ("working", 5, 75),
        ("working", 3, 85),
        ("amrap", 1, 95),
    ]
    assert lifts("powerlifter", "barbell-bench-press", 4)[0] == [
        ("working", 5, 40),
        ("working", 5, 50),
        ("working", 5, 60),
    ]
    # Each block asks for the same percentages: the training max grows from wave to wave, by the usual step.
    for week in range(5, 13):
        assert lifts("powerlifter", "barbell-bench-press", week) == lifts(
            "powerlifter", "barbell-bench-press", week - 4
        )
    for slug in ("barbell-back-squat", "barbell-bench-press", "barbell-deadlift"):
        waves = plan_of("powerlifter").waves(next(id for id, item in KNOWN.items() if item.slug == slug))
        assert list(waves.values()) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
        steps = {entry.progression for exercise, entry in everything("powerlifter") if exercise.slug == slug}
        assert Progression("percentage") in steps


def test_a_training_max_that_the_usual_step_is_too_much_for_goes_up_by_a_twentieth() -> None:
    request, bench = PEOPLE["powerlifter"], next(i for i, item in KNOWN.items() if item.slug == "barbell-bench-press")
    for best, step in ((Decimal(30), None), (Decimal(25), Progression("percentage", Decimal(1), "kg"))):
        made = plan(request, library(), History({bench: best})).plan
        assert made is not None
        steps = {entry.progression for _, one in made.days() for entry in one.exercises if entry.exercise_id == bench}
        assert steps == {step or Progression("percentage")}


@pytest.mark.parametrize("weeks", [3, 4, 7, 9, 12, 16])
def test_waves_of_blocks_of_any_length_are_told_apart(weeks: int) -> None:
    request = replace(PEOPLE["powerlifter"], weeks=weeks)
    made = plan(request, library(), History()).plan
    assert made is not None
    bench = next(id for id, item in KNOWN.items() if item.slug == "barbell-bench-press")
    blocks = {week.number: week.block for week in plan_weeks(request)}
    assert made.waves(bench) == blocks


@pytest.mark.parametrize("injury", sorted(SPARED))
@pytest.mark.parametrize("level", ["intermediate", "advanced"])
def test_who_must_not_strain_gets_strong_without_waves_and_open_sets(level: Level, injury: str) -> None:
    request = PlanRequest("strength", level, 3, 60, 4, GYM, injuries=frozenset({injury}))
    made = plan(request, library(), History()).plan
    assert made is not None
    for _, one in made.days():
        for entry in one.exercises:
            exercise = KNOWN[entry.exercise_id]
            assert entry.progression.rule != "percentage"
            for item in working(entry):
                assert item.kind == "working"
                assert item.load is not None
                assert item.load.type == "bodyweight" or (item.load.type == "rir" and item.load.value in {3, 4})
                # A weight can be chosen for eight; where the body is the weight, its strength says how many there are.
                floor = 8 if exercise.is_weighted else 3
                assert exercise.is_timed or (item.reps or 0) >= floor, exercise.name


def test_a_powerlifter_pulls_from_the_floor_once_and_squats_heavy_on_another_day() -> None:
    heavy = {
        slug: [
            place
            for place in range(4)
            for exercise, entry in day("powerlifter", place)
            if exercise.slug == slug and entry.progression.rule == "percentage"
        ]
        for slug in ("barbell-back-squat", "barbell-deadlift", "barbell-bench-press")
    }
    assert [len(places) for places in heavy.values()] == [1, 1, 2]
    assert heavy["barbell-back-squat"] != heavy["barbell-deadlift"]


def test_who_comes_every_day_has_one_easy_one_and_every_muscle_enough() -> None:
    days = plan_of("every day").weeks[0].days
    assert [one.name for one in days] == [
        "Push A",
        "Pull A",
        "Legs A",
        "Push B",
        "Pull B",
        "Legs B",
        "Shoulders, arms and trunk",
    ]
    assert sum(len(working(entry)) for entry in days[6].exercises) <= 14
    assert proposed("every day").trade_offs == ()


def test_nothing_hurts() -> None:
    for name in ("sore knee and shoulder", "pregnant", "sixty-five", "high blood pressure"):
        for exercise, entry in everything(name):
            for id in (exercise.id, *entry.substitutes):
                assert not KNOWN[id].contraindications & PEOPLE[name].injuries
    for exercise, _ in everything("sore knee and shoulder"):
        assert exercise.pattern not in PUSHES
    for exercise, entry in everything("pregnant"):
        assert not {KNOWN[id].slug for id in (exercise.id, *entry.substitutes)} & NOT_IN_PREGNANCY
    cautions = [item.text for item in proposed("pregnant").explanation if item.code == "caution"]
    assert cautions[0].startswith("Have your midwife or doctor agree first.")


@pytest.mark.parametrize("name", ["pregnant", "high blood pressure"])
def test_who_must_not_strain_keeps_three_in_reserve_and_eight_repetitions(name: str) -> None:
    for _, entry in everything(name):
        for item in working(entry):
            if item.load is not None and item.load.type == "rir":
                assert item.load.value in {3, 4}
            assert item.reps is None or item.reps >= 8


def test_only_the_body_is_slowed_down_where_it_is_light() -> None:
    tempos = {exercise.slug: entry.sets[0].tempo for exercise, entry in everything("only the body")}
    assert tempos["push-up"] == tempos["bodyweight-squat"] == "3-1-1-0"
    assert tempos["pike-push-up"] is None
    assert all(item.kind == "working" for _, entry in everything("only the body") for item in entry.sets)


def test_a_bodybuilder_grows_sets_and_comes_nearer_to_failure() -> None:
    sets = [
        sum(len(working(entry)) for one in week.days for entry in one.exercises)
        for week in plan_of("bodybuilder").weeks
    ]
    assert all(early <= late <= 1.2 * early for early, late in pairwise(sets[:4]))
    assert sets[3] > sets[0]
    assert sets[4] < 0.75 * sets[3]
    reserves = [
        {
            item.load.value
            for one in week.days
            for e in one.exercises
            for item in working(e)
            if item.load and item.load.type == "rir"
        }
        for week in plan_of("bodybuilder").weeks[:5]
    ]
    assert reserves[0] == {3}
    assert reserves[3] == {0, 1}
    assert reserves[4] == {4}


def test_light_lifts_get_small_steps() -> None:
    steps = {
        exercise.slug: (entry.progression.increment, entry.progression.unit)
        for exercise, entry in everything("sixty-five")
    }
    assert steps["machine-chest-press"] == (Decimal(1), "kg")
    assert steps["leg-press"] == (Decimal(2), "kg")
    assert steps["dumbbell-romanian-deadlift"] == (None, None)


def test_a_runner_goes_round() -> None:
    for place in range(2):
        circuit = [entry for _, entry in day("runner", place) if entry.superset]
        assert len(circuit) >= 3
        assert {len(entry.sets) for entry in circuit} == {3}
        assert [entry.sets[0].rest_seconds for entry in circuit] == [15] * (len(circuit) - 1) + [45]
        first, entry = day("runner", place)[0]
        assert first.pattern in {"squat", "hinge"}
        assert (entry.sets[-1].reps, entry.sets[-1].reps_max) == (15, 20)


def test_opposites_take_turns_where_time_is_short() -> None:
    opposites = {
        "horizontal_push": {"horizontal_pull", "rear_fly"},
        "chest_fly": {"horizontal_pull", "rear_fly"},
        "vertical_push": {"vertical_pull", "shoulder_extension"},
        "shoulder_raise": {"vertical_pull", "shoulder_extension"},
        "elbow_extension": {"elbow_flexion"},
        "knee_extension": {"knee_flexion"},
        "calf_raise": {"core_flexion", "core_antiextension", "core_rotation", "core_lateral_flexion"},
    }
    pairs = 0
    for place in range(3):
        paired = [(exercise, entry) for exercise, entry in day("short of time", place) if entry.superset]
        for (one, first), (other, second) in zip(paired[::2], paired[1::2], strict=True):
            assert first.superset == second.superset
            assert other.pattern in opposites[one.pattern]
            assert len(first.sets) == len(second.sets)
            assert (first.sets[0].rest_seconds, second.sets[0].rest_seconds) == (15, 60)
            pairs += 1
    assert pairs >= 3
    assert not any(entry.superset for _, entry in everything("upper and lower"))


def test_a_jumper_jumps_first_and_far_from_failure() -> None:
    for place in range(3):
        first, entry = day("jumper", place)[0]
        assert first.is_explosive
        assert [item.load for item in working(entry)] == [Load("bodyweight")] * 3
        assert all((item.reps or 0) <= 5 for item in working(entry))


def test_warm_ups_lead_to_the_first_heavy_lift_and_one_set_to_the_next() -> None:
    counts = [
        [sum(item.kind == "warmup" for item in entry.sets) for _, entry in day("upper and lower", place)[:2]]
        for place in (1, 3)
    ]
    assert counts == [[2, 1], [2, 1]]
    (_, first), *_ = day("upper and lower", 1)
    assert [(item.reps, item.load) for item in first.sets[:2]] == [
        (8, Load("percent_1rm", Decimal(40))),
        (5, Load("percent_1rm", Decimal(55))),
    ]
