"""The admin's first page: who trains now, what was lifted today, and whether the work behind it gets done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from exercises.models import Exercise
from fitai.common.admin import is_admin
from fitai.common.models import Job
from workouts.admin.timeline import STATUS_COLOURS, seconds_trained
from workouts.admin.words import span
from workouts.enums import ACTIVE, Status
from workouts.models import Workout

COUNTED_TO = 10_000
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Card:
    """A figure with the page that explains it."""

    label: str
    value: str
    note: str
    icon: str
    link: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody's workout in a line."""

    name: str
    workout: str
    link: str
    status: str
    colour: str
    trained: str
    sets: int
    volume: str


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold's dashboard calls; moderators see what they moderate."""
    context = {**context, "title": "Dashboard"}
    if not is_admin(request):
        return {**context, "cards": [_people(), _library()]}
    now = timezone.now()
    return {
        **context,
        "cards": [_people(), *_training(now), *_work(now)],
        "present": _visits(_present().order_by("-touched_at")),
        "finished": _visits(
            Workout.objects.filter(status=Status.COMPLETED, deleted_at__isnull=True).order_by("-performed_at", "-id")
        ),
        "failed": list(_failed_since(now).order_by("-id")[:SHOWN]),
    }


def about(model: type[Model]) -> str:
    """How many rows a table has: counted while they are few, then as the planner estimates it."""
    counted = model._default_manager.all()[: COUNTED_TO + 1].count()
    if counted <= COUNTED_TO:
        return f"{counted:,}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        estimate = cursor.fetchone()[0]
    return f"about {max(estimate, counted):,}"


def first_id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 that can be made at a moment: with it an age is a range of the primary key."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def _people() -> Card:
    return Card(
        "People", about(get_user_model()), "with an account", "group", reverse("admin:accounts_user_changelist")
    )


def _library() -> Card:
    link = reverse("admin:exercises_exercise_changelist")
    return Card("Exercises", about(Exercise), "in the library", "exercise", link)


def _training(now: datetime) -> list[Card]:
    workouts = reverse("admin:workouts_workout_changelist")
    present = _present().count()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = Workout.objects.filter(performed_at__gte=midnight, performed_at__lte=now, deleted_at__isnull=True)
    done = today.aggregate(sets=Sum("total_sets"), volume=Sum("total_volume_kg"))
    return [
        Card("In the gym", f"{present:,}", "workouts in progress", "fitness_center", f"{workouts}?active=yes"),
        Card("Sets today", f"{done['sets'] or 0:,}", f"{done['volume'] or 0:,.0f} kg moved", "exercise", workouts),
    ]


def _work(now: datetime) -> list[Card]:
    jobs = reverse("admin:common_job_changelist")
    queued = Job.objects.filter(status=Job.Status.QUEUED)
    due = queued.filter(not_before__lte=now).count()
    later = queued.filter(not_before__gt=now).count()
    failed = _failed_since(now).count()
    return [
        Card("Jobs waiting", f"{due:,}", f"{later:,} more for later", "schedule", f"{jobs}?status__exact=queued"),
        Card("Jobs failed", f"{failed:,}", "in the last 24 hours", "error", f"{jobs}?status__exact=failed", failed > 0),
    ]


def _failed_since(now: datetime) -> QuerySet[Job]:
    return Job.objects.filter(pk__gte=first_id_at(now - timedelta(hours=24)), status=Job.Status.FAILED)


def _present() -> QuerySet[Workout]:
    """Workouts in progress or paused, through the index that the clean-up reads."""
    return Workout.objects.filter(status__in=ACTIVE, touched_at__isnull=False, deleted_at__isnull=True)


def _visits(rows: QuerySet[Workout]) -> list[Visit]:
    return [
        Visit(
            name=workout.user.shown_name,
            workout=workout.name or "Workout",
            link=reverse("admin:workouts_workout_change", args=[workout.pk]),
            status=workout.get_status_display(),
            colour=STATUS_COLOURS[Status(workout.status)],
            trained=span(seconds_trained(workout.active_us, workout.active_since)),
            sets=workout.total_sets,
            volume=f"{workout.total_volume_kg:,.0f} kg" if workout.total_volume_kg else "–",
        )
        for workout in rows.select_related("user")[:SHOWN]
    ]
