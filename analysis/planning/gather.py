"""What the planner is told of a person: their profile for wishes that they left open, and a snapshot of their lifts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Profile
from exercises.models import Exercise
from exercises.rows import read_rows
from fitai.common.actors import Actor
from templates_app.planner import CatalogueExercise, History
from workouts.operations.history import Bout, read_bouts, read_exercises
from workouts.progression.history import Session, estimated_max
from workouts.progression.known import comeback

REMEMBERED = timedelta(days=180)
"""How far back lifts say something about today."""
RECENT = timedelta(days=28)
"""What was trained since then counts as familiar."""
SESSIONS = 12
"""Workouts of an exercise that its 1RM is estimated from."""
WHOLE_LIBRARY = 10_000
_GRAM = Decimal("0.001")

TRAINED = """
SELECT s.exercise_id::text, max(s.performed_at) FROM workouts_set s
WHERE s.user_id = %(me)s AND s.shows AND s.completed AND s.exercise_id IS NOT NULL AND s.performed_at >= %(since)s
GROUP BY s.exercise_id ORDER BY s.exercise_id
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Somebody's lifts at one moment; `equipment` is what they were done with."""

    history: History
    equipment: frozenset[str]


def read_snapshot(actor: Actor) -> Snapshot:
    """Estimated 1RM in kilograms and exercises of late, in a constant number of statements."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(TRAINED, {"me": actor.user_id, "since": now - REMEMBERED})
        latest: dict[str, datetime] = dict(cursor.fetchall())
    known = read_exercises(actor, latest, "en")
    bouts: dict[str, list[Bout]] = {id: [] for id in latest}
    for bout in read_bouts(actor, dict.fromkeys(latest, SESSIONS), "kg"):
        bouts[bout.exercise_id].append(bout)
    lifts = {}
    for id, sessions in bouts.items():
        if known[id][0].bodyweight_share or known[id][0].is_timed:
            continue  # the implement says little of the strength
        best = estimated_max(Session(bout.at, bout.sets) for bout in sessions)
        if best is not None:
            lifts[id] = (best * comeback((now - latest[id]).days)).quantize(_GRAM)
    recent = frozenset(id for id, at in latest.items() if at >= now - RECENT)
    return Snapshot(History(lifts, recent), frozenset(word for one, _ in known.values() for word in one.equipment))


def read_profile(actor: Actor) -> Mapping[str, Any]:
    """What the person says of themselves as a trainee."""
    names = ("goals", "experience", "equipment", "injuries")
    return Profile.objects.filter(user_id=actor.user_id).values(*names).first() or dict.fromkeys(names, ())


def read_catalogue(actor: Actor) -> list[CatalogueExercise]:
    """Every exercise that somebody sees, their own included."""
    return [CatalogueExercise.from_row(row) for row in read_rows(actor, "en", count=WHOLE_LIBRARY)]


def known_exercises(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Those of these exercises that the person sees, each with itself or with what it was merged into."""
    wanted = set(ids)
    offered = Exercise.objects.visible_to(actor).filter(pk__in=wanted).values_list("pk", "pk")
    merged = Exercise.objects.visible_to(actor).filter(duplicates__in=wanted).values_list("duplicates", "pk")
    return dict(offered.union(merged))
