"""Whom somebody may know: friends of friends, people of the same place, people who train by the same templates.

It stands here and not in accounts because it reads who trains by what. One statement whose work is bounded, however
many friends somebody has or people a template.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from accounts.querysets import UNMUTED, VISIBLE
from accounts.rows.relations import MINE, friends_of_mine
from accounts.rows.search import cells_near
from fitai.common.actors import Actor

CONSIDERED, SUGGESTED = 400, 100  # at most
NEWEST_FRIENDS, FRIENDS_OF_EACH = 200, 100
LOOKED_AT = 200  # people of each field of the map, city or template
TEMPLATES = 10  # one's newest
MUTUAL, TEMPLATE, NEAR = 4, 2, 1  # how much each reason weighs

SUGGESTIONS = f"""
WITH {MINE},
second AS ({friends_of_mine(NEWEST_FRIENDS, FRIENDS_OF_EACH)}),
near AS (
  SELECT entry.user_id AS id FROM unnest(%(cells)s::integer[]) around(cell), LATERAL (
    SELECT user_id FROM accounts_nameentry entry WHERE listed AND entry.cell = around.cell
    ORDER BY user_id DESC LIMIT {LOOKED_AT}
  ) entry
  UNION
  SELECT other.user_id FROM accounts_profile me, LATERAL (
    SELECT user_id FROM accounts_profile p WHERE lower(p.city) = lower(me.city) AND p.city <> ''
    ORDER BY user_id DESC LIMIT {LOOKED_AT}
  ) other JOIN accounts_preferences s ON s.user_id = other.user_id AND s.privacy_profile = 'everyone'
  WHERE me.user_id = %(me)s AND me.city <> ''
),
trained AS (
  SELECT t.id, t.name FROM (
    SELECT template_id FROM templates_app_enrolment n WHERE n.user_id = %(me)s AND n.status = 'active'
    ORDER BY n.created_at DESC LIMIT {TEMPLATES}
  ) n JOIN templates_app_template t ON t.id = n.template_id
  WHERE t.visibility = 'public' AND t.deleted_at IS NULL
),
training AS (
  SELECT n.user_id AS id, trained.id AS template_id, trained.name FROM trained, LATERAL (
    SELECT user_id, status FROM templates_app_enrolment n WHERE n.template_id = trained.id LIMIT {LOOKED_AT}
  ) n JOIN accounts_preferences s ON s.user_id = n.user_id AND s.privacy_workouts = 'everyone'
  WHERE n.status = 'active'
),
reasons AS (
  SELECT id, mutual, 0 AS templates, 0 AS near FROM second
  UNION ALL SELECT id, 0, 1, 0 FROM training
  UNION ALL SELECT id, 0, 0, 1 FROM near
),
weighed AS (
  SELECT id, sum(mutual)::int AS mutual, max(near) AS near,
    sum(mutual) * {MUTUAL} + sum(templates) * {TEMPLATE} + max(near) * {NEAR} AS weight
  FROM reasons WHERE id NOT IN (SELECT id FROM mine) GROUP BY id
),
candidates AS (SELECT * FROM weighed ORDER BY weight DESC, id LIMIT {CONSIDERED})
SELECT u.id, u.username, u.display_name, u.avatar, c.mutual, c.near > 0, (
    SELECT json_agg(json_build_object('id', training.template_id, 'name', training.name) ORDER BY training.name)
    FROM training WHERE training.id = u.id
  )::text
FROM candidates c JOIN accounts_user u ON u.id = c.id JOIN accounts_preferences s ON s.user_id = u.id
WHERE u.id <> %(me)s AND {VISIBLE} AND {UNMUTED} AND s.privacy_search = 'everyone'
  AND NOT EXISTS (SELECT FROM accounts_friendship f WHERE f.low_id = LEAST(u.id, %(me)s::uuid)
                  AND f.high_id = GREATEST(u.id, %(me)s::uuid) AND NOT (f.withdrawn AND f.requester_id = %(me)s))
ORDER BY c.weight DESC, c.id LIMIT {SUGGESTED}
"""  # noqa: S608  fixed pieces; values are parameters


@dataclass(frozen=True, slots=True)
class Suggested:
    """Somebody whom the actor may know, and why.

    `mutual` counts friends of both, as far as was looked. `templates` are those that both train by: none unless the
    person shows everybody how they train.
    """

    place: int
    id: UUID
    username: str
    display_name: str
    avatar: str
    mutual: int
    is_near: bool
    templates: Sequence[dict[str, Any]]


def suggest_people(actor: Actor) -> list[Suggested]:
    """Strangers whom anybody may find, most in common first: nobody who was asked, declined, muted or blocked.

    Whose request the actor took back is there again, declined before or not: the actor cannot tell.
    """
    with connection.cursor() as cursor:
        cursor.execute(SUGGESTIONS, {"me": actor.user_id, "cells": cells_near(actor)})
        rows = cursor.fetchall()
    found = []
    for place, (id, username, display_name, avatar, mutual, is_near, shown) in enumerate(rows):
        templates = orjson.loads(shown) if shown else []
        found.append(Suggested(place, id, username, display_name, avatar, mutual, is_near, templates))
    return found
