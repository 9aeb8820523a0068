"""Which people somebody may know of."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Block, Preferences, User
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


def test_search_lists_who_allows_it(athlete: User, stranger: User) -> None:
    actor = actor_of(athlete)
    assert names(User.objects.listed_for(actor)) == {"athlete", "stranger"}
    Preferences.objects.filter(pk=stranger.pk).update(privacy_search="nobody")
    assert names(User.objects.listed_for(actor)) == {"athlete"}


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
