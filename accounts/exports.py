"""The file of an export, shown to its owner by a signed link."""

from typing import Final
from uuid import UUID

from accounts.models import DataExport, User
from fitai.common.media.links import Shown, link, shows

KIND: Final = "export"
FILE: Final = "fitai-export.zip"


def link_of(export: DataExport, base: str = "") -> str | None:
    """Where its owner finds the file for the next 15 minutes; None while it is not made."""
    return base + link(KIND, export.pk, FILE, viewer_id=export.user_id) if export.file else None


@shows(KIND)
def show(viewer_id: UUID, export_id: UUID, file: str) -> Shown | None:
    """To its owner alone, while their account is open."""
    owner = User.objects.filter(pk=viewer_id, is_active=True, deleted_at=None)
    name = DataExport.objects.filter(pk=export_id, user__in=owner).values_list("file", flat=True).first()
    return Shown(name, "application/zip") if name and file == FILE else None
