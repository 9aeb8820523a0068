"""What staff may do to people and coachings: what is asked before, and what is said after."""

from functools import partial
from typing import Final

from django.conf import settings

from fitai.common.admin import Act

GRACE_DAYS: Final = settings.RETENTION_DAYS["deleted_accounts"]

VERIFY: Final = partial(
    Act,
    question="Take their e-mail addresses as proven?",
    consequence="Whoever else only claims one of them loses the claim. Do this when you know whose it is.",
    button="Verify",
    done="verified",
)
LOCK: Final = partial(
    Act,
    question="Lock these accounts?",
    consequence="Every device is logged out at once, keys are refused, and nobody can log in until they are unlocked.",
    button="Lock",
    done="locked",
)
UNLOCK: Final = partial(
    Act,
    question="Unlock these accounts?",
    consequence="They can log in again, and their keys work again.",
    button="Unlock",
    done="unlocked",
)
LOG_OUT: Final = partial(
    Act,
    question="Log these people out everywhere?",
    consequence="Every device asks for the password again. Open apps are closed within a second.",
    button="Log out",
    done="logged out",
)
REMOVE_FACTOR: Final = partial(
    Act,
    question="Remove their second factor?",
    consequence="The password alone lets them in. They are told by mail. Make sure that it is really them who ask.",
    button="Remove",
    done="able to log in without their second factor",
)
EXPORT: Final = partial(
    Act,
    question="Put everything about them together?",
    consequence="They are told when it is there. Only they can fetch it.",
    button="Export",
    done="given an export of everything about them",
)
DELETE: Final = partial(
    Act,
    question="Delete these accounts?",
    consequence=f"They are gone for everyone at once, and removed for good after {GRACE_DAYS} days. Until then it can "
    "be taken back, by you here or by them when they log in.",
    button="Delete",
    done="deleted",
)
KEEP: Final = partial(
    Act,
    question="Keep these accounts?",
    consequence="They are there again for everyone. Their owners log in anew.",
    button="Keep",
    done="kept",
)
END_COACHING: Final = partial(
    Act,
    question="End these coachings?",
    consequence="The coaches see nothing more of their clients, at once. Both are told.",
    button="End",
    done="ended",
)
