"""Web Push (RFC 8030): encrypted to the device, sent through the push service of its browser or system."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone
from pywebpush import WebPusher

from accounts.channels.base import Channel, Message, Recipient
from accounts.enums import Outcome
from accounts.kinds import manner_of
from accounts.models import Notification, PushDevice
from accounts.vapid import signature
from fitai.common import safe_http
from fitai.common.jobs import Later, PermanentFailure
from fitai.common.outbound import retry_at
from fitai.common.rendering import dumps

log = structlog.get_logger(__name__)

DEADLINE_SECONDS: Final = 8.0
LEASE: Final = timedelta(seconds=1)
"""Renewed while the push service is waited for. What a dead worker left is sent again while it is of use."""
MAX_ANSWER_BYTES: Final = 64_000
LONGEST_WAIT: Final = timedelta(days=1)
GONE: Final = frozenset({404, 410})


class PushChannel(Channel):
    """Every device of the person that is logged in. A device that its push service no longer knows is forgotten.

    Its jobs have a queue of their own: the end of a rest waits for nobody's mail server.
    """

    job = "accounts.push"

    def targets(self, recipient: Recipient) -> Sequence[str]:
        if not settings.VAPID_PRIVATE_KEY:
            return []
        devices = PushDevice.objects.reachable().filter(user_id=recipient.user_id)
        return [str(pk) for pk in devices.values_list("pk", flat=True)]

    def deliver(self, messages: Sequence[Message], recipient: Recipient, target: str) -> Outcome:
        (message,) = messages
        manner = manner_of(message.notification.kind)
        left = message.notification.happened_at + manner.fresh_for - timezone.now()
        if left <= timedelta(0):
            return Outcome.TOO_LATE
        device = PushDevice.objects.reachable().filter(pk=UUID(target), user_id=recipient.user_id).first()
        if device is None or not settings.VAPID_PRIVATE_KEY:
            return Outcome.GONE
        headers = {
            "TTL": str(int(left.total_seconds())),
            "Topic": topic_of(message.notification),
            "Urgency": "high" if manner.urgent else "normal",
        }
        return send(device, dumps(payload_of(message)), headers)


def payload_of(message: Message) -> dict[str, object]:
    """What the device shows."""
    told = message.notification
    shown = {"id": told.pk, "kind": told.kind, "title": message.title, "body": message.body}
    return {**shown, "count": told.count, "params": told.params, "at": told.happened_at}


def topic_of(notification: Notification) -> str:
    """At the push service and on the device, the latest of a topic replaces what waits of it: 32 characters at most."""
    about = manner_of(notification.kind).topic or notification.group_key or str(notification.pk)
    digest = hashlib.blake2b(f"{notification.user_id}:{notification.kind}:{about}".encode(), digest_size=18).digest()
    return base64.urlsafe_b64encode(digest).decode()


def send(device: PushDevice, payload: bytes, headers: dict[str, str]) -> Outcome:
    """Hand a message to the push service; raises what has the job repeated or given up."""
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    body = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(payload)["body"]
    sent = {
        **headers,
        **signature(device.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
    answer = safe_http.request(
        "POST",
        device.endpoint,
        headers=sent,
        content=body,
        deadline_seconds=DEADLINE_SECONDS,
        max_bytes=MAX_ANSWER_BYTES,
    )
    if 200 <= answer.status < 300:
        PushDevice.objects.filter(pk=device.pk).update(last_sent_at=timezone.now())
        return Outcome.SENT
    if answer.status in GONE:
        PushDevice.objects.filter(pk=device.pk, endpoint=device.endpoint).delete()
        return Outcome.GONE
    log.warning("push.refused", device_id=str(device.pk), status=answer.status)
    if answer.status == 429 or answer.status >= 500:
        again = retry_at(answer.headers.get("retry-after"), timezone.now(), LONGEST_WAIT)
        if again is not None:
            raise Later(again, counts=True)
        raise PushRefused(answer.status)
    raise PermanentFailure("push_refused", f"The push service answered {answer.status}.")


class PushRefused(Exception):
    """The push service takes nothing now; the job comes again."""
