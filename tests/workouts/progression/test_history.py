"""What past sessions say of somebody's strength."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.workouts.progression.trainee import START
from workouts.progression.history import Asked, Done, Session, estimated_max


def done(reps: int | None, weight: str | None, **values: object) -> Done:
    return Done(True, reps=reps, weight=None if weight is None else Decimal(weight), **values)  # type: ignore[arg-type]


def estimate(*sessions: tuple[Done, ...]) -> str | None:
    found = estimated_max(Session(START + timedelta(days=day), items) for day, items in enumerate(sessions))
    return None if found is None else str(found.quantize(Decimal("0.1")))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (done(1, "100", rir=Decimal(0)), "100.0"),
        (done(5, "100", rir=Decimal(0)), "115.6"),
        (done(3, "100", rir=Decimal(2)), "115.6"),
        (done(5, "100", asked=Asked(rir=Decimal(2))), "123.1"),  # as it was asked to be
        (done(5, "100", rir=Decimal(0), asked=Asked(rir=Decimal(2))), "115.6"),  # as it was
        (done(3, "100", asked=Asked(5, rir=Decimal(2))), "108.5"),  # who fell short had none left
        (done(5, "100", asked=Asked(5, rir=Decimal(2))), "123.1"),
        (done(6, "100", asked=Asked(5, rir=Decimal(2))), "123.1"),  # one more, so one left
        (done(6, "100", asked=Asked(5, rir=Decimal(2), reps_max=6)), "127.2"),
        (done(5, "100", kind="amrap", asked=Asked(rir=Decimal(2))), "115.6"),
        (done(None, None, asked=Asked(5, Decimal(100), rir=Decimal(0))), "115.6"),  # ticked off
        (done(20, "50", rir=Decimal(0)), "73.5"),
        (done(8, "40", kind="warmup", rir=Decimal(0)), None),
        (done(0, "100", rir=Decimal(0)), None),
        (done(8, None), None),
        (done(8, "0"), None),
        (Done(False, reps=5, weight=Decimal(100)), None),
    ],
)
def test_one_set(item: Done, expected: str | None) -> None:
    assert estimate((item,)) == expected


def test_the_best_set_of_a_session_counts() -> None:
    best, other = done(5, "100", rir=Decimal(1)), done(5, "80", rir=Decimal(1))
    assert estimate((other, best, other)) == estimate((best,))


def test_a_session_moves_it_half_of_the_way() -> None:
    strong, weak = (done(1, "100", rir=Decimal(0)),), (done(1, "80", rir=Decimal(0)),)
    assert estimate(strong, weak) == "90.0"
    assert estimate(strong, weak, strong) == "95.0"


def test_an_unknown_effort_says_what_is_possible_at_least() -> None:
    known, easy, heavy = (done(1, "100", rir=Decimal(0)),), (done(5, "60"),), (done(1, "110"),)
    assert estimate(known, easy) == "100.0"
    assert estimate(known, heavy) == "110.0"
    assert estimate(easy) == "69.3"
    assert estimate() is None
