"""How shared workouts look, and what is said to share one."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from accounts.api.outputs.cards import CARD_COLUMNS, CardOutput, page_of
from accounts.enums import Audience
from accounts.models import Preferences
from fitai.common.actors import Actor
from fitai.common.rendering import plain
from workouts.api.group_shapes import cards_of
from workouts.api.inputs import TotalsOutput
from workouts.enums import ShareAudience, Status
from workouts.models import Share

Json = dict[str, Any]


class ShareInput(serializers.Serializer):
    audience = serializers.ChoiceField(ShareAudience.choices)
    note = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=1000)


class ShareOutput(serializers.Serializer):
    """A workout that somebody shares, as they see it themselves."""

    workout_id = serializers.UUIDField()
    audience = serializers.ChoiceField(ShareAudience.choices)
    note = serializers.CharField(allow_null=True)
    shared_at = serializers.DateTimeField()
    seen_by = serializers.ChoiceField(
        Audience.choices, help_text="the narrower of the audience and the privacy of one's workouts, at present"
    )


class SharedWorkoutOutput(serializers.Serializer):
    """What guests see of a workout, in one line."""

    id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Status.choices)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    active_seconds = serializers.IntegerField(min_value=0)
    totals = TotalsOutput(help_text="the volume is that of the implements alone")
    muscles = serializers.ListField(child=serializers.CharField())


class SharedOutput(serializers.Serializer):
    """A workout that somebody else shares with the caller."""

    user = CardOutput()
    audience = serializers.ChoiceField(ShareAudience.choices)
    note = serializers.CharField(allow_null=True)
    shared_at = serializers.DateTimeField()
    workout = SharedWorkoutOutput()


SharedPage = page_of(SharedOutput, "SharedPage")
BREADTH = [Audience.NOBODY, Audience.FRIENDS, Audience.EVERYONE]


def share_shape(share: Share) -> Json:
    privacy = Preferences.objects.values_list("privacy_workouts", flat=True).get(user_id=share.user_id)
    return {
        "workout_id": share.workout_id,
        "audience": share.audience,
        "note": share.note or None,
        "shared_at": share.shared_at,
        "seen_by": min(Audience(share.audience), Audience(privacy), key=BREADTH.index).value,
    }


def shared_shapes(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Lines of what others share. One statement."""
    cards = cards_of(actor, [{**{name: row[name] for name in CARD_COLUMNS}, "id": row["user_id"]} for row in rows])
    return [
        {
            "user": cards[row["user_id"]],
            "audience": row["audience"],
            "note": row["note"] or None,
            "shared_at": row["shared_at"],
            "workout": {
                "id": row["workout_id"],
                "name": row["name"],
                "status": row["status"],
                "started_at": row["started_at"],
                "ended_at": row["ended_at"],
                "active_seconds": row["active_us"] // 1_000_000,
                "totals": {
                    "sets": row["total_sets"],
                    "reps": row["total_reps"],
                    "volume_kg": plain(row["volume_kg"]),
                    "duration_seconds": row["total_duration_seconds"],
                    "distance_m": plain(row["total_distance_m"]),
                },
                "muscles": row["muscles"],
            },
        }
        for row in rows
    ]
