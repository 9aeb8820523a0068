"""The exercise library in the admin, one module a noun."""

from exercises.admin import history, library, media, ratings, searches, sources

__all__ = ["history", "library", "media", "ratings", "searches", "sources"]
