"""People who train together follow each other live, for as long as they may; and what happens all at once."""

import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Block, Friendship, Notification, Preferences, User
from accounts.operations import blocks, friends
from fitai.common.actors import Actor
from fitai.common.models import Event
from fitai.common.problems import Problem
from tests.cast import ApiClient, actor_of, client_of, let_see, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.follower import Follower, seen
from tests.workouts.gym import BENCH, PULL_UP, V1, Gym, Json, ok
from tests.workouts.live import PATIENCE, Connect, Socket
from tests.workouts.test_idempotency import at_once
from tests.workouts.test_watching import gone
from tests.workouts.together import GROUPS, befriend, crowd, group_of, join, names
from workouts.consumers import GroupChannel, WorkoutChannel
from workouts.models import SEATS, Group, GroupMember, Share, Workout
from workouts.operations import groups, shares
from workouts.operations.apply import apply
from workouts.operations.requests import Request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


@pytest.fixture
def athlete(transactional_db: None) -> User:
    stock_library()
    return make_person("athlete")


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete, "phone")


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train(name="Push")


@pytest.fixture
def theirs(ben: ApiClient) -> str:
    """Ben's workout."""
    return Gym(ben).train(name="Pull")


@pytest.fixture
def group(phone: ApiClient, workout: str, ben: ApiClient, theirs: str) -> str:
    """The athlete and Ben train together, each in an own workout."""
    made = group_of(phone, ben, workout_id=workout)
    join(ben, made, workout_id=theirs)
    return made


def of(channel: str) -> Json:
    """The end of a subscription."""
    return {**gone(""), "channel": channel}


def follow_group(socket: Socket, group: str, parts: int) -> dict[str, Json]:
    """Subscribe to a group: its snapshot, and those of the workouts that come along, by channel."""
    snapshots = {f"group:{group}": socket.follow(f"group:{group}")}
    for _ in range(parts):
        snapshot = socket.hear()
        assert snapshot["type"] == "snapshot"
        snapshots[snapshot["channel"]] = snapshot
    return snapshots


def hear_all(socket: Socket, count: int, *, seconds: float = PATIENCE) -> dict[str, list[Json]]:
    """The next messages, by channel, each after so many seconds at most."""
    heard: dict[str, list[Json]] = {}
    for _ in range(count):
        message = socket.hear(seconds=seconds)
        heard.setdefault(message["channel"], []).append(message)
    return heard


# ── Live ─────────────────────────────────────────────────────────────────────────────────────────


def test_each_sees_the_others_sets(
    open_socket: Connect, gym: Gym, ben: ApiClient, workout: str, theirs: str, group: str
) -> None:
    sockets = [open_socket(device) for device in (gym.device, ben)]
    for socket, device in zip(sockets, (gym.device, ben), strict=True):
        snapshots = follow_group(socket, group, 2)
        assert snapshots[f"group:{group}"]["data"] == ok(device.get(f"{GROUPS}/{group}"))
        for id in (workout, theirs):
            assert snapshots[f"workout:{id}"]["data"] == ok(device.get(f"{V1}/workouts/{id}"))
    gym.log(workout, reps=5)
    Gym(ben).log(theirs, reps=8)
    for socket in sockets:
        heard = hear_all(socket, 2)
        assert [message["event"]["payload"]["reps"] for message in heard[f"workout:{workout}"]] == [5]
        assert [message["event"]["payload"]["reps"] for message in heard[f"workout:{theirs}"]] == [8]
        assert socket.hears_nothing()


