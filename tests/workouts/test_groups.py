"""Training together, each in an own workout: the routes of groups, and what they let people see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Block, Mute, Notification, User
from accounts.operations import blocks
from fitai.common.models import Event
from tests.cast import ApiClient, actor_of, client_of, codes, committed, let_see, make_person
from tests.workouts.gym import BENCH, PULL_UP, UNKNOWN, V1, Gym, counted, ok, stored
from tests.workouts.together import GROUPS, befriend, crowd, group_of, join, names, shown_members
from workouts.jobs import purge_idle_groups
from workouts.models import SEATS, Group, GroupMember, Workout
from workouts.operations.groups import OPEN_INVITATIONS

TABLES = ("workouts_group", "workouts_groupmember", "common_event")


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train(name="Push")


@pytest.fixture
def group(phone: ApiClient, workout: str, ben: ApiClient, cleo: ApiClient) -> str:
    """The athlete's group, which Ben and Cleo have joined; she has put her workout in."""
    return group_of(phone, ben, cleo, workout_id=workout)


# ── Coming together ──────────────────────────────────────────────────────────────────────────────


def test_from_the_making_to_the_end(gym: Gym, phone: ApiClient, ben: ApiClient, workout: str) -> None:
    answer = phone.post(GROUPS, {"name": "Monday", "workout_id": workout, "user_ids": [str(ben.user.pk)]})
    made = ok(answer, 201)
    address = f"{GROUPS}/{made['id']}"
    assert answer["Location"] == address
    ada, invited = made["members"]
    assert {name: made[name] for name in ("name", "seq", "owner_id", "standing")} == {
        "name": "Monday",
        "seq": 2,
        "owner_id": str(phone.user.pk),
        "standing": "joined",
    }
    assert (ada["user"]["relation"], ada["standing"], ada["workout_id"]) == ("self", "joined", workout)
    assert (invited["user"]["username"], invited["standing"], invited["joined_at"]) == ("ben", "invited", None)
    told = Notification.objects.get(user=ben.user)
    assert (told.kind, told.actor_id, told.params) == (
        "group",
        phone.user.pk,
        {"what": "invited", "group_id": made["id"]},
    )

    seen = ok(ben.get(address))
    assert (seen["standing"], [member["workout_id"] for member in seen["members"]]) == ("invited", [None, None])
    assert ben.get(f"{V1}/workouts/{workout}").status_code == 404
    assert ok(ben.get(GROUPS))["results"] == [seen]

    mine = Gym(ben).train()
    joined = ok(ben.post(f"{address}/join", {"workout_id": mine}))
    assert [(m["user"]["username"], m["standing"], m["workout_id"]) for m in joined["members"]] == [
        ("athlete", "joined", workout),
        ("ben", "joined", mine),
    ]
    assert Notification.objects.get(user=ben.user).read_at is not None
    Gym(ben).log(mine, reps=8)
    gym.log(workout, reps=5)
    assert ok(phone.get(f"{V1}/workouts/{mine}"))["totals"]["reps"] == 8
    assert ok(ben.get(f"{V1}/workouts/{workout}"))["totals"]["reps"] == 5

    tag = phone.get(address)["ETag"]
    assert phone.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert phone.delete(address).status_code == 204
    for device, other in ((phone, mine), (ben, workout)):
        assert [device.get(path).status_code for path in (address, f"{V1}/workouts/{other}")] == [404, 404]
    assert gym.see(workout)["totals"]["reps"] == 5
    assert not Event.objects.filter(stream=f"group:{made['id']}").exists()


def test_a_chosen_id_is_one_group(phone: ApiClient, ben: ApiClient, workout: str) -> None:
    body = {"id": str(uuid4()), "name": "Monday", "workout_id": workout, "user_ids": [str(ben.user.pk)]}
    first = ok(phone.post(GROUPS, body), 201)
    before = stored(*TABLES)
    assert ok(phone.post(GROUPS, body), 201) == first
    for device, other in ((phone, {**body, "name": "Tuesday"}), (ben, {"id": body["id"]})):
        refused = device.post(GROUPS, other)
        assert (refused.status_code, refused.json()["code"]) == (409, "id_taken")
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    again = [phone.post(GROUPS, {"name": "Friday"}, **key) for _ in range(2)]
    assert (again[0].content, again[1]["Idempotent-Replayed"]) == (again[1].content, "true")
    Group.objects.filter(name="Friday").delete()
    Event.objects.filter(stream=f"group:{again[0].json()['id']}").delete()
    assert stored(*TABLES) == before


