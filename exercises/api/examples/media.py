"""Examples of pictures and videos of exercises."""

from typing import Any, Final

from exercises.api.examples.library import MEDIA
from fitai.common.examples import BENCH_PRESS, JOB, page

STANDING: Final = {**MEDIA, "status": "approved", "reason": None, "created_at": "2026-11-02T10:00:00Z"}

EXAMPLES: Final[dict[str, Any]] = {
    "MediaAcceptedOutput": {"job_id": JOB, "status": "queued", "media_id": JOB},
    "MediaPage": page(f"/exercises/{BENCH_PRESS}/media", STANDING),
}
