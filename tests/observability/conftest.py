"""A server with sockets, as the tests of workouts have it."""

from tests.workouts.conftest import no_hints, open_socket, port

__all__ = ["no_hints", "open_socket", "port"]
