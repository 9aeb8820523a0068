"""The options of each filter with how many exercises of the library they leave: the same for everybody, so cached."""

from typing import Any

import orjson
from django.db import connection

from exercises.enums import Difficulty, Equipment, Kind, Muscle, Pattern, Tracking
from exercises.rows import catalogue_version
from fitai.common import redis

KEPT_SECONDS = 3600
OPTIONS = {
    "muscle": (Muscle, "unnest(primary_muscles)"),
    "equipment": (Equipment, "unnest(equipment)"),
    "kind": (Kind, "kind"),
    "difficulty": (Difficulty, "difficulty"),
    "pattern": (Pattern, "pattern"),
    "tracking": (Tracking, "tracking"),
}
COUNTS = "\nUNION ALL\n".join(
    f"SELECT '{name}', value, count(*) FROM (SELECT {column} AS value FROM shared) said GROUP BY value"  # noqa: S608
    for name, (_, column) in OPTIONS.items()
)
STATEMENT = f"""
WITH shared AS (SELECT * FROM exercises_exercise WHERE status = 'approved' AND deleted_at IS NULL)
{COUNTS}
"""  # noqa: S608  fixed pieces

Options = dict[str, list[dict[str, Any]]]


def count_options(version: int | None = None) -> Options:
    """Every option, in the order of its vocabulary. The entry in Valkey is named by the version of the catalogue."""
    key = f"fitai:exercises:options:{catalogue_version() if version is None else version}"
    kept = redis.attempt(lambda client: client.get(key), None)
    if kept is not None:
        return orjson.loads(kept)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT)
        counts = {(name, value): count for name, value, count in cursor.fetchall()}
    options = {
        name: [{"value": value, "count": counts.get((name, value), 0)} for value in vocabulary.values]
        for name, (vocabulary, _) in OPTIONS.items()
    }
    redis.attempt(lambda client: client.set(key, orjson.dumps(options), ex=KEPT_SECONDS), None)
    return options
