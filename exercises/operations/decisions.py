"""What every decision of a moderator shares: it is about what they saw, it is written down, and it is told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps

from accounts.enums import NotificationKind
from accounts.models import User
from accounts.operations.notifications import notify
from exercises.enums import Verdict
from exercises.errors import AlreadyDecided, ChangedSince
from exercises.models import Decision, Exercise, Proposal
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, error

Check = Callable[[Exercise], None]
ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")  # made by pghistory


def seen(version: int) -> Check:
    """Refuse an exercise that says something else than the version that was looked at."""

    def check(exercise: Exercise) -> None:
        if exercise.version != version:
            event = ExerciseEvent.objects.filter(pgh_obj=exercise.pk, version=exercise.version).order_by("-pgh_id")
            changed = event.values("pgh_created_at", "pgh_context__metadata__user").first() or {}
            raise ChangedSince(
                version=exercise.version,
                changed_by=card(changed.get("pgh_context__metadata__user")),
                changed_at=changed.get("pgh_created_at"),
            )

    return check


def record(
    actor: Actor, exercise: Exercise, verdict: Verdict, *, reason: str = "", proposal: Proposal | None = None
) -> Decision:
    """Write a decision down, about the exercise as it is now."""
    return Decision.objects.create(
        exercise=exercise,
        proposal=proposal,
        moderator_id=actor.user_id,
        verdict=verdict,
        reason=reason,
        version=exercise.version,
    )


def tell(decision: Decision, author_id: UUID | None, what: str, exercise: Exercise) -> None:
    """Tell who made or proposed something what became of it, unless they did it themselves. Moderators stay unnamed."""
    if author_id is None or author_id == decision.moderator_id:
        return
    params = {"what": what, "exercise_id": str(exercise.pk), "title": exercise.name, "reason": decision.reason}
    notify(author_id, NotificationKind.MODERATION, dedupe_key=f"moderation:{decision.pk}", params=params)


def already_decided(state: str, by: UUID | None, at: Any) -> AlreadyDecided:
    """The refusal that says who was quicker."""
    return AlreadyDecided(state=state, decided_by=card(by), decided_at=at)


def card(user_id: UUID | str | None) -> dict[str, Any] | None:
    """Who that is, by their public name; None for nobody."""
    return User.objects.filter(pk=user_id).values("id", "username", "display_name").first() if user_id else None


def require_reason(reason: str) -> str:
    """Nobody is refused without being told why."""
    if not reason.strip():
        raise Invalid(errors=[error("/reason", "blank", "Say why, so that its author can do better.")])
    return reason.strip()
