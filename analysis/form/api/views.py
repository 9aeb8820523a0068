"""The doors of form analysis."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from analysis.form.api import outputs
from analysis.form.api.inputs import NOT_OFFERED, FormAnalysisInput
from analysis.form.models import FormAnalysis
from analysis.form.operations import cancel_analysis, delete_analysis, request_analysis
from fitai.common.api import ApiView, etag_of, respond, respond_tagged
from fitai.common.job_views import JobEnded
from fitai.common.media.uploads import UploadParser
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.parsing import JsonParser
from fitai.common.problems import Forbidden, Invalid, NotFound, error
from fitai.common.rendering import Response

FRESH_SECONDS = 60
"""How long an unchanged analysis is answered with 304: its links are good for a quarter of an hour."""


class FormAnalysesView(ApiView):
    parser_classes = (UploadParser, JsonParser)
    upload = True
    idempotent = True
    query = ("cursor", "limit")

    @describe("Analyses of filmed sets, newest first", responses={200: outputs.FormAnalysisPage}, parameters=PAGING)
    def get(self, request: Request) -> Response:
        rows = FormAnalysis.objects.own(self.actor).as_they_stand().values(*outputs.COLUMNS)
        base = request.build_absolute_uri("/").rstrip("/")
        return respond(
            paginate(
                request,
                rows,
                order=("-created_at", "-id"),
                shape=lambda page: [outputs.shape(row, self.actor.user_id, base) for row in page],
            )
        )

    @describe(
        "Have a filmed set analysed",
        request={"multipart/form-data": FormAnalysisInput},
        responses={202: outputs.FormAcceptedOutput},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """Counts the repetitions and says what to do better, as a job. At most 30 minutes of video a day.

        The same video asked for in the same way is the same job. Where it fails, `error.code` is `too_long`,
        `too_large`, `too_many_pixels` or `unreadable` for the video, `model_unavailable`, `gave_up` or `failed` for the
        server; then the same video may be sent again. That nobody is in it is a result, not an error.
        """
        sent = request.data if isinstance(request.data, Mapping) else {}
        refused = [error(f"/{name}", "not_offered", why) for name, why in NOT_OFFERED.items() if name in sent]
        if refused:
            raise Invalid(errors=refused)
        asked = self.read(FormAnalysisInput)
        analysis = request_analysis(
            self.actor,
            asked["video"],
            exercise_id=asked["exercise_id"],
            set_id=asked.get("set_id"),
            view=asked.get("view") or "",
            person=asked.get("person"),
            keep_video=asked["keep_video"],
        )
        row = seen(self, analysis.pk)
        return respond(outputs.accepted(row), 202, location=f"/api/v1/form-analyses/{analysis.pk}")


class FormAnalysisView(ApiView):
    @describe(
        "How an analysis stands, and its result",
        responses={200: outputs.FormAnalysisOutput, 304: None},
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Its links are good for 15 minutes; ask again for new ones."""
        row = seen(self, id)
        shown = outputs.shape(row, self.actor.user_id, request.build_absolute_uri("/").rstrip("/"))
        tag = etag_of(*(row[name] for name in outputs.COLUMNS), int(time.time()) // FRESH_SECONDS)
        return respond_tagged(request, tag, shown)

    @describe("Delete an analysis, its video and its pictures", responses={204: None}, problems=[Forbidden])
    def delete(self, request: Request, id: UUID) -> Response:
        """An analysis that is still going on stops, and nothing of it is kept."""
        delete_analysis(self.actor, id)
        return respond(None, 204)


class CancelFormAnalysisView(ApiView):
    @describe("Stop an analysis", responses={200: outputs.FormAnalysisOutput}, problems=[Forbidden, JobEnded])
    def post(self, request: Request, id: UUID) -> Response:
        """At once while it waits, within seconds while it goes on."""
        cancel_analysis(self.actor, id)
        return respond(outputs.shape(seen(self, id), self.actor.user_id, request.build_absolute_uri("/").rstrip("/")))


def seen(view: ApiView, id: UUID) -> Any:
    """The row of an analysis that the caller may know of."""
    row = FormAnalysis.objects.visible_to(view.actor).as_they_stand().filter(pk=id).values(*outputs.COLUMNS).first()
    if row is None:
        raise NotFound()
    return row
