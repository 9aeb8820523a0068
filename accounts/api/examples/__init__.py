"""Examples of the bodies of accounts, one module a noun."""

from typing import Any, Final

from accounts.api.examples import auth, avatars, metrics, profile

EXAMPLES: Final[dict[str, Any]] = {
    **auth.EXAMPLES,
    **avatars.EXAMPLES,
    **metrics.EXAMPLES,
    **profile.EXAMPLES,
}
