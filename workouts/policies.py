"""What somebody may do to a workout, and to a group."""

from accounts.enums import ConsentArea
from accounts.models import Coaching
from fitai.common.actors import Actor
from workouts.models import Group, GroupMember, Workout


def can_edit(actor: Actor, workout: Workout) -> bool:
    """Its owner alone; a coach looks on."""
    return workout.user_id == actor.user_id


def can_invite(actor: Actor, member: GroupMember) -> bool:
    """Whoever has joined it; who is invited may look first."""
    return member.user_id == actor.user_id and member.joined_at is not None


def can_remove_member(actor: Actor, group: Group) -> bool:
    """Its owner alone takes others out."""
    return group.owner_id == actor.user_id


def can_delete_group(actor: Actor, group: Group) -> bool:
    """Its owner alone; everybody else leaves."""
    return group.owner_id == actor.user_id


def can_cue(actor: Actor, workout: Workout) -> bool:
    """A coach whom its owner lets see workouts, and nobody else who looks on."""
    granted = Coaching.objects.granting(ConsentArea.WORKOUTS)
    return granted.filter(coach=actor.user_id, client=workout.user_id).exists()
