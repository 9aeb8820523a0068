"""`/jobs/{id}`: how a job that the caller started stands, and stopping it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request

from fitai.common import jobs
from fitai.common.api import ApiView, etag_of, respond, respond_tagged
from fitai.common.models import Job
from fitai.common.openapi import IF_NONE_MATCH, describe
from fitai.common.problems import Conflict, NotFound
from fitai.common.rendering import Response


class JobError(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class JobSerializer(serializers.Serializer):
    """Background work of any kind has this one shape."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(Job.Status.choices)
    stage = serializers.CharField(allow_blank=True, help_text="what it is doing, in a word")
    progress = serializers.FloatField(min_value=0, max_value=1)
    error = JobError(allow_null=True)
    result = serializers.DictField(allow_null=True)


class JobEnded(Conflict):
    """The job has ended already; there is nothing left to cancel."""

    slug, title = "job-ended", "The job has ended"


class JobView(ApiView):
    @describe("How a job stands", responses={200: JobSerializer}, parameters=[IF_NONE_MATCH], tags=["jobs"])
    def get(self, request: Request, id: UUID) -> Response:
        shape = jobs.shape(find(self.actor.user_id, id))
        return respond_tagged(request, etag_of(*shape.values()), shape)


class CancelJobView(ApiView):
    @describe("Cancel a job", responses={200: JobSerializer}, problems=[JobEnded], tags=["jobs"])
    def post(self, request: Request, id: UUID) -> Response:
        with transaction.atomic():
            job = find(self.actor.user_id, id, lock=True)
            if job.finished_at is not None:
                raise JobEnded(state=job.status)
            jobs.cancel(job)
        return respond(jobs.shape(job))


def find(user_id: UUID, id: UUID, *, lock: bool = False) -> Job:
    """The caller's own job, 404 for any other."""
    visible: Any = Job.objects.filter(user_id=user_id, visible=True)
    job = (visible.select_for_update() if lock else visible).filter(pk=id).first()
    if job is None:
        raise NotFound()
    return job
