"""Examples of the bodies of accounts, one module a noun."""

from typing import Any, Final

from accounts.api.examples import auth, privacy, profile

EXAMPLES: Final[dict[str, Any]] = {
    **auth.EXAMPLES,
    **privacy.EXAMPLES,
    **profile.EXAMPLES,
}
