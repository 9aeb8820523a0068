"""What a form analysis shows through links, and to whom."""

from typing import Any
from uuid import UUID

import pytest

from accounts.enums import Role
from accounts.models import Coaching, User
from analysis.form import media
from fitai.common.media.links import link
from tests.analysis.form.studio import V1, Studio
from tests.cast import ApiClient, client_of, let_see, make_person

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


@pytest.mark.parametrize("over", ["ended", "narrowed", "role taken"])
def test_a_coach_looks_at_form_videos_until_that_is_over(
    studio: Studio, chart: str, athlete: User, coach: User, over: str
) -> None:
    device, id = client_of(coach), newest(studio)
    assert device.get(f"{V1}/{id}").status_code == 404
    coaching = let_see(athlete, coach, "form_videos", "workouts")
    seen = device.get(f"{V1}/{id}").json()["result"]["media"]
    assert seen["chart"] != chart
    assert get(seen["chart"]).status_code == 200
    assert device.get(V1).json()["results"] == []
    refused = [device.post(f"{V1}/{id}/cancel"), device.delete(f"{V1}/{id}")]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert get(chart).status_code == 200

    match over:
        case "ended":
            Coaching.objects.update(ended_at=coaching.accepted_at)
        case "narrowed":
            Coaching.objects.update(areas=["workouts"])
        case "role taken":
            User.objects.filter(pk=coach.pk).update(role=Role.USER)

    assert [get(address).status_code for address in (seen["chart"], chart)] == [404, 200]
    answers = [device.get(f"{V1}/{id}"), device.post(f"{V1}/{id}/cancel"), device.delete(f"{V1}/{id}")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


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
