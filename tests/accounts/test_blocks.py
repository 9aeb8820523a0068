"""Blocks and mutes."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Friendship, Mute, Notification, User
from accounts.operations import blocks
from fitai.common.models import Event
from tests.accounts.relations import befriend, crowd
from tests.cast import ApiClient, actor_of, client_of, codes

BLOCKS = "/api/v1/users/blocks"


def block(client: ApiClient, user: User) -> Any:
    return client.post(BLOCKS, {"user_id": str(user.pk)})


def person(client: ApiClient, user: User) -> Any:
    return client.get(f"/api/v1/users/{user.pk}")


@pytest.fixture
def ada(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def sam(stranger: User) -> ApiClient:
    return client_of(stranger)


def test_a_block_ends_what_was_and_hides_both(ada: ApiClient, sam: ApiClient) -> None:
    befriend(ada.user, sam.user)
    done = block(ada, sam.user)
    at = Block.objects.get().created_at.isoformat().replace("+00:00", "Z")
    card = {"id": str(sam.user.pk), "username": "stranger", "display_name": "Sam Stranger", "avatar": None}
    assert (done.status_code, done.json()) == (200, {**card, "relation": "none", "blocked_at": at})
    assert ada.get(BLOCKS).json()["results"] == [done.json()]
    assert Friendship.objects.count() == 0
    assert [person(ada, sam.user).status_code, person(sam, ada.user).status_code] == [404, 404]
    assert (sam.get(BLOCKS).json()["results"], Notification.objects.count(), Event.objects.count()) == ([], 0, 0)


def test_blocking_twice_is_blocking_once_and_ends_by_a_delete(ada: ApiClient, sam: ApiClient) -> None:
    first = block(ada, sam.user).json()
    assert block(ada, sam.user).json() == first
    assert sam.delete(f"{BLOCKS}/{ada.user.pk}").status_code == 404
    assert [ada.delete(f"{BLOCKS}/{sam.user.pk}").status_code for _ in range(2)] == [204, 404]
    assert person(sam, ada.user).json()["relation"] == "none"


def test_who_is_blocked_cannot_tell_by_blocking(ada: ApiClient, sam: ApiClient) -> None:
    block(ada, sam.user)
    assert codes(block(sam, ada.user)) == [("/user_id", "not_found")]
    assert codes(sam.post(BLOCKS, {"user_id": "01890000-0000-7000-8000-0000000fffff"})) == [("/user_id", "not_found")]
    assert codes(block(ada, ada.user)) == [("/user_id", "yourself")]


def test_whoever_is_gone_leaves_the_list_and_can_be_unblocked(ada: ApiClient, sam: ApiClient) -> None:
    block(ada, sam.user)
    User.objects.filter(pk=sam.user.pk).update(deleted_at=timezone.now())
    assert ada.get(BLOCKS).json()["results"] == []
    assert codes(block(ada, sam.user)) == [("/user_id", "not_found")]
    assert ada.delete(f"{BLOCKS}/{sam.user.pk}").status_code == 204


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_one_statement(ada: ApiClient, count: int) -> None:
    now = timezone.now()
    for number, other in enumerate(crowd("one", "two", "three")[:count]):
        Block.objects.create(blocker=ada.user, blocked=other, created_at=now - timedelta(minutes=number))
    ada.get(BLOCKS)
    with CaptureQueriesContext(connection) as captured:
        assert [one["username"] for one in ada.get(BLOCKS).json()["results"]] == ["one", "two", "three"][:count]
    assert len(captured) == 1


def test_a_mute_is_a_switch_that_only_its_owner_sees(ada: ApiClient, sam: ApiClient) -> None:
    before = person(sam, ada.user).json()
    path = f"/api/v1/users/{sam.user.pk}/mute"
    assert [ada.post(path).json()["muted"] for _ in range(2)] == [True, True]
    assert (Mute.objects.count(), person(ada, sam.user).json()["muted"]) == (1, True)
    assert (person(sam, ada.user).json(), Notification.objects.count()) == (before, 0)
    assert codes(ada.post(path, {"for": "ever"})) == [("/for", "unknown_field")]
    assert [ada.delete(path).status_code for _ in range(2)] == [204, 204]
    assert Mute.objects.count() == 0
    assert codes(ada.post(f"/api/v1/users/{ada.user.pk}/mute")) == [("", "yourself")]


@pytest.mark.django_db(transaction=True)
def test_two_who_block_each_other_at_once(athlete: User, stranger: User) -> None:
    pairs = [(actor_of(athlete), stranger.pk), (actor_of(stranger), athlete.pk)] * 2
    start, outcomes = threading.Barrier(len(pairs)), []

    def run(actor: Any, other: Any) -> None:
        try:
            start.wait()
            blocks.block_person(actor, other)
            outcomes.append(200)
        except Exception as failure:
            outcomes.append(getattr(failure, "status", failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [200, 200, 422, 422]
    assert Block.objects.count() == 1
