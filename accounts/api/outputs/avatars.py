"""The picture of somebody, as addresses that are good for a while and for one viewer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers

from accounts.models import User
from accounts.operations.avatars import SIZES, files_of, names_of
from fitai.common.actors import Actor
from fitai.common.media.links import Shown, link_folder, shows
from fitai.common.models import Job

KIND = "avatar"
STEADY_SECONDS = 300
"""How long an address stays the same; it is good for 10 to 15 minutes."""


class AvatarOutput(serializers.Serializer):
    """WebP pictures by the length of their sides; the addresses are good for 10 minutes or more."""

    def get_fields(self) -> dict[str, Any]:
        return {str(size): serializers.URLField() for size in SIZES}


class AvatarAcceptedOutput(serializers.Serializer):
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(Job.Status.choices)


def avatar_shape(row: Mapping[str, Any], viewer_id: UUID) -> dict[str, str] | None:
    """The picture of a person as this viewer may see it; `row` has the person's `id` and `avatar`. One signature."""
    paths = avatar_paths(row["id"], row["avatar"], viewer_id)
    return {size: f"{settings.PUBLIC_URL}{path}" for size, path in paths.items()} or None


def avatar_paths(user_id: UUID, avatar: str, viewer_id: UUID) -> dict[str, str]:
    """The same without the host, for pages of our own; empty where there is no picture."""
    if not avatar:
        return {}
    folder = link_folder(KIND, user_id, viewer_id=viewer_id, steady_seconds=STEADY_SECONDS)
    return {str(size): f"{folder}/{file}" for size, file in zip(SIZES, files_of(avatar), strict=True)}


@shows(KIND)
def show_avatar(viewer_id: UUID, user_id: UUID, file: str) -> Shown | None:
    """To everybody who may see the person's card, and to staff, while their own accounts are open."""
    viewer = User.objects.filter(pk=viewer_id, is_active=True, deleted_at=None).values("is_staff").first()
    if viewer is None:
        return None
    people = User.objects.all() if viewer["is_staff"] else User.objects.visible_to(Actor(user_id=viewer_id))
    avatar = people.filter(pk=user_id).values_list("avatar", flat=True).first()
    if not avatar or file not in files_of(avatar):
        return None
    return Shown(dict(zip(files_of(avatar), names_of(user_id, avatar), strict=True))[file], "image/webp")
