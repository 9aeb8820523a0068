"""What templates refuse beside what any request may meet."""

from fitai.common.problems import Conflict


class PrivateExercises(Conflict):
    """The version holds exercises that only you can see, and the template is public. Make the template private first,
    or put exercises of the library in their place."""

    slug, title = "private-exercises", "A public template holds exercises of the library only"
