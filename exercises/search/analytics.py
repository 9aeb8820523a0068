"""What people search for, whether they find it, and what comes of it: for who looks after the library."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

FEWEST_SEARCHES = 3
"""A query of fewer searches is not listed: it could name somebody."""
LISTED = 50
WINDOW = "at >= %(since)s AND at < %(until)s"
PER_DAY = f"""
SELECT (at AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE query = ''), count(*) FILTER (WHERE found = 0),
  count(*) FILTER (WHERE opened), count(*) FILTER (WHERE added), count(*) FILTER (WHERE opened OR added)
FROM exercises_loggedsearch WHERE {WINDOW} GROUP BY 1
"""  # noqa: S608  fixed pieces
QUERIES = f"""
SELECT query, language, count(*) AS searches, count(*) FILTER (WHERE found = 0) AS in_vain,
  count(*) FILTER (WHERE opened OR added) AS clicked, round(avg(found))::int AS found
FROM exercises_loggedsearch WHERE {WINDOW} AND query <> '' GROUP BY 1, 2 HAVING count(*) >= {FEWEST_SEARCHES}
"""  # noqa: S608  fixed pieces
TOP = f"{QUERIES} ORDER BY searches DESC, query, language LIMIT {LISTED}"
IN_VAIN = f"""
SELECT * FROM ({QUERIES}) said WHERE in_vain >= {FEWEST_SEARCHES} ORDER BY in_vain DESC, query, language LIMIT {LISTED}
"""  # noqa: S608  fixed pieces
DAY_FIGURES = ("searches", "listings", "in_vain", "opened", "added", "clicked")


def analyse(days: int, now: datetime) -> dict[str, Any]:
    """The last so many days (UTC), today included."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=days - 1)
    values = {"since": _midnight(first), "until": _midnight(today + timedelta(days=1))}
    with connection.cursor() as cursor:
        cursor.execute(PER_DAY, values)
        by_day = {day: dict(zip(DAY_FIGURES, figures, strict=True)) for day, *figures in cursor.fetchall()}
        cursor.execute(TOP, values)
        top = [_query(row) for row in cursor.fetchall()]
        cursor.execute(IN_VAIN, values)
        in_vain = [_query(row) for row in cursor.fetchall()]
    nothing = dict.fromkeys(DAY_FIGURES, 0)
    series = [{"day": day, **by_day.get(day, nothing)} for day in (first + timedelta(days=n) for n in range(days))]
    totals = {name: sum(day[name] for day in series) for name in DAY_FIGURES}
    return {
        "since": first,
        "until": today,
        **totals,
        "click_through": share(totals["clicked"], totals["searches"]),
        "days": series,
        "top": top,
        "no_results": in_vain,
    }


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 0 to 1; nothing of nothing."""
    return round(part / whole, 4) if whole else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _query(row: tuple[Any, ...]) -> dict[str, Any]:
    query, language, searches, in_vain, clicked, found = row
    return {
        "query": query,
        "language": language,
        "searches": searches,
        "in_vain": in_vain,
        "clicked": clicked,
        "click_through": share(clicked, searches),
        "found": found,
    }
