"""Background work of the exercise library, one module a noun."""

from exercises.jobs import counting, media, sources

__all__ = ["counting", "media", "sources"]
