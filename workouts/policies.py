"""What somebody may do to a workout, and to a group."""

from fitai.common.actors import Actor
from workouts.models import Group, Workout


def can_edit(actor: Actor, workout: Workout) -> bool:
    """Its owner alone; a coach looks on."""
    return workout.user_id == actor.user_id


def can_invite(actor: Actor, group: Group) -> bool:
    """Whoever has joined it; who is invited may look first."""
    return Group.objects.joined_by(actor).filter(pk=group.pk).exists()


def can_remove_member(actor: Actor, group: Group) -> bool:
    """Its owner alone takes others out."""
    return group.owner_id == actor.user_id


def can_delete_group(actor: Actor, group: Group) -> bool:
    """Its owner alone; everybody else leaves."""
    return group.owner_id == actor.user_id
