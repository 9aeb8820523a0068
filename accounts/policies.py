"""What somebody may do to whom."""

from accounts.enums import Role
from accounts.models import Coaching, Metric, User
from fitai.common.actors import Actor


def can_manage(actor: Actor, person: User) -> bool:
    """Lock, verify and log out: moderators everybody but staff, admins everybody; nobody themselves."""
    if actor.user_id == person.pk:
        return False
    return Role.ADMIN in actor.roles or (Role.MODERATOR in actor.roles and not person.is_staff)


def can_remove_factor(actor: Actor, person: User) -> bool:
    """Only admins take a second factor away, and their own as everybody does."""
    return Role.ADMIN in actor.roles and actor.user_id != person.pk


def can_export_and_delete(actor: Actor, person: User) -> bool:
    """What concerns everything that somebody has: only admins, and not about themselves."""
    return Role.ADMIN in actor.roles and actor.user_id != person.pk


def can_change_role(actor: Actor, person: User) -> bool:
    """Only admins make staff, and no admin takes the role from themselves."""
    return Role.ADMIN in actor.roles and actor.user_id != person.pk


def can_set_areas(actor: Actor, coaching: Coaching) -> bool:
    """What a coach may see is the client's to say."""
    return actor.user_id == coaching.client_id


def can_answer_invitation(actor: Actor, coaching: Coaching) -> bool:
    """The invited coach alone."""
    return actor.user_id == coaching.coach_id


def can_end_any_coaching(actor: Actor, coaching: Coaching) -> bool:
    """Staff, for people who cannot help themselves."""
    return actor.is_moderator


def can_edit_metric(actor: Actor, metric: Metric) -> bool:
    """Its owner alone; who may read it looks on."""
    return actor.user_id == metric.user_id
