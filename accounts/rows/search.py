"""Whom a search finds, best first: one statement, and a second one for slips of the pen where that finds little.

Each part of the order has an index of its own and reads a bounded number of rows, so that a letter that begins a
hundred thousand names costs what a whole name costs, and a million people what ten thousand do.
"""

from dataclasses import dataclass
from string import ascii_lowercase, digits
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Profile
from accounts.places import cells_around
from accounts.querysets import UNMUTED, VISIBLE, open_part
from accounts.rows.relations import MINE, friends_of_mine
from fitai.common.actors import Actor

FOUND = 100  # people at most, whatever is asked
READ = 300  # names at most: somebody may be named so in several ways
READ_NEAR = 50  # of each of nine fields of the map
NEWEST_FRIENDS, FRIENDS_OF_EACH = 60, 60
MISREAD = 200  # names that begin nearly as it was typed
MISREAD_OF_EACH = 5
SHORTEST_SLIP, LONGEST_SLIP = 4, 30
LETTERS = ascii_lowercase + digits + " "

# `entry` begins with what was asked, in the order of its index.
BEGINS = "entry.text >= asked.text AND entry.text < asked.text || chr(1114111)"
ALLOWED = f"u.id <> %(me)s AND {VISIBLE} AND {open_part('search')}"
SEARCH = f"""
WITH asked AS MATERIALIZED (SELECT accounts_plain(%(q)s::text) AS text),
{MINE},
second AS MATERIALIZED ({friends_of_mine(NEWEST_FRIENDS, FRIENDS_OF_EACH)}),
found AS (
  SELECT id, 0 AS tier, 0 AS mutual, '' COLLATE "C" AS text FROM accounts_user
  WHERE lower(username) = lower(%(username)s::text)
  UNION ALL
  SELECT mine.id, 1, 0, entry.text FROM asked, mine JOIN accounts_nameentry entry ON entry.user_id = mine.id
  WHERE asked.text <> '' AND {BEGINS}
  UNION ALL
  SELECT second.id, 2, second.mutual, entry.text
  FROM asked, second JOIN accounts_nameentry entry ON entry.user_id = second.id
  WHERE asked.text <> '' AND {BEGINS}
  UNION ALL
  SELECT entry.user_id, 3, 0, entry.text FROM asked, unnest(%(cells)s::integer[]) around(cell), LATERAL (
    SELECT user_id, text FROM accounts_nameentry entry
    WHERE listed AND entry.cell = around.cell AND asked.text <> '' AND {BEGINS} ORDER BY text LIMIT {READ_NEAR}
  ) entry
  UNION ALL
  SELECT entry.user_id, 4, 0, entry.text FROM asked, LATERAL (
    SELECT user_id, text FROM accounts_nameentry entry
    WHERE listed AND asked.text <> '' AND {BEGINS} ORDER BY text, user_id LIMIT {READ}
  ) entry
),
best AS (SELECT id, min(tier) AS tier, max(mutual) AS mutual, min(text) AS text FROM found GROUP BY id),
people AS (
  SELECT u.id, u.username, u.display_name, u.avatar, best.tier, best.mutual, best.text
  FROM best JOIN accounts_user u ON u.id = best.id WHERE {ALLOWED} AND (best.tier = 0 OR {UNMUTED})
  ORDER BY best.tier, best.mutual DESC, best.text, u.id LIMIT {FOUND}
)
SELECT asked.text, people.id, people.username, people.display_name, people.avatar FROM asked LEFT JOIN people ON true
ORDER BY people.tier, people.mutual DESC, people.text, people.id
"""  # noqa: S608  fixed pieces; values are parameters
SLIPS = f"""
WITH found AS (
  SELECT entry.user_id AS id, max(similarity(left(entry.text, length(%(text)s::text)), %(text)s::text)) AS likeness
  FROM (
    SELECT entry.user_id, entry.text FROM unnest(%(meant)s::text[]) asked(text), LATERAL (
      SELECT user_id, text FROM accounts_nameentry entry
      WHERE listed AND {BEGINS} ORDER BY text, user_id LIMIT {MISREAD_OF_EACH}
    ) entry LIMIT {MISREAD}
  ) entry GROUP BY 1
)
SELECT u.id, u.username, u.display_name, u.avatar FROM found JOIN accounts_user u ON u.id = found.id
WHERE {ALLOWED} AND {UNMUTED}
ORDER BY found.likeness DESC, u.username LIMIT {FOUND}
"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody whom a search lists, and their place in it."""

    place: int
    id: UUID
    username: str
    display_name: str
    avatar: str


def search_people(actor: Actor, q: str, *, enough: int, cells: list[int]) -> list[Found]:
    """Whom `q` finds: the username itself, then friends, friends of friends, people in `cells` of the map, others.

    Somebody muted is found by the very username alone. Names begin as typed, at any of their words. Where that finds
    fewer than `enough`, those follow that begin so but for one slip.
    """
    values: dict[str, Any] = {"me": actor.user_id, "q": q, "username": q.strip(), "cells": cells}
    with connection.cursor() as cursor:
        cursor.execute(SEARCH, values)
        rows = cursor.fetchall()
        text, people = rows[0][0], [row[1:] for row in rows if row[1] is not None]
        if len(people) < enough and SHORTEST_SLIP <= len(text) <= LONGEST_SLIP:
            cursor.execute(SLIPS, {"me": actor.user_id, "text": text, "meant": slips(text)})
            known = {id for id, *_ in people}
            people += [row for row in cursor.fetchall() if row[0] not in known]
    return [Found(place, *row) for place, row in enumerate(people[:FOUND])]


def slips(text: str) -> list[str]:
    """What may have been meant: two neighbours swapped, a letter mistaken, left out or put in. The likeliest first."""
    halves = [(text[:at], text[at:]) for at in range(len(text) + 1)]
    swapped = [a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1]
    mistaken = [a + letter + b[1:] for a, b in halves if b for letter in LETTERS]
    left_out = [a + letter + b for a, b in halves if b for letter in LETTERS]  # at the end it is not a slip
    put_in = [a + b[1:] for a, b in halves if b]
    meant = dict.fromkeys(word for word in (*swapped, *put_in, *left_out, *mistaken) if word[:1].strip())
    meant.pop(text, None)
    return list(meant)


def cells_near(actor: Actor) -> list[int]:
    """The fields of the map around one's own place; none while one tells none."""
    place = Profile.objects.filter(pk=actor.user_id).values_list("latitude", "longitude").first()
    return [] if place is None or place[0] is None or place[1] is None else cells_around(place[0], place[1])
