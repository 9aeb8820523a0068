"""The product's addresses, and beside them views that fail or answer in ways that no route of the product should."""

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from fitai import urls
from fitai.common.actors import require_verified
from fitai.common.api import ApiView, check_if_match, etag_of, respond, respond_tagged
from fitai.common.ids import uuid7
from fitai.common.models import Job
from fitai.common.pagination import paginate
from fitai.common.problems import Conflict, not_found_in_body
from fitai.common.rendering import Response

handler404, handler500 = urls.handler404, urls.handler500


class FailingView(ApiView):
    """Fails as its query says."""

    query = ("how",)

    def get(self, request: Request) -> Response:
        match request.query_params["how"]:
            case "bug":
                raise RuntimeError(f"accounts_user was not found below {settings.BASE_DIR}")
            case "statement":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
            case "absent":
                raise Http404("workouts_workout 17")
            case "denied":
                raise exceptions.PermissionDenied("internal reason")
            case "invalid":
                raise exceptions.ValidationError({"sets": [{}, {"reps": ["Too many."]}]})
            case "unverified":
                require_verified(self.actor)
            case "conflict":
                raise Conflict(state="completed")
            case "reference":
                raise not_found_in_body("/exercise_id", "exercise")
        return respond({})


class LiftInput(serializers.Serializer):
    """Members of every kind of trouble."""

    reps = serializers.IntegerField(min_value=0, required=False)
    weight = serializers.DecimalField(max_digits=7, decimal_places=3, required=False)
    at = serializers.DateTimeField(required=False)
    id = serializers.UUIDField(read_only=True)

    class Tempo(serializers.Serializer):
        down = serializers.IntegerField(required=False)

    tempo = Tempo(required=False)
    tempos = Tempo(many=True, required=False)


class LiftView(ApiView):
    """Reads a body strictly and says what it understood."""

    query = ("unit",)

    def post(self, request: Request) -> Response:
        return respond(self.read(LiftInput))


class ChargeView(ApiView):
    """Makes a row that costs something, once for each key."""

    idempotent = True

    def post(self, request: Request) -> Response:
        time.sleep(float(request.data.get("seconds", 0)))
        job = Job.objects.create(
            kind="tests.charge", dedupe_key=str(uuid7()), not_before="2030-01-01T00:00:00Z", user_id=self.actor.user_id
        )
        if request.data.get("fails") == "late":
            raise RuntimeError("after the row")
        if request.data.get("fails") == "refused":
            raise Conflict()
        return respond({"id": str(job.pk)}, 201, location=f"/api/v1/jobs/{job.pk}", headers={"ETag": '"1"'})


class RowsView(ApiView):
    """A list in the order that the query names."""

    query = ("cursor", "limit", "by")
    orders = {
        None: ("-created_at", "-id"),
        "oldest": ("created_at", "id"),
        "progress": ("-progress", "-not_before", "-id"),
        "kind": ("kind", "id"),
    }

    def get(self, request: Request) -> Response:
        order = self.orders[request.query_params.get("by")]
        rows = Job.objects.filter(user_id=self.actor.user_id).values(
            "id", "created_at", "progress", "not_before", "kind"
        )

        def shape(page: Any) -> list[dict[str, Any]]:
            return [{"id": row["id"], "kind": row["kind"]} for row in page]

        return respond(paginate(request, rows, order=order, shape=shape))


class TaggedView(ApiView):
    """One resource that never changes."""

    def get(self, request: Request) -> Response:
        return respond_tagged(request, etag_of("bar", 20), {"bar_kg": 20})

    def patch(self, request: Request) -> Response:
        check_if_match(request, etag_of("bar", 20))
        return respond({"bar_kg": 20})


class OpenView(ApiView):
    """Anybody may look."""

    public = True

    def get(self, request: Request, id: UUID | None = None) -> Response:
        return respond({"known": request.user is not None})


def broken_page(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a page of the admin, say")


urlpatterns = [
    *urls.urlpatterns,
    path("api/v1/tests/failing", FailingView.as_view()),
    path("api/v1/tests/lifts", LiftView.as_view()),
    path("api/v1/tests/charges", ChargeView.as_view()),
    path("api/v1/tests/rows", RowsView.as_view()),
    path("api/v1/tests/tagged", TaggedView.as_view()),
    path("api/v1/tests/open", OpenView.as_view()),
    path("tests/page", broken_page),
]
