"""Every statement that Django sends to PostgreSQL: measured, and a span of what is traced."""

import time
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.db.backends.signals import connection_created

from fitai.common import meters, spans


def watch() -> None:
    """Measure the statements of each connection that is opened from now on."""
    connection_created.connect(_watch, dispatch_uid="fitai.statements")


def _watch(connection: Any, **_: Any) -> None:
    if measured not in connection.execute_wrappers:  # of a thread's connections one after another
        connection.execute_wrappers.append(measured)


def measured(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Run a statement, and observe how long it took."""
    verb = meters.verb_of(sql)
    started = time.perf_counter()
    try:
        with spans.statement(verb, sql):
            return execute(sql, params, many, context)
    except Error as failure:
        meters.SQL_ERRORS.labels(type(failure).__name__).inc()
        raise
    finally:
        meters.SQL_SECONDS.labels(verb).observe(time.perf_counter() - started)
