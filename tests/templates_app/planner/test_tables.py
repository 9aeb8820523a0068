"""The planner's tables speak the words of the exercise library, and hold what their sources say."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest

from accounts.enums import Experience, TrainingGoal
from exercises.enums import Contraindication, Equipment, Muscle, Pattern
from exercises.operations.catalogue import SHIPPED
from templates_app.planner import (
    GOALS,
    LEVELS,
    CatalogueExercise,
    PlanRequest,
    merits,
    prescription,
    standing,
    vocabulary,
    volume,
    week,
)
from templates_app.planner import catalogue as exercises
from templates_app.planner.columns import FAMILIES, candidates, columns, style
from templates_app.planner.request import History
from tests.templates_app.planner.people import GYM, PEOPLE


def test_words_are_those_of_the_library() -> None:
    assert set(GOALS) == set(TrainingGoal.values)
    assert list(LEVELS) == Experience.values
    assert set(Equipment.values) == vocabulary.EQUIPMENT
    assert set(Contraindication.values) >= prescription.SPARED
    assert {muscle for muscles in volume.GROUPS.values() for muscle in muscles} == set(Muscle.values) - {
        "serratus",
        "hip_flexors",
        "tibialis",
    }


def test_patterns_are_those_of_the_library() -> None:
    tables = [
        *(theme.patterns | theme.heads | theme.twice | frozenset().union(*theme.slots) for theme in themes()),
        *(pattern for family in FAMILIES for pattern in family),
        week.PUSHES | week.PULLS | week.KNEE | week.HIP | week.DEMANDING,
        merits.SINGLE_JOINT_PATTERNS | merits.MAIN_PATTERNS | (merits.ONLY_IF_LIKED - {""}),
        exercises.CORE_PATTERNS | exercises.EXPLOSIVE_PATTERNS,
    ]
    assert frozenset().union(*tables) <= {*Pattern.values, exercises.BALLISTIC}


def themes() -> list[week.Theme]:
    weeks = [
        week.themes(split, days)
        for split in ("full_body", "upper_lower", "push_pull_legs", "body_part")
        for days in range(1, 8)
    ]
    return [theme for found in weeks if found for theme in found]


@pytest.mark.parametrize(
    "table",
    [
        merits.OUTGROWN,
        merits.BREATHLESS,
        merits.HEAVY_LIFTS,
        merits.COMPETITION,
        merits.PULLED_FROM_FLOOR,
        merits.EXPLOSIVE_LIFTS,
        exercises.NOT_IN_PREGNANCY,
    ],
)
def test_exercises_of_a_table_are_in_the_library(table: frozenset[str], by_slug: dict[str, CatalogueExercise]) -> None:
    assert table <= by_slug.keys()


def test_an_exercise_has_one_standing_and_is_solid_until_it_is_judged(by_slug: dict[str, CatalogueExercise]) -> None:
    tables = (standing.STAPLES, standing.SOLID, standing.SECOND, standing.SPECIALTIES, standing.PREPARATION)
    placed = [slug for table in tables for slug in table]
    trained = {slug for slug, exercise in by_slug.items() if exercises.trains(exercise)}
    assert len(placed) == len(set(placed))
    assert set(placed) <= trained
    found = Counter(standing.standing(by_slug[slug]) for slug in placed)
    assert list(map(len, tables)) == [found[word] for word in get_args(standing.Standing)]
    assert standing.standing(replace(by_slug["barbell-curl"], slug="something-new")) == "solid"


def test_the_heaviest_lifts_are_lifts_with_a_training_max() -> None:
    assert merits.COMPETITION | merits.PULLED_FROM_FLOOR <= merits.TRAINING_MAX_LIFTS <= merits.HEAVY_LIFTS


@pytest.mark.parametrize("days", range(1, 8))
def test_days_are_spread_as_evenly_as_a_week_allows(days: int) -> None:
    weekdays = week.WEEKDAYS[days]
    gaps = [b - a for a, b in pairwise((*weekdays, weekdays[0] + 7))]
    assert (len(weekdays), sum(gaps)) == (days, 7)
    assert max(gaps) - min(gaps) <= 1


def test_days_in_a_row() -> None:
    assert [week.neighbours(days) for days in range(1, 8)] == [
        [],
        [],
        [],
        [(0, 1)],
        [(0, 1), (2, 3), (3, 4)],
        [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)],
        [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 0)],
    ]


def test_ceilings_are_the_published_landmarks_and_lower_for_who_is_newer() -> None:
    published = {
        "chest": 22,
        "back": 25,
        "quads": 20,
        "hamstrings": 20,
        "side_rear_delts": 26,
        "front_delts": 12,
        "biceps": 26,
        "triceps": 18,
        "calves": 20,
        "glutes": 16,
        "abs": 25,
        "traps": 26,
    }
    assert {group: volume.ceiling(group, "advanced") for group in published} == published
    assert (volume.ceiling("chest", "beginner"), volume.ceiling("chest", "intermediate")) == (15.0, 18.5)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("level", LEVELS)
def test_floors_leave_room_below_the_ceiling(goal: str, level: str) -> None:
    request = PlanRequest(goal, level, 3, 60, 4, like=frozenset({"side_delts", "neck"}))  # type: ignore[arg-type]
    for group, (sets, rank) in volume.floors(request).items():
        assert 0 < sets <= 0.7 * volume.ceiling(group, request.level)
        assert 1 <= rank <= volume.LIKED_RANK
    # Who likes a muscle gets more sets of it; what the goal names first stays first.
    named = volume.FLOORS[request.goal].get("side_rear_delts", (0, volume.LIKED_RANK))
    assert volume.floors(request)["side_rear_delts"][1] == named[1]
    assert volume.liked_floors(request).keys() == {"neck", "side_rear_delts"}
    assert "neck" not in volume.goal_floors(request)
    avoiding = PlanRequest(goal, level, 3, 60, 4, avoid=frozenset({"chest", "lats"}))  # type: ignore[arg-type]
    assert not {"chest", "back"} & volume.floors(avoiding).keys()


def test_an_exercise_is_permitted_or_not(by_slug: dict[str, CatalogueExercise]) -> None:
    novice = PlanRequest("general", "beginner", 3, 60, 4, GYM)

    def allowed(request: PlanRequest) -> set[str]:
        return {slug for slug, exercise in by_slug.items() if exercises.is_permitted(exercise, request)}

    assert {"pull-up", "front-squat", "dragon-flag", "running", "cat-cow"} & allowed(novice) == set()
    assert {"barbell-back-squat", "push-up", "assisted-pull-up"} <= allowed(novice)
    liked = PlanRequest(
        "general", "beginner", 3, 60, 4, GYM, like=frozenset({by_slug["pull-up"].id, by_slug["dragon-flag"].id})
    )
    assert allowed(liked) == allowed(novice) | {"pull-up"}
    bare = PlanRequest("general", "advanced", 3, 60, 4)
    assert {exercise for slug in allowed(bare) for exercise in by_slug[slug].equipment} == {"bodyweight"}


NOT_LYING = {
    "glute-bridge": "a few seconds on the back at a time",
    "inverted-row": "one hangs, and lies only to get there",
    "underhand-inverted-row": "the same",
    "machine-biceps-curl": "the arms lie",
    "machine-low-row": "the handles lie",
}
"""Exercises whose instructions speak of lying, and with which nobody lies flat for long."""


def test_in_pregnancy_nobody_lies_on_the_back_or_the_belly(by_slug: dict[str, CatalogueExercise]) -> None:
    lying = re.compile(r"\b(lie|lies|lying|supine|prone|face down)\b", re.IGNORECASE)
    pregnant = PlanRequest("general", "advanced", 3, 60, 4, vocabulary.EQUIPMENT, injuries=frozenset({"pregnancy"}))
    found = {
        slug
        for slug, exercise in by_slug.items()
        if exercises.trains(exercise)
        and not exercises.complaints(exercise, pregnant.injuries)
        and any(lying.search(re.sub("lie on your side", "", line, flags=re.IGNORECASE)) for line in instructions(slug))
    }
    assert found == NOT_LYING.keys()
    assert not exercises.is_permitted(by_slug["dead-bug"], pregnant)


def instructions(slug: str) -> list[str]:
    lines: list[str] = json.loads((SHIPPED / f"{slug}.json").read_text(encoding="utf-8"))["instructions"]
    return lines


def test_somebodys_own_exercise_needs_no_pattern(by_slug: dict[str, CatalogueExercise]) -> None:
    row = {
        "id": "own",
        "slug": "zercher-hold",
        "name": "Zercher Hold",
        "primary_muscles": ["upper_back"],
        "secondary_muscles": ["upper_back", "abs"],
        "equipment": ["barbell"],
        "kind": "strength",
        "pattern": "",
        "mechanic": "",
        "force": "",
        "difficulty": "beginner",
        "tracking": "weight_reps",
        "unilateral": False,
        "per_hand": False,
        "contraindications": [],
    }
    own = CatalogueExercise.from_row(row)
    assert own.secondary_muscles == {"abs"}
    week_of = (week.FULL,)
    asked = PEOPLE["novice with a barbell"]
    assert columns([own], week_of, asked, History()) == []
    liked = PlanRequest("strength", "beginner", 3, 60, 8, asked.equipment, like=frozenset({"own"}))
    assert [column.exercise.id for column in columns([own], week_of, liked, History())] == ["own"]


def test_of_very_many_exercises_the_best_and_the_liked_are_weighed(by_slug: dict[str, CatalogueExercise]) -> None:
    request = PlanRequest("hypertrophy", "advanced", 3, 60, 4, GYM, like=frozenset({by_slug["jm-press"].id}))
    usable = exercises.permitted(list(by_slug.values()), request)
    chosen = {item.slug for item in candidates(usable, request, History())}
    assert len(chosen) < len(usable) / 2
    assert {"jm-press", "barbell-bench-press"} <= chosen
    assert {slug for slug in chosen if standing.standing(by_slug[slug]) == "specialty"} == {"jm-press"}


def test_preparation_is_nobodys_work_unless_liked(by_slug: dict[str, CatalogueExercise]) -> None:
    for goal in GOALS:
        request = PlanRequest(goal, "advanced", 3, 60, 4, vocabulary.EQUIPMENT)
        for slug in standing.PREPARATION:
            assert merits.roles(by_slug[slug], request) == ()
    halo = by_slug["kettlebell-halo"]
    liked = PlanRequest("general", "advanced", 1, 60, 4, vocabulary.EQUIPMENT, like=frozenset({halo.id}))
    assert [column.role for column in columns([halo], (week.FULL,), liked, History())] == ["assist"]


def test_a_throw_is_for_power_and_no_press_and_no_trunk_work(by_slug: dict[str, CatalogueExercise]) -> None:
    throws = [exercise for exercise in by_slug.values() if exercise.pattern == exercises.BALLISTIC]
    assert {exercise.slug for exercise in throws} == {
        "clap-push-up",
        "medicine-ball-chest-pass",
        "medicine-ball-overhead-throw",
        "medicine-ball-rotational-throw",
        "medicine-ball-slam",
        "wall-ball",
    }
    assert not any(exercise.works or exercise.helps or exercise.is_core for exercise in throws)
    for goal in GOALS:
        request = PlanRequest(goal, "advanced", 4, 60, 4, vocabulary.EQUIPMENT)
        roles = {
            role for exercise in throws if exercise.slug != "wall-ball" for role in merits.roles(exercise, request)
        }
        assert roles == ({"explosive"} if goal == "power" else set())
    # Where one can jump, one jumps; the upper body throws.
    request = PlanRequest("power", "advanced", 4, 60, 4, vocabulary.EQUIPMENT)
    chosen = columns([*throws, by_slug["box-jump"]], (week.UPPER, week.LOWER, week.FULL), request, History())
    fast = {day: {column.exercise.slug for column in chosen if column.day == day} for day in range(3)}
    assert "medicine-ball-chest-pass" in fast[0]
    assert fast[1] == fast[2] == {"box-jump"}


def test_the_style_fits_the_goal_and_the_time() -> None:
    styles = {name: style(request) for name, request in PEOPLE.items()}
    assert [name for name, found in styles.items() if found == "circuit"] == [
        "a quarter of an hour",
        "runner",
        "high blood pressure",
    ]
    assert [name for name, found in styles.items() if found == "superset"] == ["short of time"]
