"""What accounts refuse."""

from fitai.common.problems import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)


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


class LastAdmin(Conflict):
    """Nobody else could run this server. Make somebody else an admin first."""

    slug, title = "last-admin", "This is the only admin"


class LinkInvalid(Invalid):
    """The link is expired, or no address waits for it. Ask for a new mail with `POST /auth/resend-verification` and
    open the newest one."""

    slug, title = "link-invalid", "This link does not work"


class AlreadyInvited(Conflict):
    """This coach was invited before, to see other areas. Change `areas` with `PUT /users/coaches/{id}`; `coaching_id`
    names the row."""

    slug, title = "already-invited", "This coach was invited before"


class AlreadyCoaching(Conflict):
    """The invitation was accepted, so it can be declined no longer. End the coaching with
    `DELETE /users/coaches/{id}`."""

    slug, title = "already-coaching", "The invitation was accepted"


class ResetLinkInvalid(Invalid):
    """The link to set a new password has expired, was used, or the password or address has changed since. Ask for a new
    mail with `POST /auth/forgot-password` and open the newest one."""

    slug, title = "reset-link-invalid", "This link does not work"


class AddressTaken(Conflict):
    """Another account has proven that the address is its own."""

    slug, title = "address-taken", "Another account has verified this address"


class GoogleNotConfigured(NotFound):
    """Nobody has set up Google log-in on this server, or not for this way in: people log in with a password. Whoever
    runs the server finds what to set in docs/google.md."""

    slug, title = "google-not-configured", "There is no Google log-in here"


class GoogleUnavailable(Unavailable):
    """Google does not answer, or not with what it should. Nothing was changed; try again in a moment, or log in with a
    password."""

    slug, title = "google-unavailable", "Google cannot be asked right now"


class GoogleTokenInvalid(Unauthenticated):
    """The ID token is not one of Google's for this app, has expired, or was used before. Get a fresh one from Google,
    with a new nonce, and send both."""

    slug, title = "google-token-invalid", "Google does not vouch for this"


class GoogleCodeInvalid(Unauthenticated):
    """The code that the browser brought back is unknown, used up, older than 60 seconds, or was asked for by another
    app. Begin again at `GET /auth/google`."""

    slug, title = "google-code-invalid", "This code does not work"


class GoogleEmailUnverified(Forbidden):
    """Google has not verified the e-mail address of this Google account, so it proves nothing here. Verify it with
    Google, or log in with a password."""

    slug, title = "google-email-unverified", "Google has not verified this address"


class GoogleLinkFirst(Conflict):
    """There is an account with this address, and it does not open to this Google account. Log in to it in another way,
    and link Google there with `POST /auth/google/link`."""

    slug, title = "google-link-first", "Log in and link Google first"


class GoogleLinkedElsewhere(Conflict):
    """This Google account opens another account. Log in to that one, and unlink it there first."""

    slug, title = "google-linked-elsewhere", "This Google account belongs to another account"


class GoogleLinkedAlready(Conflict):
    """Your account opens to another Google account, and one is all it takes. Unlink that one first."""

    slug, title = "google-linked-already", "Another Google account is linked"


class LastWayIn(Conflict):
    """Without it nobody could get into the account any more. Set a password first, with `POST /auth/forgot-password`,
    then repeat this."""

    slug, title = "last-way-in", "This is the only way into the account"


class TooManyKeys(Conflict):
    """You have as many API keys that work as anybody may have. Revoke one with `DELETE /auth/api-keys/{id}`, then make
    the new one."""

    slug, title = "too-many-keys", "Too many API keys"


class MfaRequired(Unauthenticated):
    """The password was right, and the account has a second factor. Send `mfa_token`, which is good once and for 5
    minutes, with a code of the authenticator app or a recovery code to `POST /auth/mfa/verify`."""

    slug, title = "mfa-required", "A second factor is needed"
    sample = {"mfa_token": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJtZmEifQ.U4GbVM4Wh-TDLgdNKaKmVPQPmUx0G7sGHKsCzCqYDw0"}


class MfaTokenInvalid(Unauthenticated):
    """The `mfa_token` is expired, used up, from another device or for an account that has changed since. Log in
    again."""

    slug, title = "mfa-token-invalid", "Log in again"


class InvalidCode(Unauthenticated):
    """This is no code of the account's authenticator app or recovery codes, or one that was used before. Wait for the
    next code of the app, or take another recovery code."""

    slug, title = "invalid-code", "This code is wrong or used up"


class FactorActive(Conflict):
    """The account has a second factor already. Remove it with `DELETE /auth/mfa/totp` before adding another."""

    slug, title = "factor-active", "A second factor is on already"


class FactorMissing(Conflict):
    """There is no second factor to do this for. Begin with `POST /auth/mfa/totp`, and confirm it within 15 minutes."""

    slug, title = "factor-missing", "There is no second factor yet"


class Yourself(Invalid):
    """Friendship, blocks and mutes are between two people, and this names the account that asks. Name somebody else."""

    slug, title = "yourself", "This is about somebody else than you"


class FriendsAlready(Conflict):
    """The request was accepted before, so it cannot be declined any more. End the friendship with
    `DELETE /users/friends/{user_id}`."""

    slug, title = "friends-already", "You are friends already"


class PushUnavailable(Conflict):
    """This server sends no push messages: whoever runs it has given it no key to sign them with (`VAPID_PRIVATE_KEY`).
    Read notifications from the list and the socket instead."""

    slug, title = "push-unavailable", "This server sends no push messages"
