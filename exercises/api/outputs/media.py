"""Pictures and videos of an exercise: as everybody sees them, and as those do who wait for a decision."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from rest_framework import serializers

from accounts.models import User
from exercises.enums import MediaKind, MediaStatus
from exercises.models import Media
from exercises.models.media import stored_files
from fitai.common.actors import Actor
from fitai.common.media.links import Shown, link_folder, shows
from fitai.common.media.storage import PUBLIC, public_url
from fitai.common.models import Job

KIND: Final = "exercise_media"
STEADY_SECONDS: Final = 300
"""How long a signed address stays the same; it is good for 10 to 15 minutes."""
CONTENT_TYPES: Final = {"webp": "image/webp", "mp4": "video/mp4"}
COLUMNS: Final = (
    *("id", "kind", "status", "alt", "files", "width", "height", "seconds"),
    *("reason", "published_at", "created_at", "position"),
)


class SizeOutput(serializers.Serializer):
    """One size of a picture; its address never shows another one."""

    url = serializers.URLField()
    width = serializers.IntegerField(min_value=1)
    height = serializers.IntegerField(min_value=1)


class MediaOutput(serializers.Serializer):
    """A picture (WebP) or a video (MP4, H.264, without sound) that everybody may see. Addresses never change their
    content."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(MediaKind.choices)
    alt = serializers.CharField(allow_blank=True, help_text="what it shows, for who cannot see it")
    url = serializers.URLField(help_text="of the largest size")
    poster_url = serializers.URLField(allow_null=True, help_text="a picture that stands for a video")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True, help_text="of a video")
    sizes = SizeOutput(many=True, help_text="of a picture, smallest first: at most 320, 640 and 1280 pixels wide")


class MediaStandingOutput(MediaOutput):
    """The same with where it stands on its way into the library. What is not published has addresses for the caller
    alone, good for 10 minutes or more; what has no files has none."""

    url = serializers.URLField(allow_null=True, help_text="of the largest size")
    status = serializers.ChoiceField(MediaStatus.choices)
    reason = serializers.CharField(allow_null=True, help_text="why it was rejected or taken down")
    created_at = serializers.DateTimeField()


class MediaPage(serializers.Serializer):
    results = MediaStandingOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class MediaAcceptedOutput(serializers.Serializer):
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(Job.Status.choices)
    media_id = serializers.UUIDField()


def shape_published(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What an exercise shows, from what is kept with it."""
    return [
        {
            "id": one["id"],
            "kind": one["kind"],
            "alt": one["alt"],
            "url": public_url(one["file"]),
            "poster_url": one["poster"] and public_url(one["poster"]),
            "width": one["width"],
            "height": one["height"],
            "seconds": one["seconds"],
            "sizes": [
                {"url": public_url(size["file"]), "width": size["width"], "height": size["height"]}
                for size in one["sizes"]
            ],
        }
        for one in entries
    ]


def shape_standing(rows: Sequence[Mapping[str, Any]], viewer_id: UUID) -> list[dict[str, Any]]:
    """How each stands, with what this viewer may see of it."""
    shown = []
    for row in rows:
        urls = addresses_of(row, viewer_id)
        roles = list(zip(row["files"], urls.values(), strict=True))
        main = [url for one, url in roles if one["role"] == row["kind"]]
        shown.append(
            {
                "id": row["id"],
                "kind": row["kind"],
                "alt": row["alt"],
                "url": main[-1] if main else None,
                "poster_url": next((url for one, url in roles if one["role"] == "poster"), None),
                "width": row["width"],
                "height": row["height"],
                "seconds": row["seconds"],
                "sizes": [
                    {"url": url, "width": one["width"], "height": one["height"]}
                    for one, url in roles
                    if one["role"] == MediaKind.IMAGE
                ],
                "status": row["status"],
                "reason": row["reason"] or None,
                "created_at": row["created_at"],
            }
        )
    return shown


def addresses_of(row: Mapping[str, Any], viewer_id: UUID) -> dict[str, str]:
    """Where this viewer sees each file of a row, by its name: in public, or by a signed address."""
    if row["published_at"]:
        return {seen: public_url(name.removeprefix(f"{PUBLIC}/")) for seen, name in stored_files(row)}
    return {seen: f"{settings.PUBLIC_URL}{path}" for seen, path in paths_of(row, viewer_id).items()}


def paths_of(row: Mapping[str, Any], viewer_id: UUID) -> dict[str, str]:
    """Signed paths of each file of a row, for pages of our own; published or not."""
    if not row["files"]:
        return {}
    folder = link_folder(KIND, row["id"], viewer_id=viewer_id, steady_seconds=STEADY_SECONDS)
    return {seen: f"{folder}/{seen}" for seen, _ in stored_files(row)}


@shows(KIND)
def show_media(viewer_id: UUID, media_id: UUID, file: str) -> Shown | None:
    """To its author, to whose exercise it is of, and to moderators, while their own accounts are open."""
    viewer = User.objects.filter(pk=viewer_id, is_active=True, deleted_at=None).only("role", "is_superuser").first()
    if viewer is None:
        return None
    rows = Media.objects.visible_to(Actor(user_id=viewer_id, roles=viewer.roles)).filter(pk=media_id)
    row = rows.values("id", "files", "published_at").first()
    name = None if row is None else dict(stored_files(row)).get(file)
    return None if name is None else Shown(name, CONTENT_TYPES[file.rpartition(".")[2]])
