"""Reading pages of workouts: fixed statements, a fraction of the cost of composing them anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from accounts.querysets import UNMUTED, VISIBLE
from fitai.common.actors import Actor
from workouts.operations.store import load
from workouts.querysets import OPEN_SHARE, OWN

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
        rest, given = _page(order, position, backwards, count)
        statement = STATEMENT + "".join(f" AND ({condition})" for condition in where) + rest
        with connection.cursor() as cursor:
            cursor.execute(statement, {**(values or {}), **given, "me": actor.user_id})
            return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]

    return fetch


def read_active(actor: Actor) -> Fetch:
    """Whole workouts (`stored`) of the actor that are in progress or paused, newest first."""

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        rest, given = _page(NEWEST_FIRST, position, backwards, count)
        found = load(f"{OWN} AND w.active", {**given, "me": actor.user_id}, suffix=rest)
        return [{"performed_at": one.performed_at, "id": one.state.id, "stored": one} for one in found]

    return fetch


def _page(
    order: Sequence[str], position: Sequence[Any] | None, backwards: bool, count: int, *, table: str = "w"
) -> tuple[str, dict[str, Any]]:
    """What follows the conditions of a statement over `w` for one page of it, with its values."""
    keys = [f"{table}.{name}" for name in order]
    marks = [f"%(at_{number})s" for number in range(len(keys))]
    beyond = "" if position is None else f" AND ({', '.join(keys)}) {'>' if backwards else '<'} ({', '.join(marks)})"
    direction = "ASC" if backwards else "DESC"
    given = {f"at_{number}": value for number, value in enumerate(position or ())}
    ordered = f" ORDER BY {', '.join(f'{key} {direction}' for key in keys)} LIMIT %(count)s"
    return beyond + ordered, {**given, "count": count}


SHARED_LATEST = ("shared_at", "id")
SHARED_NAMES = (
    "id", "user_id", "workout_id", "audience", "note", "shared_at", "username", "display_name", "avatar",
    "name", "status", "started_at", "ended_at", "active_us", "total_sets", "total_reps", "total_duration_seconds",
    "total_distance_m", "muscles", "volume_kg",
)  # fmt: skip
SHARES = """
SELECT s.id, s.user_id, s.workout_id, s.audience, s.note, s.shared_at FROM workouts_share s
JOIN workouts_workout w ON w.id = s.workout_id AND w.deleted_at IS NULL
"""
# The shares of friends, of each as many as fit on a page, and those with everyone, each in the order of an index. The
# volume is what guests know of: the implements alone, as `guest_state` adds it up.
SHARED = f"""
WITH friends AS (
  SELECT high_id AS id FROM accounts_friendship WHERE low_id = %(me)s AND accepted_at IS NOT NULL
  UNION ALL SELECT low_id FROM accounts_friendship WHERE high_id = %(me)s AND accepted_at IS NOT NULL),
page AS (
  SELECT * FROM (
    (SELECT theirs.* FROM friends JOIN accounts_user u ON u.id = friends.id AND {VISIBLE} AND {UNMUTED}
     CROSS JOIN LATERAL ({SHARES} WHERE s.user_id = u.id AND {OPEN_SHARE}{{rest}}) theirs)
    UNION
    (SELECT s.id, s.user_id, s.workout_id, s.audience, s.note, s.shared_at FROM workouts_share s
     JOIN workouts_workout w ON w.id = s.workout_id AND w.deleted_at IS NULL
     JOIN accounts_user u ON u.id = s.user_id AND u.id <> %(me)s AND {VISIBLE} AND {UNMUTED}
     WHERE s.audience = 'everyone' AND {OPEN_SHARE}{{rest}})
  ) s{{order}})
SELECT s.*, u.username, u.display_name, u.avatar, w.name, w.status, w.started_at, w.ended_at, w.active_us,
  w.total_sets, w.total_reps, w.total_duration_seconds, w.total_distance_m, w.muscles,
  (SELECT coalesce(sum(greatest(coalesce(t.weight_kg, 0) - coalesce(t.assistance_kg, 0), 0) * t.reps), 0)
   FROM workouts_set t WHERE t.workout_id = w.id AND t.shows AND t.completed AND t.kind <> 'warmup')
FROM page s JOIN accounts_user u ON u.id = s.user_id JOIN workouts_workout w ON w.id = s.workout_id{{order}}
"""  # noqa: S608  fixed pieces; values are parameters


def read_shared(actor: Actor) -> Fetch:
    """What others share with the actor."""

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        rest, given = _page(SHARED_LATEST, position, backwards, count, table="s")
        order = rest[rest.index(" ORDER BY") :]
        with connection.cursor() as cursor:
            cursor.execute(SHARED.format(rest=rest, order=order), {**given, "me": actor.user_id})
            return [dict(zip(SHARED_NAMES, row, strict=True)) for row in cursor.fetchall()]

    return fetch
