"""What lists say of a plan."""

from dataclasses import replace
from uuid import UUID

from templates_app.figures import figures, minutes
from templates_app.plan import Day, Plan, PlannedExercise, PrescribedSet, Week
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.timing import day_seconds
from tests.templates_app.plans import Json

BENCH, LUNGE, GONE = (str(UUID(int=number)) for number in (2, 1, 3))


def exercise(id: str, primary: str, secondary: str, *, unilateral: bool = False) -> CatalogueExercise:
    facts: Json = dict.fromkeys(["kind", "pattern", "mechanic", "force", "difficulty", "tracking"], "")
    return CatalogueExercise.from_row(
        {
            **facts,
            "id": id,
            "slug": id,
            "name": id,
            "primary_muscles": primary.split(),
            "secondary_muscles": secondary.split(),
            "equipment": ["barbell"],
            "unilateral": unilateral,
            "per_hand": False,
            "contraindications": [],
        }
    )


LIBRARY = {
    BENCH: exercise(BENCH, "chest", "triceps front_delts"),
    LUNGE: exercise(LUNGE, "quads glutes", "hamstrings", unilateral=True),
}


def day(*entries: tuple[str, list[PrescribedSet]]) -> Day:
    return Day("d", "Day", tuple(PlannedExercise(f"e{n}", id, tuple(sets)) for n, (id, sets) in enumerate(entries)))


def sets(count: int, reps: int = 10, rest: int | None = 60, kind: str = "working") -> list[PrescribedSet]:
    return [PrescribedSet(kind=kind, reps=reps, rest_seconds=rest)] * count  # type: ignore[arg-type]


def test_the_columns() -> None:
    long, short = day((BENCH, sets(3)), (LUNGE, sets(2))), day((GONE, sets(1)))
    assert figures(Plan((Week(1, (short, long)), Week(2, (short,)))), LIBRARY) == {
        "week_count": 2,
        "days_per_week": 2,
        "minutes": minutes(long, LIBRARY),
        "set_count": 7,
        "equipment": ["barbell"],
        "muscles": ["chest", "glutes", "quads"],
        "exercise_ids": [UUID(LUNGE), UUID(BENCH), UUID(GONE)],
    }


def test_minutes() -> None:
    # 3 minutes to warm up, 75 s to change over, 4 s a repetition, and no rest behind the last set
    assert minutes(day((BENCH, sets(1))), LIBRARY) == -(-(180 + 75 + 40) // 60)
    assert minutes(day((BENCH, sets(6))), LIBRARY) == -(-(180 + 75 + 6 * 40 + 5 * 60) // 60)
    assert minutes(day((LUNGE, sets(6))), LIBRARY) == -(-(180 + 75 + 6 * 80 + 5 * 60) // 60)
    # a set that is silent about its rest has that of the rest timer, and a long day 5 minutes to warm up
    assert minutes(day((BENCH, sets(6, rest=None))), LIBRARY) == -(-(180 + 75 + 6 * 40 + 5 * 120) // 60)
    assert minutes(day((BENCH, sets(16))), LIBRARY) == -(-(180 + 75 + 16 * 40 + 15 * 60) // 60) == 30
    assert minutes(day((BENCH, sets(17))), LIBRARY) == -(-(300 + 75 + 17 * 40 + 16 * 60) // 60) == 34


def test_a_superset_is_one_block_whatever_its_number() -> None:
    def paired(superset: int | None) -> Day:
        both = day((BENCH, sets(3)), (BENCH, sets(3)))
        return replace(both, exercises=tuple(replace(entry, superset=superset) for entry in both.exercises))

    # 30 s to lay out the second exercise in place of another 75 s to change over, and a rest between the two
    assert day_seconds(paired(None), LIBRARY, 30) == 180 + 2 * (75 + 3 * 40 + 2 * 60)
    assert day_seconds(paired(0), LIBRARY, 30) == day_seconds(paired(1), LIBRARY, 30) == 180 + 75 + 30 + 6 * 40 + 5 * 60
