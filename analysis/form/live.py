"""What form analysis tells on a person's own stream, beside how its jobs stand."""

from collections.abc import Mapping
from typing import Final

from fitai.common.live.described import ID, Shape, record

EVENTS: Final[Mapping[str, Shape]] = {
    "form_analysis": record({"job_id": ID, "drawn": {"type": "boolean", "description": "or it never will be"}}),
}
