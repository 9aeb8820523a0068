"""Pictures and short videos that show how an exercise is done."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from exercises.api.inputs.media import MediaInput
from exercises.api.outputs import media as outputs
from exercises.errors import MediaDecided, MediaExists, TooManyMedia
from exercises.models import Exercise, Media
from exercises.operations import media
from exercises.operations.media_decisions import delete_media
from fitai.common.api import ApiView, respond
from fitai.common.media.uploads import UploadParser
from fitai.common.openapi import IDEMPOTENCY_KEY, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.parsing import JsonParser
from fitai.common.problems import Conflict, EmailUnverified, Forbidden, NotFound
from fitai.common.rendering import Response


class ExerciseMediaView(ApiView):
    parser_classes = (UploadParser, JsonParser)
    upload = True
    idempotent = True
    query = ("cursor", "limit")
    asked: dict[str, Any]
    received: media.Received

    @property
    def limit(self) -> str | None:  # type: ignore[override]
        return "exercise-media" if self.request.method == "POST" else None

    def prepare(self, request: Request) -> None:
        """Keeps the file, for who may add it."""
        media.require_addable(self.actor, self.kwargs["id"])
        self.asked = self.read(MediaInput)
        self.received = media.receive(self.asked["file"])

    @describe("Pictures and videos of an exercise", responses={200: outputs.MediaPage}, parameters=PAGING)
    def get(self, request: Request, id: UUID) -> Response:
        """Those that everybody sees, in their order; and the caller's own wherever they stand. Whoever made the
        exercise, and moderators, see all."""
        if not Exercise.objects.visible_to(self.actor).filter(pk=id).exists():
            raise NotFound()
        rows = Media.objects.visible_to(self.actor).filter(exercise=id).values(*outputs.COLUMNS)
        return respond(
            paginate(
                request,
                rows,
                order=("position", "id"),
                shape=lambda page: outputs.shape_standing(page, self.actor.user_id),
            )
        )

    @describe(
        "Show how an exercise is done",
        request={"multipart/form-data": MediaInput},
        responses={202: outputs.MediaAcceptedOutput},
        problems=[EmailUnverified, Conflict, MediaExists, TooManyMedia],
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """A picture is made into WebP of at most 320, 640 and 1280 pixels wide, a video into an MP4 (H.264, at most
        1280 × 720 and 30 frames a second, without sound) with a poster, by a job; nothing that was written beside them
        is kept. Of an animation it is the first frame.

        Moderators decide whether everybody sees it, and the author is told. To an exercise of one's own it can be added
        at once, to one of the library with a verified address. At most 30 an hour; the same file sent again is the same
        job.

        Where the job fails, `error.code` is `unreadable`, `too_large`, `too_long` or `too_many_pixels` for the file,
        `gone` where it was taken back, `video_unavailable`, `gave_up` or `failed` for the server.
        """
        job = media.request_media(self.actor, id, self.received, alt=self.asked.get("alt", "").strip())
        told = {"job_id": job.pk, "status": job.status, "media_id": job.pk}
        return respond(told, 202, location=f"/api/v1/jobs/{job.pk}")


class OneExerciseMediaView(ApiView):
    @describe("Take a picture or video back", responses={204: None}, problems=[Forbidden, MediaDecided])
    def delete(self, request: Request, id: UUID, media_id: UUID) -> Response:
        """Whoever sent it, and who made the exercise, until it is in the library; then moderators. What is still in the
        making stops."""
        delete_media(self.actor, id, media_id)
        return respond(None, 204)
