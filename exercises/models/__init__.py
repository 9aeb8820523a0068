"""The rows of the exercise library, one module a noun."""

from exercises.models.library import CATALOGUE_NAMESPACE, Catalogue, Exercise, Translation, Variation
from exercises.models.search import SearchDocument, Word
from exercises.models.sources import Source, SourceEntry

__all__ = [
    "CATALOGUE_NAMESPACE",
    "Catalogue",
    "Exercise",
    "SearchDocument",
    "Source",
    "SourceEntry",
    "Translation",
    "Variation",
    "Word",
]
