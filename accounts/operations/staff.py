"""What the people who run the server do to accounts. Each act is a security event."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import session_cache
from accounts.enums import Role, SecurityEventKind
from accounts.errors import AddressTaken
from accounts.mails import request_notice_mail
from accounts.models import STAFF, SecurityEvent, User
from accounts.operations.factors import drop_factor
from accounts.operations.privacy import ADMINS, begin_export, begin_grace
from accounts.operations.sessions import end_all_sessions, take_back_deletion
from accounts.operations.sign_up import prove
from accounts.policies import can_change_role, can_export_and_delete, can_manage, can_remove_factor
from fitai.common.actors import Actor, Policy, require
from fitai.common.events import announce_access_changed
from fitai.common.problems import Conflict, Forbidden, NotFound


def _person(actor: Actor, user_id: UUID, policy: Policy = can_manage) -> User:
    """The account, locked for the rest of the transaction, that this member of staff may act on."""
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None:
        raise NotFound()
    require(policy, actor, person)
    return person


def _one_of_the_admins_stays(actor: Actor, user_id: UUID, policy: Policy = can_manage) -> User:
    """The same for what may take an admin away: whoever is no admin any more may not, so that of two who do it to each
    other one stays."""
    held = User.objects.filter(Q(pk=user_id) | ADMINS).hold()
    if Role.ADMIN in actor.roles and actor.user_id not in held:
        raise Forbidden()
    return _person(actor, user_id, policy)


@transaction.atomic
def verify_address(actor: Actor, user_id: UUID) -> User:
    """Take an address as proven, on the word of staff, with all that its own link would end. 409 when somebody else has
    proven it."""
    claims = EmailAddress.objects.filter(email__in=User.objects.filter(pk=user_id).values("email"))
    User.objects.filter(Q(pk=user_id) | Q(pk__in=claims.values("user_id"))).hold()
    person = _person(actor, user_id)
    address = EmailAddress.objects.get_primary(person)
    if address is None:
        raise NotFound("This account has no address.")
    if not address.verified:
        try:
            with transaction.atomic():
                proven = prove(address, by=str(actor.user_id))
        except IntegrityError:  # another account's was proven in this very moment
            proven = False
        if not proven:
            raise AddressTaken()
    return person


@transaction.atomic
def lock_account(actor: Actor, user_id: UUID) -> User:
    """Keep somebody out: every device is logged out at once, and none can log in."""
    person = _one_of_the_admins_stays(actor, user_id)
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        _record(SecurityEventKind.LOCKED, actor, person)
        end_all_sessions(person.pk)
        announce_access_changed(person.pk)
    return person


@transaction.atomic
def unlock_account(actor: Actor, user_id: UUID) -> User:
    """Let somebody in again; they log in anew."""
    person = _person(actor, user_id)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        end_all_sessions(person.pk)  # one that was opened in the very moment of the lock stays ended
        _record(SecurityEventKind.UNLOCKED, actor, person)
    return person


@transaction.atomic
def log_out_everywhere(actor: Actor, user_id: UUID) -> User:
    """End every device of somebody."""
    person = _person(actor, user_id)
    end_all_sessions(person.pk)
    _record(SecurityEventKind.LOGGED_OUT_EVERYWHERE, actor, person)
    return person


@transaction.atomic
def change_role(actor: Actor, user_id: UUID, *, role: Role) -> User:
    """Make somebody a coach, a moderator, an admin, or take that back. Devices that are logged in know it at once."""
    person = _one_of_the_admins_stays(actor, user_id, can_change_role)
    before = person.role
    if before != role:
        person.role = role
        person.is_staff = role in STAFF
        person.is_superuser = role == Role.ADMIN
        person.save(update_fields=["role", "is_staff", "is_superuser"])
        _record(SecurityEventKind.ROLE_CHANGED, actor, person, before=before, after=role)
        session_cache.refresh_facts(person.pk)
        announce_access_changed(person.pk)
    return person


@transaction.atomic
def remove_factor(actor: Actor, user_id: UUID) -> User:
    """Turn off the second factor of somebody who lost their phone and recovery codes; its owner is told by mail.

    404 where none is on. Their devices stay logged in, and the password is still asked.
    """
    person = _person(actor, user_id, can_remove_factor)
    if not drop_factor(person.pk):
        raise NotFound("This account has no second factor.")
    _record(SecurityEventKind.FACTOR_REMOVED, actor, person)
    request_notice_mail("factor_removed", person.pk)
    return person


@transaction.atomic
def export_data(actor: Actor, user_id: UUID) -> User:
    """Have everything about somebody put together for them; they are told when it is there, and only they see it."""
    person = _person(actor, user_id, can_export_and_delete)
    if person.deleted_at is not None:
        raise Conflict("The account is deleted.")
    begin_export(person.pk, by=str(actor.user_id))
    return person


@transaction.atomic
def delete_account(actor: Actor, user_id: UUID) -> User:
    """Delete somebody's account with grace, as they could themselves."""
    person = _one_of_the_admins_stays(actor, user_id, can_export_and_delete)
    begin_grace(person, by=str(actor.user_id))
    return person


@transaction.atomic
def take_back(actor: Actor, user_id: UUID) -> User:
    """Keep an account that waits to be removed. Its owner logs in anew."""
    person = _person(actor, user_id, can_export_and_delete)
    take_back_deletion(person.pk, by=str(actor.user_id))
    return person


def _record(kind: SecurityEventKind, actor: Actor, person: User, **detail: Any) -> None:
    SecurityEvent.record(kind, user_id=person.pk, by=str(actor.user_id), **detail)
