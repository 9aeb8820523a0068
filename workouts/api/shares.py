"""Showing workouts to others: the routes of shares."""

from uuid import UUID

from rest_framework.request import Request

from fitai.common.actors import require_verified
from fitai.common.api import ApiView, respond, respond_tagged, tag_of
from fitai.common.openapi import IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate_fetched
from fitai.common.problems import EmailUnverified, Forbidden
from fitai.common.rendering import Response
from workouts.api import share_shapes as shapes
from workouts.operations import shares
from workouts.operations.access import require_editable
from workouts.rows.shares import SHARED_LATEST, read_shared


class ShareView(ApiView):
    @describe(
        "How a workout is shared",
        responses={200: shapes.ShareOutput, 304: None},
        parameters=[IF_NONE_MATCH],
        problems=[Forbidden],
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Its owner alone is told; 404 while it is not."""
        require_editable(self.actor, id)
        shape = shapes.share_shape(shares.read_share(self.actor, id))
        return respond_tagged(request, tag_of(shape), shape)

    @describe(
        "Share a workout, or change with whom",
        request=shapes.ShareInput,
        responses={200: shapes.ShareOutput},
        problems=[Forbidden, EmailUnverified],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Whoever is meant reads it at its own address and finds it in `GET /workouts/shared`, without notes, body
        weight, plan and whatever gives them away. The privacy of one's workouts narrows the audience at any time."""
        require_editable(self.actor, id)
        require_verified(self.actor)
        body = self.read(shapes.ShareInput)
        share = shares.share_workout(self.actor, id, audience=body["audience"], note=body.get("note") or "")
        return respond(shapes.share_shape(share))

    @describe("Share a workout no longer", responses={204: None}, problems=[Forbidden])
    def delete(self, request: Request, id: UUID) -> Response:
        """From now on it is as if it never had been; what is not shared is no error."""
        shares.unshare_workout(self.actor, id)
        return respond(None, 204)


class SharedView(ApiView):
    query = ("cursor", "limit")

    @describe("Workouts that others share with me", responses={200: shapes.SharedPage}, parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Those of friends, and those shared with everyone; the latest share first. Of whom the caller has muted there
        are none."""
        page = paginate_fetched(
            request,
            read_shared(self.actor),
            names=SHARED_LATEST,
            shape=lambda rows: shapes.shared_shapes(self.actor, rows),
        )
        return respond(page)
