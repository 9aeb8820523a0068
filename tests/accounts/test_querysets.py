"""Which people somebody may know of."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Block, Coaching, Friendship, Preferences, User
from tests.cast import actor_of, make_person


def names(people: object) -> set[str]:
    return {person.username for person in people}  # type: ignore[attr-defined]


def test_whoever_is_gone_is_invisible_to_all_but_themselves(athlete: User, stranger: User) -> None:
    make_person("locked", is_active=False)
    make_person("gone", deleted_at=timezone.now())
    actor = actor_of(athlete)
    assert names(User.objects.visible_to(actor)) == {"athlete", "stranger"}
    User.objects.filter(pk=athlete.pk).update(is_active=False)
    assert names(User.objects.visible_to(actor)) == {"athlete", "stranger"}
    assert names(User.objects.visible_to(actor_of(stranger))) == {"stranger"}


@pytest.mark.parametrize("audience", ["everyone", "friends", "nobody"])
@pytest.mark.parametrize("part", ["profile", "workouts", "metrics"])
def test_privacy_by_part(athlete: User, stranger: User, part: str, audience: str) -> None:
    Preferences.objects.filter(pk=stranger.pk).update(**{f"privacy_{part}": audience})
    seen = {"athlete", "stranger"} if audience == "everyone" else {"athlete"}
    assert names(User.objects.open_to(actor_of(athlete), part)) == seen


def test_a_block_hides_both_from_each_other_and_nobody_else(athlete: User, stranger: User, coach: User) -> None:
    Block.objects.create(blocker=athlete, blocked=stranger)
    assert names(User.objects.visible_to(actor_of(athlete))) == {"athlete", "coach"}
    assert names(User.objects.visible_to(actor_of(stranger))) == {"stranger", "coach"}
    assert names(User.objects.visible_to(actor_of(coach))) == {"athlete", "stranger", "coach"}


def test_nobody_blocks_twice_or_themselves(athlete: User, stranger: User) -> None:
    Block.objects.create(blocker=athlete, blocked=stranger)
    for blocked in (stranger, athlete):
        with pytest.raises(IntegrityError), transaction.atomic():
            Block.objects.create(blocker=athlete, blocked=blocked)


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("audience", ["everyone", "friends", "nobody"])
def test_friends_see_what_is_for_friends(athlete: User, stranger: User, audience: str, accepted: bool) -> None:
    Preferences.objects.filter(pk=stranger.pk).update(privacy_workouts=audience)
    answered = timezone.now() if accepted else None
    Friendship.objects.create(**Friendship.pair(athlete.pk, stranger.pk), requester=stranger, accepted_at=answered)
    sees = audience == "everyone" or (audience == "friends" and accepted)
    assert names(User.objects.open_to(actor_of(athlete), "workouts")) == {"athlete"} | ({"stranger"} if sees else set())


def test_two_people_are_one_row(athlete: User, stranger: User, coach: User) -> None:
    pair = Friendship.pair(athlete.pk, stranger.pk)
    assert pair == Friendship.pair(stranger.pk, athlete.pk)
    Friendship.objects.create(**pair, requester=stranger)
    turned = {"low_id": pair["high_id"], "high_id": pair["low_id"]}
    for refused in ({**pair, "requester": athlete}, {**turned, "requester": athlete}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Friendship.objects.create(**refused)
    with pytest.raises(IntegrityError), transaction.atomic():
        Friendship.objects.create(**Friendship.pair(athlete.pk, coach.pk), requester=stranger)


def test_a_coach_sees_the_areas_of_a_client_who_agreed(athlete: User, coach: User) -> None:
    def sees(area: str) -> bool:
        return "athlete" in names(User.objects.open_to(actor_of(coach), area))

    Preferences.objects.update(privacy_workouts="nobody")
    coaching = Coaching.objects.create(client=athlete, coach=coach, areas=["workouts"])
    assert not sees("workouts")
    Coaching.objects.filter(pk=coaching.pk).update(accepted_at=timezone.now())
    assert sees("workouts")
    assert not sees("metrics")
    assert names(User.objects.coached_by(actor_of(coach), "workouts")) == {"athlete"}
    Coaching.objects.filter(pk=coaching.pk).update(ended_at=timezone.now())
    assert not sees("workouts")