def test_old_snapshot_and_events_make_the_new_one(
    open_socket: Connect, gym: Gym, ben: ApiClient, cleo: ApiClient, workout: str, theirs: str, group: str
) -> None:
    """Of the group and of the others' workouts, as those who look on see them."""
    socket = open_socket(ben)
    snapshots = follow_group(socket, group, 2)
    known = snapshots[f"group:{group}"]["data"]
    follower = Follower()
    follower.hear(snapshots[f"workout:{workout}"])
    gym.device.patch(f"{V1}/workouts/{workout}", {"notes": "knee hurts", "body_weight": "81.5", "name": "Push day"})
    item = gym.log(workout, PULL_UP, reps=5, notes="easy")
    gym.correct(workout, item["id"], reps=6, notes="easier")
    gym.log(workout, BENCH, reps=5, weight="100", weight_unit="kg", rpe="8")
    gym.drop(workout, item["id"])
    for message in hear_all(socket, 5)[f"workout:{workout}"]:
        assert message["type"] == "event"
        follower.hear(message)
    assert follower.shown == seen(ok(ben.get(f"{V1}/workouts/{workout}")))

    ok(gym.device.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(cleo.user.pk)]}))
    second = Gym(cleo).train()
    join(cleo, group, workout_id=second)
    heard = hear_all(socket, 3)
    join(cleo, group, workout_id=None)
    heard = together(heard, hear_all(socket, 2))
    assert gym.device.post(f"{GROUPS}/{group}/leave").status_code == 204
    heard = together(heard, hear_all(socket, 3))
    for message in heard[f"group:{group}"]:
        known = folded(known, message["event"])
    assert known == ok(ben.get(f"{GROUPS}/{group}"))
    assert [message["event"]["type"] for message in heard[f"group:{group}"]] == [
        "member.invited",
        "member.joined",
        "member.changed",
        "member.left",
        "group.passed",
    ]
    assert [message["type"] for message in heard[f"workout:{second}"]] == ["snapshot", "problem"]
    assert heard[f"workout:{workout}"] == [of(f"workout:{workout}")]
    assert socket.hears_nothing()


def together(heard: dict[str, list[Json]], more: dict[str, list[Json]]) -> dict[str, list[Json]]:
    return {channel: heard.get(channel, []) + more.get(channel, []) for channel in heard | more}


def folded(group: Json, event: Json) -> Json:
    """A group after an event, as a client works it out."""
    told = event["payload"]
    others = [member for member in group["members"] if member["user"]["id"] != told["user"]["id"]]
    if event["type"] == "member.left":
        group = {**group, "members": others}
    elif event["type"] == "group.passed":
        group = {**group, "owner_id": told["user"]["id"]}
    else:
        members = [*others, told]
        group = {
            **group,
            "members": sorted(members, key=lambda m: (m["joined_at"] is None, m["joined_at"], m["invited_at"])),
        }
    return {**group, "seq": event["seq"]}


def by_leaving(phone: ApiClient, ben: ApiClient, group: str) -> None:
    assert ben.post(f"{GROUPS}/{group}/leave").status_code == 204


def by_removal(phone: ApiClient, ben: ApiClient, group: str) -> None:
    ok(phone.post(f"{GROUPS}/{group}/leave", {"user_id": str(ben.user.pk)}))


def by_deletion(phone: ApiClient, ben: ApiClient, group: str) -> None:
    assert phone.delete(f"{GROUPS}/{group}").status_code == 204


@pytest.mark.parametrize("end", [by_leaving, by_removal, by_deletion])
def test_who_is_out_hears_nothing_within_a_second(
    open_socket: Connect, gym: Gym, ben: ApiClient, workout: str, theirs: str, group: str, end: Callable[..., None]
) -> None:
    ours, his = open_socket(gym.device), open_socket(ben)
    for socket in (ours, his):
        follow_group(socket, group, 2)
    end(gym.device, ben, group)
    ended = hear_all(his, 3, seconds=1.0)
    assert ended[f"workout:{workout}"] == [of(f"workout:{workout}")]
    assert ended[f"group:{group}"] == [of(f"group:{group}")]
    assert ended[f"workout:{theirs}"] == [of(f"workout:{theirs}")]  # it came with the group, and goes with it
    gym.log(workout, reps=5)
    Gym(ben).log(theirs, reps=5)
    assert his.hears_nothing()
    assert his.ask("subscribe", channel=f"group:{group}") == of(f"group:{group}")
    assert his.ask("subscribe", channel=f"workout:{workout}", after_seq=0) == of(f"workout:{workout}")


