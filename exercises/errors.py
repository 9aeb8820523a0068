"""What the exercise library refuses."""

from fitai.common.problems import Conflict, NotFound


class UnknownName(NotFound):
    """There is no muscle or equipment of this name. `nearest` lists the valid names that come closest; all of them are
    at `GET /api/v1/exercises/filters`."""

    slug, title = "unknown-name", "There is no muscle or equipment of this name"


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
