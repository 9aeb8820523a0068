"""Reading and writing what an exercise says, its other languages and variations included; and its address."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils.text import slugify

from exercises.content import COLUMNS, TEXTS, VARIATIONS, Change, Content, content_of, split
from exercises.enums import Relation, Status
from exercises.models import Edition, Exercise, Translation, Variation
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, error

SLUG_LENGTH: Final = 80
FALLBACK: Final = "exercise"
NUMBERED: Final = 50  # exercises of one name, before an address is drawn by lot


def content_now(exercise: Exercise) -> Content:
    """What an exercise says at present, its other languages and variations included."""
    translations = {one.language: {name: getattr(one, name) for name in TEXTS} for one in exercise.translations.all()}
    return content_of(vars(exercise), {"translations": translations, "variations": _variations(exercise)})


def content_at(exercise_id: UUID, version: int, row: Mapping[str, Any]) -> Content:
    """What it said at a version, of which `row` are the columns."""
    edition = Edition.objects.filter(exercise=exercise_id, version__lte=version).order_by("-version")
    return content_of(row, edition.values("translations", "variations").first())


def write_content(exercise: Exercise, changes: Content) -> list[Change]:
    """Make a locked exercise say this in these fields, and its variations point back; what that changed.

    A text in another language that is None takes the whole language away.
    """
    before = content_now(exercise)
    differing = {field: value for field, value in changes.items() if before.get(field) != value}
    if VARIATIONS in differing or "pattern" in differing:
        differing |= _profile(exercise, differing, changes)
    columns = {name: differing[name] for name in COLUMNS if name in differing}
    for name, value in columns.items():
        setattr(exercise, name, "" if value is None and name != "met" else value)
    if columns:
        exercise.save(update_fields=columns)
    _write_translations(exercise, differing)
    if VARIATIONS in differing:
        write_variations(exercise, differing[VARIATIONS])
    if differing:
        exercise.refresh_from_db(fields=["version"])
    return [Change(field, before.get(field), value) for field, value in differing.items()]


def write_variations(exercise: Exercise, variations: Iterable[Mapping[str, str]]) -> None:
    """Point to these, and have them point back, but for what is in the library: it does not point to what is not."""
    wanted = {UUID(one["id"]): Relation(one["relation"]) for one in variations}
    links = Variation.objects.filter(exercise=exercise)
    gone = set(links.values_list("other", flat=True)) - wanted.keys()
    if gone:
        links.filter(other__in=gone).delete()
        Variation.objects.filter(other=exercise, exercise__in=gone).delete()
    back = pointing_back(exercise, wanted)
    Variation.objects.bulk_create(
        [
            *(Variation(exercise=exercise, other_id=other, relation=relation) for other, relation in wanted.items()),
            *(Variation(exercise_id=other, other=exercise, relation=wanted[other].inverse) for other in back),
        ],
        update_conflicts=True,
        unique_fields=["exercise", "other"],
        update_fields=["relation"],
    )


def pointing_back(exercise: Exercise, others: Iterable[UUID]) -> list[UUID]:
    """Which of these exercises may point to this one: all, once it is in the library; before that, its owner's own."""
    rows = Exercise.objects.filter(pk__in=list(others)).order_by("pk")
    if exercise.status != Status.APPROVED:
        rows = rows.filter(owner=exercise.owner_id).exclude(status=Status.APPROVED)
    return list(rows.values_list("pk", flat=True))


def check_variations(actor: Actor, exercise: Exercise, variations: Iterable[Mapping[str, str]]) -> None:
    """Refuse with 422 what the actor does not see, but for what it points to already. What is in the library points to
    what is there."""
    given = [UUID(one["id"]) for one in variations]
    seen = Exercise.objects.visible_to(actor).filter(pk__in=given).exclude(pk=exercise.pk)
    if exercise.status == Status.APPROVED:
        seen = seen.filter(status=Status.APPROVED)
    known = {*seen.values_list("pk", flat=True), *exercise.variations.values_list("other", flat=True)}
    errors = [
        error(f"/variations/{at}/id", "not_found", "There is no such exercise.")
        for at, id in enumerate(given)
        if id not in known
    ]
    if errors:
        raise Invalid(errors=errors)


def involved(exercise_id: UUID, changes: Mapping[str, Any]) -> list[UUID]:
    """The exercises that writing these changes would touch, to be locked with it."""
    if VARIATIONS not in changes:
        return []
    present = Variation.objects.filter(exercise=exercise_id).values_list("other", flat=True)
    return [*present, *(UUID(one["id"]) for one in changes[VARIATIONS])]


def free_slug(name: str, *, itself: UUID, owner_id: UUID | None) -> str:
    """An address made of the name that neither the library nor its owner has another exercise under."""
    base = slugify(name)[: SLUG_LENGTH - 9].strip("-") or FALLBACK
    wanted = [base, *(f"{base}-{number}" for number in range(2, NUMBERED))]
    known = Exercise.objects.filter(Q(owner=None) | Q(status=Status.APPROVED) | Q(owner=owner_id), slug__in=wanted)
    taken = set(known.exclude(pk=itself).values_list("slug", flat=True))
    return next((slug for slug in wanted if slug not in taken), f"{base}-{uuid4().hex[:8]}")


def is_taken(slug: str, *, itself: UUID, owner_id: UUID | None) -> bool:
    """Whether the library or its owner has another exercise under this address."""
    known = Exercise.objects.filter(Q(owner=None) | Q(status=Status.APPROVED) | Q(owner=owner_id), slug=slug)
    return known.exclude(pk=itself).exists()


def inherited_profile(pattern: str | None, variations: Iterable[Mapping[str, str]]) -> str | None:
    """The profile of the form analysis that a variation has from the exercises of its pattern that it points to; where
    these have several, the commonest."""
    others = [UUID(one["id"]) for one in variations]
    related = Exercise.objects.filter(pk__in=others, pattern=pattern or "", status=Status.APPROVED)
    profiles = list(related.exclude(form_profile="").order_by("slug").values_list("form_profile", flat=True))
    return max(profiles, key=profiles.count) if profiles and pattern else None


def _profile(exercise: Exercise, differing: Content, changes: Content) -> Content:
    """The profile that follows from another pattern or other variations, unless it is said, too."""
    if "form_profile" in changes:
        return {}
    pattern = differing.get("pattern", exercise.pattern)
    inherited = inherited_profile(pattern, differing.get(VARIATIONS, _variations(exercise)))
    if inherited is None and "pattern" not in differing:
        return {}
    return {} if (exercise.form_profile or None) == inherited else {"form_profile": inherited}


def _variations(exercise: Exercise) -> list[dict[str, str]]:
    rows = exercise.variations.order_by("pk").values_list("other", "relation")
    return [{"id": str(other), "relation": relation} for other, relation in rows]


def _write_translations(exercise: Exercise, changes: Content) -> None:
    by_language: dict[str, Content] = {}
    for field, value in changes.items():
        language, name = split(field)
        if language is not None:
            by_language.setdefault(language, {})[name] = value
    for language, texts in by_language.items():
        if texts.get("name", "") is None:
            Translation.objects.filter(exercise=exercise, language=language).delete()
        else:
            Translation.objects.update_or_create(exercise=exercise, language=language, defaults=texts)
