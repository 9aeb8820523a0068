"""What the exercise library refuses."""

from fitai.common.problems import Conflict, NotFound


class UnknownName(NotFound):
    """There is no muscle or equipment of this name. `nearest` lists the valid names that come closest; all of them are
    at `GET /api/v1/exercises/filters`."""

    slug, title = "unknown-name", "There is no muscle or equipment of this name"


class CannotMerge(Conflict):
    """The two exercises, as they stand, cannot be made one: one of them was changed or merged meanwhile, the one that
    is to stay is not in the library, or sets of them are written down differently. `duplicate` and `into` say how they
    stand: look at them again, and decide then."""

    slug, title = "cannot-merge", "These exercises cannot be merged as they stand"
    _SAMPLE = {"id": "bfb5e276-f895-5a29-950f-b72890987846", "version": 3, "status": "approved", "merged_into": None}
    sample = {"duplicate": _SAMPLE, "into": {**_SAMPLE, "id": "0b7cbd3c-1f4d-5a9c-9a1e-2f8c2ad7b0b1"}}
