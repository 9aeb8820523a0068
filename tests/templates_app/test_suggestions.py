"""Whom somebody may know."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Friendship, Mute, Profile, User
from exercises.models import Exercise
from templates_app.models import Template
from tests.accounts.relations import befriend, crowd, set_privacy
from tests.accounts.test_people import BERLIN
from tests.cast import ApiClient, client_of
from tests.templates_app.plans import day, entry, template

PATH = "/api/v1/users/friends/suggestions"


@pytest.fixture
def ada(athlete: User) -> ApiClient:
    return client_of(athlete)


def suggested(client: ApiClient) -> dict[str, list[dict[str, Any]]]:
    page = client.get(PATH)
    assert page.status_code == 200, page.content
    return {person["username"]: person["reasons"] for person in page.json()["results"]}


def mutual(count: int) -> dict[str, Any]:
    return {"kind": "mutual_friends", "count": count, "template": None}


NEAR = {"kind": "near", "count": None, "template": None}


def test_friends_of_friends_by_how_many(ada: ApiClient) -> None:
    one, two, both, single = crowd("one", "two", "both", "single")
    befriend(ada.user, one, two)
    befriend(both, one, two)
    befriend(single, one)
    assert list(suggested(ada).items()) == [("both", [mutual(2)]), ("single", [mutual(1)])]
    (first, _) = ada.get(PATH).json()["results"]
    assert {name: first[name] for name in first if name != "reasons"} == {
        "id": str(both.pk), "username": "both", "display_name": "both", "avatar": None, "relation": "none",
    }  # fmt: skip


def test_people_of_the_same_place(ada: ApiClient) -> None:
    near, townsman, closed, far = crowd("near", "townsman", "closed", "far")
    for person in (near, townsman, far):
        set_privacy(person, profile="everyone")
    Profile.objects.filter(pk__in=[ada.user.pk, near.pk, closed.pk]).update(**BERLIN)
    Profile.objects.filter(pk=townsman.pk).update(city="berlin")
    Profile.objects.filter(pk=far.pk).update(city="Bern")
    assert suggested(ada) == {"near": [NEAR]}
    Profile.objects.filter(pk=ada.user.pk).update(city="Berlin")
    assert suggested(ada) == {"near": [NEAR], "townsman": [NEAR]}


def test_people_who_train_by_the_same_template(ada: ApiClient, exercise: Exercise) -> None:
    other = client_of(crowd("other")[0])
    made = ada.post("/api/v1/templates", template([day("Push", entry(exercise))])).json()["id"]
    Template.objects.update(visibility="public")
    for client in (ada, other):
        assert client.post(f"/api/v1/templates/{made}/start", {}).status_code == 201
    assert suggested(ada) == {}  # how they train is for their friends
    set_privacy(other.user, workouts="everyone")
    same = {"kind": "same_template", "count": None, "template": {"id": made, "name": Template.objects.get().name}}
    assert suggested(ada) == {"other": [same]}
    Template.objects.update(visibility="private")
    assert suggested(ada) == {}
    Template.objects.update(visibility="public")
    other.delete(f"/api/v1/templates/{made}/start")
    assert suggested(ada) == {}


HIDDEN = ["friends", "nobody", "blocked", "blocking", "muted", "requested", "asking", "declined", "deleted", "locked"]


@pytest.mark.parametrize("how", HIDDEN)
def test_never(ada: ApiClient, stranger: User, how: str) -> None:
    (bridge,) = crowd("bridge")
    befriend(bridge, ada.user, stranger)
    assert suggested(ada) == {"stranger": [mutual(1)]}
    pair = Friendship.pair(ada.user.pk, stranger.pk)
    match how:
        case "friends" | "nobody":
            set_privacy(stranger, search=how)
        case "blocked" | "blocking":
            one, other = (ada.user, stranger) if how == "blocked" else (stranger, ada.user)
            Block.objects.create(blocker=one, blocked=other)
        case "muted":
            Mute.objects.create(user=ada.user, muted=stranger)
        case "requested" | "asking":
            Friendship.objects.create(**pair, requester=ada.user if how == "requested" else stranger)
        case "declined":
            Friendship.objects.create(**pair, requester=stranger, declined_at=timezone.now(), withdrawn=True)
        case "deleted":
            User.objects.filter(pk=stranger.pk).update(deleted_at=timezone.now())
        case "locked":
            User.objects.filter(pk=stranger.pk).update(is_active=False)
    assert suggested(ada) == {}


def test_how_others_train_adds_no_weight_while_it_is_theirs(ada: ApiClient, exercise: Exercise) -> None:
    one, two = crowd("one", "two")
    (bridge,) = crowd("bridge")
    befriend(bridge, ada.user, one, two)
    made = ada.post("/api/v1/templates", template([day("Push", entry(exercise))])).json()["id"]
    Template.objects.update(visibility="public")
    ordered = list(suggested(ada))
    for client in (ada, client_of(User.objects.get(username=ordered[1]))):
        assert client.post(f"/api/v1/templates/{made}/start", {}).status_code == 201
    assert list(suggested(ada).items()) == [(name, [mutual(1)]) for name in ordered]


@pytest.mark.parametrize("declined", [True, False])
def test_who_took_a_request_back_cannot_tell_whether_it_was_declined(
    ada: ApiClient, stranger: User, declined: bool
) -> None:
    (bridge,) = crowd("bridge")
    befriend(bridge, ada.user, stranger)
    sam, asked = client_of(stranger), f"/api/v1/users/friends/{stranger.pk}"
    assert ada.post("/api/v1/users/friends/request", {"user_id": str(stranger.pk)}).status_code == 200
    if declined:
        assert sam.put(f"/api/v1/users/friends/{ada.user.pk}", {"action": "decline"}).status_code == 200
    assert suggested(ada) == {}
    assert ada.delete(asked).status_code == 204
    assert suggested(ada) == {"stranger": [mutual(1)]}


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_two_statements(ada: ApiClient, count: int) -> None:
    bridge, *others = crowd("bridge", "one", "two", "three")
    befriend(bridge, ada.user, *others[:count])
    suggested(ada)
    with CaptureQueriesContext(connection) as captured:
        assert len(suggested(ada)) == count
    assert len(captured) == 2
