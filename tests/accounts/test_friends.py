"""Friends, and asking to be one."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.errors import FriendsAlready
from accounts.models import Block, Friendship, Mute, Notification, User
from accounts.operations import blocks, friends
from accounts.retention import purge_friend_requests
from fitai.common.ids import uuid7
from fitai.common.models import Event
from tests.accounts.relations import befriend, crowd, set_privacy
from tests.cast import ApiClient, actor_of, client_of, codes

FRIENDS = "/api/v1/users/friends"
REQUESTS = f"{FRIENDS}/requests"
REQUEST = f"{FRIENDS}/request"


def ask(client: ApiClient, user: User) -> Any:
    return client.post(REQUEST, {"user_id": str(user.pk)})


def answer(client: ApiClient, user: User, action: str) -> Any:
    return client.put(f"{FRIENDS}/{user.pk}", {"action": action})


def end(client: ApiClient, user: User) -> Any:
    return client.delete(f"{FRIENDS}/{user.pk}")


def relation(client: ApiClient, user: User) -> str:
    return client.get(f"/api/v1/users/{user.pk}").json()["relation"]


def listed(client: ApiClient, path: str) -> list[tuple[str, str]]:
    return [(one["username"], one["relation"]) for one in client.get(path).json()["results"]]


def told() -> list[tuple[str, str, str]]:
    rows = Notification.objects.order_by("created_at").values_list("user__username", "kind", "actor__username")
    return list(rows)


@pytest.fixture
def ada(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def sam(stranger: User) -> ApiClient:
    return client_of(stranger)


def test_a_request_and_its_acceptance(ada: ApiClient, sam: ApiClient) -> None:
    asked = ask(ada, sam.user)
    card = {"id": str(sam.user.pk), "username": "stranger", "display_name": "Sam Stranger", "avatar": None}
    assert (asked.status_code, asked.json()) == (
        200,
        {**card, "relation": "requested", "mutual_friends": None, "muted": False},
    )
    assert (listed(ada, REQUESTS), listed(sam, REQUESTS)) == ([("stranger", "requested")], [("athlete", "asks_you")])
    accepted = answer(sam, ada.user, "accept")
    assert (accepted.status_code, accepted.json()["relation"]) == (200, "friend")
    assert (listed(ada, FRIENDS), listed(sam, FRIENDS)) == ([("stranger", "friend")], [("athlete", "friend")])
    assert (listed(ada, REQUESTS), listed(sam, REQUESTS)) == ([], [])
    assert told() == [("stranger", "friend_request", "athlete"), ("athlete", "friend_accepted", "stranger")]


def test_what_is_repeated_is_no_error(ada: ApiClient, sam: ApiClient) -> None:
    assert [ask(ada, sam.user).json()["relation"] for _ in range(2)] == ["requested"] * 2
    assert [answer(sam, ada.user, "accept").json()["relation"] for _ in range(2)] == ["friend"] * 2
    assert [ask(client, other).json()["relation"] for client, other in ((ada, sam.user), (sam, ada.user))] == [
        "friend"
    ] * 2
    assert (Friendship.objects.count(), len(told())) == (1, 2)


def test_crossing_requests_make_a_friendship(ada: ApiClient, sam: ApiClient) -> None:
    ask(ada, sam.user)
    assert ask(sam, ada.user).json()["relation"] == "friend"
    assert told()[-1] == ("athlete", "friend_accepted", "stranger")


def test_a_refusal_is_silent_and_asking_again_tells_nobody(ada: ApiClient, sam: ApiClient) -> None:
    ask(ada, sam.user)
    assert [answer(sam, ada.user, "decline").json()["relation"] for _ in range(2)] == ["none"] * 2
    assert (listed(sam, REQUESTS), listed(ada, REQUESTS)) == ([], [("stranger", "requested")])
    assert ask(ada, sam.user).json()["relation"] == "requested"
    assert end(ada, sam.user).status_code == 204
    assert (relation(ada, sam.user), listed(ada, REQUESTS), end(ada, sam.user).status_code) == ("none", [], 404)
    assert ask(ada, sam.user).json()["relation"] == "requested"
    assert (listed(sam, REQUESTS), relation(sam, ada.user)) == ([], "none")
    assert end(sam, ada.user).status_code == 404
    assert told() == [("stranger", "friend_request", "athlete")]


def test_blocking_and_unblocking_does_not_undo_a_refusal(ada: ApiClient, sam: ApiClient) -> None:
    ask(ada, sam.user)
    answer(sam, ada.user, "decline")
    blocks.block_person(actor_of(ada.user), sam.user.pk)
    blocks.unblock_person(actor_of(ada.user), sam.user.pk)
    ask(ada, sam.user)
    assert listed(sam, REQUESTS) == []


def test_who_declined_may_think_better_of_it(ada: ApiClient, sam: ApiClient) -> None:
    ask(ada, sam.user)
    answer(sam, ada.user, "decline")
    assert ask(sam, ada.user).json()["relation"] == "friend"
    assert Friendship.objects.get().declined_at is None


def test_a_withdrawn_request_is_no_yes_to_one_from_the_other_side(ada: ApiClient, sam: ApiClient) -> None:
    ask(ada, sam.user)
    answer(sam, ada.user, "decline")
    end(ada, sam.user)
    assert answer(sam, ada.user, "accept").status_code == 404
    assert ask(sam, ada.user).json()["relation"] == "requested"
    assert listed(ada, REQUESTS) == [("stranger", "asks_you")]


def test_taking_back_and_ending(ada: ApiClient, sam: ApiClient) -> None:
    ask(ada, sam.user)
    assert end(sam, ada.user).status_code == 404  # it is declined, not taken back
    assert end(ada, sam.user).status_code == 204
    assert listed(sam, REQUESTS) == []
    befriend(ada.user, sam.user)
    assert end(sam, ada.user).status_code == 204
    assert (Friendship.objects.count(), relation(ada, sam.user), end(sam, ada.user).status_code) == (0, "none", 404)


def test_only_a_request_of_the_other_can_be_answered(ada: ApiClient, sam: ApiClient) -> None:
    assert answer(ada, sam.user, "accept").status_code == 404
    ask(ada, sam.user)
    assert answer(ada, sam.user, "accept").status_code == 404
    assert codes(answer(sam, ada.user, "perhaps")) == [("/action", "invalid_choice")]
    answer(sam, ada.user, "accept")
    refused = answer(sam, ada.user, "decline")
    assert (refused.status_code, refused.json()["code"]) == (409, FriendsAlready.code())
    assert Friendship.objects.get().accepted_at is not None


@pytest.mark.parametrize("gone", ["unknown", "deleted", "deactivated", "blocking", "blocked"])
def test_somebody_invisible_looks_like_nobody(ada: ApiClient, stranger: User, gone: str) -> None:
    nobody = User(pk=uuid7())
    if gone != "unknown":
        befriend(ada.user, stranger)
    if gone == "deleted":
        User.objects.filter(pk=stranger.pk).update(deleted_at=timezone.now())
    elif gone == "deactivated":
        User.objects.filter(pk=stranger.pk).update(is_active=False)
    elif gone == "unknown":
        stranger = User(pk=uuid7())
    else:
        pair = (ada.user, stranger) if gone == "blocked" else (stranger, ada.user)
        Block.objects.create(blocker=pair[0], blocked=pair[1])

    def body(response: Any) -> tuple[int, dict[str, Any]]:
        said = response.json()
        return response.status_code, {name: said[name] for name in said if name not in ("instance", "request_id")}

    for status, act in (
        (404, lambda who: ada.get(f"/api/v1/users/{who.pk}")),
        (404, lambda who: answer(ada, who, "accept")),
        (404, lambda who: answer(ada, who, "perhaps")),
        (404, lambda who: end(ada, who)),
        (404, lambda who: ada.post(f"/api/v1/users/{who.pk}/mute")),
        (404, lambda who: ada.delete(f"/api/v1/users/{who.pk}/mute")),
        (422, lambda who: ask(ada, who)),
    ):
        assert body(act(stranger)) == body(act(nobody))
        assert body(act(stranger))[0] == status
    assert codes(ask(ada, stranger)) == [("/user_id", "not_found")]
    assert listed(ada, FRIENDS) == []


def test_nobody_is_their_own_friend(ada: ApiClient) -> None:
    assert codes(ask(ada, ada.user)) == [("/user_id", "yourself")]
    assert answer(ada, ada.user, "accept").status_code == 404
    assert end(ada, ada.user).status_code == 404


@pytest.mark.usefixtures("real_limits")
def test_at_most_fifty_new_requests_a_day(ada: ApiClient, sam: ApiClient, settings: Any) -> None:
    settings.LIMITS_FACTOR = 0.02  # of fifty
    ask(ada, sam.user)
    (late,) = crowd("late")
    actor = actor_of(ada.user)
    with pytest.raises(Exception, match="At most 50 in 86400 seconds"):
        friends.request_friendship(actor, late.pk)
    friends.request_friendship(actor, sam.user.pk)  # repeating it is free
    assert Friendship.objects.count() == 1


def test_nobody_hears_of_the_muted(ada: ApiClient, sam: ApiClient) -> None:
    Mute.objects.create(user=ada.user, muted=sam.user)
    assert ask(sam, ada.user).json()["relation"] == "requested"
    assert (told(), listed(ada, REQUESTS)) == ([], [])
    assert answer(ada, sam.user, "accept").status_code == 200
    (friend,) = ada.get(FRIENDS).json()["results"]
    assert (friend["username"], friend["muted"]) == ("stranger", True)
    assert listed(sam, FRIENDS) == [("athlete", "friend")]


def test_a_request_is_told_once_a_day(ada: ApiClient, sam: ApiClient) -> None:
    for _ in range(3):
        ask(ada, sam.user)
        end(ada, sam.user)
    assert told() == [("stranger", "friend_request", "athlete")]


@pytest.mark.parametrize("declined", [True, False])
def test_requests_lapse_alike_whether_declined_or_not(ada: ApiClient, sam: ApiClient, declined: bool) -> None:
    ask(ada, sam.user)
    if declined:
        answer(sam, ada.user, "decline")
    now = timezone.now()
    assert purge_friend_requests(now - timedelta(days=1)) == 0
    assert purge_friend_requests(now + timedelta(seconds=1)) == 1
    assert relation(ada, sam.user) == "none"
    befriend(ada.user, sam.user)
    assert purge_friend_requests(now + timedelta(days=1)) == 0


def test_mutual_friends_are_counted_if_they_are_there(ada: ApiClient, sam: ApiClient) -> None:
    one, two, gone, other = crowd("one", "two", "gone", "other")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    befriend(ada.user, one, two, gone, sam.user)
    befriend(sam.user, one, two, gone, other)
    ask(client_of(other), ada.user)
    assert {f["username"]: f["mutual_friends"] for f in ada.get(FRIENDS).json()["results"]} == {
        "stranger": 2, "two": 1, "one": 1,
    }  # fmt: skip
    assert [f["mutual_friends"] for f in ada.get(REQUESTS).json()["results"]] == [None]
    set_privacy(other, profile="everyone")
    set_privacy(sam.user, profile="nobody")
    assert [f["mutual_friends"] for f in ada.get(REQUESTS).json()["results"]] == [1]
    assert {f["username"]: f["mutual_friends"] for f in ada.get(FRIENDS).json()["results"]}["stranger"] is None


@pytest.mark.parametrize(("audience", "told"), [("everyone", 1), ("friends", None), ("nobody", None)])
def test_mutual_friends_are_told_by_those_whose_profile_is_open(
    ada: ApiClient, sam: ApiClient, audience: str, told: int | None
) -> None:
    befriend(crowd("bridge")[0], ada.user, sam.user)
    set_privacy(sam.user, profile=audience)
    mute = ada.post(f"/api/v1/users/{sam.user.pk}/mute")
    assert [said.json()["mutual_friends"] for said in (mute, ask(ada, sam.user))] == [told, told]
    end(ada, sam.user)
    ask(sam, ada.user)
    assert answer(ada, sam.user, "decline").json()["mutual_friends"] == told
    friends_too = None if audience == "nobody" else 1
    assert answer(ada, sam.user, "accept").json()["mutual_friends"] == friends_too


@pytest.mark.parametrize("path", [FRIENDS, REQUESTS])
def test_pages_on_both_sides_of_the_pair(ada: ApiClient, path: str) -> None:
    others = crowd("one", "two", "three", "four", "five")
    befriend(ada.user, *others)
    assert {ada.user.pk < other.pk for other in others} == {True}
    before = User.objects.create_person(id=UUID(int=1), username="before", email="before@example.org", password="!")
    befriend(ada.user, before, at=timezone.now())
    if path == REQUESTS:
        for pair in Friendship.objects.all():
            Friendship.objects.filter(pk=pair.pk).update(created_at=pair.accepted_at, accepted_at=None)
    seen, url = [], f"{path}?limit=2"
    backs = []
    while url:
        page = ada.get(url).json()
        seen += [one["username"] for one in page["results"]]
        backs.append(page["previous"])
        url = page["next"]
    assert seen == ["before", "five", "four", "three", "two", "one"]
    assert [one["username"] for one in ada.get(backs[-1]).json()["results"]] == ["four", "three"]


@pytest.mark.parametrize("path", [FRIENDS, REQUESTS])
@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_two_statements(ada: ApiClient, path: str, count: int) -> None:
    befriend(ada.user, *crowd("one", "two", "three")[:count])
    if path == REQUESTS:
        Friendship.objects.update(accepted_at=None)
    ada.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert len(ada.get(path).json()["results"]) == count
    assert len(captured) == 2


@pytest.mark.parametrize("act", ["ask", "accept", "decline", "end"])
def test_a_write_takes_one_short_transaction(ada: ApiClient, sam: ApiClient, act: str) -> None:
    if act != "ask":
        ask(sam, ada.user)
    if act == "end":
        answer(ada, sam.user, "accept")
    ada.get(FRIENDS)
    with CaptureQueriesContext(connection) as captured:
        done = {"ask": ask, "end": end}.get(act, lambda client, user: answer(client, user, act))(ada, sam.user)
    assert done.status_code in (200, 204)
    statements = [query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == {"ask": 17, "accept": 22, "decline": 13, "end": 4}[act]


def test_a_row_has_one_answer(athlete: User, stranger: User) -> None:
    pair, now = Friendship.pair(athlete.pk, stranger.pk), timezone.now()
    for wrong in ({"accepted_at": now, "declined_at": now}, {"withdrawn": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Friendship.objects.create(**pair, requester=athlete, **wrong)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_from_both_sides_make_one_row(athlete: User, stranger: User) -> None:
    actors = {athlete.pk: actor_of(athlete), stranger.pk: actor_of(stranger)}
    start, failures = threading.Barrier(8), []

    def run(me: User, other: User) -> None:
        try:
            start.wait()
            friends.request_friendship(actors[me.pk], other.pk)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    pairs = [(athlete, stranger), (stranger, athlete)] * 4
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    (pair,) = Friendship.objects.all()
    assert pair.accepted_at is not None
    assert {kind for _, kind, _ in told()} == {"friend_request", "friend_accepted"}
    assert len(told()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_block_and_requests_at_once_leave_a_block_alone(athlete: User, stranger: User) -> None:
    me, other = actor_of(athlete), actor_of(stranger)
    start, outcomes = threading.Barrier(6), []

    def run(number: int) -> None:
        try:
            start.wait()
            if number == 0:
                blocks.block_person(me, stranger.pk)
            elif number % 2:
                friends.request_friendship(other, athlete.pk)
            else:
                friends.request_friendship(me, stranger.pk)
        except Exception as failure:
            outcomes.append(getattr(failure, "status", failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {422}
    assert (Block.objects.count(), Friendship.objects.count()) == (1, 0)


@pytest.mark.parametrize("act", ["accept", "decline", "withdraw"])
def test_a_request_that_is_over_is_told_no_more(ada: ApiClient, sam: ApiClient, act: str) -> None:
    ask(ada, sam.user)
    assert sam.get("/api/v1/users/notifications").json()["unread"] == 1
    if act == "withdraw":
        end(ada, sam.user)
    else:
        answer(sam, ada.user, act)
    assert sam.get("/api/v1/users/notifications").json()["unread"] == 0
    event = Event.objects.filter(stream=f"user:{sam.user.pk}", type="notifications_read").get()
    assert event.payload["unread"] == 0
