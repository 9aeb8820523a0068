"""The exercise library: exercises, their words in other languages, and what search reads.

Triggers keep what is derived (search documents, the version of the catalogue, the version of an exercise) right after
any change, whoever makes it: the API, the admin, a bulk update or SQL by hand.
"""

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from exercises.enums import (
    Contraindication,
    Difficulty,
    Equipment,
    Force,
    Kind,
    Language,
    Mechanic,
    Muscle,
    Pattern,
    Relation,
    Status,
    Tracking,
)
from exercises.querysets import ExerciseQuerySet
from fitai.common.ids import uuid7

CATALOGUE_NAMESPACE = "6d1c2a52-8f0e-5c1b-9a36-5f2f6f0b7e11"  # exercise ids are UUIDv5 of it and the slug


def bump_catalogue() -> pgtrigger.Trigger:
    """Number each state of the library. The lock on the one row makes the numbers commit in order."""
    return pgtrigger.Trigger(
        name="bump_catalogue",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func=(
            "INSERT INTO exercises_catalogue (id, version, files_digest) VALUES (1, 1, '')"
            " ON CONFLICT (id) DO UPDATE SET version = exercises_catalogue.version + 1; RETURN NULL;"
        ),
    )


def record_editions() -> list[pgtrigger.Trigger]:
    """What an exercise says in other tables counts as said by it, once for each thing that somebody does."""
    changed = {
        pgtrigger.Insert: (pgtrigger.Referencing(new="later"), "SELECT exercise_id FROM later"),
        pgtrigger.Update: (
            pgtrigger.Referencing(old="earlier", new="later"),
            "SELECT exercise_id FROM earlier UNION SELECT exercise_id FROM later",
        ),
        pgtrigger.Delete: (pgtrigger.Referencing(old="earlier"), "SELECT exercise_id FROM earlier"),
    }
    return [
        pgtrigger.Trigger(
            name=f"record_{str(operation).lower()}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=f"PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM ({rows}) c)); RETURN NULL;",  # noqa: S608
        )
        for operation, (referencing, rows) in changed.items()
    ]


def texts(item: models.CharField) -> ArrayField:
    return ArrayField(item, default=list, blank=True)


def words(vocabulary: type[models.TextChoices], **options: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=30, choices=vocabulary), **options)


