"""The choice of exercises, sets and days as a constraint model.

A column is an exercise in a role on a day; its Boolean says whether it is taken, its integer how many sets. Hard rules
are constraints. Soft rules are penalties in tiers, none of which can be bought with those below it: a day for the whole
body is one, lower bounds of weekly sets (what the goal names first), balance, frequency, what a day is built around,
wishes, how a day is filled. Last stands taste: further sets, merit, variety, days of equal length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from templates_app.planner.columns import FAMILIES, Column, round_rest, style, turns
from templates_app.planner.merits import COMPETITION, HEAVY_LIFTS, PULLED_FROM_FLOOR
from templates_app.planner.prescription import ROLES
from templates_app.planner.request import PlanRequest
from templates_app.planner.tiers import STAGES, Tier, strict
from templates_app.planner.timing import CHANGE_SECONDS, STATION_SECONDS, SWITCH_SECONDS, warm_up_seconds
from templates_app.planner.volume import CEILINGS, DAY_CEILING, GROUPS, ceiling, floors, goal_floors, liked_floors
from templates_app.planner.week import (
    APART_UP_TO,
    DEMANDING,
    HIP,
    KNEE,
    PULLS,
    PUSHES,
    Theme,
    neighbours,
)

# Within a tier, where what weighs more gives way last.
BELOW_HALF: Final = 4
"""Further weight of what a muscle lacks of half its lower bound: better all of them something than one all of it."""
HEART_WEIGHT: Final = 12
SLOT_WEIGHTS: Final = (10, 9, 8, 7)
WEEKLY_LIFT_WEIGHT: Final = 4
LIKED_EXERCISE_WEIGHT: Final = 4
LIKED_SET_WEIGHT: Final = 1
HEAVY_PAIR_WEIGHT: Final = 8
LATER_SLOT_WEIGHTS: Final = (6, 5, 4, 3)
FLOOR_TIERS: Final[dict[int, Tier]] = {1: "floor_1", 2: "floor_2", 3: "floor_3"}
MOST_EXCESS: Final = 40
"""Beyond what balances, sets by which a plan may lean to one side."""

TARGET_WEIGHTS: Final = {0: 60, 1: 48, 2: 24, 3: 12}
"""By rank of a muscle, 0 for one that is liked."""
MERIT_WEIGHT: Final = 2
REPEAT_WEIGHT: Final = 25
SET_WEIGHT: Final = 4
EVEN_WEIGHT: Final = 8
BEST_MERIT: Final = 120


def exercise_limits(minutes: int, level: str) -> tuple[int, int]:
    """Exercises of a day, least and most: 4–8 in an hour (ours)."""
    least = 2 if minutes < 25 else 3
    for bound, most in ((20, 5), (30, 6), (45, 7), (60, 8), (90, 9)):
        if minutes <= bound:
            return least, most
    return least, 9 if level == "beginner" else 10


DAY_SETS: Final = {"beginner": 20, "intermediate": 25, "advanced": 28}
"""Working sets of a day at most (ours)."""
LIGHT_SETS: Final = 14


def main_limit(request: PlanRequest) -> int:
    """Lifts a day is built around at most (ours)."""
    if request.minutes <= 30:
        return 1
    return 3 if request.goal == "strength" and request.minutes >= 60 else 2


def halves(column: Column, group: str) -> int:
    """What one set gives a group, in half sets: 2 done for it, 1 helping, 0."""
    if column.exercise.works & GROUPS[group]:
        return 2
    return 1 if column.exercise.helps & GROUPS[group] else 0


class Model:
    """The variables and rules of one model."""

    def __init__(self, model: Any, columns: list[Column], week: list[Theme], request: PlanRequest) -> None:
        self.model = model
        self.columns = columns
        self.week = week
        self.request = request
        self.soft: dict[Tier, list[tuple[int, Any, int]]] = {tier: [] for tiers in STAGES for tier in tiers}
        self.taste: list[tuple[int, Any]] = []
        self.taken = [model.new_bool_var(f"x{place}") for place in range(len(columns))]
        self.sets = [
            self.taken[place] * column.most
            if column.least == column.most
            else model.new_int_var(0, column.most, f"s{place}")
            for place, column in enumerate(columns)
        ]
        self.days = [[p for p, column in enumerate(columns) if column.day == day] for day in range(len(week))]
        self.by_exercise: dict[str, dict[int, list[int]]] = {}
        for place, column in enumerate(columns):
            self.by_exercise.setdefault(column.exercise.id, {}).setdefault(column.day, []).append(place)

    def count(self, places: Sequence[int]) -> Any:
        return sum(self.taken[place] for place in places)

    def total(self, places: Sequence[int]) -> Any:
        return sum(self.sets[place] for place in places)

    def where(self, places: Sequence[int], patterns: frozenset[str]) -> list[int]:
        return [place for place in places if self.columns[place].exercise.pattern in patterns]

    # ── Hard ────────────────────────────────────────────────────────────────────────────────────

    def constrain(self) -> None:
        for place, column in enumerate(self.columns):
            if column.least < column.most:
                self.model.add(self.sets[place] <= column.most * self.taken[place])
                self.model.add(self.sets[place] >= column.least * self.taken[place])
        for day in range(len(self.week)):
            self._constrain_day(day)
        self._keep_apart()
        self._bound_volume()

    def _constrain_day(self, day: int) -> None:
        places, theme, request = self.days[day], self.week[day], self.request
        for by_day in self.by_exercise.values():
            if len(by_day.get(day, ())) > 1:
                self.model.add_at_most_one(self.taken[place] for place in by_day[day])
        least, most = exercise_limits(request.minutes, request.level)
        if theme.is_light:
            most = min(most, 5)
        self.model.add(self.count(places) >= least)
        self.model.add(self.count(places) <= most)
        self.model.add(self.total(places) <= (LIGHT_SETS if theme.is_light else DAY_SETS[request.level]))
        self.model.add(self.count(self.where(places, theme.heads)) >= 1)
        self._bound_time(day)
        self._bound_patterns(day)

    def _bound_time(self, day: int) -> None:
        places = self.days[day]
        spent = sum(
            self.columns[place].fixed * self.taken[place] + self.columns[place].each * self.sets[place]
            for place in places
        )
        free = self.request.minutes * 60 - warm_up_seconds(self.request.minutes)
        circuit = [place for place in places if self.columns[place].form == "circuit"]
        if circuit:
            runs = self.model.new_bool_var(f"circuit{day}")
            for place in circuit:
                self.model.add_implication(self.taken[place], runs)
            self.model.add(self.count(circuit) >= 2 * runs)
            rest, rounds = round_rest(self.request), turns(self.request)
            spent += (rounds * (rest - SWITCH_SECONDS) - rest + CHANGE_SECONDS - STATION_SECONDS) * runs
        for first, second in FAMILIES if style(self.request) == "superset" else ():
            pair = [place for place in places if self.columns[place].form == "paired"]
            self.model.add(self.count(self.where(pair, first)) == self.count(self.where(pair, second)))
        self.model.add(spent <= free)

    def _bound_patterns(self, day: int) -> None:
        places, theme = self.days[day], self.week[day]
        beginner = self.request.level == "beginner"
        for pattern in sorted({self.columns[place].exercise.pattern for place in places}):
            alike = self.where(places, frozenset({pattern}))
            self.model.add(self.count(alike) <= (2 if pattern in theme.twice else 1))
        core = [place for place in places if self.columns[place].role == "core"]
        if core:
            self.model.add(self.count(core) <= (2 if self.request.minutes > 30 or theme.is_light else 1))
        mains = [place for place in places if self.columns[place].role == "main"]
        if mains:
            self.model.add(self.count(mains) <= main_limit(self.request))
            legs = [p for p in mains if self.columns[p].exercise.pattern in {"squat", "hinge"}]
            if legs:
                self.model.add(self.count(legs) <= (1 if beginner and self.request.goal != "strength" else 2))
        fast = [place for place in places if self.columns[place].role == "explosive"]
        if fast:
            self.model.add(self.count(fast) <= 2)
        self._forbid_twins(places)

    def _forbid_twins(self, places: Sequence[int]) -> None:
        """Not two of a kind on one day: the same pattern for the same muscles."""
        kinds: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[int]] = {}
        for place in places:
            exercise = self.columns[place].exercise
            gear = tuple(sorted(exercise.equipment)) if exercise.pattern == "elbow_extension" else ()
            kinds.setdefault((exercise.pattern, tuple(sorted(exercise.primary_muscles)), gear), []).append(place)
        for alike in kinds.values():
            if len(alike) > 1:
                self.model.add_at_most_one(self.taken[place] for place in alike)

    def _keep_apart(self) -> None:
        """Not the same exercise on consecutive days; up to four days a week no two hard days in a row."""
        pairs = neighbours(len(self.week))
        for by_day in self.by_exercise.values():
            for a, b in pairs:
                both = by_day.get(a, []) + by_day.get(b, [])
                if by_day.get(a) and by_day.get(b):
                    self.model.add_at_most_one(self.taken[place] for place in both)
        floor_pulls = [
            place
            for place, column in enumerate(self.columns)
            if column.exercise.slug in PULLED_FROM_FLOOR and column.role == "main"
        ]
        if floor_pulls:
            self.model.add(self.count(floor_pulls) <= 1)
        if len(self.week) > APART_UP_TO:
            return
        for a, b in pairs:
            hard = self.model.new_bool_var(f"hard{a}")
            for day, literal in ((a, hard), (b, hard.negated())):
                for place in self.where(self.days[day], DEMANDING):
                    if self.columns[place].exercise.is_weighted:
                        self.model.add_implication(self.taken[place], literal)

    def _bound_volume(self) -> None:
        self.weekly: dict[str, Any] = {}
        self.daily: dict[tuple[str, int], Any] = {}
        for group in CEILINGS:
            for day, places in enumerate(self.days):
                given = [(halves(self.columns[place], group), place) for place in places]
                terms = [gives * self.sets[place] for gives, place in given if gives]
                if not terms:
                    continue
                self.daily[group, day] = sum(terms)
                self.model.add(sum(terms) <= 2 * DAY_CEILING)
            parts = [self.daily[group, day] for day in range(len(self.week)) if (group, day) in self.daily]
            if parts:
                self.weekly[group] = sum(parts)
                self.model.add(sum(parts) <= int(2 * ceiling(group, self.request.level)))

    # ── Soft ────────────────────────────────────────────────────────────────────────────────────

    def stages(self) -> list[Any]:
        """What is to be made small, one sum after the other: the tiers of a stage as one sum in which none can be
        bought with those below it, then taste."""
        sums = []
        for tiers in STAGES:
            weights = strict([sum(weight * most for weight, _, most in self.soft[tier]) for tier in tiers])
            sums.append(
                sum(
                    scale * weight * term
                    for tier, scale in zip(tiers, weights, strict=True)
                    for weight, term, _ in self.soft[tier]
                )
            )
        return [*sums, sum(weight * term for weight, term in self.taste)]

    def prefer(self) -> None:
        self._prefer_volume()
        self._prefer_structure()
        self._prefer_balance()
        self._prefer_frequency()
        self._prefer_wishes()
        self._prefer_merit()

    def _penalise(self, tier: Tier, weight: int, amount: Any, wanted: int, name: str) -> None:
        """What is short of `wanted` counts so much in its tier."""
        self.soft[tier].append((weight, self._short_of(amount, wanted, name), wanted))

    def _short_of(self, amount: Any, wanted: int, name: str) -> Any:
        short = self.model.new_int_var(0, wanted, name)
        self.model.add(short >= wanted - amount)
        return short

    def _prefer_volume(self) -> None:
        for group, (sets, rank) in sorted(goal_floors(self.request).items()):
            if group in self.weekly:
                wanted, tier = int(2 * sets), FLOOR_TIERS[rank]
                self._penalise(tier, 1, self.weekly[group], wanted, f"floor_{group}")
                self._penalise(tier, BELOW_HALF, self.weekly[group], (wanted + 1) // 2, f"half_{group}")
        liked = liked_floors(self.request)
        for group, sets in liked.items():
            if group in self.weekly:
                self._penalise("preference", LIKED_SET_WEIGHT, self.weekly[group], int(2 * sets), f"liked_{group}")
        for group, (sets, rank) in sorted(floors(self.request).items()):
            if group not in self.weekly:
                continue
            wanted = int(2 * sets)
            target = min(int(wanted * self._ambition()), int(1.7 * ceiling(group, self.request.level)))
            if target > wanted:
                further = self._short_of(self.weekly[group], target, f"target_{group}")
                weight = TARGET_WEIGHTS[0 if group in liked else rank]
                self.taste.append((weight, further))

    def _ambition(self) -> float:
        """How far beyond the lower bound to go where there is time: into the range that grows trained muscle best
        (12–20 weekly sets, Baz-Valle 2022), less for who is new or trains for other things (ours)."""
        if self.request.goal == "hypertrophy":
            return {"beginner": 1.3, "intermediate": 1.45, "advanced": 1.6}[self.request.level]
        return 1.4

    def _prefer_structure(self) -> None:
        for day, theme in enumerate(self.week):
            places = self.days[day]
            for index, patterns in enumerate(theme.halves):
                if half := self.where(places, patterns):
                    self._penalise("whole", 1, self.count(half), 1, f"half_{day}_{index}")
            for index, slot in enumerate(theme.slots):
                if filling := self.where(places, slot):
                    name, later = f"slot_{day}_{index}", index - len(SLOT_WEIGHTS)
                    if later < 0:
                        self._penalise("heart", SLOT_WEIGHTS[index], self.count(filling), 1, name)
                    else:
                        self._penalise("shape", LATER_SLOT_WEIGHTS[later], self.count(filling), 1, name)
            wanted = ["main"] if not theme.is_light else []
            wanted += ["explosive"] if self.request.goal == "power" and not theme.is_light else []
            for role in wanted:
                heart = [place for place in places if self.columns[place].role == role]
                leading = theme.slots[0] | theme.slots[1]
                if style(self.request) == "circuit":
                    leading &= KNEE | HIP  # what follows in the circuit is for the breath: legs come first
                if role == "main":
                    heart = self.where(heart, leading) or heart
                if heart:
                    self._penalise("heart", HEART_WEIGHT, self.count(heart), 1, f"heart_{role}_{day}")

        self._prefer_weekly_lifts()
        self._prefer_one_heavy_leg_lift()

    def _prefer_weekly_lifts(self) -> None:
        """For strength: each week a pull from the floor and a press overhead, twice a squat and a press lying down."""
        if self.request.goal != "strength":
            return
        heavy = [place for place, column in enumerate(self.columns) if column.exercise.slug in HEAVY_LIFTS]
        pulls = [place for place in heavy if self.columns[place].exercise.slug in PULLED_FROM_FLOOR]
        lifts = [("pull", pulls, 1)]
        for pattern, times in (("squat", 2), ("horizontal_push", 2), ("vertical_push", 1)):
            lifts.append((pattern, self.where(heavy, frozenset({pattern})), times))
        for name, places, times in lifts:
            days = len({self.columns[place].day for place in places})
            if places:
                wanted = min(times, days)
                self._penalise("heart", WEEKLY_LIFT_WEIGHT, self.count(places), wanted, f"weekly_{name}")

    def _prefer_one_heavy_leg_lift(self) -> None:
        """Heavy squats and heavy pulls on days of their own, where legs have more than one day."""
        if self.request.goal != "strength" or sum(1 for theme in self.week if "squat" in theme.patterns) < 2:
            return
        for day, places in enumerate(self.days):
            mains = [place for place in places if self.columns[place].role == "main"]
            squats = self.where(mains, frozenset({"squat"}))
            pulls = [place for place in mains if self.columns[place].exercise.slug in PULLED_FROM_FLOOR]
            if squats and pulls:
                both = self.model.new_bool_var(f"both{day}")
                self.model.add(self.count(squats) + self.count(pulls) <= 1 + both)
                self.soft["shape"].append((HEAVY_PAIR_WEIGHT, both, 1))

    def _prefer_balance(self) -> None:
        """Between 0.75 and 1.33, cross-multiplied."""
        everywhere = range(len(self.columns))
        for name, above, below in (("push", PUSHES, PULLS), ("hip", HIP, KNEE)):
            first, second = self.where(everywhere, above), self.where(everywhere, below)
            if not first or not second:
                continue
            for side, (a, b) in enumerate(((first, second), (second, first))):
                excess = self.model.new_int_var(0, MOST_EXCESS, f"{name}{side}")
                self.model.add(4 * excess >= 3 * self.total(a) - 4 * self.total(b) + 1)
                self.soft["balance"].append((1, excess, MOST_EXCESS))

    def _prefer_frequency(self) -> None:
        if len(self.week) < 2:
            return
        for group in sorted(goal_floors(self.request)):
            hits = []
            for day in range(len(self.week)):
                if (group, day) in self.daily:
                    hit = self.model.new_bool_var(f"hit_{group}_{day}")
                    self.model.add(self.daily[group, day] >= 2 * hit)
                    hits.append(hit)
            if len(hits) >= 2:
                self._penalise("frequency", 1, sum(hits), 2, f"often_{group}")

    def _prefer_wishes(self) -> None:
        for id, by_day in self.by_exercise.items():
            if id in self.request.like:
                places = [place for day in by_day.values() for place in day]
                self._penalise("preference", LIKED_EXERCISE_WEIGHT, self.count(places), 1, f"like_{id}")

    def _prefer_merit(self) -> None:
        for place, column in enumerate(self.columns):
            order = ROLES.index(column.role)
            self.taste.append((MERIT_WEIGHT * (BEST_MERIT - column.merit) + order, self.taken[place]))
            self.taste.append((SET_WEIGHT, self.sets[place]))
        full = [self.total(places) for places, theme in zip(self.days, self.week, strict=True) if not theme.is_light]
        if len(full) > 1:
            most = self.model.new_int_var(0, DAY_SETS[self.request.level], "most")
            least = self.model.new_int_var(0, DAY_SETS[self.request.level], "least")
            for sets in full:
                self.model.add(sets <= most)
                self.model.add(sets >= least)
            self.taste.append((EVEN_WEIGHT, most - least))
        for id, by_day in self.by_exercise.items():
            places = [place for day in by_day.values() for place in day]
            often = self.request.goal == "strength" and self.columns[places[0]].exercise.slug in COMPETITION
            for times in (1, 2):
                if len(by_day) > times and not often:
                    again = self.model.new_int_var(0, len(by_day), f"again_{id}_{times}")
                    self.model.add(again >= self.count(places) - times)
                    self.taste.append((REPEAT_WEIGHT * times, again))
