"""How a tour ends early."""

from collections.abc import Sequence


class Unexpected(Exception):
    """Something did not hold: what was expected, what was seen instead, and the details line by line."""

    def __init__(self, expected: str, seen: str, details: Sequence[str] = ()) -> None:
        super().__init__(f"expected {expected}, but {seen}")
        self.expected = expected
        self.seen = seen
        self.details = tuple(details)


def expect(held: bool, expected: str, seen: str, details: Sequence[str] = ()) -> None:
    """End the tour unless this held."""
    if not held:
        raise Unexpected(expected, seen, details)
