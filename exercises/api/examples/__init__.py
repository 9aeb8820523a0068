"""Examples of the bodies of the exercise library, one module a noun."""

from typing import Any, Final

from exercises.api.examples import exercises, library, media, ratings, search

EXAMPLES: Final[dict[str, Any]] = {
    **exercises.EXAMPLES,
    **library.EXAMPLES,
    **media.EXAMPLES,
    **search.EXAMPLES,
    **ratings.EXAMPLES,
}
