"""Examples of taking one's data along, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import JOB

EXAMPLES: Final[dict[str, Any]] = {
    "AccountDeletionInput": {"password": "six plates and a towel"},
    "AcceptedExportOutput": {"job_id": JOB, "status": "queued"},
    "ExportOutput": {
        "job_id": JOB,
        "status": "succeeded",
        "stage": "storing",
        "progress": 1,
        "error": None,
        "created_at": "2026-03-08T18:21:07Z",
        "expires_at": "2026-03-15T18:21:07Z",
        "size": 482_113,
        "url": "https://fitai.example/media/WyJleHBvcnQiXQ:kT3v/fitai-export.zip",
    },
}
