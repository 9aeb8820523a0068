"""What the analysis of a filmed set says on its workout's page in the admin."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from analysis.form.models import FormAnalysis
from analysis.form.remarks import read_remarks, worst_cues
from fitai.common.models import Job
from tests.analysis.form.studio import Studio
from tests.cast import make_person
from tests.workouts.gym import Gym, counted
from workouts.admin.remarks import Point, Remark

pytestmark = pytest.mark.django_db


def cue(code: str, severity: str, message: str) -> dict[str, Any]:
    return {"code": code, "severity": severity, "message": message}


CUES = [
    cue("knees", "minor", "Knees out."),
    cue("depth", "major", "Sink deeper."),
    cue("back", "major", "Keep the back straight."),
    cue("depth", "major", "Sink much deeper."),
    cue("tempo", "info", "Slower."),
]


def link(analysis: str) -> str:
    return reverse("admin:analysis_formanalysis_change", args=[analysis])


@pytest.fixture
def film(studio: Studio) -> Any:
    """A set of Ada's squats in a workout, filmed: (workout, set, analysis)."""
    gym = Gym(studio.device)
    workout = gym.train()

    def filmed() -> tuple[str, str, str]:
        done = str(gym.log(workout, str(studio.squat.pk), reps=6)["id"])
        return workout, done, studio.ask(studio.roll(), set_id=done)

    return filmed


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (CUES, [("major", "danger", "Sink deeper."), ("major", "danger", "Keep the back straight.")]),
        (CUES[:1], [("minor", "warning", "Knees out.")]),
        ([cue(str(number), "info", str(number)) for number in range(4)], [("info", "info", str(n)) for n in range(3)]),
        ([], []),
    ],
)
def test_the_gravest_faults_each_once(found: list[Any], expected: list[tuple[str, str, str]]) -> None:
    assert worst_cues(found) == tuple(Point(*one) for one in expected)


def test_each_set_has_the_state_of_its_analysis(film: Any) -> None:
    sets = [film() for _ in range(4)]
    (_, queued, first), (_, running, second), (_, failed, third), (_, done, fourth) = sets
    Job.objects.filter(pk=second).update(status="processing", progress=0.4)
    rows = FormAnalysis.objects
    over = {"job": None, "finished_at": "2026-11-02T18:00Z"}
    rows.filter(pk=third).update(status="failed", error={"code": "too_long", "detail": "…"}, **over)
    result = {"count": 6, "strict_count": 5, "cues": CUES}
    rows.filter(pk=fourth).update(status="succeeded", result=result, **over)
    with counted() as statements:
        found = read_remarks([queued, running, failed, done])
    points = (Point("major", "danger", "Sink deeper."), Point("major", "danger", "Keep the back straight."))
    assert found == {
        queued: [Remark("Form analysis", link(first), "queued")],
        running: [Remark("Form analysis", link(second), "is being analysed, 40%")],
        failed: [Remark("Form analysis", link(third), "failed (too long)")],
        done: [Remark("Form analysis", link(fourth), "6 reps counted, 5 strict", points)],
    }
    assert len(statements) == 1


def test_the_page_of_the_workout_shows_it_beside_the_set(film: Any) -> None:
    operator = make_person("olga", role=Role.ADMIN, is_staff=True, is_superuser=True)
    desk = Client()
    desk.force_login(operator)
    workout, _, analysis = film()
    address = reverse("admin:workouts_workout_change", args=[UUID(workout)])
    text = desk.get(address).content.decode()
    assert f'<a class="fit-link" href="{link(analysis)}">Form analysis</a>: queued' in text
    FormAnalysis.objects.all().delete()
    assert ">Form analysis</a>" not in desk.get(address).content.decode()
