"""The rows of accounts, one module a noun."""

from accounts.models.notifications import Notification
from accounts.models.people import CENTIMETRES_PER_INCH, STAFF, USERNAME, Preferences, Profile, User
from accounts.models.privacy import DataExport, DeletedAccount
from accounts.models.relations import Block, Coaching, Friendship, Mute
from accounts.models.security import SecurityEvent
from accounts.models.sessions import Session

__all__ = [
    "CENTIMETRES_PER_INCH",
    "STAFF",
    "USERNAME",
    "Block",
    "Coaching",
    "DataExport",
    "DeletedAccount",
    "Friendship",
    "Mute",
    "Notification",
    "Preferences",
    "Profile",
    "SecurityEvent",
    "Session",
    "User",
]
