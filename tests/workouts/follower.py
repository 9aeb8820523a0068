"""The reference client's copy of a workout, in the hands of the tests."""

from typing import Any

from fitai_client import Copy

Json = dict[str, Any]


class Follower(Copy):
    """A copy that expects of the server never to skip a number, nor to say one twice."""

    def hear(self, message: Json) -> bool:
        if message["type"] == "event" and not self.stale:
            assert message["seq"] == message["event"]["seq"] == self.seq + 1
        assert not super().hear(message)
        return False

    def read(self, workout: Json) -> None:
        """Begin with the whole."""
        self.hear({"type": "snapshot", "seq": workout["seq"], "data": workout})


def seen(workout: Json) -> Json:
    """What the server shows, in the terms of the client: without what only the server works out."""
    follower = Follower()
    follower.read(workout)
    return follower.shown
