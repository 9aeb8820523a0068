"""Proving once more who one is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import ReauthRequired, TooManyTries
from accounts.models import Session, User
from accounts.operations.reauth import require_recent
from fitai.common.problems import Invalid
from tests.cast import PASSWORD, actor_of


def test_a_log_in_of_the_last_ten_minutes_or_the_password(athlete: User) -> None:
    actor = actor_of(athlete)
    require_recent(actor)
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=10, seconds=1))
    with pytest.raises(ReauthRequired):
        require_recent(actor)
    require_recent(actor, password=PASSWORD)


def test_a_wrong_password_is_no_proof_even_right_after_logging_in(athlete: User) -> None:
    with pytest.raises(Invalid):
        require_recent(actor_of(athlete), password="something else")


def test_wrong_passwords_are_counted(athlete: User, real_limits: None) -> None:
    actor = actor_of(athlete)
    for _ in range(5):
        with pytest.raises(Invalid):
            require_recent(actor, password="something else")
    with pytest.raises(TooManyTries):
        require_recent(actor, password=PASSWORD)
