"""Training plans: the template, its versions, and the people who train by it.

A version is written once. What a list filters by is derived from the current version and kept on the template.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from accounts.enums import Experience, TrainingGoal
from fitai.common.ids import uuid7
from templates_app.enums import EnrolmentStatus, Source, Visibility
from templates_app.plan import Plan
from templates_app.querysets import EnrolmentQuerySet, TemplateQuerySet


def one_of(model: str, field: str, vocabulary: type[models.TextChoices]) -> models.CheckConstraint:
    """A field holds a word of its vocabulary."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": vocabulary.values}), name=f"{model}_{field}_known")


def strings(length: int) -> ArrayField:
    return ArrayField(models.CharField(max_length=length), default=list, blank=True)


class Said(models.Model):
    """What a template says of itself, in each of its versions."""

    name = models.CharField(max_length=120)
    description = models.TextField(null=True, blank=True)  # noqa: DJ001  null is "none", as clients see it
    goal = models.CharField(max_length=20, choices=TrainingGoal)
    level = models.CharField(max_length=12, choices=Experience)
    tags = strings(40)

    class Meta:
        abstract = True


class Template(Said):
    """A training plan that somebody wrote or had planned; what it says is what its current version says."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="templates")
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    source = models.CharField(max_length=10, choices=Source, default=Source.WRITTEN)
    version = models.PositiveIntegerField(default=1, help_text="number of the current version")
    origin = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies", help_text="what it was copied from"
    )
    digest = models.CharField(max_length=32, editable=False, help_text="of what it was made from")
    change_seq = models.BigIntegerField(default=0, help_text="of its owner; moves with every change")

    # Of the current version, for lists.
    week_count = models.PositiveSmallIntegerField(help_text="before it begins anew")
    days_per_week = models.PositiveSmallIntegerField(help_text="of the fullest week")
    minutes = models.PositiveSmallIntegerField(help_text="of the longest day, as estimated")
    set_count = models.PositiveIntegerField(help_text="of all weeks, warm-ups included")
    equipment = strings(30)
    muscles = strings(40)
    exercise_ids = ArrayField(models.UUIDField(), default=list, blank=True, help_text="without substitutes")

    # What `q` reads; a trigger writes both.
    words = models.TextField(editable=False, default="", help_text="name and tags in plain letters")
    search = SearchVectorField(editable=False, null=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("template", "goal", TrainingGoal),
            one_of("template", "level", Experience),
            one_of("template", "visibility", Visibility),
            one_of("template", "source", Source),
            models.CheckConstraint(
                condition=Q(week_count__range=(1, 52), days_per_week__range=(1, 7)), name="template_shape"
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "-created_at", "-id"], name="template_own", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["-created_at", "-id"],
                name="template_public",
                condition=Q(deleted_at__isnull=True, visibility="public"),
            ),
            models.Index(fields=["owner", "change_seq"], name="template_changes"),
            GinIndex(fields=["exercise_ids"], name="template_exercise_ids"),
            GinIndex(fields=["tags"], name="template_tags"),
            GinIndex(fields=["search"], name="template_search", fastupdate=False),
            GinIndex(fields=["words"], name="template_words", opclasses=["gin_trgm_ops"], fastupdate=False),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="index_template",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("name", "tags"),
                func=(
                    "NEW.words = exercises_plain(NEW.name || ' ' || array_to_string(NEW.tags, ' '));"
                    " NEW.search = setweight(to_tsvector('exercises_english', exercises_plain(NEW.name))"
                    " || to_tsvector('simple', exercises_plain(NEW.name)), 'A')"
                    " || setweight(to_tsvector('exercises_english', NEW.words)"
                    " || to_tsvector('simple', NEW.words), 'B'); RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(Said):
    """What a template said at one time. Written once: a workout that was made from it can always be understood."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    template = models.ForeignKey(Template, models.CASCADE, db_index=False, related_name="versions")
    number = models.PositiveIntegerField()
    tree = models.JSONField(help_text="the weeks, as `templates_app.plan` writes them")
    note = models.CharField(max_length=200, blank=True, help_text="how it came to be")
    generation = models.JSONField(
        null=True, blank=True, help_text="what the planner said of it: explanation, trade_offs"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "version"
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="templateversion_number")]
        triggers = [pgtrigger.ReadOnly(name="keep_version", exclude=["created_by"])]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.tree)


class Enrolment(models.Model):
    """Somebody trains by a template: which version, since when, from which place, with which training maxes.

    The place moves on with the workouts that are completed after `positioned_at`; only an explicit move writes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="enrolments")
    template = models.ForeignKey(Template, models.CASCADE, related_name="enrolments")
    version = models.PositiveIntegerField(help_text="stays until it is moved")
    started_on = models.DateField(help_text="in the person's own time zone")
    week = models.PositiveSmallIntegerField(default=1, help_text="number of the week to start from")
    day_id = models.UUIDField(null=True, blank=True, help_text="the day to start from; none is the first of the week")
    round = models.PositiveIntegerField(default=1, help_text="pass through the weeks, from 1")
    positioned_at = models.DateTimeField(help_text="workouts after this moment move the place on")
    training_maxes = models.JSONField(
        default=dict, blank=True, help_text="exercise id → {value, unit, source, given_at}; the value is text"
    )
    status = models.CharField(max_length=8, choices=EnrolmentStatus, default=EnrolmentStatus.ACTIVE)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "template"], name="enrolment_once", condition=Q(status=EnrolmentStatus.ACTIVE)
            ),
            one_of("enrolment", "status", EnrolmentStatus),
            models.CheckConstraint(
                condition=Q(status=EnrolmentStatus.ACTIVE, ended_at__isnull=True)
                | (~Q(status=EnrolmentStatus.ACTIVE) & Q(ended_at__isnull=False)),
                name="enrolment_end",
            ),
            models.CheckConstraint(condition=Q(week__range=(1, 52), round__gte=1), name="enrolment_place"),
        ]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="enrolment_own")]

    def __str__(self) -> str:
        return f"{self.template}, version {self.version}, since {self.started_on}"
