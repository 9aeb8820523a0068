"""Authenticated by default; a public view says `public = True`. A key opens what its scopes say, and no more."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from fitai.common.actors import Actor
from fitai.common.problems import ScopeMissing
from fitai.common.scopes import needed_scope


class Authenticated(BasePermission):
    """Asked of every view before anything is looked up, so that what a key may do depends on the route alone."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor: Actor | None = request.user  # type: ignore[assignment]
        if actor and actor.scopes is not None and not view.public:
            check_scope(actor.scopes, view, request)
        return bool(view.public or actor)


def check_scope(held: frozenset[str], view: Any, request: Request) -> None:
    """Refuse with 403 a key that may not do this, naming the scope that it needs."""
    route = request.resolver_match.route if request.resolver_match else ""
    needed = view.scope or needed_scope(request.method or "", route)
    if needed is None:
        raise ScopeMissing("No API key may do this. Log in.", scope=None)
    if needed not in held:
        raise ScopeMissing(f"This needs a key with the scope {needed.value}.", scope=needed.value)
