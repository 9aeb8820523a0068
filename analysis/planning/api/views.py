"""The doors of plan making."""

from uuid import UUID

from rest_framework.request import Request

from analysis.planning.api import outputs
from analysis.planning.api.inputs import PlanInput
from analysis.planning.operations import GENERATE, request_plan
from fitai.common.api import ApiView, etag_of, respond, respond_tagged
from fitai.common.job_views import find
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, describe
from fitai.common.problems import NotFound
from fitai.common.rendering import Response
from fitai.common.throttling import charge


class GenerateView(ApiView):
    idempotent = True

    @describe(
        "Have a training plan made",
        request=PlanInput,
        responses={202: outputs.AcceptedPlanOutput},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """A job of a few seconds, whose result is a private template with the reason of every choice. 60 a day."""
        id = request_plan(self.actor, self.read(PlanInput), check=self.charge)
        return respond(outputs.accepted(find(self.actor.user_id, id)), 202, location=f"/api/v1/templates/ai-jobs/{id}")

    def charge(self) -> None:
        self.verdict = charge("ai", str(self.actor.user_id))


class PlanJobView(ApiView):
    @describe(
        "How the making of a plan stands, and its result",
        responses={200: outputs.PlanJobOutput},
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, id: UUID) -> Response:
        job = find(self.actor.user_id, id)
        if job.kind != GENERATE:
            raise NotFound()
        shape = outputs.shape(job)
        return respond_tagged(request, etag_of(*shape.values()), shape)
