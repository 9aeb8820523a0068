"""Workouts in the admin: found, read, deleted and brought back."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import ApiClient, client_of, committed, make_person
from tests.workouts.gym import BENCH, SQUAT, Gym, counted, ok, stored
from workouts.models import Workout

LIST = "/admin/workouts/workout/"
FIVE = {"reps": 5, "weight": 100, "weight_unit": "kg"}


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [workout.name for workout in answer.context["cl"].result_list]


def page(workout: str) -> str:
    return reverse("admin:workouts_workout_change", args=[workout])


def say_yes(desk: Client, address: str, **values: Any) -> Any:
    with committed():
        return desk.post(address, {"confirmed": "yes", **values}, follow=True)


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def week(gym: Gym, stranger: User) -> dict[str, str]:
    """Ids by name: Ada benched and squats now, Sam's workout is planned, and Ada deleted one."""
    sam = Gym(client_of(stranger, "watch"))
    ids = {
        "Push": gym.whole("2026-11-02T18:00", FIVE, name="Push")["id"],
        "Legs": gym.train(name="Legs"),
        "Stretching": sam.new(name="Stretching")["id"],
        "Mistake": gym.whole("2026-11-03T18:00", FIVE, name="Mistake")["id"],
    }
    gym.log(ids["Legs"], SQUAT, **FIVE)
    ok(gym.device.delete(f"/api/v1/workouts/{ids['Mistake']}"), 204)
    return ids


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Stretching", "Legs", "Push"]),
        ("q=push", ["Push"]),
        ("q=ada", ["Legs", "Push"]),
        ("q=stranger@example", ["Stretching"]),
        ("q=bench", ["Push"]),
        ("q=ada+squat", ["Legs"]),
        ("q=sam+squat", []),
        ("status__exact=completed", ["Push"]),
        ("active=yes", ["Legs"]),
        ("active=no", ["Stretching", "Push"]),
        (f"exercises__exercise__id__exact={SQUAT}", ["Legs"]),
        ("performed_at_from=2026-11-02&performed_at_to=2026-11-02", ["Push"]),
        ("performed_at_from=2026-11-03&performed_at_to=2026-11-05", ["Legs"]),
        ("performed_at_to=nonsense", ["Stretching", "Legs", "Push"]),
        ("deleted=yes", ["Mistake"]),
        ("deleted=all&q=bench", ["Mistake", "Push"]),
    ],
)
def test_search_and_filters(desk: Client, week: dict[str, str], query: str, expected: list[str]) -> None:
    Workout.objects.filter(pk=week["Legs"]).update(performed_at="2026-11-05T10:00Z")
    Workout.objects.filter(pk=week["Stretching"]).update(performed_at="2026-11-06T10:00Z")
    assert found(desk.get(f"{LIST}?{query}")) == expected


def test_an_exercise_that_was_removed_is_not_found(desk: Client, gym: Gym) -> None:
    workout = gym.train(name="Legs")
    entry = gym.add(workout, SQUAT)
    ok(gym.device.delete(f"/api/v1/workouts/{workout}/exercise/{entry['id']}"), 204)
    assert found(desk.get(f"{LIST}?q=squat")) == []


def test_an_id_finds_its_workout_and_its_person(desk: Client, week: dict[str, str], athlete: User) -> None:
    assert found(desk.get(f"{LIST}?q={week['Push']}")) == ["Push"]
    assert found(desk.get(f"{LIST}?q={athlete.pk}")) == ["Legs", "Push"]


def test_the_list_costs_the_same_for_one_and_for_three(desk: Client, gym: Gym) -> None:
    gym.whole("2026-11-02T18:00", FIVE, name="Push")
    with counted() as one:
        desk.get(LIST)
    gym.whole("2026-11-03T18:00", FIVE, FIVE, name="Pull")
    Gym(client_of(make_person("mei"))).train(name="Legs")
    with counted() as three:
        assert len(found(desk.get(LIST))) == 3
    assert (len(one), len(three)) == (4, 4)  # session, person, page, badge


def test_the_page_costs_the_same_for_a_short_and_for_a_long_workout(desk: Client, gym: Gym) -> None:
    short = gym.whole("2026-11-02T18:00", FIVE, name="Push")["id"]
    long = gym.train(name="Long")
    for exercise in (BENCH, SQUAT, BENCH):
        gym.log(long, exercise, **FIVE)
    desk.get(page(short))  # what Django looks up once a process
    numbers = []
    for workout in (short, long):
        with counted() as statements:
            assert desk.get(page(workout)).status_code == 200
        numbers.append(len(statements))
    assert numbers == [12, 12]


