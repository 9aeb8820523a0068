"""What the exercise library refuses."""

from fitai.common.problems import NotFound


class UnknownName(NotFound):
    """There is no muscle or equipment of this name. `nearest` lists the valid names that come closest; all of them are
    at `GET /api/v1/exercises/filters`."""

    slug, title = "unknown-name", "There is no muscle or equipment of this name"
