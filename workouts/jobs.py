"""What happens to workouts by itself."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import NotificationKind
from accounts.operations.notifications import notify
from fitai.common.actors import Actor
from fitai.common.jobs import Claim, Later, handles
from fitai.common.models import Event
from fitai.common.problems import NotFound
from fitai.common.retention import keeps
from fitai.common.schedules import every
from workouts.enums import ACTIVE
from workouts.models import Group, Workout
from workouts.operations import groups, merging
from workouts.operations.apply import apply
from workouts.operations.merging import standing_for, workouts_with
from workouts.operations.requests import Request
from workouts.operations.results import Applied, Check
from workouts.operations.store import Stored
from workouts.operations.uses import KIND, count_all_uses, count_uses

ABANDON_EVERY_SECONDS = 600
BATCH = 200
TURN = 2_000  # workouts that follow a merge in one go


@handles("workouts.end_rest", max_attempts=10, lease=timedelta(seconds=3))
def end_rest(claim: Claim) -> Mapping[str, Any] | None:
    """The rest is over: an event that every device sees. A rest stopped or begun anew meanwhile is left alone."""
    workout_id, start = UUID(claim.payload["workout_id"]), claim.payload["start_op_id"]
    with claim.writing():
        row = Workout.objects.filter(pk=workout_id, deleted_at__isnull=True).values("user_id", "rest").first()
        if row is None or row["rest"] is None or row["rest"]["op_id"] != start:
            return None
        ended = _by_server(row["user_id"], workout_id, "rest.end", {"start_op_id": start}, f"rest-end:{claim.job.pk}")
        if ended.results[0].status == "applied":  # not by a stop that came in this instant
            notify(
                row["user_id"],
                NotificationKind.REST_OVER,
                dedupe_key=f"rest-over:{claim.job.pk}",
                params={"workout_id": str(workout_id)},
                at=datetime.fromisoformat(row["rest"]["ends_at"]),
            )
    return None


@handles("workouts.abandon", max_attempts=3)
def abandon_idle(claim: Claim) -> Mapping[str, Any]:
    """Workouts that nobody touched for hours are over; their owner may still complete them."""
    idle_since = timezone.now() - timedelta(hours=settings.WORKOUT_ABANDONED_AFTER_HOURS)
    idle = Workout.objects.filter(status__in=ACTIVE, touched_at__lt=idle_since, deleted_at__isnull=True)
    count = 0
    for workout_id, user_id, seq in idle.order_by("touched_at").values_list("pk", "user_id", "seq")[:BATCH]:
        still_idle = partial(_require_idle, idle.filter(pk=workout_id))
        with claim.writing(), suppress(NotFound):
            op_id = f"abandon:{workout_id.hex}:{seq}"
            _by_server(user_id, workout_id, "workout.abandon", {}, op_id, check=still_idle)
            count += 1
    return {"abandoned": count}


def _require_idle(idle: QuerySet[Workout], stored: Stored) -> None:
    """Asked under the locks: somebody may have logged a set since the list was made."""
    if not idle.exists():
        raise NotFound()


@handles(KIND, max_attempts=20)
def count_uses_of(claim: Claim) -> None:
    """Tell the exercise library what a workout counts for by now."""
    user_id = claim.job.user_id
    assert user_id is not None  # noqa: S101  it is about somebody's workout
    with claim.writing():
        count_uses(user_id, UUID(claim.payload["workout_id"]))


@handles("workouts.count_all_uses", max_attempts=20)
def count_past_uses(claim: Claim) -> Mapping[str, Any]:
    """Tell it of every workout that there was before it was told: a migration asks for it, once."""
    counted = 0
    for counted in count_all_uses():
        claim.advance(0, f"{counted} workouts")
    return {"workouts": counted}


@handles("workouts.follow_merge", max_attempts=10)
def follow_merge(claim: Claim) -> Mapping[str, Any]:
    """Every workout that holds a duplicate goes on under the exercise that stands for it, each in a short transaction
    of its own. What was followed is found no more, so that a run that was stopped goes on where it was."""
    duplicate_id, followed = UUID(claim.payload["duplicate_id"]), 0
    while standing := standing_for(duplicate_id):
        into_id, facts = standing
        found = workouts_with(duplicate_id, BATCH)
        for workout_id, user_id in found.items():
            with claim.writing(), suppress(NotFound):  # deleted for good meanwhile
                merging.follow_merge(
                    user_id,
                    workout_id,
                    merge_id=UUID(claim.payload["id"]),
                    duplicate_id=duplicate_id,
                    into_id=into_id,
                    facts=facts,
                )
        followed += len(found)
        if not found:
            break
        claim.advance(0, f"{followed} workouts")
        if followed >= TURN:
            raise Later(timezone.now())  # other jobs have their turn
    return {"followed": followed}


@keeps("deleted_workouts")
def purge_deleted(before: datetime) -> int:
    """Workouts deleted so long ago that they can be restored no longer go for good, with their events."""
    deleted = Workout.objects.filter(deleted_at__lt=before).order_by("deleted_at")
    gone = list(deleted.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Event.objects.filter(stream__in=[f"workout:{id}" for id in gone]).delete()
    return Workout.objects.filter(pk__in=gone).delete()[0]


@keeps("idle_groups")
def purge_idle_groups(before: datetime) -> int:
    """Groups in which nobody came, went or was invited for so long end by themselves: nobody is shown the workouts of
    people they trained with once for ever."""
    idle = Group.objects.filter(touched_at__lt=before).order_by("touched_at")
    gone = list(idle.select_for_update(skip_locked=True)[:BATCH])
    for group in gone:
        groups.end_group(group)
    return len(gone)


def _by_server(
    user_id: UUID, workout_id: UUID, type: str, payload: dict[str, Any], op_id: str, *, check: Check | None = None
) -> Applied:
    """An operation that only the server makes, in its owner's name."""
    request = Request(op_id, type, payload, "server", from_server=True)
    return apply(Actor(user_id=user_id, via="job"), workout_id, [request], live=check is not None, check=check)


every(ABANDON_EVERY_SECONDS, "workouts.abandon")
