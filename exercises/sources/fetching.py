"""Reading a catalogue of others from a file or the web, page by page, whatever it sends.

A page has a deadline and a cap; it is parsed only when it is small enough not to hurt. Pages follow each other within
one origin, each once, up to a number.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import orjson
from django.conf import settings

from exercises.enums import SourceKind
from exercises.sources import free_exercise_db, wger
from exercises.sources.entries import Unusable
from fitai.common import outbound, safe_http
from fitai.common.safe_http import TooLarge, Unreachable

SHAPES: Final[Mapping[str, ModuleType]] = {SourceKind.FREE_EXERCISE_DB: free_exercise_db, SourceKind.WGER: wger}
MOST_VALUES: Final = 1_000_000  # of one document: each costs up to a hundred bytes of memory


class SourceFailed(Exception):
    """The catalogue could not be read, or not on; the words are for people. It may be better another time where it
    `passes`, not before `again_at` if that is known."""

    def __init__(self, words: str, *, passes: bool = False, again_at: datetime | None = None) -> None:
        super().__init__(words)
        self.passes = passes
        self.again_at = again_at


class NotModified(Exception):
    """It says the same as when it was read last."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds, in the shape of its catalogue. `following` is the address of the next."""

    number: int
    items: list[Any]
    following: str | None
    validators: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """What is done before each request, and how waiting is done between two."""

    before: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep


def is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def pages(
    kind: str,
    address: str,
    *,
    pace: Pace,
    validators: Mapping[str, str] | None = None,
    start: str | None = None,
    before: int = 0,
) -> Iterator[Page]:
    """The pages of a catalogue, from `start` where a run goes on that has read `before` pages. Raises `SourceFailed`;
    `NotModified` where the `validators` of the last reading still hold."""
    shape = SHAPES[kind]
    if not is_web(address):
        items, _ = _told(shape, _parsed(_file(address)))
        yield Page(1, items, None)
        return
    here, seen = start or address, set[str]()
    for number in range(before + 1, settings.EXERCISE_SOURCES["max_pages"] + 1):
        seen.add(here)
        answer = _asked(here, validators or {}, pace)
        items, said = _told(shape, _parsed(answer.body))
        following = _checked(address, here, said) if said else None
        kept = {name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers}
        yield Page(number, items, following, kept)
        if following is None:
            return
        if following in seen:
            raise SourceFailed("Its pages lead in a circle.")
        here, validators = following, None
    raise SourceFailed(f"It has more than {settings.EXERCISE_SOURCES['max_pages']} pages.")


def _file(address: str) -> bytes:
    if "://" in address:
        raise SourceFailed("Only http and https addresses and files are read.")
    path, most = Path(address).expanduser(), settings.EXERCISE_SOURCES["max_bytes"]
    try:
        if not path.is_file():  # neither a device nor a pipe, which have no end
            raise SourceFailed("There is no such file.")
        with path.open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as failure:
        raise SourceFailed("The file cannot be read.") from failure
    if len(body) > most:
        raise SourceFailed(_too_large())
    return body


def _asked(address: str, validators: Mapping[str, str], pace: Pace) -> safe_http.Answer:
    headers = {"Accept": "application/json"}
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    headers |= {names[name]: value for name, value in validators.items() if name in names}
    limits = settings.EXERCISE_SOURCES

    def request() -> safe_http.Answer:
        pace.before()
        return safe_http.request(
            "GET",
            address,
            headers=headers,
            deadline_seconds=limits["deadline_seconds"],
            max_bytes=limits["max_bytes"],
        )

    try:
        answer = outbound.ask(f"exercises:{urlsplit(address).netloc.lower()}", request, sleep=pace.sleep)
    except TooLarge:
        raise SourceFailed(_too_large()) from None
    except Unreachable as failure:
        raise SourceFailed(str(failure), passes=True) from None
    except (outbound.Ill, outbound.LeftAlone) as failure:
        raise SourceFailed(str(failure), passes=True, again_at=failure.again_at) from None
    if answer.status == 304 and validators:
        raise NotModified()
    if answer.status != 200:
        raise SourceFailed(f"It answered {answer.status}.")
    return answer


def _too_large() -> str:
    return f"It sends more than {settings.EXERCISE_SOURCES['max_bytes'] / 1e6:g} MB at once."


def _parsed(body: bytes) -> Any:
    """JSON, nested 1,024 deep at most (which orjson sees to), with no more values than memory has room for."""
    if sum(body.count(sign) for sign in (b",", b"[", b"{")) > MOST_VALUES:
        raise SourceFailed("It sends too much at once.")
    try:
        return orjson.loads(body)
    except ValueError as failure:
        raise SourceFailed("It does not send JSON.") from failure


def _told(shape: ModuleType, said: Any) -> tuple[list[Any], str | None]:
    try:
        items, following = shape.page(said)
    except Unusable as other:
        raise SourceFailed(f"It sends {other}.") from other
    return items, following


def _checked(address: str, here: str, said: str) -> str:
    """The next page, which must be of the same origin as the catalogue."""
    try:
        following = urljoin(here, said)
        if _origin(following) == _origin(address):
            return following
    except ValueError:
        pass
    raise SourceFailed("Its next page is somewhere else.")


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port
