"""Groups in the admin: found, read, and ended in the name of their owner."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from fitai.common.models import Event
from tests.cast import ApiClient, committed
from tests.workouts.gym import Gym, counted, ok, stored
from tests.workouts.together import GROUPS, crowd, group_of, join
from workouts.models import Group, GroupMember, Workout

pytestmark = pytest.mark.django_db
LIST = "/admin/workouts/group/"
TABLES = ("workouts_group", "workouts_groupmember", "workouts_workout", "common_event")


def page(group: str) -> str:
    return reverse("admin:workouts_group_change", args=[group])


def found(answer: Any) -> list[tuple[str, int, int]]:
    assert answer.status_code == 200
    return [(str(group), group.joined_count, group.invited_count) for group in answer.context["cl"].result_list]


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def say_yes(desk: Client, address: str, **values: Any) -> Any:
    with committed():
        return desk.post(address, {"confirmed": "yes", **values}, follow=True)


@pytest.fixture
def groups(phone: ApiClient, ben: ApiClient, cleo: ApiClient) -> dict[str, str]:
    """Ids by name: Ada trains with Ben and has asked Cleo, who has a group of her own."""
    lifters = group_of(phone, ben, name="Lifters")
    assert cleo.user is not None
    ok(phone.post(f"{GROUPS}/{lifters}/invite", {"user_ids": [str(cleo.user.pk)]}))
    return {"Lifters": lifters, "Runners": group_of(cleo, name="Runners")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Runners", "Lifters"]),
        ("q=lift", ["Lifters"]),
        ("q=ben", ["Lifters"]),
        ("q=cleo", ["Runners", "Lifters"]),
        ("q=cleo+run", ["Runners"]),
        ("q=ben+run", []),
    ],
)
def test_the_list_and_its_search(desk: Client, groups: dict[str, str], query: str, expected: list[str]) -> None:
    counts = {"Lifters": (2, 1), "Runners": (1, 0)}
    assert found(desk.get(f"{LIST}?{query}")) == [(name, *counts[name]) for name in expected]


def test_an_id_finds_its_group_and_those_of_a_person(desk: Client, groups: dict[str, str], ben: ApiClient) -> None:
    assert ben.user is not None
    for id in (groups["Lifters"], ben.user.pk):
        assert found(desk.get(f"{LIST}?q={id}")) == [("Lifters", 2, 1)]


def test_the_list_costs_the_same_for_one_and_for_three(desk: Client, groups: dict[str, str], ben: ApiClient) -> None:
    with counted() as one:
        assert len(found(desk.get(f"{LIST}?q=Runners"))) == 1
    group_of(ben, name="Swimmers")
    with counted() as three:
        assert len(found(desk.get(LIST))) == 3
    assert (len(one), len(three)) == (4, 4)  # session, person, page, badge


def test_the_page_shows_who_trains_in_what(desk: Client, groups: dict[str, str], ben: ApiClient, gym: Gym) -> None:
    lifters, theirs = groups["Lifters"], Gym(ben).train(name="Pull")
    join(ben, lifters, workout_id=theirs)
    members = desk.get(page(lifters)).context["members"]
    shown = [
        (
            one["member"].user.username,
            one["host"],
            one["member"].joined_at is not None,
            one["workout"] and one["colour"],
        )
        for one in members
    ]
    assert shown == [("athlete", True, True, None), ("ben", False, True, "info"), ("cleo", False, False, None)]
    text = desk.get(page(lifters)).content.decode()
    links = [reverse("admin:workouts_workout_change", args=[theirs])]
    links += [reverse("admin:accounts_user_change", args=[one["member"].user_id]) for one in members]
    assert [link for link in links if f'href="{link}"' not in text] == []
    assert "2 joined, 1 invited" in text


def test_the_page_costs_the_same_for_few_and_for_many(desk: Client, groups: dict[str, str]) -> None:
    desk.get(page(groups["Runners"]))  # what Django looks up once a process
    with counted() as few:
        desk.get(page(groups["Runners"]))
    crowd(groups["Lifters"], 9, joined=True)
    with counted() as many:
        assert len(desk.get(page(groups["Lifters"])).context["members"]) == 12
    assert (len(few), len(many)) == (5, 5)  # session, person, group, members, badge


def test_names_are_text(desk: Client, phone: ApiClient, athlete: User) -> None:
    evil = "<script>alert(1)</script>"
    User.objects.filter(pk=athlete.pk).update(display_name=evil)
    group = group_of(phone, name=evil, workout_id=Gym(phone).train(name=evil))
    for address in (LIST, page(group)):
        content = desk.get(address).content.decode()
        assert (evil in content, "&lt;script&gt;alert(1)" in content) == (False, True), address


def test_ending_asks_first_and_is_the_owners_operation(
    desk: Client, groups: dict[str, str], operator: User, gym: Gym, ben: ApiClient
) -> None:
    lifters, workout = groups["Lifters"], gym.train()
    join(gym.device, lifters, workout_id=workout)
    before = stored(*TABLES)
    assert desk.get(f"{LIST}{lifters}/end/").context["title"] == "End these groups?"
    assert stored(*TABLES) == before

    answer = say_yes(desk, f"{LIST}{lifters}/end/")
    assert (told(answer), answer.redirect_chain[-1][0]) == (["1 group ended."], LIST)
    assert list(Group.objects.values_list("name", flat=True)) == ["Runners"]
    assert (
        GroupMember.objects.filter(group=lifters).count()
        == Event.objects.filter(stream=f"group:{lifters}").count()
        == 0
    )
    assert Workout.objects.filter(pk=workout).exists()
    assert ben.get(f"{GROUPS}/{lifters}").status_code == 404
    log = LogEntry.objects.filter(object_id=lifters).values_list("user_id", "change_message")
    assert list(log) == [(operator.pk, "Ended")]


def test_several_are_ended_from_the_list(desk: Client, groups: dict[str, str]) -> None:
    answer = say_yes(desk, LIST, action="end_groups", _selected_action=list(groups.values()))
    assert (told(answer), Group.objects.count()) == (["2 groups ended."], 0)


def test_nothing_else_is_written_and_nobody_else_reads(
    desk: Client, groups: dict[str, str], moderator: User, athlete: User
) -> None:
    before, lifters = stored(*TABLES), groups["Lifters"]
    assert desk.post(page(lifters), {"name": "Mine"}).status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{lifters}/delete/", {"post": "yes"}).status_code == 403
    for person, status in ((moderator, 403), (athlete, 302)):
        client = Client()
        client.force_login(person)
        reached = [
            client.get(LIST),
            client.get(page(lifters)),
            client.post(f"{LIST}{lifters}/end/", {"confirmed": "yes"}),
        ]
        assert [answer.status_code for answer in reached] == [status] * 3
    assert stored(*TABLES) == before


def test_a_group_that_is_gone_is_not_there(desk: Client, groups: dict[str, str]) -> None:
    id = "01890000-0000-7000-8000-0000000000ff"
    assert (desk.get(f"{LIST}{id}/end/").status_code, desk.get(page(id)).status_code) == (404, 302)
