"""What a weight goes up by when it was lifted as asked: 5 kg or 10 lb for the lower body, 2.5 kg or 5 lb else, which is
what linear plans have long done. It belongs to the muscle an exercise is done for first."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

LOWER_BODY: Final = frozenset(
    {"glutes", "quads", "hamstrings", "adductors", "abductors", "calves", "soleus", "tibialis", "hip_flexors"}
)
_LOWER: Final = {"kg": Decimal(5), "lb": Decimal(10)}
_UPPER: Final = {"kg": Decimal("2.5"), "lb": Decimal(5)}


def usual_step(first_muscle: str | None, unit: str, *, per_hand: bool = False) -> Decimal:
    """The usual increment in kg or lb of an exercise whose first primary muscle this is; of one hand for one in each.

    An exercise of which no muscle is known goes up by the smaller one.
    """
    step = (_LOWER if first_muscle in LOWER_BODY else _UPPER)[unit]
    return step / 2 if per_hand else step
