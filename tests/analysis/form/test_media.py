"""What a form analysis shows through links, and to whom."""

from typing import Any
from uuid import UUID

import pytest

from accounts.enums import Role
from accounts.models import User
from analysis.form import media
from fitai.common.media.links import link
from tests.analysis.form.studio import V1, Studio
from tests.cast import ApiClient, make_person

pytestmark = pytest.mark.django_db


def get(path: str) -> Any:
    return ApiClient().get(path.removeprefix("http://testserver"))


@pytest.fixture
def chart(studio: Studio) -> str:
    """The link to the chart of Ada's analysis."""
    return str(studio.see(studio.analysed())["result"]["media"]["chart"])


def test_the_owner_follows_her_link_without_logging_in(chart: str) -> None:
    answer = get(chart)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert b"".join(answer).startswith(b"<svg")


def test_a_link_made_for_somebody_else_leads_nowhere(studio: Studio, chart: str, stranger: User, coach: User) -> None:
    id = UUID(newest(studio))
    for person in (stranger, coach, make_person("mona", role=Role.MODERATOR, is_staff=True)):
        assert get(link(media.KIND, id, media.CHART, viewer_id=person.pk)).status_code == 404
    operator = make_person("olga", role=Role.ADMIN, is_staff=True, is_superuser=True)
    assert get(link(media.KIND, id, media.CHART, viewer_id=operator.pk)).status_code == 200


def test_an_account_that_is_closed_sees_nothing(chart: str, athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(is_active=False)
    assert get(chart).status_code == 404


def test_only_what_is_shown_is_handed_out(studio: Studio, chart: str) -> None:
    for file in ("original.video", "keypoints.npz", "annotated.mp4", "rep-1-best.webp", "chart.png", "chart"):
        assert get(chart.replace("chart.svg", file)).status_code == 404


def test_it_ends_with_the_analysis(studio: Studio, chart: str) -> None:
    assert get(chart).status_code == 200
    studio.device.delete(f"{V1}/{newest(studio)}")
    assert get(chart).status_code == 404


def newest(studio: Studio) -> str:
    return str(studio.device.get(V1).json()["results"][0]["job_id"])
