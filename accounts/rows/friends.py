"""Pages of friends and of requests. A pair is one row with its people in order, so each page reads two sides, each by
an index in the order of the page."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from accounts.querysets import UNMUTED, VISIBLE
from fitai.common.actors import Actor

NAMES = ("at", "id")
COLUMNS = ("id", "username", "display_name", "avatar", "at")
SIDES = (("low_id", "high_id"), ("high_id", "low_id"))
FRIENDS = "f.accepted_at IS NOT NULL"
# One's own as long as one has not taken it back; those of others until they are declined, or muted.
REQUESTS = f"""f.accepted_at IS NULL AND NOT f.withdrawn
  AND (f.requester_id = %(me)s OR (f.declined_at IS NULL AND {UNMUTED}))"""

SIDE = """
(SELECT u.id, u.username, u.display_name, u.avatar, f.{time} AS at
 FROM accounts_friendship f JOIN accounts_user u ON u.id = f.{other}
 WHERE f.{me} = %(me)s AND {which} AND {visible}{beyond}
 ORDER BY f.{time} {direction}, f.{other} {direction} LIMIT %(count)s)
"""
BEYOND = " AND (f.{time}, f.{other}) {sign} (%(at)s::timestamptz, %(id)s::uuid)"
PAGE = "SELECT * FROM ({sides}) page ORDER BY at {direction}, id {direction} LIMIT %(count)s"

Fetch = Callable[[Sequence[Any] | None, bool, int], list[Any]]


def friends_page(actor: Actor) -> Fetch:
    """Friends whom one can see, the newest friendship first."""
    return _page(actor, FRIENDS, "accepted_at")


def requests_page(actor: Actor) -> Fetch:
    """Requests of both directions that wait for an answer, newest first."""
    return _page(actor, REQUESTS, "created_at")


def _page(actor: Actor, which: str, time: str) -> Fetch:
    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Any]:
        direction, sign = ("ASC", ">") if backwards else ("DESC", "<")
        sides = []
        for me, other in SIDES:
            names = {"time": time, "me": me, "other": other, "sign": sign, "direction": direction}
            beyond = "" if position is None else BEYOND.format(**names)
            sides.append(SIDE.format(**names, which=which, visible=VISIBLE, beyond=beyond))
        at, id = (None, None) if position is None else position
        with connection.cursor() as cursor:
            statement = PAGE.format(sides="UNION ALL".join(sides), direction=direction)
            cursor.execute(statement, {"me": actor.user_id, "count": count, "at": at, "id": id})
            return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]

    return fetch
