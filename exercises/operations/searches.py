"""Keeping what is searched for, and whether anything came of it, without who it was.

Requests leave a note in Valkey, which costs them a tenth of a millisecond and cannot fail them; a job writes the notes
down. What Valkey loses until then is lost.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import orjson
import redis as valkey
from django.db import connection, transaction
from django.utils import timezone

from exercises.models import LoggedSearch
from exercises.search.match import Found, Search
from exercises.search.text import plain
from fitai.common import redis

NOTES: Final = "fitai:exercises:searches"
MOST: Final = 100_000
"""Notes that wait at once, the latest: while no worker runs, they must not fill Valkey."""
BATCH: Final = 1000
LONGEST: Final = 200
What = Literal["opened", "added"]


def note_search(search_id: UUID, asked: Search, found: Found) -> None:
    """Note the first page of a search."""
    query = plain(asked.text)[:LONGEST]
    filtered = bool(asked.filters.conditions())
    _note("searched", search_id, timezone.now().isoformat(), asked.language, query, found.count, asked.sort, filtered)


def note_click(search_id: UUID | None, what: What) -> None:
    """Note that a result was opened, or put into a workout; nothing where it came from no search."""
    if search_id is not None:
        _note(what, search_id)


def _note(*parts: Any) -> None:
    note = orjson.dumps(parts, default=str)

    def push(client: valkey.Redis) -> None:
        with client.pipeline(transaction=False) as pipe:
            pipe.rpush(NOTES, note)
            pipe.ltrim(NOTES, -MOST, -1)
            pipe.execute()

    redis.attempt(push, None)


def write_searches() -> int:
    """Write down what was noted, in the order of the notes; how many. Writing a note twice is writing it once."""
    written = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE exercises_loggedsearch IN SHARE ROW EXCLUSIVE MODE")  # one takes notes
            raw: Sequence[bytes] = redis.client.lrange(NOTES, 0, BATCH - 1)  # type: ignore[assignment]
            notes = [orjson.loads(note) for note in raw]
            _write([parts for what, *parts in notes if what == "searched"])
            for flag in ("opened", "added"):
                clicked = [search_id for what, search_id, *_ in notes if what == flag]
                LoggedSearch.objects.filter(pk__in=clicked).update(**{flag: True})
            redis.client.ltrim(NOTES, len(notes), -1)
        written += len(notes)
        if len(notes) < BATCH:
            return written


def _write(searches: Iterable[Sequence[Any]]) -> None:
    rows = [
        LoggedSearch(
            search_id=search_id,
            at=datetime.fromisoformat(at),
            language=language,
            query=query,
            found=found,
            sort=sort,
            filtered=filtered,
        )
        for search_id, at, language, query, found, sort, filtered in searches
    ]
    LoggedSearch.objects.bulk_create(rows, ignore_conflicts=True)
