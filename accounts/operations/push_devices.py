"""Devices that take push messages."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.errors import PushUnavailable
from accounts.models import PushDevice, User
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.problems import IdTaken, NotFound

KEPT = ("name", "endpoint", "p256dh", "auth")


@transaction.atomic
def subscribe(actor: Actor, *, id: UUID | None = None, values: Mapping[str, str]) -> PushDevice:
    """Have push messages sent to a device. Its address belongs to whoever is logged in on it last.

    An address that is one's own already keeps its row, with the keys of now. Beyond PUSH_DEVICES_PER_USER the oldest
    goes. `id` may be chosen: the same id and values again is the same device, another device under it is `id_taken`.
    """
    if not settings.VAPID_PRIVATE_KEY:
        raise PushUnavailable()
    User.objects.filter(pk=actor.user_id).hold()
    chosen = PushDevice.objects.filter(pk=id).first() if id else None
    if chosen is not None and (chosen.user_id != actor.user_id or chosen.endpoint != values["endpoint"]):
        raise IdTaken()
    known = chosen or PushDevice.objects.select_for_update().filter(endpoint=values["endpoint"]).first()
    if known is not None and known.user_id == actor.user_id and id in (None, known.pk):
        return _renew(known, actor, values)
    if known is not None:
        known.delete()
    _make_room(actor.user_id)
    try:
        with transaction.atomic():
            return PushDevice.objects.create(
                id=id or uuid7(), user_id=actor.user_id, session_id=actor.session_id, **values
            )
    except IntegrityError:
        raise IdTaken() from None  # the id or the address is somebody else's since this instant


def _renew(device: PushDevice, actor: Actor, values: Mapping[str, str]) -> PushDevice:
    changed: dict[str, Any] = {**values, "session_id": actor.session_id}
    for name, value in changed.items():
        setattr(device, name, value)
    device.save(update_fields=[*values, "session"])
    return device


def _make_room(user_id: UUID) -> None:
    """The oldest go, so that one more is within the limit."""
    own = PushDevice.objects.filter(user_id=user_id).order_by("-created_at", "-pk").values_list("pk", flat=True)
    PushDevice.objects.filter(pk__in=list(own[settings.PUSH_DEVICES_PER_USER - 1 :])).delete()


def unsubscribe(actor: Actor, device_id: UUID) -> None:
    """Send nothing more to it."""
    if not PushDevice.objects.visible_to(actor).filter(pk=device_id).delete()[0]:
        raise NotFound()
