"""The rows of the exercise library, one module a noun."""

from exercises.models.library import CATALOGUE_NAMESPACE, Catalogue, Exercise, Translation, Variation
from exercises.models.moderation import Decision, Edition, Proposal, Submission
from exercises.models.search import SearchDocument, Word

__all__ = [
    "CATALOGUE_NAMESPACE",
    "Catalogue",
    "Decision",
    "Edition",
    "Exercise",
    "Proposal",
    "SearchDocument",
    "Submission",
    "Translation",
    "Variation",
    "Word",
]
