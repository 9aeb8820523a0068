"""Taking one's data along, and leaving. What is done about the rows themselves is in `fitai.privacy`."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import session_cache
from accounts.enums import Role, SecurityEventKind
from accounts.errors import LastAdmin
from accounts.mails import request_deletion_receipt
from accounts.models import DataExport, SecurityEvent, User
from accounts.operations.reauth import require_recent
from accounts.operations.sessions import end_all_sessions, hold_self
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.events import announce_access_changed
from fitai.common.ids import uuid7
from fitai.common.throttling import charge

EXPORT: Final = "privacy.export"
ADMINS: Final = Q(role=Role.ADMIN, is_active=True, deleted_at=None)


@transaction.atomic
def request_export(actor: Actor, *, address: str = "") -> UUID:
    """Have everything about the actor put together as a file; the id of the job that does it."""
    hold_self(actor)
    return begin_export(actor.user_id, address=address)


def begin_export(user_id: UUID, *, address: str = "", **detail: Any) -> UUID:
    """The same for a person whom the caller holds."""
    id = uuid7()
    DataExport.objects.create(id=id, user_id=user_id)
    jobs.enqueue(EXPORT, {}, dedupe_key=f"{EXPORT}:{id}", user_id=user_id, id=id)
    SecurityEvent.record(SecurityEventKind.EXPORT_REQUESTED, user_id=user_id, address=address, **detail)
    return id


def delete_account(actor: Actor, *, password: str | None = None, address: str = "") -> None:
    """Be gone for everybody at once, on every device; until the grace is over, logging in can take it back.

    403 without a password or a recent log-in, 409 for the last admin.
    """
    require_recent(actor, password=password)
    charge("mail", f"deletion:{actor.user_id}")
    me = Q(pk=actor.user_id)
    with transaction.atomic():
        held = User.objects.filter(me | ADMINS if Role.ADMIN in actor.roles else me).hold()
        person = hold_self(actor)
        if person.role == Role.ADMIN and held == [person.pk]:
            raise LastAdmin()
        begin_grace(person, address=address)


def begin_grace(person: User, *, address: str = "", **detail: Any) -> None:
    """Delete an account that the caller holds. From the commit nobody sees it, and nothing lets anybody in."""
    if person.deleted_at is not None:
        return
    person.deleted_at = timezone.now()
    person.save(update_fields=["deleted_at"])
    end_all_sessions(person.pk)
    session_cache.refresh_facts(person.pk)  # its keys are refused from now on
    announce_access_changed(person.pk)
    SecurityEvent.record(SecurityEventKind.DELETED, user_id=person.pk, address=address, **detail)
    request_deletion_receipt(person)
