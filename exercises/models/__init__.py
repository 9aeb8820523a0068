"""The rows of the exercise library, one module a noun."""

from exercises.models.library import CATALOGUE_NAMESPACE, Catalogue, Exercise, Translation, Variation
from exercises.models.media import Media
from exercises.models.moderation import Decision, Edition, Proposal, Submission
from exercises.models.ratings import Rating
from exercises.models.search import SearchDocument, Word
from exercises.models.searches import LoggedSearch
from exercises.models.sources import Source, SourceEntry
from exercises.models.usage import Popularity, Trained, UsageTotals, Use, UsedDay

__all__ = [
    "CATALOGUE_NAMESPACE",
    "Catalogue",
    "Decision",
    "Edition",
    "Exercise",
    "LoggedSearch",
    "Media",
    "Popularity",
    "Proposal",
    "Rating",
    "SearchDocument",
    "Source",
    "SourceEntry",
    "Submission",
    "Trained",
    "Translation",
    "UsageTotals",
    "Use",
    "UsedDay",
    "Variation",
    "Word",
]
