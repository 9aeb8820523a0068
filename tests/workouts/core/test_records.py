"""Personal records: which set beat what."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.core.ledger import moment
from tests.workouts.strategies import thorough
from workouts.core.records import KINDS, Best, Record, SetRow, compute, estimate_1rm

DAY = 86_400


def row(set_id: str, day: int = 1, **fields: Any) -> SetRow:
    """A set of a bench press; `load` defaults to the weight entered."""
    decimals = ("load_kg", "weight_kg", "assistance_kg", "rir", "distance_m")
    values = {name: Decimal(str(value)) for name, value in fields.items() if name in decimals and value is not None}
    weight = values.get("weight_kg")
    return SetRow(
        set_id=set_id,
        workout_id=f"day-{day}",
        performed_at=moment(day * DAY),
        completed_at=moment(day * DAY + 60) if fields.get("completed", True) else None,
        kind=fields.get("kind", "working"),
        reps=fields.get("reps"),
        load_kg=values.get("load_kg", weight),
        weight_kg=weight,
        assistance_kg=values.get("assistance_kg"),
        rir=values.get("rir"),
        duration_seconds=fields.get("duration_seconds"),
        distance_m=values.get("distance_m"),
        tracking=fields.get("tracking", "weight_reps"),
    )


def told(records: list[Record], *kinds: str) -> list[tuple[str, str, str, str | None]]:
    """(kind, set, value, previous) of the records of these kinds."""
    return [
        (record.kind, record.set_id, str(record.value), None if record.previous is None else str(record.previous))
        for record in records
        if record.kind in (kinds or KINDS)
    ]


def test_the_first_working_set_holds_every_record_it_can() -> None:
    assert compute([row("a", reps=5, weight_kg=100)]) == [
        Record("weight", None, Decimal(100), None, "a", "day-1"),
        Record("reps_at_weight", Decimal(100), Decimal(5), None, "a", "day-1"),
        Record("e1rm", None, Decimal("116.67"), None, "a", "day-1"),
        Record("set_volume", None, Decimal("500.000"), None, "a", "day-1"),
        Record("workout_volume", None, Decimal("500.000"), None, "a", "day-1"),
    ]


def test_a_tie_is_no_record() -> None:
    rows = [row("a", reps=5, weight_kg=100), row("b", day=2, reps=5, weight_kg=100)]
    assert told(compute(rows)) == told(compute(rows[:1]))


def test_each_kind_falls_by_itself() -> None:
    rows = [
        row("a", 1, reps=5, weight_kg=100),
        row("heavier", 2, reps=1, weight_kg=110),
        row("more reps", 3, reps=6, weight_kg=100),
    ]
    assert told(compute(rows)[5:]) == [
        ("weight", "heavier", "110", "100"),
        ("reps_at_weight", "heavier", "1", None),
        ("reps_at_weight", "more reps", "6", "5"),
        ("e1rm", "more reps", "120.00", "116.67"),
        ("set_volume", "more reps", "600.000", "500.000"),
        ("workout_volume", "more reps", "600.000", "500.000"),
    ]


@pytest.mark.parametrize("fields", [{"kind": "warmup"}, {"completed": False}])
def test_warm_ups_and_plans_do_not_count(fields: dict[str, Any]) -> None:
    assert compute([row("a", reps=5, weight_kg=100, **fields)]) == []


@pytest.mark.parametrize("kind", ["drop", "failure", "amrap", "backoff"])
def test_every_other_set_does(kind: str) -> None:
    assert len(compute([row("a", reps=5, weight_kg=100, kind=kind)])) == 5


def test_a_failed_attempt_is_no_record() -> None:
    assert compute([row("a", reps=0, weight_kg=200), row("b", reps=None, weight_kg=200)]) == []


def test_a_weight_of_nothing_is_no_record_but_its_reps_are() -> None:
    assert told(compute([row("a", reps=12, weight_kg=0)])) == [("reps_at_weight", "a", "12", None)]


@pytest.mark.parametrize(
    ("load", "reps", "rir", "estimate"),
    [
        ("100", 1, None, "100.00"),
        ("100", 1, "0", "100.00"),
        ("100", 1, "2", "110.00"),
        ("100", 5, None, "116.67"),
        ("100", 5, "1.5", "121.67"),
        ("102.058", 8, None, "129.27"),
        ("99.93", 5, None, "116.58"),  # 116.585: a half to the even neighbour, though no decimal has a thirtieth
        ("100", 12, None, "140.00"),
        ("100", 10, "2", "140.00"),
        ("100", 10, "2.5", None),
        ("100", 13, None, None),
        ("100", 0, "3", None),
    ],
)
def test_the_estimate_counts_repetitions_to_failure(
    load: str, reps: int, rir: str | None, estimate: str | None
) -> None:
    value = estimate_1rm(Decimal(load), reps, None if rir is None else Decimal(rir))
    assert (None if value is None else str(value)) == estimate


def test_effort_raises_the_estimate() -> None:
    rows = [row("a", 1, reps=5, weight_kg=100), row("easy", 2, reps=5, weight_kg=100, rir=2)]
    assert told(compute(rows)[5:]) == [("e1rm", "easy", "123.33", "116.67")]


def test_body_weight_alone_gives_reps_and_volume() -> None:
    rows = [row("a", reps=10, load_kg=76, tracking="reps")]
    assert told(compute(rows)) == [
        ("reps_at_weight", "a", "10", None),
        ("set_volume", "a", "760.000", None),
        ("workout_volume", "a", "760.000", None),
    ]
    assert [record.key for record in compute(rows)] == [Decimal(0), None, None]


def test_without_a_known_body_weight_repetitions_still_count() -> None:
    assert told(compute([row("a", reps=10, tracking="reps")])) == [("reps_at_weight", "a", "10", None)]


def test_less_assistance_is_heavier() -> None:
    rows = [
        row("a", 1, reps=8, assistance_kg=30, load_kg=50, tracking="assisted_reps"),
        row("b", 2, reps=6, assistance_kg=20, load_kg=60, tracking="assisted_reps"),
        row("c", 3, reps=9, assistance_kg=30, load_kg=50, tracking="assisted_reps"),
    ]
    records = compute(rows)
    assert told(records, "weight") == [("weight", "a", "50", None), ("weight", "b", "60", "50")]
    assert [(record.key, record.value) for record in records if record.kind == "reps_at_weight"] == [
        (Decimal(-30), Decimal(8)),
        (Decimal(-20), Decimal(6)),
        (Decimal(-30), Decimal(9)),
    ]


def test_the_volume_of_a_workout_is_held_by_the_set_that_passed_the_best() -> None:
    rows = [
        row("a", 1, reps=10, weight_kg=100),
        row("b", 2, reps=5, weight_kg=100),
        row("c", 2, reps=5, weight_kg=100),
        row("d", 2, reps=1, weight_kg=100),
        row("e", 2, reps=1, weight_kg=100),
        row("f", 3, reps=9, weight_kg=100),
    ]
    assert told(compute(rows), "workout_volume") == [
        ("workout_volume", "a", "1000.000", None),
        ("workout_volume", "d", "1200.000", "1000.000"),
    ]


def test_holds_and_carries_are_timed() -> None:
    rows = [row("a", 1, duration_seconds=60, tracking="time"), row("b", 2, duration_seconds=61, tracking="time")]
    assert told(compute(rows)) == [("time", "a", "60", None), ("time", "b", "61", "60")]
    carry = row("a", weight_kg=40, duration_seconds=30, tracking="weight_time")
    assert told(compute([carry])) == [("weight", "a", "40", None), ("time", "a", "30", None)]
    assert compute([row("a", weight_kg=40, tracking="weight_time")]) == []


def test_a_run_has_its_distance_time_and_pace() -> None:
    rows = [
        row("a", 1, distance_m=5_000, duration_seconds=1_500, tracking="distance_time"),
        row("faster", 2, distance_m=3_000, duration_seconds=870, tracking="distance_time"),
        row("a dash", 3, distance_m="99.999", duration_seconds=12, tracking="distance_time"),
        row("no time", 4, distance_m=6_000, tracking="distance_time"),
    ]
    assert told(compute(rows)) == [
        ("time", "a", "1500", None),
        ("distance", "a", "5000", None),
        ("pace", "a", "300.000", None),
        ("pace", "faster", "290.000", "300.000"),
        ("distance", "no time", "6000", "5000"),
    ]


def test_an_unknown_way_of_tracking_has_no_records() -> None:
    assert compute([row("a", reps=5, weight_kg=100, tracking="telepathy")]) == []


sets = st.builds(
    lambda day, reps, weight, kind, rir: (day, {"reps": reps, "weight_kg": weight, "kind": kind, "rir": rir}),
    st.integers(1, 6),
    st.integers(0, 14),
    st.sampled_from((None, 0, 60, 62.5, 100)),
    st.sampled_from(("working", "working", "warmup", "drop")),
    st.sampled_from((None, 0, 1, 2.5)),
)


def chronological(drawn: list[tuple[int, dict[str, Any]]]) -> list[SetRow]:
    ordered = sorted(enumerate(drawn), key=lambda item: (item[1][0], item[0]))
    return [row(f"set-{number:03d}", day, **fields) for number, (day, fields) in ordered]


@given(st.lists(sets, max_size=20))
@thorough()
def test_every_record_beats_all_before_it_and_nothing_else_does(drawn: list[tuple[int, dict[str, Any]]]) -> None:
    rows = chronological(drawn)
    held = {(r.kind, r.key, r.set_id): r for r in compute(rows) if r.kind != "workout_volume"}
    for index, item in enumerate(rows):
        alone = [r for r in compute([item]) if r.kind != "workout_volume"]
        earlier = [r for other in rows[:index] for r in compute([other])]
        for record in alone:
            rivals = [r.value for r in earlier if (r.kind, r.key) == (record.kind, record.key)]
            best = max(rivals, default=None)
            found = held.pop((record.kind, record.key, record.set_id), None)
            if best is None or record.value > best:
                assert found is not None
                assert (found.value, found.previous) == (record.value, best)
            else:
                assert found is None
    assert held == {}


@given(st.lists(sets, max_size=20))
@thorough()
def test_history_recomputed_from_any_workout_on_is_the_same(drawn: list[tuple[int, dict[str, Any]]]) -> None:
    rows = chronological(drawn)
    whole = compute(rows)
    workouts = [list(group) for _, group in groupby(rows, key=lambda item: item.workout_id)]
    for cut in range(len(workouts) + 1):
        early = [item for group in workouts[:cut] for item in group]
        late = [item for group in workouts[cut:] for item in group]
        known = compute(early)
        best = Best()
        for record in known:  # the later record of a mark is the better one
            best.values[record.kind, record.key] = record.value
        kept = dict(best.values)
        assert known + compute(late, best) == whole
        assert best.values == kept


@given(st.lists(sets, max_size=20))
@thorough()
def test_a_workout_holds_at_most_one_volume_record_and_the_totals_rise(
    drawn: list[tuple[int, dict[str, Any]]],
) -> None:
    records = [r for r in compute(chronological(drawn)) if r.kind == "workout_volume"]
    assert len({r.workout_id for r in records}) == len(records)
    assert [r.previous for r in records] == [None, *(r.value for r in records)][: len(records)]
