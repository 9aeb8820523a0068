"""Who says something of exercises: what history keeps beside each version.

It is pghistory's context, set as two settings of the transaction. pghistory's own way puts them in front of every
statement, which statements that the server prepares do not allow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import UUID, uuid4

import orjson
from django.db import connection

SET: Final = "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"
_inside: Final[ContextVar[bool]] = ContextVar("inside", default=False)


@contextmanager
def said_by(user_id: UUID | None, via: str, note: str = "") -> Iterator[None]:
    """All that is written within is one version of each exercise, and history says who wrote it, by which door and why.

    To be used in a transaction. Within another such block it is part of that one.
    """
    if _inside.get():
        yield
        return
    told = {"user": None if user_id is None else str(user_id), "via": via, "note": note}
    _set(str(uuid4()), orjson.dumps(told).decode())
    entered = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(entered)
    _set("", "")  # where it failed the transaction takes it back


def _set(context_id: str, metadata: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET, [context_id, metadata])