@pytest.mark.parametrize("blocker", ["athlete", "ben"])
def test_a_block_parts_two_within_a_second_and_nobody_else(
    open_socket: Connect, gym: Gym, ben: ApiClient, cleo: ApiClient, workout: str, theirs: str, group: str, blocker: str
) -> None:
    ok(gym.device.post(f"{GROUPS}/{group}/invite", {"user_ids": [str(cleo.user.pk)]}))
    join(cleo, group)
    devices = {"athlete": gym.device, "ben": ben, "cleo": cleo}
    sockets = {name: open_socket(device) for name, device in devices.items()}
    for socket in sockets.values():
        follow_group(socket, group, 2)
    (other,) = {"athlete", "ben"} - {blocker}
    blocks.block_person(actor_of(devices[blocker].user), devices[other].user.pk)  # type: ignore[arg-type, union-attr]

    for name, hidden in (("athlete", theirs), ("ben", workout)):
        heard = hear_all(sockets[name], 2, seconds=1.0)
        assert heard[f"workout:{hidden}"] == [of(f"workout:{hidden}")]
        (snapshot,) = heard[f"group:{group}"]
        assert names(snapshot["data"]) == sorted({name, "cleo"})
        assert snapshot["data"] == ok(devices[name].get(f"{GROUPS}/{group}"))
    ok(gym.device.post(f"{GROUPS}/{group}/leave", {"user_id": str(ben.user.pk)}))
    (told,) = hear_all(sockets["athlete"], 1)[f"group:{group}"]
    assert (told["type"], names(told["data"])) == ("snapshot", ["athlete", "cleo"])  # not that it was he who left
    heard = hear_all(sockets["cleo"], 2)
    assert heard[f"group:{group}"][0]["event"]["payload"]["user"]["username"] == "ben"
    assert heard[f"workout:{theirs}"] == [of(f"workout:{theirs}")]


def test_what_a_client_asked_for_itself_stays(
    open_socket: Connect, gym: Gym, ben: ApiClient, workout: str, theirs: str, group: str
) -> None:
    socket = open_socket(ben)
    socket.follow(f"workout:{theirs}")
    follow_group(socket, group, 1)
    by_leaving(gym.device, ben, group)
    assert set(hear_all(socket, 2)) == {f"group:{group}", f"workout:{workout}"}
    Gym(ben).log(theirs, reps=5)
    assert socket.hear()["channel"] == f"workout:{theirs}"


def test_whoever_unsubscribes_a_group_unsubscribes_what_came_with_it(
    open_socket: Connect, gym: Gym, ben: ApiClient, workout: str, theirs: str, group: str
) -> None:
    socket = open_socket(ben)
    follow_group(socket, group, 2)
    socket.say("unsubscribe", channel=f"group:{group}")
    assert socket.hears_nothing()
    gym.log(workout, reps=5)
    Gym(ben).log(theirs, reps=5)
    assert socket.hears_nothing()


def test_parts_count_as_subscriptions(
    open_socket: Connect, gym: Gym, ben: ApiClient, workout: str, theirs: str, group: str, settings: Any
) -> None:
    settings.SUBSCRIPTIONS_PER_SOCKET = 2
    socket = open_socket(ben)
    socket.follow(f"group:{group}")
    answers = [socket.hear() for _ in range(2)]
    assert sorted(answer["type"] for answer in answers) == ["problem", "snapshot"]
    (refused,) = [answer for answer in answers if answer["type"] == "problem"]
    assert (refused["status"], refused["channel"].partition(":")[0]) == (429, "workout")


def test_a_coach_who_becomes_a_guest_is_shown_what_guests_see(
    open_socket: Connect, gym: Gym, workout: str, ben: ApiClient
) -> None:
    User.objects.filter(pk=ben.user.pk).update(role=Role.COACH)
    coaching = let_see(gym.device.user, ben.user)  # type: ignore[arg-type]
    ok(gym.device.post(f"{V1}/workouts/{workout}/share", {"audience": "friends"}))
    gym.device.patch(f"{V1}/workouts/{workout}", {"notes": "knee hurts"})
    socket = open_socket(ben)
    assert socket.follow(f"workout:{workout}")["data"]["notes"] == "knee hurts"
    assert gym.device.delete(f"{V1}/users/coaches/{coaching.pk}").status_code == 204
    snapshot = socket.hear(seconds=1.0)
    assert (snapshot["type"], snapshot["data"]) == ("snapshot", ok(ben.get(f"{V1}/workouts/{workout}")))
    assert snapshot["data"]["notes"] is None
    gym.device.patch(f"{V1}/workouts/{workout}", {"notes": "better"})
    assert socket.hear()["event"]["payload"] == {}


