"""People in the admin: who they are, where they are logged in, what happened to their account."""

from accounts.admin import factors, people, security, sessions

__all__ = ["factors", "people", "security", "sessions"]
