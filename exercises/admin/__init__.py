"""The exercise library in the admin, one module a noun."""

from exercises.admin import decisions, history, library, moderation

__all__ = ["decisions", "history", "library", "moderation"]