def test_names_are_text(desk: Client, gym: Gym, athlete: User) -> None:
    evil = "<script>alert(1)</script>"
    User.objects.filter(pk=athlete.pk).update(display_name=evil)
    workout = gym.train(name=evil)
    gym.log(workout, **FIVE, notes=evil)
    ok(gym.device.patch(f"/api/v1/workouts/{workout}", {"notes": evil}))
    for address in (LIST, page(workout), "/admin/"):
        content = desk.get(address).content.decode()
        assert (evil in content, "&lt;script&gt;alert(1)" in content) == (False, True), address


def test_deleting_asks_first(desk: Client, week: dict[str, str]) -> None:
    before = stored()
    asked = desk.post(LIST, {"action": "delete_workouts", "_selected_action": [week["Push"]]})
    assert asked.context["title"] == "Delete these workouts?"
    assert b"Push" in asked.content
    assert desk.get(f"{LIST}{week['Push']}/remove/").context["title"] == "Delete these workouts?"
    assert stored() == before


def test_deleting_and_bringing_back_are_operations(
    desk: Client, week: dict[str, str], gym: Gym, operator: User, phone: ApiClient
) -> None:
    push = week["Push"]
    snapshot = gym.see(push)
    chosen = {"action": "delete_workouts", "_selected_action": [push, week["Mistake"]]}
    answer = say_yes(desk, f"{LIST}?deleted=all", **chosen)
    assert [message.split(": ")[-1] for message in told(answer)] == ["it is deleted already", "1 workout deleted."]
    assert phone.get(f"/api/v1/workouts/{push}").status_code == 404

    answer = say_yes(desk, f"{LIST}{push}/restore/")
    assert told(answer) == ["1 workout brought back."]
    assert gym.see(push) == {**snapshot, "seq": snapshot["seq"] + 2}
    made = [(event["type"], event["device_id"]) for event in gym.events(push)[1:]]
    assert made == [("workout.delete", "admin"), ("workout.restore", "admin")]
    log = LogEntry.objects.filter(object_id=push).order_by("pk").values_list("user_id", "change_message")
    assert list(log) == [(operator.pk, "Deleted"), (operator.pk, "Brought back")]


def test_the_page_offers_what_is_possible(desk: Client, week: dict[str, str]) -> None:
    offered = [
        [action["title"] for action in desk.get(page(week[name])).context["actions_detail"]]
        for name in ("Push", "Mistake")
    ]
    assert offered == [["Delete"], ["Bring back"]]


def test_nothing_is_written_in_a_form(desk: Client, week: dict[str, str]) -> None:
    before = stored()
    assert desk.post(page(week["Push"]), {"name": "Pull"}).status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{week['Push']}/delete/", {"post": "yes"}).status_code == 403
    assert stored() == before


def test_training_is_private_to_moderators(week: dict[str, str], moderator: User) -> None:
    client = Client()
    client.force_login(moderator)
    before = stored()
    reached = [
        client.get(LIST).status_code,
        client.get(page(week["Push"])).status_code,
        client.get(f"{LIST}{week['Push']}/remove/").status_code,
        client.post(f"{LIST}{week['Push']}/remove/", {"confirmed": "yes"}).status_code,
        client.post(
            LIST, {"action": "delete_workouts", "_selected_action": [week["Push"]], "confirmed": "yes"}
        ).status_code,
        client.get("/admin/common/event/").status_code,
        client.get("/admin/common/job/").status_code,
        client.get("/admin/exercises/exercise/").status_code,
        client.get(f"/admin/exercises/exercise/{BENCH}/change/").status_code,
    ]
    assert reached == [403] * 7 + [200, 200]
    assert stored() == before


def test_a_person_who_is_no_staff_is_sent_to_the_log_in(week: dict[str, str], athlete: User) -> None:
    client = Client()
    client.force_login(athlete)
    answer = client.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={LIST}")


@pytest.mark.parametrize("id", ["01890000-0000-7000-8000-0000000000ff", "nonsense"])
def test_an_unknown_workout_is_not_there(desk: Client, id: str) -> None:
    assert desk.get(f"{LIST}{id}/remove/").status_code == 404
    assert desk.get(page(id)).status_code == 302  # to the first page, with a message
