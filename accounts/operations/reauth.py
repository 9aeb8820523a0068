"""Proving once more who one is, before something that changes how one gets in."""

from datetime import timedelta

from django.utils import timezone

from accounts.errors import ReauthRequired
from accounts.models import Session, User
from accounts.tries import Counter, counted
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, error

RECENT = timedelta(minutes=10)
TRIES = 5  # wrong passwords in 15 minutes


def require_recent(actor: Actor, *, password: str | None = None) -> None:
    """Let pass who sends their password, or logged in on this device within 10 minutes; else 403 `reauth_required`.

    A wrong password is 422, and counted. Costs a hash when there is a password: call it before a transaction opens.
    """
    if password is not None:
        check_own_password(User.objects.get(pk=actor.user_id), password)
    elif not _logged_in_recently(actor):
        raise ReauthRequired()


def check_own_password(user: User, password: str, *, pointer: str = "/password") -> None:
    """Refuse with 422 what is not the password of one's own account; wrong ones are counted."""
    with counted([Counter(f"reauth:{user.pk}", TRIES)]) as attempt:
        attempt.wrong = not user.check_password(password)
    if attempt.wrong:
        raise Invalid(errors=[error(pointer, "wrong", "This is not the password of the account.")])


def _logged_in_recently(actor: Actor) -> bool:
    recent = Session.objects.visible_to(actor).filter(created_at__gt=timezone.now() - RECENT)
    return actor.session_id is not None and recent.filter(pk=actor.session_id).exists()
