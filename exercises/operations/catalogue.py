"""Loading the exercises that ship with the project."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import Prefetch, Q

from exercises.enums import Status
from exercises.models import CATALOGUE_NAMESPACE, Catalogue, Exercise, Translation, Variation
from exercises.operations.saying import said_by
from fitai.common.ids import derived

SHIPPED = Path(__file__).parents[1] / "catalogue"
TEXTS = ("name", "aliases", "instructions", "mistakes")
ARRAYS = ("primary_muscles", "secondary_muscles", "equipment", "contraindications")
WORDS = ("kind", "pattern", "mechanic", "force", "difficulty", "tracking", "met_code", "form_profile")
PLAIN = ("unilateral", "per_hand", "commonness")
COLUMNS = (*TEXTS, *ARRAYS, *WORDS, *PLAIN, "bodyweight_share", "met", "status")

Content = dict[str, Any]


class UnreadableCatalogue(Exception):
    """A file of the catalogue does not hold an exercise, or names one that does not exist."""


@dataclass(slots=True)
class Loaded:
    """What a load did, by slug; `kept` were edited by people since they were loaded, and stay as they are."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    unchanged: int = 0


def catalogue_id(slug: str) -> UUID:
    """The id of a catalogue exercise, the same on every installation and device."""
    return derived(CATALOGUE_NAMESPACE, slug)


@transaction.atomic
def load_catalogue(directory: Path = SHIPPED, *, even_if_unchanged: bool = False) -> Loaded:
    """Bring the exercises that ship with the project into the library. Loading twice is loading once.

    An exercise that somebody edited stays as it is; one whose file is gone is archived, because workouts may use it.
    """
    files = {path.stem: path.read_bytes() for path in sorted(directory.glob("*.json"))}
    files_digest = _digest(*(part for slug, raw in files.items() for part in (slug.encode(), raw)))
    before = Catalogue.objects.filter(pk=1).first()
    if before is not None and before.files_digest == files_digest and not even_if_unchanged:
        return Loaded(unchanged=len(files))
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE exercises_exercise IN EXCLUSIVE MODE")  # readers go on, edits wait
    with said_by(None, "catalogue"):
        loaded = _merge({slug: _content_of_file(slug, raw, files) for slug, raw in files.items()})
    Catalogue.objects.update_or_create(pk=1, defaults={"files_digest": files_digest})
    return loaded


def _merge(shipped: Mapping[str, Content]) -> Loaded:
    loaded = Loaded()
    present = _shared_rows()
    for slug, content in shipped.items():
        exercise = present.get(slug)
        if exercise is None:
            loaded.created.append(slug)
        elif exercise.catalogue_digest == _digest_of(content):
            loaded.unchanged += 1
        elif _is_edited(exercise):
            loaded.kept.append(slug)
        else:
            loaded.updated.append(slug)
    for slug in sorted(present.keys() - shipped.keys()):
        exercise = present[slug]
        if exercise.catalogue_digest and exercise.status != Status.ARCHIVED:
            (loaded.kept if _is_edited(exercise) else loaded.archived).append(slug)
    ids = {slug: catalogue_id(slug) for slug in shipped} | {slug: exercise.pk for slug, exercise in present.items()}
    _write({slug: shipped[slug] for slug in loaded.created + loaded.updated}, ids)
    _archive(present[slug] for slug in loaded.archived)
    return loaded


def _shared_rows() -> dict[str, Exercise]:
    """By slug, what has a slug that a file of the catalogue may have too."""
    variations = Variation.objects.select_related("other").order_by("other__slug")
    rows = Exercise.objects.filter(Q(owner=None) | Q(status=Status.APPROVED)).prefetch_related(
        Prefetch("variations", variations), Prefetch("translations", Translation.objects.order_by("language"))
    )
    return {exercise.slug: exercise for exercise in rows}