def test_a_share_ends_within_a_second(open_socket: Connect, gym: Gym, workout: str, ben: ApiClient) -> None:
    address = f"{V1}/workouts/{workout}/share"
    ok(gym.device.post(address, {"audience": "friends"}))
    socket = open_socket(ben)
    for end in (
        lambda: gym.device.delete(address),
        lambda: gym.device.patch(f"{V1}/users/preferences", {"privacy": {"workouts": "nobody"}}),
        lambda: friends.end_friendship(actor_of(ben.user), gym.device.user.pk),
    ):
        ok(gym.device.post(address, {"audience": "friends"}))
        gym.device.patch(f"{V1}/users/preferences", {"privacy": {"workouts": "friends"}})
        assert socket.follow(f"workout:{workout}")["data"]["id"] == workout
        end()
        assert socket.hear(seconds=1.0) == gone(workout)


def test_the_end_is_noticed_although_valkey_forgot_to_say(
    open_socket: Connect, gym: Gym, workout: str, ben: ApiClient, theirs: str, group: str, no_hints: Callable[[], None]
) -> None:
    socket = open_socket(ben)
    follow_group(socket, group, 2)
    no_hints()
    by_removal(gym.device, ben, group)
    assert set(hear_all(socket, 3)) == {f"group:{group}", f"workout:{workout}", f"workout:{theirs}"}


# ── What is asked of many at once ────────────────────────────────────────────────────────────────

GUESTS: dict[str, tuple[bool, Callable[[User, User, str], Any]]] = {
    "in a group": (True, lambda ada, ben, workout: None),
    "invited": (
        False,
        lambda ada, ben, workout: GroupMember.objects.filter(user=ben).update(joined_at=None, seat=None, workout=None),
    ),
    "without the workout": (False, lambda ada, ben, workout: GroupMember.objects.filter(user=ada).update(workout=None)),
    "left": (False, lambda ada, ben, workout: GroupMember.objects.filter(user=ben).delete()),
    "blocked": (False, lambda ada, ben, workout: Block.objects.create(blocker=ben, blocked=ada)),
    "locked": (False, lambda ada, ben, workout: User.objects.filter(pk=ada.pk).update(is_active=False)),
    "deleted": (False, lambda ada, ben, workout: Workout.objects.filter(pk=workout).update(deleted_at=timezone.now())),
    **{
        f"{audience}, {privacy}, {'friend' if related else 'stranger'}": (
            privacy != "nobody" and (related or audience == privacy == "everyone"),
            lambda ada, ben, workout, audience=audience, privacy=privacy, related=related: share_alone(
                ada, ben, workout, audience, privacy, related
            ),
        )
        for audience in ("everyone", "friends")
        for privacy in ("everyone", "friends", "nobody")
        for related in (True, False)
    },
}


def share_alone(ada: User, ben: User, workout: str, audience: str, privacy: str, related: bool) -> None:
    """A share is all that is between the two."""
    Group.objects.all().delete()
    Share.objects.create(user=ada, workout_id=workout, audience=audience)
    Preferences.objects.filter(pk=ada.pk).update(privacy_workouts=privacy)
    if not related:
        Friendship.objects.all().delete()


