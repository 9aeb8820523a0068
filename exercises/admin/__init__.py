"""The exercise library in the admin, one module a noun."""

from exercises.admin import history, library, ratings, searches

__all__ = ["history", "library", "ratings", "searches"]
