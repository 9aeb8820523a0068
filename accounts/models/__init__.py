"""The rows of accounts, one module a noun."""

from accounts.models.notifications import Delivery, JoinedHappening, Notification, PushDevice
from accounts.models.people import CENTIMETRES_PER_INCH, STAFF, USERNAME, Preferences, Profile, User
from accounts.models.relations import Block, Coaching, Friendship, Mute
from accounts.models.security import SecurityEvent
from accounts.models.sessions import Session

__all__ = [
    "CENTIMETRES_PER_INCH",
    "STAFF",
    "USERNAME",
    "Block",
    "Coaching",
    "Delivery",
    "Friendship",
    "JoinedHappening",
    "Mute",
    "Notification",
    "Preferences",
    "Profile",
    "PushDevice",
    "SecurityEvent",
    "Session",
    "User",
]
