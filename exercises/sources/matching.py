"""Which exercises of the library are meant by the names that others use."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

# Names are the same when they have the same words, in any order, in the singular or plural, joined or apart:
# "Push-Ups", "Pushup", "Up Push". Documents name each exercise in all its languages, with its equipment too.
KEY = """(
    SELECT string_agg(regexp_replace(word, 's$', ''), '' ORDER BY word)
    FROM regexp_split_to_table({}, ' ') word
)"""
STATEMENT = f"""
WITH typed AS (
    SELECT said, {KEY.format("exercises_plain(said)")} AS key FROM unnest(%(names)s::text[]) said
), known AS (
    SELECT d.exercise_id, {KEY.format("name")} AS key FROM exercises_searchdocument d, unnest(d.names) name
)
SELECT DISTINCT ON (typed.said) typed.said, e.id
FROM typed JOIN known USING (key) JOIN exercises_exercise e ON e.id = known.exercise_id
WHERE (e.owner_id IS NULL OR e.status = 'approved') AND key <> ''
ORDER BY typed.said, (e.status = 'approved' AND e.deleted_at IS NULL) DESC, e.created_at, e.id
"""  # noqa: S608  fixed pieces; values are parameters


def match_names(names: Iterable[str]) -> dict[str, UUID | None]:
    """The shared exercise that each name means, if there is one; approved ones first. One statement.

    Those that were rejected, archived or deleted are found as well, so that they are known for what they are.
    """
    said = list(dict.fromkeys(names))
    found: dict[str, UUID | None] = dict.fromkeys(said)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"names": said})
        found.update(cursor.fetchall())
    return found
