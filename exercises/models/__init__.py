"""The rows of the exercise library, one module a noun."""

from exercises.models.library import CATALOGUE_NAMESPACE, Catalogue, Exercise, Translation, Variation
from exercises.models.media import Media
from exercises.models.search import SearchDocument, Word

__all__ = [
    "CATALOGUE_NAMESPACE",
    "Catalogue",
    "Exercise",
    "Media",
    "SearchDocument",
    "Translation",
    "Variation",
    "Word",
]
