"""The exercise library in the admin, one module a noun."""

from exercises.admin import decisions, history, library, media, moderation, ratings, searches, sources

__all__ = ["decisions", "history", "library", "media", "moderation", "ratings", "searches", "sources"]
