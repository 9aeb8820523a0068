"""The database backend: Django's own, but for how times are read and how a connection that was kept is tried.

PostgreSQL sends times in UTC, and psycopg reads them so. Django has each one read in Python, to set its zone once more:
a quarter of what a page of twenty workouts costs. And it tries a connection by a statement, at each request.
"""

import select
from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format, TransactionStatus

Loader: Any = adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"context": _reading_times_in_c(self.timezone)}

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django does with `server_side_binding`, leaving out what sets the zone."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)

    def is_usable(self) -> bool:
        """Whether the server still holds the connection. Where it is quiet it does: a server that goes says so."""
        return (self.connection is not None and _is_quiet(self.connection)) or super().is_usable()


def _is_quiet(connection: Any) -> bool:
    """Whether nothing is under way on a connection, and nothing waits to be read."""
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


@cache
def _reading_times_in_c(timezone: Any) -> AdaptersMap:
    context = AdaptersMap(get_adapters_template(True, timezone))
    context.register_loader("timestamptz", Loader)
    return context
