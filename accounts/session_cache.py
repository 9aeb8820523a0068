"""What a request needs to know of its session, kept in Valkey so that it costs no SQL.

`fitai:session:<id>` holds the facts for a minute, written by whoever misses them (only when nothing is there), or the
word that the session has ended, which outlives every access token and which no late writer can replace. Without
Valkey each request asks the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import orjson
import redis as valkey
import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.enums import Role
from accounts.models import Session, User
from fitai.common import jobs, redis
from fitai.common.ids import uuid7

log = structlog.get_logger(__name__)

KEPT_SECONDS = 60
ENDED = b"ended"
ENDED_SECONDS = int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()) + 60

# Replaces the facts of KEYS by ARGV[1] unless the session has ended.
REPLACE = redis.client.register_script(
    """
    for _, key in ipairs(KEYS) do
        if redis.call('GET', key) ~= ARGV[2] then redis.call('SET', key, ARGV[1], 'EX', ARGV[3]) end
    end
    """
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an `Actor` takes from the database."""

    user_id: str
    roles: list[str]
    email_verified: bool
    weight_unit: str

    def encode(self) -> bytes:
        return orjson.dumps([self.user_id, self.roles, self.email_verified, self.weight_unit])


def key_of(session_id: UUID | str) -> str:
    """Where Valkey keeps what is known of a session."""
    return f"fitai:session:{session_id}"


def facts_of(session_id: UUID) -> Facts | None:
    """The facts of a session that lives; None once it has ended."""
    key = key_of(session_id)
    known = redis.attempt(lambda client: client.get(key), None)
    if known == ENDED:
        return None
    if known is not None:
        return Facts(*orjson.loads(known))
    facts = read_facts(session_id)
    if facts is not None:
        keep_facts(session_id, facts)
    return facts


def keep_facts(session_id: UUID, facts: Facts) -> None:
    """Keep what was read, unless something is known already: a later change, or the end."""
    key, encoded = key_of(session_id), facts.encode()
    redis.attempt(lambda client: client.set(key, encoded, nx=True, ex=KEPT_SECONDS), None)


def read_facts(session_id: UUID) -> Facts | None:
    """The same from the database, in one statement."""
    row = (
        Session.objects.live()
        .filter(pk=session_id, user__is_active=True, user__deleted_at=None)
        .values_list("user_id", "user__role", VERIFIED, "user__preferences__weight_unit")
        .first()
    )
    return None if row is None else _facts(*row)


VERIFIED = Exists(EmailAddress.objects.filter(user_id=OuterRef("user_id"), verified=True))


def _facts(user_id: UUID, role: str, verified: bool, weight_unit: str) -> Facts:
    return Facts(str(user_id), [] if role == Role.USER else [role], verified, weight_unit)


def end(session_ids: Iterable[UUID]) -> None:
    """After commit, make every process refuse these sessions at once."""
    ended = list(session_ids)
    if ended:
        transaction.on_commit(partial(mark_ended, ended))


def mark_ended(session_ids: list[UUID]) -> None:
    """Write that sessions have ended. While Valkey does not take it, a job keeps trying: facts may still lie there."""
    try:
        write_ended(session_ids)
    except (valkey.RedisError, OSError) as failure:
        log.warning("session.end_delayed", error=str(failure))
        ids = [str(id) for id in session_ids]
        jobs.enqueue("accounts.mark_sessions_ended", {"session_ids": ids}, dedupe_key=f"sessions-ended:{uuid7()}")


def write_ended(session_ids: Iterable[UUID | str]) -> None:
    """Write in the place of whatever facts lie there that these sessions have ended; fails while Valkey is away."""
    with redis.client.pipeline(transaction=False) as pipe:
        for session_id in session_ids:
            pipe.set(key_of(session_id), ENDED, ex=ENDED_SECONDS)
        pipe.execute()


def refresh_facts(user_id: UUID) -> None:
    """After commit, give the person's sessions their new facts (role, address, unit)."""
    transaction.on_commit(partial(_replace, user_id))


@transaction.atomic
def _replace(user_id: UUID) -> None:
    # Under the person's lock, so that of two changes the later one's facts are written last.
    user = User.objects.select_for_update(of=("self",)).select_related("preferences").get(pk=user_id)
    sessions = list(Session.objects.live().filter(user_id=user_id).values_list("pk", flat=True))
    if not sessions:
        return
    verified = EmailAddress.objects.filter(user_id=user_id, verified=True).exists()
    replace_facts(sessions, _facts(user.pk, user.role, verified, user.preferences.weight_unit))


def replace_facts(session_ids: Iterable[UUID], facts: Facts) -> None:
    """Put new facts in the place of old ones; a session that has ended meanwhile stays ended."""
    keys, encoded = [key_of(session_id) for session_id in session_ids], facts.encode()
    redis.attempt(lambda client: REPLACE(keys=keys, args=[encoded, ENDED, KEPT_SECONDS], client=client), None)
