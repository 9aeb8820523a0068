"""What people measure of themselves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts.api.inputs import metrics as inputs
from accounts.api.outputs import metrics as outputs
from accounts.models import Metric, User
from accounts.operations import metrics
from fitai.common.actors import Actor
from fitai.common.api import ApiView, check_if_match, etag_of, respond, respond_tagged, tag_of
from fitai.common.moments import moment
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, describe
from fitai.common.pagination import paginate, paginate_fetched
from fitai.common.problems import IdTaken, Invalid, NotFound, error
from fitai.common.rendering import Response

PAGING = [
    OpenApiParameter("cursor", str, description="From `next` or `previous` of a page; opaque."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": outputs.MOST_BUCKETS, "default": 20},
        description="At most 100 measurements, or 1,000 buckets with `aggregate`.",
    ),
]


class MetricsView(ApiView):
    query = ("kind", "from", "to", "aggregate", "user_id", "cursor", "limit")
    idempotent = True

    @describe(
        "Measurements, newest first",
        responses={200: outputs.MetricPage},
        parameters=[inputs.MetricListQuery, *PAGING],
        tags=["users"],
    )
    def get(self, request: Request) -> Response:
        """One's own, or with `user_id` a client's, each as it was entered. With `aggregate` a time series of one kind
        in the preferred unit, whose days and weeks are those of the person's own zone and first weekday. What has no
        measurement has no bucket."""
        asked = self.read_query(inputs.MetricListQuery)
        user_id = whose(self.actor, asked)
        if "aggregate" not in asked:
            rows = self.within(Metric.objects.filter(user_id=user_id, deleted_at=None), asked, user_id)
            order = ("-measured_at", "-id")
            return respond(paginate(request, rows, order=order, shape=outputs.metric_shapes))
        if "kind" not in asked:
            raise Invalid(errors=[error("?kind", "required", "A series is of one kind: name it.")])
        habits = outputs.read_habits(user_id)
        ends = {name: moment(asked[name], name, lambda: habits.zone) for name in ("from", "to") if name in asked}
        fetch = outputs.read_series(
            user_id,
            habits,
            kind=asked["kind"],
            period=asked["aggregate"],
            since=ends.get("from"),
            until=ends.get("to"),
        )
        shape, most = outputs.bucket_shapes, outputs.MOST_BUCKETS
        return respond(paginate_fetched(request, fetch, names=("start", "id"), shape=shape, most=most))

    def within(
        self, rows: QuerySet[Metric], asked: dict[str, Any], user_id: UUID
    ) -> QuerySet[Metric, dict[str, object]]:
        """What the query names of these."""

        def zone() -> str:
            return outputs.read_habits(user_id).zone

        if "kind" in asked:
            rows = rows.filter(kind=asked["kind"])
        if "from" in asked:
            rows = rows.filter(measured_at__gte=moment(asked["from"], "from", zone))
        if "to" in asked:
            rows = rows.filter(measured_at__lt=moment(asked["to"], "to", zone))
        return rows.values(*outputs.COLUMNS)

    @describe(
        "Write down a measurement",
        request=inputs.MetricInput,
        responses={201: outputs.MetricOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[IdTaken],
        tags=["users"],
    )
    def post(self, request: Request) -> Response:
        """It reads back for ever as it was entered."""
        metric = metrics.create_metric(self.actor, values=self.read(inputs.MetricInput))
        return answer(metric, 201, location=f"/api/v1/users/metrics/{metric.pk}")


class MetricView(ApiView):
    @describe("A measurement", responses={200: outputs.MetricOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request, id: UUID) -> Response:
        metric = self.seen(id)
        return respond_tagged(request, tag(metric), outputs.metric_shape(vars(metric)))

    @describe(
        "Correct a measurement",
        request=inputs.MetricChanges,
        responses={200: outputs.MetricOutput},
        parameters=[IF_MATCH],
        tags=["users"],
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Changes what the body names; a unit is sent together with its value."""
        self.seen(id)
        values = self.read(inputs.MetricChanges, partial=True)
        return answer(metrics.update_metric(self.actor, id, values=values, check=self.check))

    put = patch

    @describe("Delete a measurement", responses={204: None}, parameters=[IF_MATCH], tags=["users"])
    def delete(self, request: Request, id: UUID) -> Response:
        metrics.delete_metric(self.actor, id, check=self.check)
        return respond(None, 204)

    def seen(self, id: UUID) -> Metric:
        """One that the caller may read, 404 for any other."""
        metric = Metric.objects.visible_to(self.actor).filter(pk=id).first()
        if metric is None:
            raise NotFound()
        return metric

    def check(self, metric: Metric) -> None:
        check_if_match(self.request, tag(metric))


class MetricSummaryView(ApiView):
    query = ("user_id",)

    @describe(
        "How measurements stand",
        responses={200: outputs.MetricSummaryOutput},
        parameters=[inputs.MetricOwnerQuery, IF_NONE_MATCH],
        problems=[NotFound],
        tags=["users"],
    )
    def get(self, request: Request) -> Response:
        """Of each kind: the latest, what changed, and the smoothed trend.

        A change over n days is between the last value of the newest day with one, and that of the nearest day at least
        n days before it; null when there is none within n + n/2 days. The trend is an exponentially weighted moving
        average of daily means, alpha 0.1 a day (John Walker, The Hacker's Diet, 1991), which makes up
        1 - 0.9^n of the distance over a gap of n days.
        """
        shape = outputs.read_summary(whose(self.actor, self.read_query(inputs.MetricOwnerQuery)))
        return respond_tagged(request, tag_of(shape), shape)


def whose(actor: Actor, asked: Mapping[str, Any]) -> UUID:
    """Whose measurements are asked for: one's own, or those of somebody who lets the actor read them; else 404."""
    user_id: UUID = asked.get("user_id", actor.user_id)
    if user_id != actor.user_id and not User.objects.open_to(actor, "metrics").filter(pk=user_id).exists():
        raise NotFound()
    return user_id


def tag(metric: Metric) -> str:
    return etag_of("metric", metric.pk, metric.change_seq)


def answer(metric: Metric, status: int = 200, location: str | None = None) -> Response:
    """The measurement as it is now."""
    return respond(outputs.metric_shape(vars(metric)), status, location=location, headers={"ETag": tag(metric)})
