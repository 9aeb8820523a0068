"""What a form analysis shows through signed links, and to whom."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from analysis.form.models import FormAnalysis
from fitai.common.actors import Actor
from fitai.common.media.links import Shown, link, shows

KIND = "form"
VIDEO, CHART = "annotated.mp4", "chart.svg"
CONTENT_TYPES = {".mp4": "video/mp4", ".svg": "image/svg+xml", ".webp": "image/webp", ".jpg": "image/jpeg"}
COLUMNS = ("id", "video", "chart", "frames")
"""What `links_of` reads of a row."""

Row = Mapping[str, Any]


def files_of(row: Row) -> Iterator[tuple[str, str]]:
    """(as people see it, in the storage) of each picture that is there."""
    if row["video"]:
        yield VIDEO, row["video"]
    if row["chart"]:
        yield CHART, row["chart"]
    for frame in row["frames"]:
        yield frame["file"], frame["name"]


def links_of(row: Row, viewer_id: UUID, base: str = "") -> dict[str, Any]:
    """`media` of a result: addresses, good for 15 minutes, of the video, the chart and the key frames."""
    addresses = {file: base + link(KIND, row["id"], file, viewer_id=viewer_id) for file, _ in files_of(row)}
    return {
        "video": addresses.get(VIDEO),
        "chart": addresses.get(CHART),
        "frames": [addresses[frame["file"]] for frame in row["frames"]],
    }


@shows(KIND)
def show(viewer_id: UUID, analysis_id: UUID, file: str) -> Shown | None:
    """To its owner, to a coach whom they let see form videos, and to who runs the server, while their accounts are
    open."""
    viewer = User.objects.filter(pk=viewer_id, is_active=True, deleted_at=None).only("role", "is_superuser").first()
    if viewer is None:
        return None
    rows = FormAnalysis.objects.filter(pk=analysis_id)
    seen = rows if viewer.is_superuser else rows.visible_to(Actor(user_id=viewer_id, roles=viewer.roles))
    row = seen.values(*COLUMNS).first()
    name = None if row is None else dict(files_of(row)).get(file)
    return None if name is None else Shown(name, CONTENT_TYPES["." + file.rpartition(".")[2]])
