"""What a socket can follow and what it can say: each app's part, put together."""

from typing import Final

from accounts.channels.in_app import EVENTS as NOTIFICATIONS
from accounts.channels.in_app import UNREAD
from analysis.form.live import EVENTS as FORM_ANALYSES
from fitai.common.live.channels import Channel, UserChannel
from workouts.api.live import PERSONAL as TRAINING
from workouts.api.live import SHAPES as TRAINING_SHAPES
from workouts.consumers import GroupChannel, WorkoutChannel, receive_cue, receive_op, receive_ops

CHANNELS: Final[dict[str, Channel]] = {
    "user": UserChannel({"unread_notifications": UNREAD}, {**NOTIFICATIONS, **TRAINING, **FORM_ANALYSES}),
    "workout": WorkoutChannel(),
    "group": GroupChannel(),
}
HANDLERS: Final = (receive_op, receive_ops, receive_cue)
SHAPES: Final = {**TRAINING_SHAPES}
