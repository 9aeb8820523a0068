"""How the making of a plan looks to clients."""

from typing import Any

from rest_framework import serializers

from fitai.common.job_views import JobError
from fitai.common.models import Job
from templates_app.api.outputs import StatementOutput

SOURCES = ("solver",)


def accepted(job: Job) -> dict[str, Any]:
    return {"job_id": str(job.pk), "status": job.status}


def shape(job: Job) -> dict[str, Any]:
    """How the job stands; the reasons and the template once it has succeeded."""
    result = job.result or {}
    return {
        **accepted(job),
        "stage": job.stage,
        "progress": job.progress,
        "error": job.error,
        "template_id": result.get("template_id"),
        "source": result.get("source"),
        "explanation": result.get("explanation", []),
        "trade_offs": result.get("trade_offs", []),
        "conflicts": result.get("conflicts", []),
    }


class AcceptedPlanOutput(serializers.Serializer):
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(Job.Status.choices)


class PlanJobOutput(AcceptedPlanOutput):
    """A plan in the making. Succeeded without `template_id` is: no plan fits all wishes, and `conflicts` names those
    that exclude each other."""

    stage = serializers.CharField(allow_blank=True)
    progress = serializers.FloatField(min_value=0, max_value=1)
    error = JobError(allow_null=True)
    template_id = serializers.UUIDField(allow_null=True, help_text="a private template of your own")
    source = serializers.ChoiceField(SOURCES, allow_null=True)  # type: ignore[assignment]
    explanation = StatementOutput(many=True, help_text="the reason of every choice")
    trade_offs = StatementOutput(many=True, help_text="what could not be reached")
    conflicts = StatementOutput(many=True)
