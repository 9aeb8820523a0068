"""Catalogues of others are read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from exercises.models import Source
from exercises.operations import sources
from exercises.sources.fetching import SourceFailed
from fitai.common.jobs import Claim, Later, PermanentFailure, handles
from fitai.common.schedules import every

SYNC_EVERY_SECONDS = 3600


@handles(sources.IMPORT, max_attempts=5, lease=timedelta(minutes=3))
def import_source(claim: Claim) -> Mapping[str, Any]:
    """Read a source; the lease is longer than one page and the longest wait may take together."""
    source = Source.objects.filter(pk=UUID(claim.payload["source_id"]), enabled=True).first()
    if source is None:
        return {"outcome": "It is switched off or gone."}
    try:
        report = sources.import_source(source, claim)
    except SourceFailed as failure:
        if failure.again_at is not None:
            raise Later(failure.again_at, counts=True) from failure
        if failure.passes:
            raise
        raise PermanentFailure("source_failed", str(failure)) from failure
    return {"outcome": report.words}


@handles("exercises.sync_sources", max_attempts=3)
def sync_sources(claim: Claim) -> Mapping[str, Any]:
    return {"sources": sources.enqueue_due(timezone.now())}


every(SYNC_EVERY_SECONDS, "exercises.sync_sources")
