"""Database work of sockets, off the event loop."""

from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async


def in_thread(function: Callable[..., Any]) -> Callable[..., Any]:
    """An awaitable version that runs in any free thread: one slow query must not hold up every other socket."""
    return database_sync_to_async(function, thread_sensitive=False)
