"""The picture of somebody."""

from rest_framework.request import Request

from accounts.api.inputs.avatars import AvatarInput
from accounts.api.outputs.avatars import AvatarAcceptedOutput
from accounts.operations import avatars
from fitai.common.api import ApiView, respond
from fitai.common.media.uploads import UploadParser
from fitai.common.openapi import IDEMPOTENCY_KEY, describe
from fitai.common.parsing import JsonParser
from fitai.common.rendering import Response


class AvatarView(ApiView):
    parser_classes = (UploadParser, JsonParser)
    upload = True
    idempotent = True
    limit = "avatar"
    received: str

    def prepare(self, request: Request) -> None:
        """Keeps the picture."""
        self.received = avatars.receive(self.actor, self.read(AvatarInput)["avatar"])

    @describe(
        "Show another picture of me",
        request={"multipart/form-data": AvatarInput},
        responses={202: AvatarAcceptedOutput},
        parameters=[IDEMPOTENCY_KEY],
        tags=["users"],
    )
    def post(self, request: Request) -> Response:
        """The middle of it as WebP of 64, 256 and 512 pixels, made by a job without anything that was written beside
        the picture (place, camera); of an animation the first frame. The profile shows it when the job has succeeded.

        Where it fails, `error.code` is `unreadable`, `too_large` or `too_many_pixels` for the picture, `gave_up` or
        `failed` for the server. At most 30 an hour.
        """
        job = avatars.request_avatar(self.actor, self.received)
        return respond({"job_id": job.pk, "status": job.status}, 202, location=f"/api/v1/jobs/{job.pk}")

    @describe("Show no picture of me", responses={204: None}, tags=["users"])
    def delete(self, request: Request) -> Response:
        """One that is still in the making is given up too."""
        avatars.remove_avatar(self.actor)
        return respond(None, 204)