def test_who_may_be_invited(phone: ApiClient, group: str, ben: ApiClient) -> None:
    stranger, foe, gone = make_person("stranger"), make_person("foe"), make_person("gone")
    coach, client = make_person("coach", role=Role.COACH), make_person("client")
    let_see(phone.user, coach)
    User.objects.filter(pk=phone.user.pk).update(role=Role.COACH)
    let_see(client, phone.user, "metrics")
    befriend(phone.user, foe)
    befriend(phone.user, gone)
    Block.objects.create(blocker=foe, blocked=phone.user)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    before = stored(*TABLES)

    def invite(*people: Any) -> Any:
        return phone.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(person) for person in people]})

    assert codes(invite(client.pk, stranger.pk, foe.pk, gone.pk, UNKNOWN)) == [
        ("/user_ids/1", "not_a_friend"),
        ("/user_ids/2", "not_found"),
        ("/user_ids/3", "not_found"),
        ("/user_ids/4", "not_found"),
    ]
    refused = [invite(person).json() for person in (foe.pk, UNKNOWN)]
    assert {entry["detail"] for body in refused for entry in body["errors"]} == {"There is no such person."}
    assert codes(invite(phone.user.pk)) == [("/user_ids/0", "yourself")]
    assert stored(*TABLES) == before
    ok(invite(coach.pk, client.pk, ben.user.pk))
    assert names(ok(phone.get(f"{GROUPS}/{group}"))) == ["athlete", "ben", "cleo", "client", "coach"]


def test_who_is_asked_twice_is_told_once(phone: ApiClient, group: str, cleo: ApiClient) -> None:
    dora, muting = make_person("dora"), make_person("muting")
    for person in (dora, muting):
        befriend(phone.user, person)
        befriend(cleo.user, person)
    Mute.objects.create(user=muting, muted=phone.user)
    for device in (phone, phone, cleo):
        ok(device.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.pk), str(muting.pk)]}))
    told = Notification.objects.filter(user__in=(dora, muting))
    assert [(one.user_id, one.actor_id) for one in told] == [(dora.pk, phone.user.pk)]
    assert GroupMember.objects.filter(user=muting, joined_at=None).exists()
    assert ok(client_of(dora).get(f"{GROUPS}/{group}"))["standing"] == "invited"


def test_an_invitation_ends_with_whoever_made_it(phone: ApiClient, group: str, cleo: ApiClient) -> None:
    dora = client_of(make_person("dora"))
    befriend(cleo.user, dora.user)
    ok(cleo.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.user.pk)]}))
    blocks.block_person(actor_of(dora.user), phone.user.pk)
    assert names(ok(dora.get(f"{GROUPS}/{group}"))) == ["ben", "cleo", "dora"]
    blocks.block_person(actor_of(cleo.user), dora.user.pk)
    before = stored(*TABLES)
    for path in ("", "/join", "/invite", "/leave"):
        answer = dora.post(f"{GROUPS}/{group}{path}") if path else dora.get(f"{GROUPS}/{group}")
        assert answer.status_code == 404
    assert ok(dora.get(GROUPS))["results"] == []
    assert stored(*TABLES) == before
    Block.objects.filter(blocked=phone.user).delete()
    befriend(phone.user, dora.user)
    ok(phone.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.user.pk)]}))  # asked anew, by somebody they see
    assert names(ok(dora.get(f"{GROUPS}/{group}"))) == ["athlete", "ben", "dora"]


