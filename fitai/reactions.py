"""One table: what happened in an app → the jobs of other apps that follow.

`fitai.common.reactions.publish` reads it, so that no app needs to know who minds what it does.
"""

from collections.abc import Mapping
from typing import Any, Final

from exercises.events import ExerciseMerged

REACTIONS: Final[Mapping[type[Any], tuple[str, ...]]] = {
    ExerciseMerged: ("templates.follow_merge", "workouts.follow_merge", "form.follow_merge"),
}
