"""What somebody wishes of a plan, and what is known of their lifts: everything a plan is a function of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, get_args

Goal = Literal["strength", "hypertrophy", "endurance", "power", "general", "fat_loss"]
Level = Literal["beginner", "intermediate", "advanced"]
Split = Literal["full_body", "upper_lower", "push_pull_legs", "body_part"]

GOALS: tuple[Goal, ...] = get_args(Goal)
LEVELS: tuple[Level, ...] = get_args(Level)
SPLITS: tuple[Split, ...] = get_args(Split)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """The wishes: `days_per_week` 1–7, `minutes` a day 15–180, `weeks` 1–16, checked by whoever asks.

    `like` and `avoid` hold ids of exercises and names of muscles (`exercises.enums.Muscle`). A liked muscle gets more
    sets, an avoided one is no exercise's aim. `split` None leaves the split to the planner; `seed` shuffles what is
    equally good.
    """

    goal: Goal
    level: Level
    days_per_week: int
    minutes: int
    weeks: int
    equipment: frozenset[str] = frozenset()
    injuries: frozenset[str] = frozenset()
    like: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    split: Split | None = None
    seed: int = 0

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> PlanRequest:
        """From the body of a request, whose like, avoid and split may stand under `preferences`."""
        wishes = raw.get("preferences") or raw
        return cls(
            goal=raw["goal"],
            level=raw["level"],
            days_per_week=raw["days_per_week"],
            minutes=raw["minutes"],
            weeks=raw["weeks"],
            equipment=frozenset(map(str, raw.get("equipment") or ())),
            injuries=frozenset(map(str, raw.get("injuries") or ())),
            like=frozenset(map(str, wishes.get("like") or ())),
            avoid=frozenset(map(str, wishes.get("avoid") or ())),
            split=wishes.get("split"),
            seed=raw.get("seed") or 0,
        )

    def to_json(self) -> Json:
        return {
            "goal": self.goal,
            "level": self.level,
            "days_per_week": self.days_per_week,
            "minutes": self.minutes,
            "weeks": self.weeks,
            "equipment": sorted(self.equipment),
            "injuries": sorted(self.injuries),
            "preferences": {"like": sorted(self.like), "avoid": sorted(self.avoid), "split": self.split},
            "seed": self.seed,
        }

    def digest(self) -> str:
        """The same for the same wishes, in whatever order they came."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class History:
    """What is known of somebody's lifts when the plan is made: estimated 1RM in kilograms, exercises of late."""

    e1rm_kg: Mapping[str, Decimal] = field(default_factory=dict)
    recent: frozenset[str] = frozenset()

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> History:
        lifts = raw.get("e1rm_kg") or {}
        return cls(
            e1rm_kg={str(key): Decimal(str(value)) for key, value in lifts.items()},
            recent=frozenset(map(str, raw.get("recent") or ())),
        )

    def to_json(self) -> Json:
        lifts = {key: format(value, "f") for key, value in sorted(self.e1rm_kg.items())}
        return {"e1rm_kg": lifts, "recent": sorted(self.recent)}