def test_who_is_invited_looks_and_nothing_else(phone: ApiClient, group: str) -> None:
    dora = client_of(make_person("dora"))
    befriend(phone.user, dora.user)
    ok(phone.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.user.pk)]}))
    before = stored(*TABLES)
    refused = [
        dora.post(f"{GROUPS}/{group}/invite", {"user_ids": 1}),
        dora.delete(f"{GROUPS}/{group}"),
        dora.post(f"{GROUPS}/{group}/leave", {"user_id": str(phone.user.pk)}),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert stored(*TABLES) == before
    assert dora.post(f"{GROUPS}/{group}/leave").status_code == 204
    assert Notification.objects.get(user=dora.user).read_at is not None
    assert dora.get(f"{GROUPS}/{group}").status_code == 404


def test_whose_workout_it_must_be(phone: ApiClient, gym: Gym, group: str, ben: ApiClient) -> None:
    theirs, deleted = Gym(ben).train(), gym.train()
    phone.delete(f"{V1}/workouts/{deleted}")
    for id in (theirs, deleted, UNKNOWN):
        assert codes(phone.post(f"{GROUPS}/{group}/join", {"workout_id": id})) == [("/workout_id", "not_found")]
        assert codes(phone.post(GROUPS, {"workout_id": id})) == [("/workout_id", "not_found")]
    assert Group.objects.count() == 1


def test_another_workout_takes_the_place_of_the_first(
    phone: ApiClient, gym: Gym, workout: str, group: str, ben: ApiClient
) -> None:
    second = gym.train()
    seq = Group.objects.get(pk=group).seq
    for body, seen in (({"workout_id": second}, [404, 200]), ({}, [404, 200]), ({"workout_id": None}, [404, 404])):
        ok(phone.post(f"{GROUPS}/{group}/join", body))
        assert [ben.get(f"{V1}/workouts/{id}").status_code for id in (workout, second)] == seen
    assert Group.objects.get(pk=group).seq == seq + 2  # what changed nothing was no event


# ── What is seen ─────────────────────────────────────────────────────────────────────────────────


def test_members_see_the_training_and_not_the_person(phone: ApiClient, gym: Gym, workout: str, ben: ApiClient) -> None:
    phone.patch(f"{V1}/workouts/{workout}", {"notes": "knee hurts", "body_weight": "81.5"})
    entry = gym.add(workout, PULL_UP, notes="dead hang")
    item = gym.log(workout, PULL_UP, reps=5, notes="easy")
    gym.log(workout, BENCH, reps=5, weight="100", weight_unit="kg", rpe="8")
    group_of(phone, ben, workout_id=workout)
    mine, theirs = gym.see(workout), ok(ben.get(f"{V1}/workouts/{workout}"))

    hidden = {"notes": None, "body_weight": None, "body_weight_unit": None}
    assert mine["totals"]["volume_kg"] == "887.125"  # 5 × (81.5 × 0.95) and 5 × 100
    pulled, pressed = mine["exercises"]
    pulled = {**pulled, "notes": None, "sets": [{**pulled["sets"][0], "notes": None, "records": [REPS]}]}
    assert theirs == {
        **mine,
        **hidden,
        "totals": {**mine["totals"], "volume_kg": "500"},
        "exercises": [pulled, pressed],
    }
    for path in (f"workouts/{workout}/events?limit=100", f"sets?session_id={workout}", f"sessions/{workout}"):
        text = ben.get(f"{V1}/{path}").content.decode()
        assert [word for word in ("knee", "dead hang", "easy", "81.5", "77.4", "887.125") if word in text] == [], path
    events = ok(ben.get(f"{V1}/workouts/{workout}/events?limit=100"))
    assert [event["seq"] for event in events["results"]] == list(range(1, mine["seq"] + 1))
    assert [e["payload"] for e in events["results"] if e["type"] == "workout.update"] == [{}]
    assert {entry["id"], item["id"]} <= {str(e["payload"].get("id")) for e in events["results"]}

    tags = {
        device.get(f"{V1}/{door}/{workout}")["ETag"] for device in (phone, ben) for door in ("workouts", "sessions")
    }
    assert len(tags) == 2
    tag = ben.get(f"{V1}/workouts/{workout}")["ETag"]
    assert ben.get(f"{V1}/workouts/{workout}", HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert phone.get(f"{V1}/workouts/{workout}", HTTP_IF_NONE_MATCH=tag).status_code == 200


REPS = {"kind": "reps_at_weight", "value": "5", "previous": None}


def test_members_look_and_touch_nothing(phone: ApiClient, gym: Gym, workout: str, group: str, ben: ApiClient) -> None:
    item = gym.log(workout, reps=5)
    before = gym.see(workout)
    refused = [
        ben.patch(f"{V1}/workouts/{workout}", {"name": 1}),
        ben.delete(f"{V1}/workouts/{workout}"),
        ben.post(f"{V1}/workouts/{workout}/pause"),
        ben.post(f"{V1}/workouts/{workout}/sets", {"exercise_id": BENCH, "reps": 1}),
        ben.put(f"{V1}/workouts/{workout}/set/{item['id']}", {"reps": 1}),
        ben.post(f"{V1}/workouts/{workout}/exercises/reorder", {"order": []}),
        ben.post(f"{V1}/workouts/{workout}/ops", {"sent_at": "2026-01-01T10:00:00Z", "ops": []}),
        ben.post(f"{V1}/workouts/{workout}/share", {"audience": 1}),
        ben.get(f"{V1}/workouts/{workout}/share"),
        ben.post(f"{V1}/sets", {"session_id": workout, "exercise_id": BENCH, "reps": 1}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 10
    assert ben.post(f"{V1}/workouts", {"from_workout_id": workout}).status_code == 422
    assert ok(ben.get(f"{V1}/workouts"))["results"] == []
    assert gym.see(workout) == before


def test_of_each_the_one_workout_that_was_put_in(phone: ApiClient, gym: Gym, group: str, ben: ApiClient) -> None:
    other = gym.train()
    Gym(ben).train()
    assert ben.get(f"{V1}/workouts/{other}").status_code == 404
    assert names(ok(ben.get(f"{GROUPS}/{group}"))) == ["athlete", "ben", "cleo"]


def test_what_is_deleted_is_gone_and_comes_back_with_it(
    phone: ApiClient, gym: Gym, workout: str, group: str, ben: ApiClient
) -> None:
    phone.delete(f"{V1}/workouts/{workout}")
    assert ben.get(f"{V1}/workouts/{workout}").status_code == 404
    assert ben.post(f"{V1}/workouts/{workout}/restore").status_code == 404
    gym.do(workout, "restore")
    assert ben.get(f"{V1}/workouts/{workout}").status_code == 200
    Workout.objects.filter(pk=workout).delete()  # as the purge does
    assert shown_members(ok(ben.get(f"{GROUPS}/{group}")))["athlete"] is None


# ── The end, at once and both ways ───────────────────────────────────────────────────────────────


def by_leaving(phone: ApiClient, ben: ApiClient, group: str) -> None:
    assert ben.post(f"{GROUPS}/{group}/leave").status_code == 204


def by_removal(phone: ApiClient, ben: ApiClient, group: str) -> None:
    assert names(ok(phone.post(f"{GROUPS}/{group}/leave", {"user_id": str(ben.user.pk)}))) == ["athlete", "cleo"]


def by_deletion(phone: ApiClient, ben: ApiClient, group: str) -> None:
    assert phone.delete(f"{GROUPS}/{group}").status_code == 204


def by_block(phone: ApiClient, ben: ApiClient, group: str) -> None:
    ok(ben.post(f"{V1}/users/blocks", {"user_id": str(phone.user.pk)}))


def by_being_blocked(phone: ApiClient, ben: ApiClient, group: str) -> None:
    ok(phone.post(f"{V1}/users/blocks", {"user_id": str(ben.user.pk)}))


@pytest.mark.parametrize("end", [by_leaving, by_removal, by_deletion, by_block, by_being_blocked])
def test_what_is_over_is_over_for_both(
    phone: ApiClient, workout: str, group: str, ben: ApiClient, end: Callable[..., None]
) -> None:
    mine = Gym(ben).train()
    join(ben, group, workout_id=mine)
    assert [ben.get(f"{V1}/workouts/{workout}").status_code, phone.get(f"{V1}/workouts/{mine}").status_code] == [
        200
    ] * 2
    end(phone, ben, group)
    for device, other in ((ben, workout), (phone, mine)):
        for path in (f"workouts/{other}", f"workouts/{other}/events", f"sessions/{other}", f"sets?session_id={other}"):
            assert device.get(f"{V1}/{path}").status_code == 404, path


def test_who_is_blocked_is_not_there(
    phone: ApiClient, workout: str, group: str, ben: ApiClient, cleo: ApiClient
) -> None:
    theirs = Gym(cleo).train()
    join(cleo, group, workout_id=theirs)
    by_being_blocked(phone, ben, group)
    shown = ok(ben.get(f"{GROUPS}/{group}"))
    assert (shown["owner_id"], names(shown)) == (None, ["ben", "cleo"])
    assert names(ok(phone.get(f"{GROUPS}/{group}"))) == ["athlete", "cleo"]
    assert names(ok(cleo.get(f"{GROUPS}/{group}"))) == ["athlete", "ben", "cleo"]
    assert ben.get(f"{V1}/workouts/{theirs}").status_code == 200
    # Its owner takes out whom they let in, seen or not.
    ok(phone.post(f"{GROUPS}/{group}/leave", {"user_id": str(ben.user.pk)}))
    assert ben.get(f"{V1}/workouts/{theirs}").status_code == 404
    foe = client_of(make_person("foe"))
    for id in (str(foe.user.pk), str(ben.user.pk), UNKNOWN):
        assert codes(phone.post(f"{GROUPS}/{group}/leave", {"user_id": id})) == [("/user_id", "not_found")]


def test_who_is_gone_is_not_there(phone: ApiClient, workout: str, group: str, ben: ApiClient) -> None:
    User.objects.filter(pk=phone.user.pk).update(deleted_at=timezone.now())
    assert names(ok(ben.get(f"{GROUPS}/{group}"))) == ["ben", "cleo"]
    assert ben.get(f"{V1}/workouts/{workout}").status_code == 404


def test_when_the_owner_leaves_the_next_one_takes_over(
    phone: ApiClient, group: str, ben: ApiClient, cleo: ApiClient
) -> None:
    assert ben.post(f"{GROUPS}/{group}/leave", {"user_id": str(cleo.user.pk)}).status_code == 403
    assert phone.post(f"{GROUPS}/{group}/leave", {"user_id": str(phone.user.pk)}).status_code == 204
    left = ok(ben.get(f"{GROUPS}/{group}"))
    assert (left["owner_id"], names(left)) == (str(ben.user.pk), ["ben", "cleo"])
    events = Event.objects.filter(stream=f"group:{group}").order_by("-seq").values_list("type", "user_id")
    assert list(events[:2]) == [("group.passed", ben.user.pk), ("member.left", phone.user.pk)]
    by_leaving(phone, ben, group)
    by_leaving(phone, cleo, group)
    assert (Group.objects.count(), GroupMember.objects.count()) == (0, 0)
    assert not Event.objects.filter(stream=f"group:{group}").exists()


# ── Bounds and keeping ───────────────────────────────────────────────────────────────────────────


def test_a_group_has_so_many_seats(phone: ApiClient, group: str) -> None:
    dora = client_of(make_person("dora"))
    befriend(phone.user, dora.user)
    crowd(group, SEATS - 3, joined=True)
    ok(phone.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.user.pk)]}))
    refused = dora.post(f"{GROUPS}/{group}/join")
    assert (refused.status_code, refused.json()["code"]) == (409, "group_full")
    assert ok(dora.get(f"{GROUPS}/{group}"))["standing"] == "invited"
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.filter(user=dora.user).update(seat=SEATS, joined_at=timezone.now())
    GroupMember.objects.filter(group=group, seat=7).delete()
    ok(dora.post(f"{GROUPS}/{group}/join"))
    assert GroupMember.objects.get(user=dora.user).seat == 7


