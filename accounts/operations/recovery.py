"""Giving an account back to its owner: nobody else's way into it stays."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from accounts.models import PendingFactor, User
from accounts.operations.api_keys import end_all_keys
from accounts.operations.sessions import canonical, end_all_sessions


def end_every_way_in(user: User) -> None:
    """End what would let in whoever was in an account that the caller holds: its devices and keys, a second factor and
    an address that wait to be confirmed, and Google accounts of another address than its own. The password is the
    caller's."""
    end_all_sessions(user.pk)
    end_all_keys(user.pk)
    forget_wishes(user)
    for account in SocialAccount.objects.filter(user_id=user.pk):
        if not user.email or canonical(account.extra_data.get("email", "")) != user.email:
            account.delete()


def forget_wishes(user: User) -> None:
    """End what somebody began and has not confirmed: another address, a second factor."""
    EmailAddress.objects.filter(user_id=user.pk, verified=False, primary=False).delete()
    PendingFactor.objects.filter(pk=user.pk).delete()
