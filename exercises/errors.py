"""What the exercise library refuses."""

from fitai.common.problems import Conflict, NotFound


class UnknownName(NotFound):
    """There is no muscle or equipment of this name. `nearest` lists the valid names that come closest; all of them are
    at `GET /api/v1/exercises/filters`."""

    slug, title = "unknown-name", "There is no muscle or equipment of this name"


class Duplicate(Conflict):
    """There is an exercise of nearly this name already; `candidates` lists those that you can see, nearest first. Use
    one of them, or send `confirm_duplicate: true` if yours is another exercise."""

    slug, title = "duplicate", "There is such an exercise already"
    sample = {
        "candidates": [
            {
                "id": "af1e8fad-b338-5ce3-b9cf-f2890a16734c",
                "slug": "barbell-bench-press",
                "name": "Barbell Bench Press",
                "similarity": 0.97,
            }
        ]
    }


class WrongStatus(Conflict):
    """The exercise or the proposal is not where this could be done; `state` says where it stands. An exercise can be
    submitted while it is a draft or was rejected, and a proposal withdrawn while it awaits review."""

    slug, title = "wrong-status", "Where it stands now, this cannot be done"
    sample = {"state": "pending"}


class AlreadyDecided(Conflict):
    """Another moderator has decided on this meanwhile. `state` says what it is now, `decided_by` and `decided_at` who
    decided and when. Nothing of yours was done."""

    slug, title = "already-decided", "Somebody has decided on this already"


class ChangedSince(Conflict):
    """It says something else now than what you looked at: `version` is its present one, `changed_by` and `changed_at`
    say who changed it last and when. Look at it again, and decide then."""

    slug, title = "changed-since", "It has changed since you looked at it"


class FieldsChanged(Conflict):
    """The exercise was edited since this was proposed, in the same `fields`. Look at both, and confirm that the
    proposal replaces what is there now."""

    slug, title = "fields-changed", "The same fields were edited since"


class MediaExists(Conflict):
    """This very file was sent for the exercise already; `state` says where it stands. There is nothing more to do: what
    awaits review is decided by a moderator."""

    slug, title = "media-exists", "This file is there already"


class TooManyMedia(Conflict):
    """An exercise has at most 10 pictures and videos, those that wait included, and one person at most 20 that wait.
    Take one back that you sent, or wait until a moderator has decided."""

    slug, title = "too-many-media", "There are too many pictures and videos already"


class MediaDecided(Conflict):
    """Where the picture or video stands, this cannot be done: somebody has decided on it meanwhile, or it is still in
    the making. `state` says which."""

    slug, title = "media-decided", "Where it stands, this cannot be done"


class CannotMerge(Conflict):
    """The two exercises, as they stand, cannot be made one: one of them was changed or merged meanwhile, the one that
    is to stay is not in the library, or sets of them are written down differently. `duplicate` and `into` say how they
    stand: look at them again, and decide then."""

    slug, title = "cannot-merge", "These exercises cannot be merged as they stand"
    _SAMPLE = {"id": "bfb5e276-f895-5a29-950f-b72890987846", "version": 3, "status": "approved", "merged_into": None}
    sample = {"duplicate": _SAMPLE, "into": {**_SAMPLE, "id": "0b7cbd3c-1f4d-5a9c-9a1e-2f8c2ad7b0b1"}}