def test_so_many_invitations_wait_at_most(phone: ApiClient, group: str) -> None:
    dora, emil = make_person("dora"), make_person("emil")
    for person in (dora, emil):
        befriend(phone.user, person)
    crowd(group, OPEN_INVITATIONS - 1, joined=False)
    before = stored(*TABLES)
    refused = phone.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.pk), str(emil.pk)]})
    assert (refused.status_code, refused.json()["code"]) == (409, "group_full")
    assert stored(*TABLES) == before
    ok(phone.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(dora.pk)]}))


def test_a_page_costs_the_same_whatever_it_holds(phone: ApiClient, ben: ApiClient, cleo: ApiClient) -> None:
    costs = []
    for _ in range(2):
        group_of(phone, ben, cleo)
        with counted() as statements:
            ok(ben.get(GROUPS))
        costs.append(len(statements))
        group_of(phone, ben)
    assert costs == [3, 3]  # one's part in each, who is in them, what they are to one
    first = ok(ben.get(f"{GROUPS}?limit=3"))
    rest = ok(ben.get(first["next"]))
    listed = [group["id"] for group in first["results"] + rest["results"]]
    assert listed == [str(id) for id in Group.objects.order_by("-created_at").values_list("pk", flat=True)]


def test_what_nobody_touches_for_long_ends_by_itself(
    phone: ApiClient, workout: str, group: str, ben: ApiClient
) -> None:
    young = group_of(phone, ben)
    Group.objects.filter(pk=group).update(touched_at=timezone.now() - timedelta(days=31))
    with committed():
        assert purge_idle_groups(timezone.now() - timedelta(days=30)) == 1
    assert ben.get(f"{V1}/workouts/{workout}").status_code == 404
    assert [str(id) for id in Group.objects.values_list("pk", flat=True)] == [young]
    assert not Event.objects.filter(stream=f"group:{group}").exists()
