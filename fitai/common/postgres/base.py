"""The database backend: Django's own, but for how times are read.

PostgreSQL sends them in UTC, and psycopg reads them so. Django has each one read in Python, to set its zone once more:
a quarter of what a page of twenty workouts costs.
"""

from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format

Loader: Any = adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"context": _reading_times_in_c(self.timezone)}

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django does with `server_side_binding`, leaving out what sets the zone."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)


@cache
def _reading_times_in_c(timezone: Any) -> AdaptersMap:
    context = AdaptersMap(get_adapters_template(True, timezone))
    context.register_loader("timestamptz", Loader)
    return context
