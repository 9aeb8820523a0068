"""How a form analysis looks to clients: one shape for list, detail and the answer to an upload."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analysis.core.results import Severity, View
from analysis.form import media
from fitai.common.job_views import JobError
from fitai.common.models import Job

COLUMNS = (
    *media.COLUMNS,
    "exercise_id",
    "set_id",
    "status",
    "error",
    "result",
    "created_at",
    "now_status",
    "now_stage",
    "now_progress",
)
Row = Mapping[str, Any]


def shape(row: Row, viewer_id: UUID, base: str) -> dict[str, Any]:
    """A form analysis as its viewer sees it; `base` is what addresses begin with (`https://host`)."""
    finished = row["status"] == Job.Status.SUCCEEDED
    return {
        "job_id": row["id"],
        "status": row["now_status"],
        "stage": row["now_stage"],
        "progress": row["now_progress"],
        "error": row["error"],
        "result": {**row["result"], "media": media.links_of(row, viewer_id, base)} if finished else None,
        "exercise_id": row["exercise_id"],
        "set_id": row["set_id"],
        "created_at": row["created_at"],
    }


def accepted(row: Row) -> dict[str, Any]:
    """The answer to an upload."""
    return {"job_id": row["id"], "status": row["now_status"]}


@extend_schema_field({"oneOf": [{"type": "string", "enum": [view.value for view in View]}, {"type": "null"}]})
class ViewOrNull(serializers.ChoiceField):
    """A word, or null. Said by hand, and never with `allow_null`: drf-spectacular loses the null of an enum that it
    names, and adds another one to what is said here each time it writes the document."""


@extend_schema_field({"type": "object", "additionalProperties": {"type": ["number", "string", "null"]}})
class SetMetrics(serializers.DictField):
    """Numbers by name, and the tempo, which is a text."""


class FormAcceptedOutput(serializers.Serializer):
    """The job that analyses the video; the same one for the same video asked for in the same way."""

    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(Job.Status.choices)


class FormRepetitionOutput(serializers.Serializer):
    """One repetition in seconds of the video: from rest to rest, with the turn in its middle."""

    start_s = serializers.FloatField()
    extreme_s = serializers.FloatField()
    end_s = serializers.FloatField()
    counted = serializers.BooleanField(help_text="false where its working phase is not in the video")
    strict_ok = serializers.BooleanField(help_text="no major fault was seen in it")
    metrics = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="by name; the unit is in the name"
    )


class EvidenceOutput(serializers.Serializer):
    metric = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    threshold = serializers.FloatField()
    source = serializers.CharField(help_text="who says so")  # type: ignore[assignment]  # a field


class FormCueOutput(serializers.Serializer):
    """One thing to do better, and the second of the video at which to look."""

    code = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.ChoiceField([(one.value, one.value) for one in Severity])
    rep = serializers.IntegerField(allow_null=True, help_text="counted from 1; null for the whole set")
    time_s = serializers.FloatField()
    evidence = EvidenceOutput()
    confidence = serializers.FloatField(min_value=0, max_value=1)


class NotJudgedOutput(serializers.Serializer):
    code = serializers.CharField()
    why = serializers.CharField()


class UnseenOutput(serializers.Serializer):
    """A stretch of the video in which the person, or what is judged by, was not seen well."""

    from_s = serializers.FloatField()
    to_s = serializers.FloatField()
    why = serializers.CharField()


class PersonInViewOutput(serializers.Serializer):
    """Somebody in the video, by the number that picks them."""

    person = serializers.IntegerField()
    box = serializers.ListField(
        child=serializers.FloatField(),
        min_length=4,
        max_length=4,
        help_text="x1, y1, x2, y2 in pixels of the upright picture, which is shrunk to 1280 a side where it is larger",
    )
    time_s = serializers.FloatField(help_text="when they were first seen, there")
    subject = serializers.BooleanField(help_text="the one who was analysed")


class PoseModelOutput(serializers.Serializer):
    """The pose model that looked."""

    name = serializers.CharField()
    digest = serializers.CharField()


class FormMediaOutput(serializers.Serializer):
    """Addresses that are good for 15 minutes, for this viewer; read the analysis again for new ones."""

    video = serializers.URLField(allow_null=True, help_text="the annotated video; null until it is drawn")
    chart = serializers.URLField(allow_null=True)
    frames = serializers.ListField(
        child=serializers.URLField(), help_text="of the worst and the best repetition, once they are drawn"
    )


class FormResultOutput(serializers.Serializer):
    """What the video shows."""

    repetitions = FormRepetitionOutput(many=True)
    count = serializers.IntegerField()
    strict_count = serializers.IntegerField(help_text="only those without a major fault")
    confidence = serializers.FloatField(help_text="of the count")
    guess = serializers.CharField(allow_null=True, help_text="what it looks like, where the exercise is not known")
    metrics = SetMetrics(help_text="of the set, by name; the unit is in the name, the tempo is a text")
    cues = FormCueOutput(many=True)
    not_judged = NotJudgedOutput(many=True)
    visibility = UnseenOutput(many=True)
    view = ViewOrNull([(view.value, view.value) for view in View])
    people = PersonInViewOutput(many=True)
    model = PoseModelOutput()
    core_version = serializers.IntegerField()
    rubric_version = serializers.IntegerField(allow_null=True)
    media = FormMediaOutput()


class FormAnalysisOutput(serializers.Serializer):
    """A filmed set: how far its analysis is, and what it says once it stands."""

    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(Job.Status.choices)
    stage = serializers.CharField(allow_blank=True, help_text="what it is doing, in a word")
    progress = serializers.FloatField(min_value=0, max_value=1)
    error = JobError(allow_null=True)
    result = FormResultOutput(allow_null=True)
    exercise_id = serializers.UUIDField()
    set_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class FormAnalysisPage(serializers.Serializer):
    results = FormAnalysisOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
