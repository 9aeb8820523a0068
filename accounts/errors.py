"""What accounts refuse."""

from fitai.common.problems import Conflict, Forbidden, Invalid, TooManyRequests, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """No account answers to this log-in and password. Check the spelling; the answer is the same whichever of them is
    wrong."""

    slug, title = "invalid-credentials", "Log-in or password is wrong"


class SessionEnded(Unauthenticated):
    """The refresh token is expired, malformed, used up or its device was logged out. Log in again."""

    slug, title = "session-ended", "Log in again"


class TooManyTries(TooManyRequests):
    """Too many wrong passwords. Wait for the seconds that `Retry-After` names; devices that have logged in before are
    counted apart, so try from one of those."""

    slug, title = "too-many-tries", "Too many wrong passwords"


class AccountLocked(Forbidden):
    """The account was locked by the people who run this server. Ask them."""

    slug, title = "account-locked", "This account is locked"


class AccountDeleted(Forbidden):
    """The account is deleted and will be removed for good. Log in with `restore: true` to keep it."""

    slug, title = "account-deleted", "This account is deleted"


class ReauthRequired(Forbidden):
    """This changes how people get into the account. Send the password with it, or log in again and repeat it within 10
    minutes."""

    slug, title = "reauth-required", "Prove again that it is you"


class LinkInvalid(Invalid):
    """The link is expired, or no address waits for it. Ask for a new mail with `POST /auth/resend-verification` and
    open the newest one."""

    slug, title = "link-invalid", "This link does not work"


class AddressTaken(Conflict):
    """Another account has proven that the address is its own."""

    slug, title = "address-taken", "Another account has verified this address"


class PushUnavailable(Conflict):
    """This server sends no push messages: whoever runs it has given it no key to sign them with (`VAPID_PRIVATE_KEY`).
    Read notifications from the list and the socket instead."""

    slug, title = "push-unavailable", "This server sends no push messages"
