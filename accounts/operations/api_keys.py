"""Keys with which services act for people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import session_cache
from accounts.enums import SecurityEventKind
from accounts.errors import TooManyKeys
from accounts.keys import digest_of, make_key, prefix_of
from accounts.models import ApiKey, SecurityEvent
from accounts.operations.sessions import hold_self
from fitai.common import redis
from fitai.common.actors import Actor, require_verified
from fitai.common.problems import Invalid, error


@transaction.atomic
def create_key(actor: Actor, *, values: dict[str, Any], address: str = "") -> tuple[ApiKey, str]:
    """A new key of one's own, and its text, which nobody can read again. 409 beyond twenty that work.

    The caller has made sure that it is really them (`require_recent`).
    """
    require_verified(actor)
    expires_at: datetime | None = values.get("expires_at")
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(errors=[error("/expires_at", "past", "Choose a time to come, or none.")])
    hold_self(actor)
    limit = settings.API_KEYS_PER_USER
    if ApiKey.objects.visible_to(actor).live().count() >= limit:
        raise TooManyKeys(f"At most {limit} keys. Revoke one that is not needed.")
    text = make_key()
    key = ApiKey.objects.create(
        user_id=actor.user_id, prefix=str(prefix_of(text)), digest=digest_of(text), **{"expires_at": None, **values}
    )
    SecurityEvent.record(
        SecurityEventKind.KEY_CREATED,
        user_id=actor.user_id,
        address=address,
        session_id=actor.session_id,
        prefix=key.prefix,
        scopes=key.scopes,
    )
    return key, text


@transaction.atomic
def revoke_key(actor: Actor, key_id: UUID, *, address: str = "") -> None:
    """End one of one's own keys: from the commit on it is refused."""
    hold_self(actor)
    key = ApiKey.objects.visible_to(actor).lock(key_id)
    SecurityEvent.record(
        SecurityEventKind.KEY_REVOKED,
        user_id=actor.user_id,
        address=address,
        session_id=actor.session_id,
        prefix=key.prefix,
    )
    _end([key])


def end_all_keys(user_id: UUID) -> int:
    """End every key of somebody, whose account the caller holds; how many that were.

    For who loses the claim to an address, and for a reset password. Locking and deleting an account suspend its keys by
    themselves, and letting its owner in again lets them in.
    """
    ended = _end(ApiKey.objects.kept().select_for_update().filter(user_id=user_id).order_by("pk"))
    if ended:
        SecurityEvent.record(SecurityEventKind.KEY_REVOKED, user_id=user_id, prefix="*", count=ended)
    return ended


def _end(keys: Iterable[ApiKey]) -> int:
    """Revoke locked keys."""
    found = {key.pk: key.prefix for key in keys}
    ApiKey.objects.filter(pk__in=found).update(revoked_at=timezone.now())
    session_cache.end_keys(found.values())
    return len(found)


def write_uses() -> int:
    """Write down when keys were last used, as far as Valkey knows more than the rows; how many it knew of.

    A use that comes in meanwhile stays for the next time: only what was read is taken away.
    """
    seen: Any = redis.client.zrange(session_cache.USED, 0, -1, withscores=True)
    for member, score in seen:
        used_at = datetime.fromtimestamp(score, timezone.get_default_timezone())
        ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=used_at), prefix=member.decode()).update(
            last_used_at=used_at
        )
    if seen:
        redis.client.zremrangebyscore(session_cache.USED, "-inf", seen[-1][1])
    return len(seen)
