"""Reading lines of the history: one fixed statement, a fraction of the cost of composing it anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from fitai.common.actors import Actor
from workouts.querysets import VISIBLE

Row = Mapping[str, Any]

NAMES = (
    "id", "name", "status", "seq", "started_at", "ended_at", "active_us", "active_since", "template_id",
    "template_version", "performed_at", "active", "total_sets", "total_reps", "total_volume_kg",
    "total_duration_seconds", "total_distance_m", "muscles", "record_count",
)  # fmt: skip
STATEMENT = f"""
SELECT {", ".join(f"w.{name}" for name in NAMES[:-1])},
  (SELECT count(*) FROM workouts_record r WHERE r.workout_id = w.id)
FROM workouts_workout w WHERE {VISIBLE}
"""  # noqa: S608  fixed pieces; values are parameters


def read_summaries(
    actor: Actor, *, where: Iterable[str] = (), values: Mapping[str, Any] | None = None, order: Sequence[str]
) -> Callable[[Sequence[Any] | None, bool, int], list[Row]]:
    """How `paginate_fetched` reads pages of what the actor sees, latest first in the order of these names.

    `where` is fixed SQL over `w`, with `values`.
    """
    keys = [f"w.{name}" for name in order]

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        conditions = [*where]
        given: dict[str, Any] = {**(values or {}), "me": actor.user_id, "count": count}
        if position is not None:
            marks = [f"%(at_{number})s" for number in range(len(keys))]
            conditions.append(f"({', '.join(keys)}) {'>' if backwards else '<'} ({', '.join(marks)})")
            given |= {f"at_{number}": value for number, value in enumerate(position)}
        direction = "ASC" if backwards else "DESC"
        statement = STATEMENT + "".join(f" AND ({condition})" for condition in conditions)
        statement += f" ORDER BY {', '.join(f'{key} {direction}' for key in keys)} LIMIT %(count)s"
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]

    return fetch
