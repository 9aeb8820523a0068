"""JSON out, through orjson, at once; the API speaks nothing else, so there is nothing to negotiate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation

from fitai.science import units

MEDIA_TYPE = "application/json"


def dumps(data: Any) -> bytes:
    """Encode; times, which are in UTC everywhere inside, are RFC 3339 with `Z`, decimals are strings."""
    return orjson.dumps(data, default=_default, option=orjson.OPT_UTC_Z)


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(value: Decimal | None) -> str | None:
    """A decimal as people write it, or nothing."""
    return None if value is None else units.plain(value)


class Response(HttpResponse):
    """An answer of the API; without data it has no body."""

    def __init__(self, data: Any = None, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        body = b"" if data is None else dumps(data)
        super().__init__(body, status=status, headers=headers, content_type=MEDIA_TYPE)
        if data is None:
            del self.headers["Content-Type"]


class ByItsType(BaseContentNegotiation):
    """The type of a body chooses its parser; `Accept` chooses nothing."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
