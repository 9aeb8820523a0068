"""What an exercise says, field by field, in the words of the API: what history compares, and what proposals change.

A text in another language than the exercise's own is a field of its own: `de.name`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from exercises.enums import Language
from fitai.common.rendering import plain

TEXTS: Final = ("name", "aliases", "instructions", "mistakes")
LISTS: Final = ("primary_muscles", "secondary_muscles", "equipment", "contraindications")
WORDS: Final = ("kind", "pattern", "mechanic", "force", "difficulty", "tracking", "form_profile")
FLAGS: Final = ("unilateral", "per_hand")
NUMBERS: Final = ("bodyweight_share", "met")
COLUMNS: Final = ("language", *TEXTS, *LISTS, *WORDS, *FLAGS, *NUMBERS)
VARIATIONS: Final = "variations"
FIELDS: Final = (*COLUMNS, VARIATIONS)
"""What a proposal may change and what a revert brings back, apart from texts in other languages."""
CIRCUMSTANCES: Final = ("status", "slug", "media", "merged_into", "attribution", "deleted")
"""What history tells beside that."""

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that says something else than before; None where it said or says nothing."""

    field: str
    before: Any
    after: Any


def translated(language: str, name: str) -> str:
    """The field of a text in another language."""
    return f"{language}.{name}"


def split(field: str) -> tuple[str | None, str]:
    """The language of a field in another language, and which text it is."""
    language, _, name = field.rpartition(".")
    return language or None, name


def content_of(row: Mapping[str, Any], edition: Mapping[str, Any] | None) -> Content:
    """What an exercise says, from its columns (of the table or of its history) and what it says in other tables."""
    said: Content = {name: row[name] for name in ("language", *TEXTS, *LISTS, *FLAGS)}
    said |= {name: row[name] or None for name in WORDS}
    said |= {name: _number(row[name]) for name in NUMBERS}
    beside = edition or {"translations": {}, "variations": []}
    said[VARIATIONS] = [{"id": str(one["id"]), "relation": one["relation"]} for one in beside["variations"]]
    for language in sorted(beside["translations"]):
        texts = beside["translations"][language]
        said |= {translated(language, name): texts[name] for name in TEXTS}
    return said


def circumstances_of(row: Mapping[str, Any]) -> Content:
    """What else history tells of an exercise."""
    merged_into = row["merged_into_id"]
    return {
        **{name: row[name] for name in ("status", "slug", "media", "attribution")},
        "merged_into": merged_into and str(merged_into),
        "deleted": row["deleted_at"] is not None,
    }


def compare(before: Content, after: Content) -> list[Change]:
    """What differs, in the order of the fields."""
    return [
        Change(field, before.get(field), after.get(field))
        for field in ordered({*before, *after})
        if before.get(field) != after.get(field)
    ]


def ordered(fields: set[str]) -> list[str]:
    """Fields as people read them: the exercise's own, its languages, what is around it."""
    known = [*FIELDS, *(translated(language, name) for language in Language.values for name in TEXTS), *CIRCUMSTANCES]
    return [field for field in known if field in fields]


def _number(value: Any) -> str | None:
    return None if value is None else plain(Decimal(str(value)))
