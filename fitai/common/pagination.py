"""Keyset pages: page 1,000 costs what page 1 costs, and a row inserted meanwhile is neither skipped nor repeated."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.encoding import escape_uri_path
from rest_framework.request import Request

from fitai.common.problems import Invalid, NotFound, error

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
SEAL_BYTES = 9
PURPOSE = b"cursor"
PLACES = ("place", "id")  # of a list in memory
Row = Mapping[str, Any]


def requested_limit(request: Request, most: int = MAX_LIMIT) -> int:
    """`?limit=`, 1 to 100; a list of small rows may allow more."""
    raw = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not raw.isascii() or not raw.isdigit() or len(raw) > len(str(most)) or not 1 <= int(raw) <= most:
        raise Invalid(errors=[error("?limit", "invalid", f"Give a whole number from 1 to {most}.")])
    return int(raw)


def paginate(
    request: Request,
    rows: QuerySet[Any, Any],
    *,
    order: tuple[str, ...],
    shape: Callable[[Sequence[Any]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """One page of `rows` (dicts from `.values()`).

    `order` names the columns, all in one direction (`-` for newest first), the last of them a unique id. `shape` turns
    the page's rows into results, all at once, so that what it looks up costs one statement a page.
    """
    descending = order[0].startswith("-")
    names = [name.removeprefix("-") for name in order]

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Any]:
        beyond = rows if position is None else rows.filter(_beyond(names, position, after=descending == backwards))
        return list(beyond.order_by(*(f"-{name}" if descending != backwards else name for name in names))[:count])

    return paginate_fetched(request, fetch, names=names, shape=shape)


def paginate_fetched(
    request: Request,
    fetch: Callable[[Sequence[Any] | None, bool, int], list[Any]],
    *,
    names: Sequence[str],
    shape: Callable[[Sequence[Any]], list[dict[str, Any]]],
    most: int = MAX_LIMIT,
) -> dict[str, Any]:
    """One page of what `fetch(position, backwards, count)` reads: rows beyond `position` in the order of `names`.

    Backwards the order is turned round. A position has a value for each name, the last of them a UUID.
    """
    limit = requested_limit(request, most)
    backwards, position = _decode(request.query_params.get("cursor"), names)
    found = fetch(position, backwards, limit + 1)
    more = len(found) > limit
    page = found[:limit][::-1] if backwards else found[:limit]
    there_is_next = more if not backwards else position is not None
    there_is_previous = more if backwards else position is not None
    ends = [[row[name] for name in names] for row in (page[:1] + page[-1:])]
    return {
        "results": shape(page),
        "next": _link(request, False, ends[1], names) if there_is_next and page else None,
        "previous": _link(request, True, ends[0], names) if there_is_previous and page else None,
    }


def _beyond(names: Sequence[str], position: Sequence[Any], *, after: bool) -> Q:
    """Rows past `position`, as one range on the first column, so that an index on all of them serves it."""
    side, strict = ("gte", "gt") if after else ("lte", "lt")
    if len(names) == 1:
        return Q(**{f"{names[0]}__{strict}": position[0]})
    return Q(**{f"{names[0]}__{side}": position[0]}) & (
        Q(**{f"{names[0]}__{strict}": position[0]}) | _beyond(names[1:], position[1:], after=after)
    )


def here(request: Request) -> str:
    """The address that was asked, without its query."""
    return f"{request.origin}{escape_uri_path(request.path)}"  # type: ignore[attr-defined]  # `ApiFirst` noted it


def _link(request: Request, backwards: bool, end: Sequence[Any], names: Sequence[str]) -> str:
    query = request.query_params.dict() | {"cursor": encode(backwards, end, names)}
    return f"{here(request)}?{urlencode(query)}"


def encode(backwards: bool, end: Sequence[Any], names: Sequence[str]) -> str:
    """An opaque cursor, sealed so that it comes back as it was given out, to a list in the same order."""
    position = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in end]
    text = orjson.dumps([backwards, position], default=str)
    return base64.urlsafe_b64encode(_seal(text, names) + text).decode().rstrip("=")


def _seal(text: bytes, names: Sequence[str]) -> bytes:
    signed = "\n".join(names).encode() + b"\n" + text
    return hashlib.blake2b(signed, digest_size=SEAL_BYTES, key=_key(settings.SECRET_KEY), person=PURPOSE).digest()


@cache
def _key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=hashlib.blake2b.MAX_KEY_SIZE, person=PURPOSE).digest()


def _decode(cursor: str | None, names: Sequence[str]) -> tuple[bool, list[Any] | None]:
    if cursor is None:
        return False, None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, text = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
        if not hmac.compare_digest(seal, _seal(text, names)):
            raise ValueError("not ours")
        backwards, position = orjson.loads(text)
        return backwards, [*(_restored(value) for value in position[:-1]), UUID(position[-1])]
    except (ValueError, binascii.Error):
        raise NotFound("There is no such page. Start again without `cursor`.") from None


def _restored(value: Any) -> Any:
    """A column's value: a time, or a number, boolean or text as it is."""
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value


def paginate_sequence(
    request: Request, items: Sequence[Any], *, key: Callable[[Any], tuple[str, ...]]
) -> dict[str, Any]:
    """One page of a short list that is in memory and ordered by `key`, whose last part is a unique id."""
    limit = requested_limit(request)
    backwards, position = _decode(request.query_params.get("cursor"), PLACES)
    start = 0
    if position is not None:
        mark = tuple(str(part) for part in position)
        if backwards:
            start = max(0, sum(key(item) < mark for item in items) - limit)
        else:
            start = sum(key(item) <= mark for item in items)
    page = items[start : start + limit]
    return {
        "results": list(page),
        "next": _link(request, False, key(page[-1]), PLACES) if page and start + limit < len(items) else None,
        "previous": _link(request, True, key(page[0]), PLACES) if page and start > 0 else None,
    }
