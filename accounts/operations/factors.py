"""The codes of second factors: whether one is right, and that each works once.

The arithmetic and the rows are allauth's. What is added here is that a code of the app works once even while it is
valid: allauth remembers a used one for half a minute in the cache, but with a step of tolerance each is valid for a
minute and a half, and a cache may be lost.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import structlog
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction

from accounts.enums import SecurityEventKind
from accounts.errors import InvalidCode
from accounts.models import PendingFactor, SecurityEvent, User
from accounts.operations.sessions import Device, is_known
from accounts.tries import Counter, counted, counters
from fitai.common.sealing import Unreadable

log = structlog.get_logger(__name__)

Type = Authenticator.Type
USED = "used_counter"
"""Of an app's row: the time step of the latest code that was used. Only later ones work."""


def places_of(user: User, device: Device) -> list[Counter]:
    """Where the codes of a log-in count: with those of its account, and with all that is wrong from its address."""
    known = f"{user.pk}:{device.fingerprint}:factor" if is_known(user, device) else None
    return counters(f"factor:{user.pk}", device.address, known)


def prove_factor(user: User, code: str, *, places: list[Counter], address: str) -> Authenticator.Type:
    """Use up a code of somebody; which kind it was. Counted in `places` as a password is: 401 on a wrong one, 429
    after too many."""
    with counted(places) as attempt:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).hold()
            used = use_code(user.pk, code)
            kind = SecurityEventKind.FACTOR_REFUSED if used is None else SecurityEventKind.FACTOR_USED
            detail: dict[str, Any] = {} if used is None else {"type": used.value}
            SecurityEvent.record(kind, user_id=user.pk, address=address, **detail)
        attempt.wrong = used is None
    if used is None:
        raise InvalidCode()
    return used


def use_code(user_id: UUID, code: str) -> Authenticator.Type | None:
    """Use up a code of somebody whose account the caller holds; which kind it was, None for a wrong one."""
    rows = Authenticator.objects.select_for_update().filter(user_id=user_id, type__in=[Type.TOTP, Type.RECOVERY_CODES])
    factors = {Type(row.type): row for row in rows.order_by("pk")}
    app, codes = factors.get(Type.TOTP), factors.get(Type.RECOVERY_CODES)
    try:
        if app is not None and _use_step(app, code):
            return Type.TOTP
        if app is not None and codes is not None and RecoveryCodes(codes).validate_code(code):
            codes.record_usage()
            return Type.RECOVERY_CODES
    except Unreadable:  # SECRET_KEY has changed without a fallback: staff removes the factor, or nobody gets in
        log.error("factor.unreadable", user_id=str(user_id))
    return None


def _use_step(app: Authenticator, code: str) -> bool:
    secret = get_adapter().decrypt(app.data["secret"])
    step = step_of(secret, code, yield_hotp_counters_from_time())
    if step is None or step <= app.data.get(USED, -1):
        return False
    app.data[USED] = step
    app.save(update_fields=["data"])
    app.record_usage()
    return True


def drop_factor(user_id: UUID) -> bool:
    """Remove the second factor of somebody whose account the caller holds, with its recovery codes; whether one was
    on. The caller writes down why."""
    PendingFactor.objects.filter(pk=user_id).delete()
    gone, _ = Authenticator.objects.filter(user_id=user_id).delete()
    return gone > 0


def step_of(secret: str, code: str, steps: Iterable[int]) -> int | None:
    """The time step whose code this is."""
    for step in steps:
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None
