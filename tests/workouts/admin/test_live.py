"""A workout's page keeps itself up to date while somebody trains, and leaves it alone afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from fitai.common.live import presence
from fitai.common.live.presence import Follower
from tests.cast import ApiClient
from tests.workouts.gym import BENCH, Gym, counted, ok
from workouts.admin import live
from workouts.admin.live import Live
from workouts.models import Workout

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Watch:
    """What the server takes for the time."""

    at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(live, "timezone", watch)
    return watch


def page(workout: str) -> str:
    return reverse("admin:workouts_workout_change", args=[workout])


def shown(answer: Any) -> Live | None:
    assert answer.status_code == 200
    found: Live | None = answer.context["page"].live
    return found


class Tab:
    """A browser's tab with a workout's page, that asks as htmx does."""

    def __init__(self, desk: Client, workout: str) -> None:
        self.desk, self.address = desk, page(workout)
        self.read(desk.get(self.address))

    def read(self, answer: HttpResponse) -> None:
        self.text = answer.content.decode()
        _, _, rest = self.text.partition('data-live hx-get="')
        self.next = unescape(rest.partition('"')[0])

    def ask(self) -> int:
        answer = self.desk.get(self.address + self.next)
        if answer.status_code == 200:
            self.read(answer)
        return answer.status_code


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train(name="Legs")


@pytest.fixture
def tab(desk: Client, workout: str) -> Tab:
    return Tab(desk, workout)


def test_a_set_appears_and_nothing_new_is_no_answer(tab: Tab, gym: Gym, workout: str) -> None:
    assert [tab.ask(), tab.ask()] == [204, 204]
    gym.log(workout, BENCH, reps=7, weight=61, weight_unit="kg")
    assert "7 × 61 kg" not in tab.text
    assert tab.ask() == 200
    assert "7 × 61 kg" in tab.text
    assert tab.ask() == 204


def test_it_asks_for_the_page_of_events_that_is_shown(desk: Client, gym: Gym, workout: str) -> None:
    for number in range(51):
        ok(gym.device.patch(f"/api/v1/workouts/{workout}", {"name": f"Name {number}"}))
    tab = Tab(desk, workout)
    tab.read(desk.get(tab.address, {"events": "2"}))
    assert tab.next.startswith("?events=2&since=")
    gym.do(workout, "pause")
    assert tab.ask() == 200
    assert ("Paused" in tab.text, tab.next[:9]) == (True, "?events=2")


def test_once_a_minute_it_is_made_anew(tab: Tab, time: Watch) -> None:
    time.at += timedelta(seconds=59)
    assert tab.ask() == 204
    time.at += timedelta(seconds=1)
    assert [tab.ask(), tab.ask()] == [200, 204]


@pytest.mark.parametrize("verb", ["complete", "cancel"])
def test_it_asks_no_more_once_the_workout_has_ended(tab: Tab, gym: Gym, workout: str, verb: str) -> None:
    gym.do(workout, verb)
    assert tab.ask() == 200
    assert ("since=" in tab.text, "data-live" in tab.text) == (False, False)


def test_it_asks_from_the_plan_to_the_end_and_not_of_what_is_deleted(desk: Client, gym: Gym) -> None:
    workout = str(gym.new()["id"])
    asking = [shown(desk.get(page(workout))) is not None]
    for verb in ("start", "pause", "resume", "complete"):
        gym.do(workout, verb)
        asking.append(shown(desk.get(page(workout))) is not None)
    assert asking == [True, True, True, True, False]
    deleted = gym.train()
    ok(gym.device.delete(f"/api/v1/workouts/{deleted}"), 204)
    assert shown(desk.get(page(deleted))) is None


def test_nothing_new_costs_three_statements(tab: Tab) -> None:
    with counted() as statements:
        assert tab.ask() == 204
    assert len(statements) == 3  # session, person, workout


def test_who_is_there_is_shown_while_they_are(
    tab: Tab, workout: str, phone: ApiClient, watch: ApiClient, coach: User
) -> None:
    assert "Here now: nobody" in tab.text
    assert phone.user is not None
    stream, me = f"workout:{workout}", str(phone.user.pk)
    followers = [
        Follower("s1", me, "d1", "watch"),
        Follower("s2", me, "d2", "phone"),
        Follower("s3", me, "d2", "phone"),
        Follower("s4", str(coach.pk), "d3", "<i>tablet</i>"),
    ]
    for follower in followers:
        presence.enter(stream, follower)
    assert tab.ask() == 200
    assert "Here now: &lt;i&gt;tablet&lt;/i&gt; (coach), phone, watch<" in tab.text
    presence.leave(stream, followers[1])
    assert tab.ask() == 204  # a device counts once, however many sockets it has
    for follower in followers:
        presence.leave(stream, follower)
    assert tab.ask() == 200
    assert "Here now: nobody" in tab.text


def test_without_valkey_the_page_tells_of_the_workout_alone(
    tab: Tab, gym: Gym, workout: str, no_hints: Callable[[], None]
) -> None:
    no_hints()
    assert tab.ask() == 200
    assert "Here now" not in tab.text
    assert tab.ask() == 204
    gym.log(workout, BENCH, reps=7)
    assert tab.ask() == 200


def test_a_rest_is_shown_with_its_end(tab: Tab, gym: Gym, workout: str) -> None:
    ok(gym.device.post(f"/api/v1/workouts/{workout}/rest", {"seconds": 90}), 200)
    assert tab.ask() == 200
    ends = Workout.objects.get(pk=workout).rest["ends_at"][11:19]
    assert (f"until {ends}" in tab.text, "<dt>Rest</dt>" in tab.text) == (True, True)


@pytest.mark.parametrize("since", ["", "nonsense", "é" * 50])
def test_what_is_no_version_is_answered_with_the_page(desk: Client, workout: str, since: str) -> None:
    assert desk.get(page(workout), {"since": since}).status_code == 200


def test_versions_are_for_admins(tab: Tab, moderator: User, athlete: User) -> None:
    def answers(person: User) -> int:
        client = Client()
        client.force_login(person)
        return client.get(tab.address + tab.next).status_code

    assert (answers(moderator), answers(athlete), Client().get(tab.address + tab.next).status_code) == (403, 302, 302)
