"""How an export looks to its owner."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.exports import link_of
from accounts.models import DataExport
from fitai.common.api import tag_of
from fitai.common.job_views import JobError
from fitai.common.models import Job


class AcceptedExportOutput(serializers.Serializer):
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(Job.Status.choices)


class ExportOutput(AcceptedExportOutput):
    stage = serializers.CharField(allow_blank=True, help_text="the table that is being written")
    progress = serializers.FloatField(min_value=0, max_value=1)
    error = JobError(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="when the file is removed")
    size = serializers.IntegerField(allow_null=True, help_text="bytes, once it is made")
    url = serializers.URLField(allow_null=True, help_text="of the ZIP file; good for 15 minutes, ask again for another")


def accepted_shape(job: Job) -> dict[str, Any]:
    return {"job_id": str(job.pk), "status": job.status}


def export_shape(export: DataExport, job: Job, base: str) -> dict[str, Any]:
    """How the job stands, and where the file is."""
    return {
        **accepted_shape(job),
        "stage": job.stage,
        "progress": job.progress,
        "error": job.error,
        "created_at": export.created_at,
        "expires_at": export.created_at + timedelta(days=settings.RETENTION_DAYS["exports"]),
        "size": export.size,
        "url": link_of(export, base),
    }


def export_tag(shape: dict[str, Any]) -> str:
    """The entity tag of an export: of all but its link, which is another one each time, and whether there is one."""
    return tag_of({**shape, "url": shape["url"] is not None})
