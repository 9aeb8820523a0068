"""Form analyses in the admin: found, looked at, tried again and deleted."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from analysis.form.models import FormAnalysis
from fitai.common.models import Job
from tests.analysis.form.studio import Studio, stored
from tests.cast import client_of, committed, make_person

pytestmark = pytest.mark.django_db
LIST = "/admin/analysis/formanalysis/"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def operator(db: None) -> User:
    return make_person("olga", display_name="Olga", role=Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def page(id: str) -> str:
    return reverse("admin:analysis_formanalysis_change", args=[id])


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [str(one.pk) for one in answer.context["cl"].result_list]


def fail(studio: Studio, video: bytes | None = None) -> str:
    """An analysis that failed through a fault of ours."""
    studio.fault = RuntimeError("CUDA out of memory")
    id = studio.ask(video or studio.roll())
    Job.objects.filter(pk=id).update(max_attempts=1)
    studio.work()
    studio.fault = None
    return id


def say_yes(desk: Client, address: str, **values: Any) -> Any:
    with committed():
        return desk.post(address, {"confirmed": "yes", **values}, follow=True)


def test_search_and_filters(desk: Client, studio: Studio, stranger: User) -> None:
    ada, failed = studio.ask(studio.roll(), view="side"), fail(studio)
    sam = str(studio.send(studio.roll(), client_of(stranger)).json()["job_id"])
    for query, expected in {
        "": [sam, failed, ada],
        "q=ada": [failed, ada],
        "q=stranger@example": [sam],
        "q=ada+squat": [failed, ada],
        "q=bench": [],
        f"q={sam}": [sam],
        f"q={stranger.pk}": [sam],
        "status__exact=failed": [failed],
        "view__exact=side": [ada],
        "error=failed": [failed],
        "error=too_long": [],
        f"exercise__id__exact={studio.squat.pk}": [sam, failed, ada],
    }.items():
        assert found(desk.get(f"{LIST}?{query}")) == expected, query


def test_the_list_costs_the_same_for_one_and_for_three(desk: Client, studio: Studio, stranger: User) -> None:
    counts = []
    for device in (studio.device, client_of(stranger)):
        studio.send(studio.film(), device)
        studio.work()
        desk.get(LIST)
        with CaptureQueriesContext(connection) as statements:
            answer = desk.get(LIST)
        counts.append(len(statements))
        fail(studio)
    assert (counts, len(found(answer))) == ([4, 4], 3)  # session, person, page, what awaits review


def test_the_page_shows_all_that_was_found(desk: Client, studio: Studio, operator: User) -> None:
    id = studio.ask()
    studio.work()
    result = stored(id).result
    result["cues"] = [
        {
            "code": "depth",
            "message": "Sink a little deeper.",
            "severity": "minor",
            "rep": 2,
            "time_s": 4.067,
            "evidence": {"metric": "knee_angle_deg", "value": 101.2, "threshold": 90, "source": "IPF"},
            "confidence": 0.81,
        }
    ]
    FormAnalysis.objects.update(result=result)
    desk.get(page(id))  # what Django looks up once a process
    with CaptureQueriesContext(connection) as statements:
        answer = desk.get(page(id))
    assert len(statements) == 6  # session, person, the analysis twice, its jobs, what awaits review
    text = answer.content.decode()
    said = ("Barbell Back Squat", "Ada Athlete", "Sink a little deeper.", "knee_angle_deg 101.2", "(IPF)", "heel_lift")
    assert [part for part in said if part not in text] == []
    assert 'data-seek="4.067"' in text
    assert "<svg" in text
    chart = answer.context["page"].chart
    assert chart == (studio.home / "media" / stored(id).chart).read_text()


def test_an_error_is_shown_as_it_was(desk: Client, studio: Studio) -> None:
    text = desk.get(page(fail(studio))).content.decode()
    assert "RuntimeError(&#x27;CUDA out of memory&#x27;)" in text
    assert "It failed several times." in text


def test_texts_are_text(desk: Client, studio: Studio, athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(display_name=EVIL)
    id = studio.ask()
    studio.work()
    result = stored(id).result
    result["not_judged"] = [{"code": EVIL, "why": EVIL}]
    FormAnalysis.objects.update(result=result)
    for address in (LIST, page(id)):
        content = desk.get(address).content.decode()
        assert (EVIL in content, "&lt;script&gt;alert(1)" in content) == (False, True), address


def test_what_failed_is_begun_again_after_a_yes(desk: Client, studio: Studio, operator: User) -> None:
    id = fail(studio, studio.film())
    assert [one["title"] for one in desk.get(page(id)).context["actions_detail"]] == ["Analyse again", "Delete"]
    assert desk.get(f"{LIST}{id}/rerun/").context["title"] == "Analyse these again?"
    assert stored(id).status == "failed"
    say_yes(desk, f"{LIST}{id}/rerun/")
    assert (stored(id).status, studio.see(id)["status"], stored(id).charged_seconds) == ("queued", "queued", 0)
    studio.work()
    assert studio.see(id)["result"]["count"] == 3
    assert stored(id).charged_seconds == 0
    assert [one["title"] for one in desk.get(page(id)).context["actions_detail"]] == ["Delete"]
    assert LogEntry.objects.get(object_id=id).change_message == "Begun again"


def test_what_cannot_be_begun_again_is_refused(desk: Client, studio: Studio) -> None:
    gone, unreadable, done = fail(studio), studio.ask(b"no film"), studio.ask()
    studio.work()
    (studio.home / "media" / stored(gone).original).unlink()
    FormAnalysis.objects.filter(pk=gone).update(original="")
    chosen = {"action": "rerun_analyses", "_selected_action": [unreadable, gone, done]}
    answer = say_yes(desk, LIST, **chosen)
    said = sorted(str(message).rpartition(": ")[2] for message in answer.context["messages"])
    assert said == ["it is failed", "it is succeeded", "its video is gone"]
    assert Job.objects.filter(status="queued", kind="form.analyse").count() == 0


def test_deleting_removes_everything(desk: Client, studio: Studio) -> None:
    one, other = studio.ask(), studio.ask()
    studio.work()
    answer = say_yes(desk, f"{LIST}{one}/remove/")
    assert answer.redirect_chain[-1][0] == LIST
    say_yes(desk, LIST, action="delete_analyses", _selected_action=[other])
    assert (FormAnalysis.objects.count(), Job.objects.count(), studio.files()) == (0, 0, [])


def test_videos_are_private_to_moderators(studio: Studio, moderator: User) -> None:
    id, client = studio.ask(studio.roll()), Client()
    client.force_login(moderator)
    reached = [
        client.get(LIST),
        client.get(page(id)),
        client.post(f"{LIST}{id}/remove/", {"confirmed": "yes"}),
        client.post(f"{LIST}{id}/rerun/", {"confirmed": "yes"}),
        client.post(LIST, {"action": "delete_analyses", "_selected_action": [id], "confirmed": "yes"}),
    ]
    assert [answer.status_code for answer in reached] == [403] * 5
    assert stored(id).status == "queued"


def test_nothing_is_written_in_a_form(desk: Client, studio: Studio) -> None:
    id = studio.ask(studio.roll())
    assert desk.post(page(id), {"status": "succeeded"}).status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403
    assert stored(id).status == "queued"
