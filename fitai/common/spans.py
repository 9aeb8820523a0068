"""Where a trace begins, goes on and looks closer. Off, each of these is one comparison, and nothing is imported for it:
`fitai.observability.tracing` puts itself here where OTEL_* variables ask for traces.

What is said of a span is ours: routes, kinds, codes, ids of requests and jobs. Never a path, a parameter or a person.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

Attributes = Mapping[str, str | int]


class Span(Protocol):
    """What is under way."""

    def tell(self, name: str = "", attributes: Attributes | None = None, *, failed: bool = False) -> None:
        """Say what is known by now."""


class Tracing(Protocol):
    """What records spans."""

    def arrival(self, name: str) -> AbstractContextManager[Span]: ...
    def work(self, name: str, parent: str, attributes: Attributes) -> AbstractContextManager[Span]: ...
    def statement(self, verb: str, sql: Any) -> AbstractContextManager[Span]: ...
    def carried(self) -> str: ...


class _Untold:
    """The span of a server that traces nothing."""

    def __enter__(self) -> "_Untold":
        return self

    def __exit__(self, *_: object) -> None: ...

    def tell(self, name: str = "", attributes: Attributes | None = None, *, failed: bool = False) -> None: ...


UNTOLD = _Untold()
tracing: Tracing | None = None


def arrival(name: str) -> AbstractContextManager[Span]:
    """Something from outside, with which a trace begins. Nobody outside chooses its trace."""
    return UNTOLD if tracing is None else tracing.arrival(name)


def work(name: str, parent: str, attributes: Attributes) -> AbstractContextManager[Span]:
    """Work in the background, in the trace of what asked for it."""
    return UNTOLD if tracing is None else tracing.work(name, parent, attributes)


def statement(verb: str, sql: Any) -> AbstractContextManager[Span]:
    """A statement of SQL, as a part of something that is traced."""
    return UNTOLD if tracing is None else tracing.statement(verb, sql)


def carried() -> str:
    """What a job must carry to go on in this trace: a `traceparent` of W3C Trace Context. Empty where there is none."""
    return "" if tracing is None else tracing.carried()
