"""What other people are to the one who looks, for a whole page in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from accounts.enums import Relation
from fitai.common.actors import Actor

COUNTED_FRIENDS = 5_000  # of each person: more of them are not looked through for mutual ones

MINE = f"""
mine AS MATERIALIZED (
  SELECT u.id FROM (
    (SELECT high_id AS id FROM accounts_friendship WHERE low_id = %(me)s AND accepted_at IS NOT NULL
     ORDER BY accepted_at DESC LIMIT {COUNTED_FRIENDS})
    UNION ALL
    (SELECT low_id FROM accounts_friendship WHERE high_id = %(me)s AND accepted_at IS NOT NULL
     ORDER BY accepted_at DESC LIMIT {COUNTED_FRIENDS})
  ) friend JOIN accounts_user u ON u.id = friend.id WHERE u.is_active AND u.deleted_at IS NULL
)"""  # noqa: S608  fixed pieces; values are parameters
RELATIONS = f"""
WITH {MINE}
SELECT other.id, f.requester_id, f.accepted_at IS NOT NULL, f.declined_at IS NOT NULL, f.withdrawn,
  EXISTS (SELECT FROM accounts_mute m WHERE m.user_id = %(me)s AND m.muted_id = other.id),
  (SELECT count(*) FROM (
     (SELECT high_id AS id FROM accounts_friendship WHERE low_id = other.id AND accepted_at IS NOT NULL
      ORDER BY accepted_at DESC LIMIT {COUNTED_FRIENDS})
     UNION ALL
     (SELECT low_id FROM accounts_friendship WHERE high_id = other.id AND accepted_at IS NOT NULL
      ORDER BY accepted_at DESC LIMIT {COUNTED_FRIENDS})
   ) theirs WHERE theirs.id IN (SELECT id FROM mine))
FROM unnest(%(others)s::uuid[]) other(id)
LEFT JOIN accounts_friendship f
  ON f.low_id = LEAST(other.id, %(me)s::uuid) AND f.high_id = GREATEST(other.id, %(me)s::uuid)
"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to the one who looks. `mutual_friends` are friends of both whom the looker can see."""

    relation: Relation
    muted: bool
    mutual_friends: int


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
