"""The rows of accounts, one module a noun."""

from accounts.models.api_keys import ApiKey
from accounts.models.factors import PendingFactor
from accounts.models.google import GoogleTicket
from accounts.models.metrics import Metric
from accounts.models.names import NameEntry
from accounts.models.notifications import Delivery, JoinedHappening, Notification, PushDevice
from accounts.models.people import CENTIMETRES_PER_INCH, STAFF, USERNAME, Preferences, Profile, User
from accounts.models.privacy import DataExport, DeletedAccount
from accounts.models.relations import Block, Coaching, Friendship, Mute
from accounts.models.security import SecurityEvent
from accounts.models.sessions import Session

__all__ = [
    "CENTIMETRES_PER_INCH",
    "STAFF",
    "USERNAME",
    "ApiKey",
    "Block",
    "Coaching",
    "DataExport",
    "DeletedAccount",
    "Delivery",
    "Friendship",
    "GoogleTicket",
    "JoinedHappening",
    "Metric",
    "Mute",
    "NameEntry",
    "Notification",
    "PendingFactor",
    "Preferences",
    "Profile",
    "PushDevice",
    "SecurityEvent",
    "Session",
    "User",
]
