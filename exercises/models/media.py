"""Pictures and short videos that show how an exercise is done: what was sent, what was made of it, what was decided."""

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from exercises.enums import MediaKind, MediaStatus
from exercises.models.library import Exercise
from exercises.querysets import MediaQuerySet
from fitai.common.ids import uuid7
from fitai.common.media import storage

FOLDER: Final = "exercise-media"
SHOWN: Final = f"{storage.PUBLIC}/exercises"

THERE: Final = (MediaStatus.PENDING, MediaStatus.APPROVED)
"""Those whose files are there."""
LIVE: Final = (MediaStatus.PROCESSING, *THERE)
DECIDED: Final = (MediaStatus.APPROVED, MediaStatus.REJECTED, MediaStatus.REMOVED)


class Media(models.Model):
    """A picture or a short video of an exercise.

    `files` says what was made, smallest first, a video before its poster: `[{file, role, width, height}]`, where `file`
    is a name made by chance but for its end and `role` is image, video or poster. They lie in `folder` until they are
    published, and then in `public_folder`, where everybody reads them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="who sent it; nobody once they are gone",
    )
    kind = models.CharField(max_length=10, choices=MediaKind)
    status = models.CharField(max_length=10, choices=MediaStatus, default=MediaStatus.PROCESSING)
    alt = models.CharField("description", max_length=300, blank=True, help_text="what it shows, for who cannot see it")
    position = models.PositiveIntegerField(default=0, help_text="the first is shown first")
    files = models.JSONField(default=list, blank=True)
    width = models.PositiveIntegerField(default=0, help_text="pixels of the largest")
    height = models.PositiveIntegerField(default=0, help_text="pixels of the largest")
    seconds = models.FloatField(null=True, blank=True, help_text="length of a video")
    sha256 = models.CharField(max_length=64, help_text="of the file that was sent")
    findings = models.JSONField(default=list, blank=True, help_text="what a moderator should look at: code, detail")
    reason = models.CharField(max_length=500, blank=True, help_text="why it was rejected or taken down")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", help_text="the moderator"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="since when everybody reads its files")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "media"
        constraints = [
            models.UniqueConstraint(fields=["exercise", "sha256"], name="media_once", condition=Q(status__in=LIVE)),
            models.CheckConstraint(condition=Q(kind__in=MediaKind.values), name="media_kind_known"),
            models.CheckConstraint(condition=Q(status__in=MediaStatus.values), name="media_status_known"),
            models.CheckConstraint(
                condition=(Q(status__in=THERE) & ~Q(files=[])) | (~Q(status__in=THERE) & Q(files=[])),
                name="media_files_while_there",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(status=MediaStatus.APPROVED), name="media_published_is_approved"
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_at__isnull=False)
                | (~Q(status__in=DECIDED) & Q(decided_at=None)),
                name="media_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status=MediaStatus.REJECTED) | ~Q(reason=""), name="media_rejected_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["exercise", "position", "id"], name="media_of_exercise"),
            models.Index(fields=["author", "status"], name="media_of_author"),
            models.Index(fields=["sha256"], name="media_same_file"),
            models.Index(fields=["id"], name="media_queue", condition=Q(status=MediaStatus.PENDING)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.exercise}"

    @property
    def folder(self) -> str:
        """Where its files lie until they are published, and what was sent until they are made."""
        return f"{FOLDER}/{self.pk}"

    @property
    def public_folder(self) -> str:
        return f"{SHOWN}/{self.pk}"

    @property
    def stored(self) -> dict[str, str]:
        """Its files by the names that people see them under, in the storage."""
        return dict(stored_files({"id": self.pk, "files": self.files, "published_at": self.published_at}))


def stored_files(row: Any) -> Iterator[tuple[str, str]]:
    """(as people see it, in the storage) of each file of a row: `640x480.webp`, `video.mp4`, `poster.webp`."""
    folder = f"{SHOWN if row['published_at'] else FOLDER}/{row['id']}"
    for one in row["files"]:
        yield one["file"].rpartition("-")[2], f"{folder}/{one['file']}"
