"""Reading pages of one's own workouts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from fitai.common.actors import Actor
from workouts.operations.store import load
from workouts.querysets import OWN

Row = Mapping[str, Any]
Fetch = Callable[[Sequence[Any] | None, bool, int], list[Row]]
"""How `paginate_fetched` reads a page: what is beyond a position, backwards or not, so many."""

NEWEST_FIRST = ("performed_at", "id")

NAMES = (
    "id", "name", "status", "seq", "started_at", "ended_at", "active_us", "active_since", "template_id",
    "template_version", "performed_at", "active", "total_sets", "total_reps", "total_volume_kg",
    "total_duration_seconds", "total_distance_m", "muscles", "record_count",
)  # fmt: skip
STATEMENT = f"""
SELECT {", ".join(f"w.{name}" for name in NAMES[:-1])},
  (SELECT count(*) FROM workouts_record r WHERE r.workout_id = w.id)
FROM workouts_workout w WHERE {OWN}
"""  # noqa: S608  fixed pieces; values are parameters


def read_summaries(
    actor: Actor, *, where: Iterable[str] = (), values: Mapping[str, Any] | None = None, order: Sequence[str]
) -> Fetch:
    """Lines of the actor's own, latest first in the order of these names.

    `where` is fixed SQL over `w`, with `values`.
    """

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        rest, given = page_of(order, position, backwards, count)
        statement = STATEMENT + "".join(f" AND ({condition})" for condition in where) + rest
        with connection.cursor() as cursor:
            cursor.execute(statement, {**(values or {}), **given, "me": actor.user_id})
            return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]

    return fetch


def read_active(actor: Actor) -> Fetch:
    """Whole workouts (`stored`) of the actor that are in progress or paused, newest first."""

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        rest, given = page_of(NEWEST_FIRST, position, backwards, count)
        found = load(f"{OWN} AND w.active", {**given, "me": actor.user_id}, suffix=rest)
        return [{"performed_at": one.performed_at, "id": one.state.id, "stored": one} for one in found]

    return fetch


def page_of(
    order: Sequence[str], position: Sequence[Any] | None, backwards: bool, count: int, *, table: str = "w"
) -> tuple[str, dict[str, Any]]:
    """What follows the conditions of a statement over `w`, or another table, for one page of it, with its values."""
    keys = [f"{table}.{name}" for name in order]
    marks = [f"%(at_{number})s" for number in range(len(keys))]
    beyond = "" if position is None else f" AND ({', '.join(keys)}) {'>' if backwards else '<'} ({', '.join(marks)})"
    direction = "ASC" if backwards else "DESC"
    given = {f"at_{number}": value for number, value in enumerate(position or ())}
    ordered = f" ORDER BY {', '.join(f'{key} {direction}' for key in keys)} LIMIT %(count)s"
    return beyond + ordered, {**given, "count": count}
