"""Examples of the bodies of accounts, one module a noun."""

from typing import Any, Final

from accounts.api.examples import (
    api_keys,
    auth,
    avatars,
    coaches,
    friends,
    google,
    metrics,
    mfa,
    notifications,
    privacy,
    profile,
)

EXAMPLES: Final[dict[str, Any]] = {
    **api_keys.EXAMPLES,
    **auth.EXAMPLES,
    **google.EXAMPLES,
    **mfa.EXAMPLES,
    **avatars.EXAMPLES,
    **metrics.EXAMPLES,
    **friends.EXAMPLES,
    **privacy.EXAMPLES,
    **notifications.EXAMPLES,
    **profile.EXAMPLES,
    **coaches.EXAMPLES,
}
