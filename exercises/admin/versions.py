"""What an exercise said at each of its versions, and who decided what about it: two tabs of its page."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.datasets import BaseDataset

from accounts.admin.shared import staff_actor
from exercises.admin.decisions import VERDICT_COLOURS, DecisionAdmin
from exercises.admin.history import ExerciseEvent, ExerciseEventAdmin
from exercises.admin.reading import difference, pointed
from exercises.enums import Verdict
from exercises.history import read_history, versions
from exercises.models import Decision, Exercise
from fitai.common.admin import as_uuid

SHOWN: Final = 20
DOORS: Final = {
    "http": "the app",
    "key": "an API key",
    "admin": "the admin",
    "proposal": "a proposal",
    "job": "a job",
    "catalogue": "the catalogue",
}


class Tab(BaseDataset):
    """A tab of an exercise's page that is written by ourselves."""

    tab = True
    template: str

    @property
    def contents(self) -> SafeString:
        exercise_id = as_uuid(str(self.extra_context["object"]))
        if exercise_id is None:
            return SafeString("")
        shown = {"tab": f"dataset-{self.model_name}", **self.read(exercise_id)}
        return render_to_string(self.template, shown, request=self.request)

    def read(self, exercise_id: UUID) -> dict[str, Any]:
        raise NotImplementedError


class HistoryTab(Tab):
    """Its versions, the newest first, with what each changed."""

    model, model_admin, title = ExerciseEvent, ExerciseEventAdmin, "History"
    template = "admin/exercises/history.html"

    def read(self, exercise_id: UUID) -> dict[str, Any]:
        actor = staff_actor(self.request)
        asked = self.request.GET.get("before", "")
        before = [int(asked)] if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
        rows = read_history(actor, exercise_id, whole=True)(before, False, SHOWN + 1)
        read = versions(actor, rows[:SHOWN])
        names = pointed(change for version in read for change in version.changes)
        current = Exercise.objects.filter(pk=exercise_id).values_list("version", flat=True).first()
        return {
            "exercise_id": exercise_id,
            "current": current,
            "older": rows[SHOWN - 1]["version"] if len(rows) > SHOWN else None,
            "newest": before is None,
            "versions": [
                {
                    "version": version,
                    "door": DOORS.get(version.via or "", version.via),
                    "differences": [difference(change, names) for change in version.changes],
                }
                for version in read
            ],
        }


class DecisionTab(Tab):
    """What moderators decided about it, the newest first."""

    model, model_admin, title = Decision, DecisionAdmin, "Decisions"
    template = "admin/exercises/decisions.html"

    def read(self, exercise_id: UUID) -> dict[str, Any]:
        rows = Decision.objects.filter(exercise=exercise_id).select_related("moderator").order_by("-id")[: SHOWN + 1]
        return {
            "exercise_id": exercise_id,
            "decisions": [(row, VERDICT_COLOURS[Verdict(row.verdict)]) for row in rows[:SHOWN]],
            "more": len(rows) > SHOWN,
        }


def tabs_of(request: HttpRequest) -> list[type[BaseDataset]]:
    """The tabs of the page of an exercise; none where it is being added."""
    match = request.resolver_match
    return [HistoryTab, DecisionTab] if match is not None and match.kwargs.get("object_id") else []
