"""Examples of the bodies of accounts, one module a noun."""

from typing import Any, Final

from accounts.api.examples import auth, coaches, google, profile

EXAMPLES: Final[dict[str, Any]] = {
    **auth.EXAMPLES,
    **google.EXAMPLES,
    **profile.EXAMPLES,
    **coaches.EXAMPLES,
}
