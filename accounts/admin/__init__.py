"""People in the admin: who they are, how they come in, who coaches them, what happened to their account."""

from accounts.admin import coaches, factors, people, security, sessions

__all__ = ["coaches", "factors", "people", "security", "sessions"]
