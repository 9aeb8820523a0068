"""What is noticed about a picture or video by itself, before a moderator looks at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exercises.enums import MediaStatus
from exercises.models import Media

SMALL_PX: Final = 400
LONG: Final = 2.5
"""Times as long as it is wide, or the other way round."""
DARK: Final = 20.0
"""Of 255, on average."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was sent: its size in pixels, and how bright it is (0 to 255)."""

    width: int
    height: int
    brightness: float


def findings_of(media: Media, source: Source) -> list[dict[str, Any]]:
    """Each with a stable code and a sentence for people."""
    return [{"code": code, "detail": detail} for code, detail in _noticed(media, source)]


def _noticed(media: Media, source: Source) -> Iterator[tuple[str, str]]:
    short, long = sorted((source.width, source.height))
    size = f"{source.width} × {source.height}"
    if short < SMALL_PX:
        yield "too_small", f"It is small: {size} pixels."
    if long > LONG * short:
        yield "extreme_aspect", f"It is very long or very wide: {size} pixels."
    if source.brightness < DARK:
        yield "nearly_black", "It is nearly black."
    if not media.alt:
        yield "no_description", "Nothing says what it shows, for who cannot see it."
    same = Media.objects.filter(sha256=media.sha256).exclude(pk=media.pk).select_related("exercise")
    for other in same.order_by("id")[:3]:
        if other.status in (MediaStatus.REJECTED, MediaStatus.REMOVED):
            yield "rejected_before", f"The same file was not accepted before, for {other.exercise}: {other.reason}"
        else:
            yield "duplicate", f"The same file was sent for {other.exercise}."
