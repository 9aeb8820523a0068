"""Form analyses in the admin: found by person or exercise, looked at with their video, tried again and deleted."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from analysis.core.results import Severity
from analysis.form import media
from analysis.form.models import FormAnalysis
from analysis.form.operations import DRAW, failed_through_us, remove, rerun
from exercises.models import Exercise
from fitai.common.admin import Act, AdminsOnly, as_uuid
from fitai.common.models import Job

STATUS_COLOURS = {"queued": "info", "processing": "warning", "succeeded": "success", "failed": "danger"}
SEVERITY_COLOURS = {Severity.INFO: "info", Severity.MINOR: "warning", Severity.MAJOR: "danger"}
UNITS = {"_deg": "°", "_s": " s"}
"""How the name of a metric that has a unit ends, and what its value is read with."""


def rerun_analysis(analysis: FormAnalysis) -> None:
    """From the start, with the video that is still there."""
    rerun(analysis.pk)


def delete_analysis(analysis: FormAnalysis) -> None:
    """With all its files, as its owner would."""
    remove(analysis.pk)


RERUN = Act(
    question="Analyse these again?",
    consequence="They start again from the beginning with the video that was sent. It costs their owner nothing.",
    button="Analyse again",
    done="begun again",
    perform=rerun_analysis,
)
DELETE = Act(
    question="Delete these analyses?",
    consequence="Their videos, pictures, keypoints and results are gone for good.",
    button="Delete",
    done="deleted",
    perform=delete_analysis,
)


@dataclass(frozen=True, slots=True)
class Page:
    """One analysis as the page shows it."""

    numbers: list[dict[str, Any]]
    video: str | None
    frames: list[str]
    chart: SafeString | None
    cues: list[dict[str, Any]]
    metric_names: list[str]
    repetitions: list[dict[str, Any]]
    not_judged: list[dict[str, str]]
    visibility: list[dict[str, Any]]
    last_error: str
    drawing: str


def page_of(analysis: Any, viewer_id: UUID) -> Page:
    """What an analysis has to show to somebody of the staff."""
    found = analysis.result or {}
    jobs = {job.kind: job for job in Job.objects.filter(Q(pk=analysis.pk) | Q(dedupe_key=f"{DRAW}:{analysis.pk}"))}
    drawing, first = jobs.get(DRAW), next((job for kind, job in jobs.items() if kind != DRAW), None)
    links = media.links_of({name: getattr(analysis, name) for name in media.COLUMNS}, viewer_id)
    repetitions = found.get("repetitions", [])
    names = sorted({name for one in repetitions for name in one["metrics"]})
    return Page(
        numbers=_numbers(analysis, found),
        video=links["video"],
        frames=links["frames"],
        chart=_chart(analysis.chart),
        cues=[{**cue, "colour": SEVERITY_COLOURS[cue["severity"]]} for cue in found.get("cues", [])],
        metric_names=[_unit(name)[0].replace("_", " ") for name in names],
        repetitions=[
            {
                **one,
                "times": [one["start_s"], one["extreme_s"], one["end_s"]],
                "values": [read(name, one["metrics"].get(name)) for name in names],
            }
            for one in repetitions
        ],
        not_judged=found.get("not_judged", []),
        visibility=found.get("visibility", []),
        last_error=" · ".join(job.last_error for job in (first, drawing) if job is not None and job.last_error),
        drawing="" if drawing is None or analysis.video else drawing.get_status_display(),
    )


def _numbers(analysis: FormAnalysis, found: dict[str, Any]) -> list[dict[str, Any]]:
    if not found:
        return []
    seconds = "–" if analysis.video_seconds is None else f"{analysis.video_seconds:.1f} s"
    shown = [
        ("Repetitions", found["count"], f"{found['strict_count']} without a major fault"),
        ("Confidence", f"{found['confidence']:.0%}", "of the count"),
        (
            "Filmed from",
            (found["view"] or "unknown").replace("_", " "),
            "stated" if analysis.view else "as it was told",
        ),
        ("Counted as", (analysis.profile or "unknown").replace("_", " "), "by a guess" if found["guess"] else ""),
        ("Video", seconds, f"{len(found['people'])} in view"),
        ("Tempo", found["metrics"].get("tempo") or "–", "s down, pause, up, pause"),
        ("Judged by", f"version {analysis.rubric_version or '–'}", f"core {analysis.core_version}"),
        ("Model", found["model"]["name"], found["model"]["digest"][:12]),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in shown]


def _chart(name: str) -> SafeString | None:
    """The chart itself, so that it takes on the colours of the page. Its texts were escaped when it was made."""
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return mark_safe(file.read().decode())  # noqa: S308  written by our own code alone


def read(name: str, value: float | None) -> str:
    """A metric as people read it, with the unit that its name says."""
    unit = _unit(name)[1]
    return "–" if value is None else f"{value:z.0f}{unit}" if unit == "°" else f"{value:z.2f}{unit}"


def _unit(name: str) -> tuple[str, str]:
    """(its name without the unit, the unit)."""
    for end, unit in UNITS.items():
        if name.endswith(end):
            return name.removesuffix(end), unit
    return name, ""


class ErrorFilter(admin.SimpleListFilter):
    title, parameter_name = "error", "error"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = ("too_long", "too_large", "too_many_pixels", "unreadable", "model_unavailable", "gave_up", "failed")
        return [(code, code.replace("_", " ").capitalize()) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(error__code=self.value()) if self.value() else queryset


@admin.register(FormAnalysis)
class FormAnalysisAdmin(AdminsOnly):
    """Filmed sets, newest first."""

    list_display = ["exercise", "athlete", "shown_status", "repetitions", "cues", "filmed_from", "length", "made"]
    list_display_links = ["exercise"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("exercise", AutocompleteSelectFilter),
        ("view", ChoicesDropdownFilter),
        ErrorFilter,
    ]
    list_select_related = ["user", "exercise"]
    search_fields = ["id"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Person, exercise, id"
    ordering = ["-created_at", "-id"]
    actions = ["rerun_analyses", "delete_analyses"]
    actions_detail = ["rerun_one", "delete_one"]
    change_form_template = "admin/analysis/formanalysis/page.html"
    fields = ["status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FormAnalysis]:
        rows: QuerySet[FormAnalysis] = FormAnalysis.objects.as_they_stand().select_related("user", "exercise")
        return rows.order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FormAnalysis], search_term: str
    ) -> tuple[QuerySet[FormAnalysis], bool]:
        """Each word must be in the person's names or address, or in the exercise's name."""
        identifier = as_uuid(search_term.strip())
        if identifier is not None:
            return queryset.filter(Q(pk=identifier) | Q(user=identifier)), False
        for word in search_term.split():
            people = get_user_model().objects.filter(
                Q(username__icontains=word) | Q(display_name__icontains=word) | Q(email__icontains=word)
            )
            exercises = Exercise.objects.filter(name__icontains=word)
            queryset = queryset.filter(Q(user__in=people) | Q(exercise__in=exercises))
        return queryset, False

    @display(description="person", header=True)
    def athlete(self, analysis: Any) -> tuple[str, str]:
        return analysis.user.shown_name, f"@{analysis.user.username}"

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, analysis: Any) -> tuple[str, str]:
        return analysis.now_status, Job.Status(analysis.now_status).label

    @display(description="reps")
    def repetitions(self, analysis: Any) -> str:
        return "–" if analysis.result is None else str(analysis.result["count"])

    @display(description="cues")
    def cues(self, analysis: Any) -> str:
        if analysis.result is None:
            return analysis.error["code"].replace("_", " ") if analysis.error else "–"
        said = [cue["severity"] for cue in analysis.result["cues"]]
        counts = [(said.count(severity), severity) for severity in (Severity.MAJOR, Severity.MINOR, Severity.INFO)]
        return ", ".join(f"{count} {severity}" for count, severity in counts if count) or "none"

    @display(description="view")
    def filmed_from(self, analysis: Any) -> str:
        view = analysis.view or (analysis.result or {}).get("view") or "–"
        return view.replace("_", " ")

    @display(description="length", ordering="video_seconds")
    def length(self, analysis: Any) -> str:
        return "–" if analysis.video_seconds is None else f"{analysis.video_seconds:.0f} s"

    @display(description="made", ordering="created_at")
    def made(self, analysis: Any) -> str:
        return f"{analysis.created_at:%d %b %Y, %H:%M}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        context.update(
            title=str(obj.exercise),
            subtitle=None,
            analysis=obj,
            status_text=Job.Status(obj.now_status).label,
            status_colour=STATUS_COLOURS.get(obj.now_status, "default"),
            page=page_of(obj, request.user.pk),  # type: ignore[arg-type]
        )
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Trying again only where that makes sense."""
        analysis = self.get_object(request, unquote(object_id))
        if analysis is None:
            return []
        hidden = "" if failed_through_us(analysis) and analysis.original else "rerun_one"
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if not hidden or not one.action_name.endswith(hidden)]

    @admin.action(description="Analyse again", permissions=["manage"])
    def rerun_analyses(self, request: HttpRequest, chosen: QuerySet[FormAnalysis]) -> HttpResponse | None:
        return self.carry_out(request, chosen, RERUN)

    @admin.action(description="Delete", permissions=["manage"])
    def delete_analyses(self, request: HttpRequest, chosen: QuerySet[FormAnalysis]) -> HttpResponse | None:
        return self.carry_out(request, chosen, DELETE)

    @action(description="Analyse again", url_path="rerun", icon="replay", permissions=["manage"])
    def rerun_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, RERUN)

    @action(
        description="Delete", url_path="remove", icon="delete", permissions=["manage"], variant=ActionVariant.DANGER
    )
    def delete_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        answer = self.carry_out_one(request, object_id, DELETE)
        gone = self.get_object(request, unquote(object_id)) is None
        return redirect("admin:analysis_formanalysis_changelist") if gone else answer
