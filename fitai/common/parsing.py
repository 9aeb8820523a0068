"""Strict JSON in: what two readers could understand differently is refused."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.parsers import BaseParser

from fitai.common.problems import Malformed, TooLarge

MAX_DEPTH = 64


def loads(raw: bytes) -> Any:
    """Read JSON; refuse NaN, lone surrogates, NUL, member names given twice, and nesting beyond 64 levels."""
    try:
        value = orjson.loads(raw)  # strict about NaN, surrogates and UTF-8
        if b"\\u0000" in raw:
            raise Malformed("The body holds a NUL character, which no text may hold.")
        if not _shallow(value, MAX_DEPTH):
            raise Malformed(f"The body nests deeper than {MAX_DEPTH} levels.")
        json.loads(raw, object_pairs_hook=_unique)
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("The body is not valid JSON.") from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Malformed("An object in the body names a member twice.")


def _shallow(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and all(_shallow(item, levels - 1) for item in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_shallow(item, levels - 1) for item in value)
    return True


class JsonParser(BaseParser):
    """Reads `application/json`, at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"At most {limit} bytes.")
        return loads(raw.removeprefix(codecs.BOM_UTF8))