def known(field: str, vocabulary: type[models.TextChoices]) -> models.CheckConstraint:
    """An array holds words of its vocabulary only."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__contained_by": vocabulary.values}), name=f"exercise_{field}_known"
    )


def one_of(field: str, vocabulary: type[models.TextChoices], *, blank: bool = False) -> models.CheckConstraint:
    """A field holds a word of its vocabulary."""
    values = [*vocabulary.values, ""] if blank else vocabulary.values
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=f"exercise_{field}_known")


class Texts(models.Model):
    """What is said of an exercise in one language."""

    name = models.CharField(max_length=80)
    aliases = texts(models.CharField(max_length=80))
    instructions = texts(models.CharField(max_length=1000))
    mistakes = texts(models.CharField(max_length=1000))

    class Meta:
        abstract = True


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["rating", "rating_count", "updated_at"],
    meta={"indexes": [models.Index(fields=["pgh_obj", "version", "pgh_id"], name="exercise_event_version")]},
)
class Exercise(Texts):
    """Something people train: of the catalogue (no owner), or somebody's own."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    slug = models.SlugField(max_length=80, db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="exercises",
        help_text="who made it; nobody for the catalogue",
    )
    language = models.CharField(
        max_length=10, choices=Language, default=Language.ENGLISH, help_text="of the texts on this page"
    )
    primary_muscles = words(Muscle)
    secondary_muscles = words(Muscle, default=list, blank=True)
    equipment = words(Equipment, help_text="everything that is needed at once")
    kind = models.CharField(max_length=20, choices=Kind)
    pattern = models.CharField(max_length=30, choices=Pattern, blank=True)
    mechanic = models.CharField(max_length=20, choices=Mechanic, blank=True)
    force = models.CharField(max_length=20, choices=Force, blank=True)
    difficulty = models.CharField(max_length=20, choices=Difficulty, default=Difficulty.BEGINNER)
    commonness = models.PositiveSmallIntegerField(
        default=0, help_text="how many train it: 5 nearly everybody, 1 few, 0 unknown"
    )
    tracking = models.CharField(max_length=20, choices=Tracking, default=Tracking.WEIGHT_REPS)
    unilateral = models.BooleanField(default=False, help_text="one side at a time; reps are counted per side")
    per_hand = models.BooleanField(default=False, help_text="the weight is that of one of two implements")
    bodyweight_share = models.DecimalField(
        max_digits=3, decimal_places=2, default=0, help_text="share of body weight that is moved, 0 to 1.2"
    )
    met = models.DecimalField(
        "MET", max_digits=3, decimal_places=1, null=True, blank=True, help_text="metabolic equivalent of task"
    )
    met_code = models.CharField(
        "MET code", max_length=5, blank=True, help_text="activity of the 2024 Adult Compendium of Physical Activities"
    )
    contraindications = words(Contraindication, default=list, blank=True)
    media = models.JSONField(default=list, blank=True, help_text="published images and videos, in order")
    form_profile = models.CharField(max_length=30, blank=True, help_text="rubric of the form analysis")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="grows with each edit")
    rating = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    catalogue_digest = models.CharField(
        max_length=32, blank=True, editable=False, help_text="of the content that was loaded last; differs once edited"
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        help_text="the same exercise under another name, which stands for this one since",
    )
    attribution = models.JSONField(
        null=True, blank=True, help_text="where it comes from: author, license, license_url, source, url"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], name="exercise_slug_shared", condition=Q(owner=None) | Q(status=Status.APPROVED)
            ),
            models.UniqueConstraint(fields=["owner", "slug"], name="exercise_slug_own"),
            models.CheckConstraint(
                condition=Q(primary_muscles__len__gte=1, equipment__len__gte=1), name="exercise_muscle_and_equipment"
            ),
            models.CheckConstraint(
                condition=Q(bodyweight_share__gte=0, bodyweight_share__lte="1.2"), name="exercise_bodyweight_share"
            ),
            models.CheckConstraint(condition=Q(met=None) | Q(met__gt=0), name="exercise_met"),
            models.CheckConstraint(condition=Q(commonness__lte=5), name="exercise_commonness"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(status=Status.ARCHIVED) & ~Q(merged_into=F("id"))),
                name="exercise_merged_is_archived",
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="exercise_rating"),
            known("primary_muscles", Muscle),
            known("secondary_muscles", Muscle),
            known("equipment", Equipment),
            known("contraindications", Contraindication),
            one_of("kind", Kind),
            one_of("pattern", Pattern, blank=True),
            one_of("mechanic", Mechanic, blank=True),
            one_of("force", Force, blank=True),
            one_of("difficulty", Difficulty),
            one_of("tracking", Tracking),
            one_of("status", Status),
            one_of("language", Language),
        ]
        indexes = [
            models.Index(fields=["slug", "id"], name="exercise_listed", condition=Q(deleted_at=None)),
            GinIndex(fields=["primary_muscles"], name="exercise_primary_muscles"),
            GinIndex(fields=["equipment"], name="exercise_equipment"),
            models.Index(fields=["pattern"], name="exercise_pattern", condition=Q(deleted_at=None)),
            models.Index(
                fields=["submitted_at", "id"],
                name="exercise_pending",
                condition=Q(status=Status.PENDING, deleted_at=None),
            ),
        ]
        triggers = [
            bump_catalogue(),
            pgtrigger.Trigger(
                name="index_exercise",
                when=pgtrigger.After,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf(
                    "name",
                    "aliases",
                    "instructions",
                    "language",
                    "primary_muscles",
                    "secondary_muscles",
                    "equipment",
                    "kind",
                    "difficulty",
                    "contraindications",
                    "commonness",
                    "owner_id",
                    "status",
                    "deleted_at",
                ),
                func="PERFORM exercises_index(NEW.id); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="count_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["rating", "rating_count", "catalogue_digest", "updated_at"]),
                func=(
                    "NEW.version = OLD.version + (NOT exercises_is_being_said(OLD.id, OLD.version))::int;"
                    " NEW.updated_at = now(); RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="forget_editions",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="DELETE FROM exercises_edition WHERE exercise_id = OLD.id; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_status(self) -> str:
        """Where it stands as people see it: what is deleted is shown as archived to those who have it in use."""
        return self.status if self.deleted_at is None else Status.ARCHIVED


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Translation(Texts):
    """An exercise in another language than its own. What is empty here is shown in the exercise's own."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="translations", db_index=False)
    language = models.CharField(max_length=10, choices=Language)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language"], name="translation_language"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="translation_language_known"),
        ]
        triggers = [
            bump_catalogue(),
            pgtrigger.Trigger(
                name="index_translation",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="PERFORM exercises_index(NEW.exercise_id); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="unindex_translation",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func=(
                    "DELETE FROM exercises_searchdocument WHERE exercise_id = OLD.exercise_id"
                    " AND language = OLD.language AND NOT original; RETURN NULL;"
                ),
            ),
            *record_editions(),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class Variation(models.Model):
    """Another exercise that can stand in for this one, and what it is to it. The other one points back."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="variations", db_index=False)
    other = models.ForeignKey(Exercise, models.CASCADE, related_name="+")
    relation = models.CharField(max_length=20, choices=Relation)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exercise", "other"], name="variation_once"),
            models.CheckConstraint(condition=~Q(exercise=F("other")), name="variation_of_another"),
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="variation_relation_known"),
        ]
        triggers = [bump_catalogue(), *record_editions()]

    def __str__(self) -> str:
        return f"{self.relation}: {self.other}"


class Catalogue(models.Model):
    """The one row that numbers the states of the library and says which files were loaded last."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)
    files_digest = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_is_one")]

    def __str__(self) -> str:
        return f"version {self.version}"
