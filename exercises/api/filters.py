"""From what a client asked for to what is read: filters of the list, the body of a search, its cursor."""

import base64
import difflib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db.models import TextChoices

from exercises.enums import Sort
from exercises.errors import UnknownName
from exercises.search.match import Position, Reading, Search, tsquery
from exercises.search.scope import Filters
from exercises.search.text import plain, understand, vocabulary
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.problems import Invalid, error

CONDITIONS = {
    "muscle": "%(muscle)s = ANY(e.primary_muscles)",
    "equipment": "%(equipment)s = ANY(e.equipment)",
    "kind": "e.kind = %(kind)s",
    "difficulty": "e.difficulty = %(difficulty)s",
    "pattern": "e.pattern = %(pattern)s",
    "tracking": "e.tracking = %(tracking)s",
}


def conditions(asked: Mapping[str, Any], language: str) -> tuple[list[str], dict[str, Any]]:
    """The filters of a list as SQL over `e`, and its values."""
    where = [CONDITIONS[name] for name in asked if name in CONDITIONS]
    values = dict(asked)
    words = understand(asked.get("q", ""))
    if words.terms:
        holds = f"d.exercise_id = e.id AND d.vector @@ ({tsquery('words', language)})"
        where.append(f"EXISTS (SELECT FROM exercises_searchdocument d WHERE {holds})")
        values["words"] = words.every_term
    elif "q" in asked:
        where.append("false")
    return where, values


def check_name(name: str, known: type[TextChoices]) -> None:
    """Refuse an unknown muscle or equipment with the names that come nearest, in spelling or by what people say."""
    if name in known.values:
        return
    said = plain(name)
    meant = [other.replace(" ", "_") for other in vocabulary().means(said)]
    alike = difflib.get_close_matches(said.replace(" ", "_"), known.values, n=3, cutoff=0)
    nearest = [name for name in dict.fromkeys([*meant, *alike]) if name in known.values]
    raise UnknownName(f"The nearest names are {', '.join(nearest[:3])}.", nearest=nearest[:3])


def search_from(body: Mapping[str, Any], actor: Actor, language: str) -> tuple[UUID, Search]:
    """The search that a body asks for, and its id, which a cursor carries from page to page."""
    sort = Sort(body["sort"])
    search_id, after = (uuid7(), None) if body["cursor"] is None else _decode(body["cursor"], sort)
    names = ("muscles", "equipment", "difficulty", "kind", "available_equipment", "injuries", "exclude_ids")
    filters = Filters(**{name: body[name] for name in names if name in body})
    return search_id, Search(actor, language, body["query"], filters, sort, body["limit"], after)


def encode(search_id: UUID, position: Position | None) -> str | None:
    """An opaque cursor; null at the end."""
    if position is None:
        return None
    parts = [search_id, position.reading, position.key, position.slug, position.id]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _decode(cursor: str, sort: Sort) -> tuple[UUID, Position]:
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        search_id, reading, key, slug, id = parts
        if "\x00" in f"{key}{slug}":
            raise ValueError("not ours")
        key = str(key) if sort is Sort.NAME else float(key)
        return UUID(search_id), Position(Reading(reading), key, str(slug), str(UUID(id)))
    except (ValueError, TypeError, AttributeError):
        detail = "There is no such page. Start again without a cursor."
        raise Invalid(errors=[error("/cursor", "invalid", detail)]) from None
