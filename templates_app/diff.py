"""What changed between two versions of a template, said as a coach would. Pure.

Days and exercises are the same when their ids are, wherever they stand; weeks by their number, sets by their place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Node = Mapping[str, Any]
Names = Mapping[str, str]
"""What exercises are called, by id."""

SAID = ("name", "description", "goal", "level", "tags")
LABELS = {
    "reps_max": "reps at most",
    "rest_seconds": "rest",
    "exercise_id": "exercise",
    "stall_after": "stall after",
    "deload_percent": "deload",
}
SUFFIXES = {"seconds": " s", "rest_seconds": " s", "distance": " m", "deload_percent": " %"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `pointer` leads into the newer version, of what was removed into the older one.

    `old` and `new` are the values as the API has them; a node that was added or removed is there whole.
    """

    pointer: str
    what: Literal["added", "removed", "changed", "moved"]
    node: Literal["template", "week", "day", "exercise", "set"]
    old: Any
    new: Any
    text: str


def compare(old: Node, new: Node, names: Names) -> list[Change]:
    """All that differs, in the order of the newer version, what is gone behind it."""
    return [*_said(old, new), *_Comparison(old["weeks"], new["weeks"], names).changes()]


def _said(old: Node, new: Node) -> Iterator[Change]:
    for name in SAID:
        if old[name] != new[name]:
            text = f"{name.capitalize()} {shown(name, old[name])} → {shown(name, new[name])}"
            yield Change(f"/{name}", "changed", "template", old[name], new[name], text)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A day or an exercise where it stands: in which week, below which node, at which place there."""

    node: Node
    pointer: str
    parent: str
    place: int
    title: str


class _Comparison:
    def __init__(self, old: Sequence[Node], new: Sequence[Node], names: Names) -> None:
        self.names = names
        self.old_weeks, self.new_weeks = old, new
        self.old = {placed.node["id"]: placed for placed in self._nodes(old)}
        self.new = {placed.node["id"]: placed for placed in self._nodes(new)}
        self.stayed = self._stayed()

    def changes(self) -> Iterator[Change]:
        for index, week in enumerate(self.new_weeks[len(self.old_weeks) :], len(self.old_weeks)):
            text = f"Week {week['number']}: added, {_counted(len(week['days']), 'day')}"
            yield Change(f"/weeks/{index}", "added", "week", None, week, text)
        for id, now in self.new.items():
            before = self.old.get(id)
            if before is None:
                yield from self._came(now)
            else:
                yield from self._differs(before, now)
        for id, gone in self.old.items():
            if id not in self.new and not self._went_with_parent(gone):
                text = f"{gone.title}: removed"
                yield Change(gone.pointer, "removed", _kind(gone.node), gone.node, None, text)
        for index, week in enumerate(self.old_weeks[len(self.new_weeks) :], len(self.new_weeks)):
            yield Change(f"/weeks/{index}", "removed", "week", week, None, f"Week {week['number']}: removed")

    def _nodes(self, weeks: Sequence[Node]) -> Iterator[_Placed]:
        for index, week in enumerate(weeks):
            for place, day in enumerate(week["days"]):
                here, title = f"/weeks/{index}/days/{place}", f"Week {week['number']}, {day['name']}"
                yield _Placed(day, here, f"week {week['number']}", place, title)
                for number, entry in enumerate(day["exercises"]):
                    yield _Placed(
                        entry, f"{here}/exercises/{number}", day["id"], number, f"{title}, {self.name(entry)}"
                    )

    def name(self, entry: Node) -> str:
        return self.names.get(entry["exercise_id"], "an exercise")

    def _came(self, now: _Placed) -> Iterator[Change]:
        """Added, unless what it stands in was added with it."""
        if now.parent in self.new:
            with_parent = now.parent not in self.old
        else:
            with_parent = int(now.parent.removeprefix("week ")) > len(self.old_weeks)
        if not with_parent:
            said = f", {sets_in_words(now.node['sets'])}" if "sets" in now.node else ""
            yield Change(now.pointer, "added", _kind(now.node), None, now.node, f"{now.title}: added{said}")

    def _went_with_parent(self, gone: _Placed) -> bool:
        if gone.parent in self.old:
            return gone.parent not in self.new
        return int(gone.parent.removeprefix("week ")) > len(self.new_weeks)

    def _differs(self, before: _Placed, now: _Placed) -> Iterator[Change]:
        kind = _kind(now.node)
        if before.parent != now.parent:
            where = now.parent if kind == "day" else self.new[now.parent].title
            yield Change(now.pointer, "moved", kind, before.pointer, now.pointer, f"{before.title}: moved to {where}")
        elif now.node["id"] not in self.stayed:
            text = f"{now.title}: moved from place {before.place + 1} to {now.place + 1}"
            yield Change(now.pointer, "moved", kind, before.pointer, now.pointer, text)
        if kind == "day":
            yield from self._members(before, now, kind, ("name",))
        else:
            yield from self._entry(before, now)

    def _entry(self, before: _Placed, now: _Placed) -> Iterator[Change]:
        if before.node["exercise_id"] != now.node["exercise_id"]:
            old, new = before.node["exercise_id"], now.node["exercise_id"]
            text = f"{before.title}: replaced by {self.name(now.node)}"
            yield Change(f"{now.pointer}/exercise_id", "changed", "exercise", old, new, text)
        yield from self._members(before, now, "exercise", ("superset",))
        if before.node["substitutes"] != now.node["substitutes"]:
            old, new = before.node["substitutes"], now.node["substitutes"]
            said = [", ".join(self.names.get(id, "an exercise") for id in ids) or "none" for ids in (old, new)]
            text = f"{now.title}: substitutes {said[0]} → {said[1]}"
            yield Change(f"{now.pointer}/substitutes", "changed", "exercise", old, new, text)
        old, new = before.node["progression"], now.node["progression"]
        if old != new:
            text = f"{now.title}: progression {progression_in_words(old)} → {progression_in_words(new)}"
            yield Change(f"{now.pointer}/progression", "changed", "exercise", old, new, text)
        yield from self._sets(before, now)

    def _members(
        self, before: _Placed, now: _Placed, kind: Literal["day", "exercise"], names: Sequence[str]
    ) -> Iterator[Change]:
        for name in names:
            old, new = before.node[name], now.node[name]
            if old != new:
                text = f"{before.title}: {LABELS.get(name, name)} {shown(name, old)} → {shown(name, new)}"
                yield Change(f"{now.pointer}/{name}", "changed", kind, old, new, text)

    def _sets(self, before: _Placed, now: _Placed) -> Iterator[Change]:
        old, new = before.node["sets"], now.node["sets"]
        for index, (was, item) in enumerate(zip(old, new, strict=False)):
            for name in item:
                if was[name] != item[name]:
                    text = f"{now.title}: set {index + 1} {LABELS.get(name, name)}"
                    text += f" {shown(name, was[name])} → {shown(name, item[name])}"
                    pointer = f"{now.pointer}/sets/{index}/{name}"
                    yield Change(pointer, "changed", "set", was[name], item[name], text)
        for index, item in enumerate(new[len(old) :], len(old)):
            text = f"{now.title}: set {index + 1} added, {set_in_words(item)}"
            yield Change(f"{now.pointer}/sets/{index}", "added", "set", None, item, text)
        for index, item in enumerate(old[len(new) :], len(new)):
            text = f"{now.title}: set {index + 1} removed, {set_in_words(item)}"
            yield Change(f"{before.pointer}/sets/{index}", "removed", "set", item, None, text)

    def _stayed(self) -> set[str]:
        """Nodes that kept their order among those that were below the same parent before: the most that there can be,
        so that taking one day to the front is one move."""
        groups: dict[str, list[str]] = {}
        for id, now in self.new.items():
            if id in self.old and self.old[id].parent == now.parent:
                groups.setdefault(now.parent, []).append(id)
        return {id for ids in groups.values() for id in longest_rising(ids, [self.old[id].place for id in ids])}


def longest_rising(items: Sequence[str], places: Sequence[int]) -> list[str]:
    """A longest part of `items` whose places rise; places are unique."""
    tails: list[int] = []  # places that end a rising run of each length
    ends: list[int] = []  # where those stand in `items`
    before: list[int | None] = []
    for index, place in enumerate(places):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else None)
        tails[length:] = [place, *tails[length + 1 :]]
        ends[length:] = [index, *ends[length + 1 :]]
    found: list[str] = []
    at = ends[-1] if ends else None
    while at is not None:
        found.append(items[at])
        at = before[at]
    return found[::-1]


def _kind(node: Node) -> Literal["day", "exercise"]:
    return "exercise" if "sets" in node else "day"


# ── In words ─────────────────────────────────────────────────────────────────────────────────────


def shown(name: str, value: Any) -> str:
    """A value as people say it."""
    if value is None or value == []:
        return "none"
    if name == "load":
        return load_in_words(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value}{SUFFIXES.get(name, '')}"


def load_in_words(load: Node | None) -> str:
    """100 kg, 75 % of 1RM, RPE 8, 2 RIR, body weight; nothing for none."""
    if load is None:
        return ""
    value = load["value"]
    return {
        "absolute": f"{value} {load['unit']}",
        "percent_1rm": f"{value} % of 1RM",
        "percent_tm": f"{value} % of training max",
        "rpe": f"RPE {value}",
        "rir": f"{value} RIR",
        "bodyweight": "body weight",
    }[load["type"]]


def amount_in_words(item: Node) -> str:
    """8 reps, 8–12 reps, 5+ reps, 45 s, 400 m, or as many as possible."""
    parts = []
    if item["reps"] is not None:
        most = "" if item["reps_max"] in (None, item["reps"]) else f"–{item['reps_max']}"
        parts.append(f"{item['reps']}{most}{'+' if item['kind'] == 'amrap' else ''}")
    parts += [f"{item['seconds']} s"] if item["seconds"] is not None else []
    parts += [f"{item['distance']} m"] if item["distance"] is not None else []
    return ", ".join(parts) or "as many as possible"


def set_in_words(item: Node) -> str:
    """8–12 @ RPE 8."""
    load = load_in_words(item["load"])
    return f"{amount_in_words(item)} @ {load}" if load else amount_in_words(item)


def sets_in_words(sets: Sequence[Node]) -> str:
    """Equal sets in a row taken together: 2 × 5 @ 60 % of 1RM, 3 × 8–12 @ RPE 8."""
    groups: list[tuple[str, int]] = []
    for item in sets:
        said = f"{set_in_words(item)}{'' if item['kind'] in ('working', 'amrap') else ' ' + KINDS[item['kind']]}"
        if groups and groups[-1][0] == said:
            groups[-1] = (said, groups[-1][1] + 1)
        else:
            groups.append((said, 1))
    return ", ".join(f"{count} × {said}" for said, count in groups)


KINDS = {"warmup": "warm-up", "drop": "drop", "failure": "to failure", "backoff": "back-off"}


def progression_in_words(progression: Node) -> str:
    """linear by 2.5 kg, double, percentage, none."""
    if progression["increment"] is None:
        return str(progression["rule"])
    return f"{progression['rule']} by {progression['increment']} {progression['unit']}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