def _is_edited(exercise: Exercise) -> bool:
    """Whether it says something else than when it was loaded, or was never loaded."""
    return exercise.catalogue_digest != _digest_of(_content_of_row(exercise))


def _write(contents: Mapping[str, Content], ids: Mapping[str, UUID]) -> None:
    """Create or replace catalogue exercises with their variations and translations.

    Translations are written first, though what they belong to may not be there yet: an exercise is indexed for search
    when it is written, and so only once.
    """
    written = [ids[slug] for slug in contents]
    Translation.objects.filter(exercise__in=written).delete()
    Translation.objects.bulk_create(
        [
            Translation(exercise_id=ids[slug], language=language, **texts)
            for slug, content in contents.items()
            for language, texts in content["translations"].items()
        ]
    )
    Exercise.objects.bulk_create(
        [
            Exercise(
                id=ids[slug],
                slug=slug,
                catalogue_digest=_digest_of(content),
                **{name: content[name] for name in COLUMNS},
            )
            for slug, content in contents.items()
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*COLUMNS, "catalogue_digest"],
    )
    Variation.objects.filter(exercise__in=written).delete()
    Variation.objects.bulk_create(
        [
            Variation(exercise_id=ids[slug], other_id=ids[other], relation=relation)
            for slug, content in contents.items()
            for other, relation in content["variations"]
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT exercises_record_editions(%s)", [written])


def _archive(exercises: Iterable[Exercise]) -> None:
    for exercise in exercises:
        exercise.status = Status.ARCHIVED
        exercise.catalogue_digest = _digest_of(_content_of_row(exercise))
        exercise.save(update_fields=["status", "catalogue_digest"])


def _content_of_file(slug: str, raw: bytes, known: Iterable[str]) -> Content:
    """What a file of the catalogue says, in the form of `_content_of_row`."""
    try:
        said = orjson.loads(raw)
        if said["slug"] != slug:
            raise UnreadableCatalogue(f"{slug}.json: its slug is {said['slug']}.")
        content = {
            "name": said["name"],
            **{name: [*said[name]] for name in (*TEXTS[1:], *ARRAYS)},
            **{name: said[name] for name in PLAIN},
            **{name: said[name] or "" for name in WORDS},
            "bodyweight_share": _decimal(said["bodyweight_share"], 2),
            "met": _decimal(said["met"], 1),
            "status": Status.APPROVED.value,
            "variations": sorted([one["slug"], one["relation"]] for one in said["variations"]),
            "translations": {
                language: {name: texts.get(name, []) for name in TEXTS}
                for language, texts in sorted(said.get("translations", {}).items())
            },
        }
    except (KeyError, TypeError, ValueError, ArithmeticError) as failure:
        raise UnreadableCatalogue(f"{slug}.json: {failure!r}") from failure
    for other, _ in content["variations"]:
        if other not in known:
            raise UnreadableCatalogue(f"{slug}.json: there is no exercise {other}.")
    return content


def _content_of_row(exercise: Exercise) -> Content:
    """What the library says of a catalogue exercise, as far as a file says it."""
    return {
        **{name: getattr(exercise, name) for name in (*TEXTS, *ARRAYS, *PLAIN, *WORDS)},
        "bodyweight_share": _decimal(exercise.bodyweight_share, 2),
        "met": _decimal(exercise.met, 1),
        "status": exercise.status if exercise.deleted_at is None else Status.ARCHIVED.value,
        "variations": sorted([one.other.slug, one.relation] for one in exercise.variations.all()),
        "translations": {
            one.language: {name: getattr(one, name) for name in TEXTS} for one in exercise.translations.all()
        },
    }


def _decimal(value: Decimal | str | None, places: int) -> str | None:
    """A decimal in the one form that is digested and stored."""
    return None if value is None else str(round(Decimal(value), places))


def _digest_of(content: Content) -> str:
    return _digest(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))


def _digest(*parts: bytes) -> str:
    return hashlib.blake2b(b"\n".join(parts), digest_size=16).hexdigest()
