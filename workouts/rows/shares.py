"""Reading what others share."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts.querysets import UNMUTED, VISIBLE
from fitai.common.actors import Actor
from workouts.querysets import OPEN_SHARE
from workouts.rows.pages import Fetch, Row, page_of

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
    ({SHARES}
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
        rest, given = page_of(SHARED_LATEST, position, backwards, count, table="s")
        order = rest[rest.index(" ORDER BY") :]
        with connection.cursor() as cursor:
            cursor.execute(SHARED.format(rest=rest, order=order), {**given, "me": actor.user_id})
            return [dict(zip(SHARED_NAMES, row, strict=True)) for row in cursor.fetchall()]

    return fetch
