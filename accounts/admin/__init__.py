"""People in the admin: who they are, where they are logged in, who coaches them, what happened to their account."""

from accounts.admin import coaches, people, security, sessions

__all__ = ["coaches", "people", "security", "sessions"]
