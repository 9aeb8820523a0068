"""What a workout refuses."""

from fitai.common.problems import Conflict, Problem


class ImpossibleTransition(Conflict):
    """A workout moves planned → in_progress ⇄ paused → completed or cancelled, and this step is not possible where it
    stands. `state` says where that is, `allowed` what is possible. Nothing was stored."""

    slug, title = "impossible-transition", "The workout is not in a state for this"


class OpIdReused(Problem):
    """An `op_id` or `Idempotency-Key` names one operation for ever; this one was given to a different one. Make a new
    id for each new operation."""

    status, slug, title = 422, "op-id-reused", "This operation id belongs to another operation"


class GroupFull(Conflict):
    """At most 20 people train together in one group, and at most 50 are invited to it and have not answered. Try again
    when somebody has left or answered, or make another group."""

    slug, title = "group-full", "The group has no room for more people"
