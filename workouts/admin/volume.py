"""A workout's volume as bars: set by set, and beside the workouts before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import Q
from django.urls import reverse

from fitai.common.plots import LEFT, MOST_DATES, NARROW, TOP, Frame, Mark, round_levels
from workouts.admin.words import Names, measured, measures
from workouts.core.shape import UNKNOWN, body_weight_kg, counts, volume_kg
from workouts.core.state import SetState
from workouts.enums import Status
from workouts.models import Workout
from workouts.operations.store import Stored

SHOWN_WORKOUTS = 12
WIDEST = 48  # the slot of a bar, of which a part is left free
FREE = 0.25
LETTER = 6.2  # so wide is a letter of a label, more or less, with some room to the next
FEWEST_LETTERS = 6  # a name of which less fits is told by its number alone
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bar:
    """So many kilograms, in words; `chosen` is the one that the page is about."""

    x: float
    width: float
    y: float
    height: float
    text: str
    chosen: bool = True
    link: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars over a grid, whose levels are kilograms."""

    title: str
    note: str
    levels: list[Mark]
    marks: list[Mark]
    bars: list[Bar]
    frame: Frame = NARROW


@dataclass(frozen=True, slots=True)
class Scale:
    """Where bars stand: one beside the other in `slots`, as high as the highest of `levels` at most."""

    levels: list[float]
    slots: int
    frame: Frame = NARROW

    @property
    def slot(self) -> float:
        return min((self.frame.right - LEFT) / self.slots, WIDEST)

    def bar(self, place: int, kg: Decimal, text: str, **told: Any) -> Bar:
        y = self.up(float(kg))
        width = round(self.slot * (1 - FREE), 1)
        return Bar(
            round(LEFT + self.slot * (place + FREE / 2), 1), width, y, round(self.frame.bottom - y, 1), text, **told
        )

    def mark(self, first: int, count: int, text: str) -> Mark:
        """Below so many bars, in their middle."""
        return Mark(round(LEFT + self.slot * (first + count / 2), 1), text)

    def up(self, kg: float) -> float:
        return round(self.frame.bottom - (self.frame.bottom - TOP) * kg / self.levels[-1], 1)

    def grid(self) -> list[Mark]:
        return [Mark(self.up(level), f"{level:,g}") for level in self.levels]


# ── Set by set ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Lifted:
    """A set that counts and moved something, by its number on the page."""

    number: int
    item: SetState
    kg: Decimal

    @property
    def at(self) -> datetime:
        return self.item.completed_at or LAST


def set_by_set(stored: Stored, names: Names) -> Plot | None:
    """The sets with volume, exercise by exercise, in the order in which they were done."""
    groups = _lifted(stored)
    if not groups:
        return None
    shown = {entry.id: place for place, entry in enumerate(stored.state.shown_exercises(), 1)}
    levels = round_levels(0, float(max(one.kg for _, sets in groups for one in sets)))
    scale = Scale(list(levels), sum(len(sets) + 1 for _, sets in groups) - 1)
    bars, marks, place = [], [], 0
    for entry_id, sets in groups:
        name = names.entry(entry_id)
        room = int(scale.slot * (len(sets) + 1) / LETTER)
        marks.append(scale.mark(place, len(sets), _shortened(name, room) or str(shown[entry_id])))
        for one in sets:
            done = measures(measured(one.item))
            bars.append(scale.bar(place, one.kg, f"{name}, set {one.number}: {done}, {_kilograms(one.kg)}"))
            place += 1
        place += 1
    return Plot("Volume set by set", "kg, without warm-ups", scale.grid(), marks, bars)


def _shortened(name: str, room: int) -> str:
    """As much of a name as fits; nothing where that says too little."""
    if len(name) <= room:
        return name
    return f"{name[: room - 1].rstrip()}…" if room >= FEWEST_LETTERS else ""


def _lifted(stored: Stored) -> list[tuple[str, list[Lifted]]]:
    state, weighed = stored.state, body_weight_kg(stored.state)
    groups = []
    for entry_id, items in state.shown_sets().items():
        facts = stored.facts.get(state.exercises[entry_id].exercise_id or "", UNKNOWN)
        lifted = [
            Lifted(number, item, kg)
            for number, item in enumerate(items, 1)
            if counts(item) and (kg := volume_kg(item, facts, weighed))
        ]
        if lifted:
            groups.append((entry_id, sorted(lifted, key=lambda one: one.at)))
    return sorted(groups, key=lambda group: group[1][0].at)


# ── Beside earlier workouts ──────────────────────────────────────────────────────────────────────


def beside_earlier(workout: Workout) -> Plot | None:
    """The workout after those that its owner completed before it."""
    rows = [*reversed(_earlier(workout)), workout]
    most = max(row.total_volume_kg for row in rows)
    if len(rows) == 1 or not most:
        return None
    scale = Scale(list(round_levels(0, float(most))), len(rows))
    step = ceil(len(rows) / MOST_DATES)
    named = [place for place in range(len(rows)) if (len(rows) - 1 - place) % step == 0]
    return Plot(
        "Beside earlier workouts",
        "kg in all",
        scale.grid(),
        [scale.mark(place, 1, f"{rows[place].performed_at.day} {rows[place].performed_at:%b}") for place in named],
        [scale.bar(place, row.total_volume_kg, _said(row), **_told(row, workout)) for place, row in enumerate(rows)],
    )


def _earlier(workout: Workout) -> Sequence[Workout]:
    before = Q(performed_at__lt=workout.performed_at) | Q(performed_at=workout.performed_at, pk__lt=workout.pk)
    done = Workout.objects.present().filter(before, user=workout.user_id, status=Status.COMPLETED)
    shown = done.only("name", "performed_at", "total_volume_kg").order_by("-performed_at", "-pk")
    return list(shown[: SHOWN_WORKOUTS - 1])


def _said(row: Workout) -> str:
    return f"{row.performed_at:%d %b %Y}, {row.name or 'Workout'}: {_kilograms(row.total_volume_kg)}"


def _told(row: Workout, workout: Workout) -> dict[str, Any]:
    return {"chosen": row is workout, "link": reverse("admin:workouts_workout_change", args=[row.pk])}


def _kilograms(kg: Decimal) -> str:
    return f"{kg:,.1f}".removesuffix(".0") + " kg"
