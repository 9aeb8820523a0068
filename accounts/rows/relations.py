"""What other people are to the one who looks, for a whole page in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from accounts.enums import Relation
from accounts.querysets import open_part
from fitai.common.actors import Actor

COUNTED_FRIENDS = 5_000  # of each person: more of them are not looked through for mutual ones


def friends_of(person: str, most: int) -> str:
    """The newest friends of a person as SQL, `id` and `at`, at most so many from each side of the pair."""
    return " UNION ALL ".join(
        f"(SELECT {other} AS id, accepted_at AS at FROM accounts_friendship"  # noqa: S608  fixed pieces
        f" WHERE {one} = {person} AND accepted_at IS NOT NULL ORDER BY accepted_at DESC LIMIT {most})"
        for one, other in (("low_id", "high_id"), ("high_id", "low_id"))
    )


# Those who are there, of the person `me`.
MINE = f"""
mine AS MATERIALIZED (
  SELECT u.id, friend.at FROM ({friends_of("%(me)s", COUNTED_FRIENDS)}) friend
  JOIN accounts_user u ON u.id = friend.id WHERE u.is_active AND u.deleted_at IS NULL
)"""  # noqa: S608  as above


def friends_of_mine(friends: int, of_each: int) -> str:
    """Who is a friend of so many of one's newest friends, of the newest of each, as SQL over `mine`: `id`, `mutual`."""
    newest = f"SELECT id FROM mine ORDER BY at DESC LIMIT {friends}"  # noqa: S608  as above
    theirs = friends_of("friend.id", of_each)
    return f"SELECT theirs.id, count(*) AS mutual FROM ({newest}) friend, LATERAL ({theirs}) theirs GROUP BY theirs.id"  # noqa: S608


RELATIONS = f"""
WITH {MINE}
SELECT u.id, f.requester_id, f.accepted_at IS NOT NULL, f.declined_at IS NOT NULL, f.withdrawn,
  EXISTS (SELECT FROM accounts_mute m WHERE m.user_id = %(me)s AND m.muted_id = u.id),
  CASE WHEN u.id = %(me)s OR {open_part("profile")} THEN (
    SELECT count(*) FROM ({friends_of("u.id", COUNTED_FRIENDS)}) theirs WHERE theirs.id IN (SELECT id FROM mine)
  ) END
FROM unnest(%(others)s::uuid[]) u(id)
LEFT JOIN accounts_friendship f
  ON f.low_id = LEAST(u.id, %(me)s::uuid) AND f.high_id = GREATEST(u.id, %(me)s::uuid)
"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to the one who looks.

    `mutual_friends` are friends of both whom the looker can see; None where somebody's profile is not open to them.
    """

    relation: Relation
    muted: bool
    mutual_friends: int | None


def read_standings(actor: Actor, others: Collection[UUID]) -> dict[UUID, Standing]:
    """How each of these people stands to the actor."""
    with connection.cursor() as cursor:
        cursor.execute(RELATIONS, {"me": actor.user_id, "others": list(others)})
        return {
            id: Standing(_relation(actor.user_id, id, *friendship), muted, mutual)
            for id, *friendship, muted, mutual in cursor.fetchall()
        }


def _relation(
    me: UUID, other: UUID, requester: UUID | None, accepted: bool, declined: bool, withdrawn: bool | None
) -> Relation:
    if other == me:
        return Relation.SELF
    if requester is None or withdrawn:
        return Relation.NONE
    if accepted:
        return Relation.FRIEND
    if requester == me:
        return Relation.REQUESTED  # declined or not
    return Relation.NONE if declined else Relation.ASKS_YOU
