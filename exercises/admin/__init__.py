"""The exercise library in the admin, one module a noun."""

from exercises.admin import history, library, sources

__all__ = ["history", "library", "sources"]
