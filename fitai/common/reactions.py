"""What happens in other apps because of what happened in one: jobs, made in the transaction of the event."""

from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from fitai.common.jobs import enqueue


class Happening(Protocol):
    """What happened, as a frozen dataclass of values that JSON can hold; `id` is that of this one occasion."""

    @property
    def id(self) -> UUID: ...


def publish(event: Happening) -> None:
    """Make one job of each kind that the table of reactions names for this event: at least once, once in effect."""
    for kind in import_string(settings.REACTIONS).get(type(event), ()):
        said: dict[str, Any] = asdict(event)  # type: ignore[call-overload]
        payload = {name: str(value) if isinstance(value, UUID) else value for name, value in said.items()}
        enqueue(kind, payload, dedupe_key=f"{kind}:{event.id}")
