"""What was asked of a person and what they did, session by session, in their own unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from fitai.science.effort import max_from
from fitai.science.strength import MAX_REPS
from templates_app.plan import Load

MAIN: Final = frozenset({"working", "amrap", "failure"})
"""The sets that a plan progresses by; warm-ups, back-offs and drops follow them."""

LIGHTER: Final = Decimal("0.995")
"""A weight counts as the one that was asked for from this share on: units round."""

_ZERO: Final = Decimal(0)
_HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a workout asked of one set; None where it left that open. `rir` is 10 − RPE where the plan said RPE."""

    reps: int | None = None
    weight: Decimal | None = None
    assistance: Decimal | None = None
    rir: Decimal | None = None
    seconds: int | None = None
    reps_max: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """One set of the past. What was ticked off without numbers was done as it was asked."""

    completed: bool
    kind: str = "working"
    reps: int | None = None
    weight: Decimal | None = None
    assistance: Decimal | None = None
    rir: Decimal | None = None
    seconds: int | None = None
    asked: Asked = Asked()

    @property
    def reps_done(self) -> int:
        return self._or_asked(self.reps, self.asked.reps) or 0

    @property
    def seconds_done(self) -> int:
        return self._or_asked(self.seconds, self.asked.seconds) or 0

    @property
    def weight_used(self) -> Decimal | None:
        return self.asked.weight if self.weight is None else self.weight

    @property
    def assistance_used(self) -> Decimal | None:
        return self.asked.assistance if self.assistance is None else self.assistance

    @property
    def reserve(self) -> Decimal | None:
        """Repetitions left: as told, else as asked, less what was done beyond that; who fell short had none left."""
        asked, done = self.asked, self.reps_done
        if self.rir is not None or asked.rir is None or asked.reps is None:
            return asked.rir if self.rir is None else self.rir
        if done < asked.reps:
            return _ZERO
        return max(_ZERO, asked.rir - max(0, done - (asked.reps_max or asked.reps)))

    def _or_asked(self, done: int | None, asked: int | None) -> int | None:
        ticked = self.completed and self.reps is None and self.seconds is None
        return asked if ticked else done


@dataclass(frozen=True, slots=True)
class Session:
    """The sets of one exercise in one workout that has ended, as they stand in it; `at` is when it was trained.

    `entry_id` is the planned exercise that asked for them (None: no plan did) and `named` the load that it names,
    `cycle` the pass through the plan's weeks or waves they belong to, counted from 0; `pause` the days without the
    exercise that the plan itself makes before it.
    """

    at: datetime
    sets: tuple[Done, ...]
    entry_id: str | None = None
    cycle: int = 0
    named: Load | None = None
    pause: int = 0

    @property
    def main(self) -> list[Done]:
        """What was done of the sets that count."""
        return [item for item in self.sets if item.completed and item.kind in MAIN]

    @property
    def undone(self) -> int:
        """Sets that count, were asked for and not done; whoever struck one out was no longer asked for it."""
        return sum(1 for item in self.sets if not item.completed and item.kind in MAIN)


def estimated_max(sessions: Iterable[Session]) -> Decimal | None:
    """What somebody could lift once by now, from sessions in their order; None while nothing says so.

    The best set of a session with a known effort moves the estimate half of the way (ours: the last session alone
    predicts the next best, one bad day should not count for all). A set of unknown effort, or of more than twelve
    repetitions to failure, says only what is possible at least.
    """
    best: Decimal | None = None
    for session in sessions:
        known, least = _said(session.sets)
        if known is not None:
            best = known if best is None else best + (known - best) * _HALF
        if least is not None and (best is None or least > best):
            best = least
    return best


def _said(sets: Sequence[Done]) -> tuple[Decimal | None, Decimal | None]:
    """The 1RM that the best set of known effort says, and what any other says at least."""
    known: Decimal | None = None
    least: Decimal | None = None
    for item in sets:
        weight, reps = item.weight_used, item.reps_done
        if not item.completed or item.kind == "warmup" or not weight or reps < 1:
            continue
        reserve = item.reserve if item.kind not in ("amrap", "failure") else item.rir or _ZERO
        said = max_from(weight, reps, reserve or _ZERO)
        if reserve is None or reps + reserve > MAX_REPS:
            least = said if least is None else max(least, said)
        else:
            known = said if known is None else max(known, said)
    return known, least
