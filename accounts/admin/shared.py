"""What the pages of people share: who looks, and who may."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from accounts.enums import Role
from fitai.common.actors import Actor


def staff_actor(request: HttpRequest) -> Actor:
    """The member of staff behind an admin page."""
    user: Any = request.user
    return Actor(user_id=user.pk, via="admin", roles=user.roles, email_verified=True)


def by_staff(request: HttpRequest, operation: Callable[[Actor, UUID], object]) -> Callable[[Any], None]:
    """What the member of staff behind this page does to one row."""
    actor = staff_actor(request)

    def perform(row: Any) -> None:
        operation(actor, row.pk)

    return perform


def is_moderator(request: HttpRequest) -> bool:
    return getattr(request.user, "is_active", False) and getattr(request.user, "role", "") in (
        Role.MODERATOR,
        Role.ADMIN,
    )


class ReadOnly:
    """Shown to moderators and admins, written by operations alone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
