"""What the form analysis of a filmed set says of it on the page of its workout in the admin."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from analysis.core.results import SEVERITIES
from analysis.form.admin import SEVERITY_COLOURS
from analysis.form.models import FormAnalysis
from fitai.common.models import Job
from workouts.admin.remarks import READERS, Point, Remark

WORST = 3
COLUMNS = (
    "pk",
    "set_id",
    "now_status",
    "now_progress",
    "error__code",
    "result__count",
    "result__strict_count",
    "result__cues",
)


def read_remarks(set_ids: Collection[str]) -> dict[str, list[Remark]]:
    """The analyses of these sets, by set, the first one first."""
    rows = (
        FormAnalysis.objects.as_they_stand().filter(set__in=[UUID(id) for id in set_ids]).order_by("created_at", "pk")
    )
    found: dict[str, list[Remark]] = {}
    for row in rows.values(*COLUMNS):
        link = reverse("admin:analysis_formanalysis_change", args=[row["pk"]])
        remark = Remark("Form analysis", link, _said(row), worst_cues(row["result__cues"] or ()))
        found.setdefault(str(row["set_id"]), []).append(remark)
    return found


def _said(row: Mapping[str, Any]) -> str:
    status = Job.Status(row["now_status"])
    if status == Job.Status.SUCCEEDED:
        return f"{row['result__count']} reps counted, {row['result__strict_count']} strict"
    if status == Job.Status.PROCESSING:
        return f"is being analysed, {row['now_progress']:.0%}"
    if row["error__code"]:
        return f"failed ({row['error__code'].replace('_', ' ')})"
    return status.label.lower()


def worst_cues(cues: Collection[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Of the gravest faults, each kind once."""
    present = {cue["severity"] for cue in cues}
    gravest = next((severity for severity in reversed(SEVERITIES) if severity in present), None)
    if gravest is None:
        return ()
    messages: dict[str, str] = {}
    for cue in cues:
        if cue["severity"] == gravest:
            messages.setdefault(cue["code"], cue["message"])
    return tuple(Point(gravest, SEVERITY_COLOURS[gravest], text) for text in [*messages.values()][:WORST])


READERS.append(read_remarks)
