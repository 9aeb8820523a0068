"""JSON out, through orjson; the API speaks nothing else, so there is nothing to negotiate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer

from fitai.science import units


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


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dumps(data)


class AlwaysJson(BaseContentNegotiation):
    """The body's type chooses the parser; the answer is JSON whatever `Accept` says."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
