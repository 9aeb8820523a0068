"""How long a day takes."""

from __future__ import annotations

from templates_app.plan import Day, PlannedExercise, PrescribedSet
from templates_app.planner import CatalogueExercise
from templates_app.planner.timing import day_seconds, set_seconds, tempo_seconds, warm_up_seconds

BySlug = dict[str, CatalogueExercise]


def seconds(by_slug: BySlug, *entries: PlannedExercise, minutes: int = 60) -> int:
    known = {exercise.id: exercise for exercise in by_slug.values()}
    return day_seconds(Day("day", "Day", entries), known, minutes)


def entry(exercise: CatalogueExercise, *sets: PrescribedSet, superset: int | None = None) -> PlannedExercise:
    return PlannedExercise("id", exercise.id, sets, superset)


def test_a_set_takes_its_upper_end_on_both_sides_at_its_tempo() -> None:
    assert set_seconds(PrescribedSet(reps=8, reps_max=12), unilateral=False) == 48
    assert set_seconds(PrescribedSet(reps=8), unilateral=True) == 64
    assert set_seconds(PrescribedSet(reps=10, tempo="3-1-1-0"), unilateral=False) == 50
    assert set_seconds(PrescribedSet("amrap", reps=5), unilateral=False) == 36
    assert set_seconds(PrescribedSet(seconds=40), unilateral=True) == 80
    assert (tempo_seconds(None), tempo_seconds("3-1-X-0"), tempo_seconds("X-X-X-X")) == (4, 4, 1)


def test_a_day_is_its_warm_up_its_sets_its_rests_and_the_ways_between(by_slug: BySlug) -> None:
    item = PrescribedSet(reps=10, rest_seconds=90)
    squat, row = by_slug["barbell-back-squat"], by_slug["barbell-row"]
    # 300 to warm up; twice 75 to change over; three sets of 40 with two rests of 90; the same with two sets.
    assert seconds(by_slug, entry(squat, item, item, item), entry(row, item, item)) == 300 + 150 + 300 + 170
    assert seconds(by_slug, entry(squat, item), minutes=30) == 180 + 75 + 40
    assert (warm_up_seconds(30), warm_up_seconds(31)) == (180, 300)


def test_exercises_in_turn_share_a_change_over(by_slug: BySlug) -> None:
    one, other = PrescribedSet(reps=10, rest_seconds=15), PrescribedSet(reps=10, rest_seconds=60)
    bench, row = by_slug["barbell-bench-press"], by_slug["barbell-row"]
    pair = (entry(bench, one, one, superset=1), entry(row, other, other, superset=1))
    # Two rounds of 40 + 15 + 40 + 60, less the last rest; a change-over, and a second place to set up.
    assert seconds(by_slug, *pair) == 300 + 2 * 155 - 60 + 75 + 30
    # Two supersets are two blocks, and so are two exercises on their own.
    again = (entry(bench, one, one, superset=2), entry(row, other, other, superset=2))
    assert seconds(by_slug, *pair, *again) == 300 + 2 * (2 * 155 - 60 + 75 + 30)
