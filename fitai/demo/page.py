"""What the tour says, as plain text."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from textwrap import shorten
from typing import Any

LABEL = 13  # characters, of the left column
WIDTH = 72  # characters, of a note

KINDS = {"warmup": "warm-up", "working": "working", "failure": "failure", "drop": "drop"}
SHOWN = 2
RECORDS = {  # kind of record → its name and unit, those that people ask about first
    "weight": ("heaviest weight", "kg"),
    "e1rm": ("estimated 1RM", "kg"),
    "time": ("longest time", "s"),
    "distance": ("farthest distance", "m"),
    "pace": ("fastest pace", "s/km"),
    "reps_at_weight": ("most reps at this weight", ""),
    "set_volume": ("best set volume", "kg"),
    "workout_volume": ("best session volume", "kg"),
}


def chapter(title: str) -> None:
    print(f"\n{title}\n{'─' * len(title)}", flush=True)


def line(label: str, text: str) -> None:
    """A thing and what was seen of it."""
    print(f"  {label:<{LABEL}} {text}".rstrip(), flush=True)


def heading(name: str, notes: str | None) -> None:
    """An exercise, and what the athlete noted about it."""
    print(f"\n  {name}{f'  ({brief(notes)})' if notes else ''}", flush=True)


def brief(text: str) -> str:
    """The beginning of a text, on one line."""
    return shorten(text, WIDTH, placeholder=" …")


def counted(count: int, noun: str) -> str:
    """As `1 set` and `3 sets`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def set_text(item: dict[str, Any]) -> str:
    """A set as one reads it in a training log: kind, load, effort."""
    weight = f"{item['weight']} {item['weight_unit']}" if item.get("weight") is not None else ""
    done = [f"{item['reps']:>3} reps"] if item.get("reps") is not None else []
    done += [f"{item['duration_seconds']} s"] if item.get("duration_seconds") is not None else []
    done += [f"{item['distance']} {item['distance_unit']}"] if item.get("distance") is not None else []
    effort = f"RPE {item['rpe']}" if item.get("rpe") is not None else ""
    return f"{KINDS[item['kind']]:<8} {weight:>8}  {', '.join(done):<9} {effort:<7}"


def number(text: str) -> str:
    """A decimal with no more places than people care for."""
    return f"{round(Decimal(text), 1):,}".removesuffix(".0")


def records(found: Sequence[Mapping[str, Any]]) -> None:
    """The records that a set holds, the foremost two by name."""
    if found:
        order = list(RECORDS)
        foremost = sorted(found, key=lambda record: order.index(record["kind"]))[:SHOWN]
        more = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        line("", "★ " + ", ".join(record_text(record) for record in foremost) + more)


def record_text(record: Mapping[str, Any]) -> str:
    name, unit = RECORDS[record["kind"]]
    return f"{name} {number(record['value'])} {unit}".rstrip()
