"""What a request needs to know of its session or API key, kept in Valkey so that it costs no SQL.

`fitai:session:<id>` and `fitai:api_key:<prefix>` hold the facts for a minute, written by whoever misses them (only when
nothing is there), or the word that the session or key has ended, which outlives every access token and which no late
writer can replace. The keys of somebody who may not come in now (locked, deleted) have the word that they are
suspended, which only new facts replace. Without Valkey each request asks the database.
"""

import hmac
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
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
from accounts.keys import digest_of, prefix_of
from accounts.models import ApiKey, Session, User
from fitai.common import jobs, redis
from fitai.common.ids import uuid7

log = structlog.get_logger(__name__)

KEPT_SECONDS = 60
ENDED, SUSPENDED = b"ended", b"suspended"
ENDED_SECONDS = int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()) + 60

USED = "fitai:api_keys_used"  # prefix → when it was used, until a job has written it down

# Replaces what is known of KEYS by ARGV[1], but for what has ended.
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


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The same of an API key, whose owner's roles are not among what it may do."""

    user_id: str
    email_verified: bool
    weight_unit: str
    digest: str
    scopes: list[str]
    expires_at: float | None

    def encode(self) -> bytes:
        return orjson.dumps(astuple(self))

    def fit(self, key: str) -> bool:
        """Whether this is the whole key, and in time."""
        in_time = self.expires_at is None or time.time() < self.expires_at
        return hmac.compare_digest(digest_of(key).hex(), self.digest) and in_time


def key_of(session_id: UUID | str) -> str:
    """Where Valkey keeps what is known of a session."""
    return f"fitai:session:{session_id}"


def name_of(prefix: str) -> str:
    """Where Valkey keeps what is known of an API key."""
    return f"fitai:api_key:{prefix}"


def facts_of(session_id: UUID) -> Facts | None:
    """The facts of a session that lives; None once it has ended."""
    key = key_of(session_id)
    return facts_by(session_id, redis.attempt(lambda client: client.get(key), None))


def facts_by(session_id: UUID, known: bytes | str | None) -> Facts | None:
    """The same, where what Valkey keeps is read already."""
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


def facts_of_key(key: str) -> KeyFacts | None:
    """The facts of an API key that works; None for any other text."""
    prefix = prefix_of(key)
    if prefix is None:
        return None
    name = name_of(prefix)
    known = redis.attempt(lambda client: client.get(name), None)
    if known in (ENDED, SUSPENDED):
        return None
    facts = read_key_facts(prefix) if known is None else KeyFacts(*orjson.loads(known))
    if facts is None or not facts.fit(key):
        return None
    if known is None:
        keep_key_facts(prefix, facts)
    return facts


def keep_key_facts(prefix: str, facts: KeyFacts) -> None:
    """Keep what was read, unless something is known already; and that the key was used, which is so once a minute."""
    name, encoded, now = name_of(prefix), facts.encode(), time.time()

    def write(client: valkey.Redis) -> None:
        with client.pipeline(transaction=False) as pipe:
            pipe.set(name, encoded, nx=True, ex=KEPT_SECONDS)
            pipe.zadd(USED, {prefix: now})
            pipe.execute()

    redis.attempt(write, None)


def read_key_facts(prefix: str) -> KeyFacts | None:
    """The facts of a key from the database, in one statement."""
    row = (
        ApiKey.objects.live()
        .filter(prefix=prefix, user__is_active=True, user__deleted_at=None)
        .values_list("user_id", VERIFIED, "user__preferences__weight_unit", "digest", "scopes", "expires_at")
        .first()
    )
    return None if row is None else _key_facts(*row)


def _key_facts(
    user_id: UUID, verified: bool, weight_unit: str, digest: bytes, scopes: list[str], expires_at: datetime | None
) -> KeyFacts:
    until = None if expires_at is None else expires_at.timestamp()
    return KeyFacts(str(user_id), verified, weight_unit, bytes(digest).hex(), scopes, until)


def uses_of(prefixes: list[str]) -> dict[str, datetime]:
    """When these keys were used, where that is not written down yet."""
    scores = redis.attempt(lambda client: client.zmscore(USED, prefixes), None) if prefixes else None
    found = zip(prefixes, scores or (), strict=False)
    return {prefix: datetime.fromtimestamp(score, UTC) for prefix, score in found if score is not None}


def end(session_ids: Iterable[UUID]) -> None:
    """After commit, make every process refuse these sessions at once."""
    _end([key_of(session_id) for session_id in session_ids])


def end_keys(prefixes: Iterable[str]) -> None:
    """After commit, make every process refuse these API keys at once."""
    _end([name_of(prefix) for prefix in prefixes])


def _end(names: list[str]) -> None:
    if names:
        transaction.on_commit(partial(mark_ended, names))


def mark_ended(names: list[str]) -> None:
    """Write what has ended. While Valkey does not take it, a job keeps trying: facts may still lie there."""
    try:
        write_ended(names)
    except (valkey.RedisError, OSError) as failure:
        log.warning("session.end_delayed", error=str(failure))
        jobs.enqueue("accounts.mark_ended", {"names": names}, dedupe_key=f"ended:{uuid7()}")


def write_ended(names: Iterable[str]) -> None:
    """Write in the place of whatever facts lie there that it has ended; fails while Valkey is away."""
    with redis.client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.set(name, ENDED, ex=ENDED_SECONDS)
        pipe.execute()


def refresh_facts(user_id: UUID) -> None:
    """After commit, give the person's sessions and keys their new facts (role, address, unit, whether they may come
    in)."""
    transaction.on_commit(partial(_refresh, user_id))


def _refresh(user_id: UUID) -> None:
    try:
        write_facts(user_id)
    except (valkey.RedisError, OSError) as failure:
        log.warning("session.refresh_delayed", error=str(failure))
        payload = {"user_id": str(user_id)}
        jobs.enqueue("accounts.refresh_facts", payload, dedupe_key=f"refresh-facts:{uuid7()}", user_id=user_id)


@transaction.atomic
def write_facts(user_id: UUID) -> None:
    """Write what is true of somebody now for each of their sessions and keys; fails while Valkey is away."""
    # Under the person's lock, so that of two changes the later one's facts are written last.
    user = User.objects.select_for_update(of=("self",)).select_related("preferences").filter(pk=user_id).first()
    if user is None:
        return
    keys = list(ApiKey.objects.live().filter(user_id=user_id).values_list("prefix", "digest", "scopes", "expires_at"))
    if not user.is_active or user.deleted_at is not None:
        _write([name_of(prefix) for prefix, *_ in keys], SUSPENDED, ENDED_SECONDS)
        return
    sessions = list(Session.objects.live().filter(user_id=user_id).values_list("pk", flat=True))
    verified = EmailAddress.objects.filter(user_id=user_id, verified=True).exists()
    unit = user.preferences.weight_unit
    replace_facts(sessions, _facts(user.pk, user.role, verified, unit))
    for prefix, digest, scopes, expires_at in keys:
        facts = _key_facts(user.pk, verified, unit, bytes(digest), scopes, expires_at)
        _write([name_of(prefix)], facts.encode(), KEPT_SECONDS)


def replace_facts(session_ids: Iterable[UUID], facts: Facts) -> None:
    """Put new facts in the place of old ones; a session that has ended meanwhile stays ended."""
    _write([key_of(session_id) for session_id in session_ids], facts.encode(), KEPT_SECONDS)


def _write(names: list[str], value: bytes, seconds: int) -> None:
    if names:
        REPLACE(keys=names, args=[value, ENDED, seconds], client=redis.client)
