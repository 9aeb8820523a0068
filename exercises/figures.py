"""Reading what was counted: how popular exercises are, and who trained how much."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from exercises.models import UsageTotals
from exercises.rows import Row, read_in_order
from fitai.common.actors import Actor

FEWEST_PEOPLE = 5
"""Of fewer people no numbers are shown: they might be known."""
LISTED = 5
PLACED = ("place", "id")
NUMBERS = ("people", "workouts", "sets", "score")
POPULAR = f"""
SELECT p.place, p.exercise_id, {", ".join(f"p.{name}" for name in NUMBERS)}
FROM exercises_popularity p JOIN exercises_exercise e ON e.id = p.exercise_id
WHERE p.period = %(window)s AND e.status = 'approved' AND e.deleted_at IS NULL
"""  # noqa: S608  fixed pieces
# How many of one's own stand where; then one's most trained exercises and the last trained, each named as in workouts.
OWN_EXERCISES = """
SELECT status, count(*) FROM exercises_exercise WHERE owner_id = %(me)s AND deleted_at IS NULL GROUP BY 1
"""
OWN_TRAINING = """
SELECT t.exercise_id, e.slug, CASE WHEN e.owner_id IS NULL OR e.owner_id = %(me)s
    OR e.status IN ('approved', 'archived') THEN COALESCE(x.name, e.name) END,
  t.workouts, t.sets, t.first_at, t.last_at, t.most, t.latest, t.exercises, t.all_sets
FROM (SELECT *, row_number() OVER (ORDER BY workouts DESC, sets DESC, exercise_id) AS most,
        row_number() OVER (ORDER BY last_at DESC, sets DESC, exercise_id) AS latest,
        count(*) OVER () AS exercises, sum(sets) OVER () AS all_sets
      FROM exercises_trained WHERE user_id = %(me)s) t
JOIN exercises_exercise e ON e.id = t.exercise_id
LEFT JOIN exercises_translation x ON x.exercise_id = e.id AND x.language = %(language)s
WHERE t.most <= %(listed)s OR t.latest <= %(listed)s
"""


def counted_at() -> datetime | None:
    """When popularity was counted last; None before the first time."""
    return UsageTotals.objects.values_list("counted_at", flat=True).first()


def read_popular(
    actor: Actor, language: str, window: str
) -> Callable[[Sequence[Any] | None, bool, int], list[Mapping[str, Any]]]:
    """How `paginate_fetched` reads pages of the library's popular exercises, in the order of `PLACED`. The rows have
    what is counted of them beside what every exercise has."""

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Mapping[str, Any]]:
        beyond = "" if position is None else f"AND p.place {'<' if backwards else '>'} %(place)s"
        order = f"ORDER BY p.place {'DESC' if backwards else ''} LIMIT %(count)s"
        values: dict[str, Any] = {"window": window, "place": position and position[0], "count": count}
        with connection.cursor() as cursor:
            cursor.execute(f"{POPULAR} {beyond} {order}", values)
            found = {row[1]: dict(zip(("place", "id", *NUMBERS), row, strict=True)) for row in cursor.fetchall()}
        rows: list[Row] = read_in_order(actor, language, list(found))
        return [{**row, **found[row["id"]]} for row in rows]

    return fetch


def read_own(actor: Actor, language: str) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many exercises of one's own there are by status; and those that one trained most often or last."""
    values: dict[str, Any] = {"me": actor.user_id, "language": language, "listed": LISTED}
    with connection.cursor() as cursor:
        cursor.execute(OWN_EXERCISES, values)
        statuses = dict(cursor.fetchall())
        cursor.execute(OWN_TRAINING, values)
        names = [column.name for column in cursor.description or ()]
        names[2] = "name"
        return statuses, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
