"""Reading a day of training from another app's export."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fitai.demo.__main__ import A_REAL_LOG, OWN_DAY
from fitai.demo.day import Day, DayExercise, DaySet, UnreadableData, choose_day, read_days

HEADER = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,"
    "weight_kg,reps,distance_km,duration_seconds,rpe"
)
PUSH = '"Push","1 May 2025, 10:24","1 May 2025, 11:30",""'
PULL = '"Pull","30 Apr 2025, 08:01","30 Apr 2025, 09:00",""'


def export(path: Path, *lines: str, header: str = HEADER) -> Path:
    file = path / "export.csv"
    file.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return file


def day(began: str, *kinds: Sequence[str], rpe: str | None = "8") -> Day:
    """A day with an exercise for each list of kinds, its sets of 50 kg."""
    effort = None if rpe is None else Decimal(rpe)
    exercises = [
        DayExercise(f"Exercise {n}", tuple(DaySet(kind, Decimal(50), 8, effort) for kind in of_one))
        for n, of_one in enumerate(kinds)
    ]
    return Day("Some day", datetime.fromisoformat(began), tuple(exercises))


def test_lines_of_one_workout_and_exercise_belong_together(tmp_path: Path) -> None:
    file = export(
        tmp_path,
        f'{PUSH},"Bench Press (Barbell)",,"",0,"warmup",20,5,,0,6',
        f'{PUSH},"Bench Press (Barbell)",,"",1,"failure",52.5,9,,0,',
        f'{PUSH},"Plank",1,"Elbows under\\nthe shoulders",0,"normal",,,,60,8.5',
        f'{PULL},"Plank",,"",0,"dropset",,,1.25,0,10',
    )

    assert read_days(file) == [
        Day(
            "Push",
            datetime(2025, 5, 1, 10, 24),
            (
                DayExercise(
                    "Bench Press (Barbell)",
                    (
                        DaySet("warmup", Decimal(20), 5, Decimal(6)),
                        DaySet("failure", Decimal("52.5"), 9),
                    ),
                ),
                DayExercise(
                    "Plank",
                    (DaySet("working", rpe=Decimal("8.5"), duration_seconds=60),),
                    notes="Elbows under\nthe shoulders",
                    superset=1,
                ),
            ),
        ),
        Day(
            "Pull",
            datetime(2025, 4, 30, 8, 1),
            (DayExercise("Plank", (DaySet("drop", rpe=Decimal(10), distance_km=Decimal("1.25")),)),),
        ),
    ]


def test_a_set_is_sent_with_what_was_written_down() -> None:
    lifted = DaySet("failure", Decimal("52.5"), 9, Decimal("9.5"))
    run = DaySet("working", distance_km=Decimal("5.2"), duration_seconds=1500)

    assert lifted.fields == {
        "kind": "failure",
        "completed": True,
        "weight": "52.5",
        "weight_unit": "kg",
        "reps": 9,
        "rpe": "9.5",
    }
    assert run.fields == {
        "kind": "working",
        "completed": True,
        "distance": "5.2",
        "distance_unit": "km",
        "duration_seconds": 1500,
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f'{PUSH},"Plank",,"",0,"amrap",,,,60,', "Line 2: no such kind of set: 'amrap'."),
        (f'{PUSH},"Plank",,"",0,"normal",fifty,5,,0,', "Line 2: not a number: 'fifty'."),
        (f'{PUSH},"Plank",,"",0,"normal",50,4.5,,0,', "Line 2: not a whole number: '4.5'."),
        (
            '"Push","2025-05-01","",,"Plank",,"",0,"normal",50,4,,0,',
            "Line 2: not a time such as '1 May 2025, 10:24': '2025-05-01'.",
        ),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(UnreadableData) as refused:
        read_days(export(tmp_path, line))
    assert str(refused.value) == said


def test_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData, match=r"^It lacks the columns .*rpe.*\.$"):
        read_days(export(tmp_path, header="Date,Exercise Name,Weight,Reps"))


def test_the_newest_day_with_the_most_kinds_of_sets_is_chosen() -> None:
    all_kinds = ["warmup", "working", "failure"], ["drop"], ["working"] * 2, ["working"]
    older = day("2025-03-01", *all_kinds)
    newer = day("2025-04-01", *all_kinds)
    unrated = day("2025-05-01", *all_kinds, rpe=None)
    plain = day("2025-06-01", *[["working"] * 3] * 4)
    short = day("2025-07-01", *all_kinds[:3])
    nothing_offline = day("2025-08-01", *all_kinds[:2], ["working"], ["working"] * 2)
    light_start = day("2025-09-01", ["warmup", "failure"], *all_kinds)

    assert choose_day([plain, older, unrated, newer, short, nothing_offline, light_start]) == newer
    for unsuitable in (short, nothing_offline, light_start):
        with pytest.raises(UnreadableData):
            choose_day([unsuitable])


def test_the_own_day_has_all_that_the_tour_shows() -> None:
    own = choose_day(read_days(OWN_DAY))

    assert own.kinds == Counter(working=8, warmup=4, failure=3, drop=1)
    assert own.rated == 14
    assert [(exercise.name, exercise.superset) for exercise in own.exercises] == [
        ("Bench Press (Barbell)", None),
        ("Pull Up", 0),
        ("Shoulder Press (Dumbbell)", 0),
        ("Seated Row (Machine)", None),
        ("Plank", None),
    ]


@pytest.mark.skipif(not A_REAL_LOG.exists(), reason="the log of a real person is not beside this checkout")
def test_the_day_from_a_real_log_has_all_that_the_tour_shows() -> None:
    days = read_days(A_REAL_LOG)
    chosen = choose_day(days)

    assert len(days) == 335
    assert (chosen.title, chosen.began) == ("Push", datetime(2025, 5, 1, 10, 24))
    assert chosen.kinds == Counter(working=11, warmup=7, failure=4, drop=1)
    assert chosen.rated == 21