def test_what_is_asked_of_many_at_once_is_what_is_asked_of_one(
    athlete: User, ben: ApiClient, workout: str, theirs: str, group: str
) -> None:
    """The door of guests in its two languages."""
    assert ben.user is not None
    actor, channel, stream = actor_of(ben.user), WorkoutChannel(), f"workout:{workout}"
    visit = (ben.user.pk, athlete.pk, stream)
    foreign = {(ben.user.pk, ben.user.pk, stream), (athlete.pk, athlete.pk, f"workout:{theirs}")}
    got = {}
    for why, (_, change) in GUESTS.items():
        with contextlib.suppress(TakenBack), transaction.atomic():
            change(athlete, ben.user, workout)
            alone = channel.followed(actor, workout) is not None
            assert Workout.objects.visible_to(actor).filter(pk=workout).exists() == alone
            assert channel.allowed({visit, *foreign}) == ({visit} if alone else set()), why
            got[why] = alone
            raise TakenBack
    assert got == {why: seen for why, (seen, _) in GUESTS.items()}


class TakenBack(Exception):
    """Ends a transaction that leaves nothing."""


def test_members_are_asked_at_once(athlete: User, ben: ApiClient, cleo: ApiClient, group: str) -> None:
    channel, group_id = GroupChannel(), UUID(group)
    people = [athlete, ben.user, cleo.user]
    GroupMember.objects.create(group_id=group, user=cleo.user, invited_by=athlete)
    visits = {(person.pk, group_id, f"group:{group}") for person in people if person is not None}
    inside = {visit for visit in visits if channel.followed(Actor(visit[0]), group) is not None}
    assert channel.allowed(visits) == inside
    assert len(inside) == 2


# ── Races ────────────────────────────────────────────────────────────────────────────────────────


def outcome(act: Callable[[], Any]) -> str:
    """How something ends that others are doing at the same time."""
    try:
        act()
    except Problem as problem:
        return type(problem).__name__
    return "done"


def race(*acts: Callable[[], Any]) -> list[str]:
    """How acts end that begin together."""
    return at_once(len(acts), lambda number: outcome(acts[number]))


def actors(*devices: ApiClient) -> list[Actor]:
    return [actor_of(device.user) for device in devices if device.user is not None]


def invited(phone: ApiClient, *friends: ApiClient) -> UUID:
    """A group that these are invited to."""
    people = [str(friend.user.pk) for friend in friends if friend.user is not None]
    return UUID(ok(phone.post(GROUPS, {"user_ids": people}), 201)["id"])


def numbers(group: UUID) -> list[int]:
    return list(Event.objects.filter(stream=f"group:{group}").order_by("seq").values_list("seq", flat=True))


def test_joining_twice_at_once_is_joining_once(phone: ApiClient, ben: ApiClient) -> None:
    group = invited(phone, ben)
    (actor,) = actors(ben)
    assert race(*[lambda: groups.join_group(actor, group, values={})] * 4) == ["done"] * 4
    assert sorted(GroupMember.objects.values_list("seat", flat=True)) == [0, 1]
    assert numbers(group) == [1, 2, 3]


def test_the_last_seat_is_taken_once(phone: ApiClient, ben: ApiClient, cleo: ApiClient) -> None:
    group = invited(phone, ben, cleo)
    crowd(str(group), SEATS - 2, joined=True)
    joins = [lambda one=one: groups.join_group(one, group, values={}) for one in actors(ben, cleo)]
    assert sorted(race(*joins)) == ["GroupFull", "done"]
    assert sorted(GroupMember.objects.joined().values_list("seat", flat=True)) == list(range(SEATS))


@pytest.mark.parametrize("turn", range(3))
def test_joining_while_it_ends(phone: ApiClient, ben: ApiClient, turn: int) -> None:
    group = invited(phone, ben)
    ada, other = actors(phone, ben)
    ended, joined = race(lambda: groups.delete_group(ada, group), lambda: groups.join_group(other, group, values={}))
    assert (ended, joined in ("done", "NotFound")) == ("done", True)
    assert (Group.objects.count(), GroupMember.objects.count(), numbers(group)) == (0, 0, [])
    assert Notification.objects.get().read_at is not None


