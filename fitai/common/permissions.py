"""Authenticated by default; a public view says `public = True`."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Authenticated(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(view.public or request.user)
