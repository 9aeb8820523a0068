"""What keeps the embedded services from starting, said to the person at the keyboard."""


class CannotStart(Exception):
    """A start that failed for a reason a person can act on; its text is the whole message."""