@pytest.mark.parametrize("turn", range(3))
def test_joining_while_one_is_taken_out(phone: ApiClient, ben: ApiClient, turn: int) -> None:
    group = invited(phone, ben)
    ada, other = actors(phone, ben)
    taken, joined = race(
        lambda: groups.leave_group(ada, group, user_id=other.user_id),
        lambda: groups.join_group(other, group, values={}),
    )
    assert (taken, joined in ("done", "NotFound")) == ("done", True)
    assert list(GroupMember.objects.values_list("user_id", flat=True)) == [ada.user_id]
    assert numbers(group) == list(range(1, Group.objects.get().seq + 1))


@pytest.mark.parametrize("turn", range(3))
def test_all_leave_at_once(phone: ApiClient, ben: ApiClient, cleo: ApiClient, turn: int) -> None:
    group = UUID(group_of(phone, ben, cleo))
    leaves = [lambda one=one: groups.leave_group(one, group) for one in actors(phone, ben, cleo)]
    assert race(*leaves) == ["done"] * 3
    assert (Group.objects.count(), GroupMember.objects.count(), numbers(group)) == (0, 0, [])


@pytest.mark.parametrize("turn", range(3))
def test_leaving_while_one_joins_leaves_an_owner(phone: ApiClient, ben: ApiClient, turn: int) -> None:
    group = invited(phone, ben)
    ada, other = actors(phone, ben)
    left, joined = race(lambda: groups.leave_group(ada, group), lambda: groups.join_group(other, group, values={}))
    assert left == "done"
    there = list(Group.objects.values_list("owner_id", flat=True))
    assert there == ([other.user_id] if joined == "done" else [])
    assert list(GroupMember.objects.values_list("user_id", flat=True)) == there


@pytest.mark.parametrize("turn", range(3))
def test_an_invitation_while_somebody_blocks_is_seen_by_nobody(phone: ApiClient, ben: ApiClient, turn: int) -> None:
    group = invited(phone)
    ada, other = actors(phone, ben)
    asked, _ = race(
        lambda: groups.invite_to_group(ada, group, user_ids=[other.user_id]),
        lambda: blocks.block_person(other, ada.user_id),
    )
    assert asked in ("done", "Invalid")
    assert GroupMember.objects.filter(user=other.user_id).exists() == (asked == "done")
    assert not Group.objects.visible_to(other).exists()


def test_invitations_across_each_other_wait_for_nobody(phone: ApiClient, ben: ApiClient, cleo: ApiClient) -> None:
    befriend(ben.user, cleo.user)
    one, other = invited(phone), invited(phone)
    (ada,) = actors(phone)
    people = [actor.user_id for actor in actors(ben, cleo)]
    ended = race(
        *[lambda: groups.invite_to_group(ada, one, user_ids=people)] * 2,
        *[lambda: groups.invite_to_group(ada, other, user_ids=people[::-1])] * 2,
    )
    assert ended == ["done"] * 4
    assert GroupMember.objects.filter(joined_at=None).count() == 4


@pytest.mark.parametrize("turn", range(3))
def test_sharing_twice_and_deleting_at_once(gym: Gym, workout: str, turn: int) -> None:
    (ada,) = actors(gym.device)
    share = lambda: shares.share_workout(ada, UUID(workout), audience="friends")  # noqa: E731
    delete = Request("gone", "workout.delete", {}, "phone")
    first, second, gone_ = race(share, share, lambda: apply(ada, UUID(workout), [delete], live=True))
    assert (gone_, {first, second} <= {"done", "NotFound"}) == ("done", True)
    assert Share.objects.count() == ("done" in (first, second))
    told = Event.objects.filter(type="workout_shared").count()
    assert told == Share.objects.count()


@pytest.mark.parametrize("turn", range(3))
def test_joining_with_a_workout_while_one_trains(phone: ApiClient, ben: ApiClient, theirs: str, turn: int) -> None:
    """Both take the clock of their person before the workout: neither waits for what the other holds."""
    group = invited(phone, ben)
    (other,) = actors(ben)

    def log() -> None:
        for number in range(5):
            requests = [Request(f"{turn}-{number}", "set.add", {"exercise_id": BENCH, "reps": 5}, "phone")]
            apply(other, UUID(theirs), requests, live=True)

    assert race(log, lambda: groups.join_group(other, group, values={"workout_id": UUID(theirs)})) == ["done"] * 2
