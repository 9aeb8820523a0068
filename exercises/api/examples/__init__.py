"""Examples of the bodies of the exercise library, one module a noun."""

from typing import Any, Final

from exercises.api.examples import library, media, search

EXAMPLES: Final[dict[str, Any]] = {
    **library.EXAMPLES,
    **media.EXAMPLES,
    **search.EXAMPLES,
}
