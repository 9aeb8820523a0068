"""Taking one's data along, and leaving."""

from uuid import UUID

from django.conf import settings
from rest_framework.request import Request

from accounts.api.inputs import privacy as inputs
from accounts.api.outputs import privacy as outputs
from accounts.errors import LastAdmin, ReauthRequired, TooManyTries
from accounts.models import DataExport
from accounts.operations import privacy
from fitai.common.api import ApiView, respond, respond_tagged
from fitai.common.job_views import find
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, describe
from fitai.common.problems import NotFound
from fitai.common.rendering import Response
from fitai.common.throttling import charge, request_address


class AccountView(ApiView):
    @describe(
        "Delete my account",
        request=inputs.AccountDeletionInput,
        responses={204: None},
        problems=[ReauthRequired, TooManyTries, LastAdmin],
        tags=["users"],
    )
    def delete(self, request: Request) -> Response:
        """Nobody sees the account any more, and every device is logged out. For 30 days `POST /auth/login` with
        `restore: true` takes it back; then everything is removed for good. A mail says so."""
        password = self.read(inputs.AccountDeletionInput).get("password")
        privacy.delete_account(self.actor, password=password, address=request_address(request)[:64])
        return respond(None, 204)


class ExportsView(ApiView):
    idempotent = True

    @describe(
        "Have everything about me put together",
        request=inputs.ExportInput,
        responses={202: outputs.AcceptedExportOutput},
        parameters=[IDEMPOTENCY_KEY],
        tags=["users"],
    )
    def post(self, request: Request) -> Response:
        """A ZIP file of JSON, CSV and media, made by a job; you are told when it is there. At most 5 a day."""
        self.read(inputs.ExportInput)
        self.verdict = charge("export", str(self.actor.user_id))
        id = privacy.request_export(self.actor, address=request_address(request)[:64])
        shape = outputs.accepted_shape(find(self.actor.user_id, id))
        return respond(shape, 202, location=f"/api/v1/users/export/{id}")


class ExportView(ApiView):
    @describe(
        "How an export stands, and its file",
        responses={200: outputs.ExportOutput},
        parameters=[IF_NONE_MATCH],
        tags=["users"],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """The file is there for 7 days; its address is good for 15 minutes, so ask again for another, without
        `If-None-Match`: a new address alone makes no new `ETag`."""
        export = DataExport.objects.filter(pk=id, user_id=self.actor.user_id).first()
        if export is None:
            raise NotFound()
        job = find(self.actor.user_id, id)
        shape = outputs.export_shape(export, job, settings.PUBLIC_URL)
        return respond_tagged(request, outputs.export_tag(shape), shape)
