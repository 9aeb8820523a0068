"""Examples of the bodies of accounts, one module a noun."""

from typing import Any, Final

from accounts.api.examples import auth, notifications, profile

EXAMPLES: Final[dict[str, Any]] = {
    **auth.EXAMPLES,
    **notifications.EXAMPLES,
    **profile.EXAMPLES,
}
