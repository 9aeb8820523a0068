"""A request of the bench, as bytes for the wire and as a call of Django's test client."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import Client

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """One request below /api/v1."""

    method: str
    path: str
    token: str = ""
    body: Any = None

    @property
    def wire(self) -> str:
        """As HTTP/1.1, in latin-1."""
        lines = [f"{self.method} {API}{self.path} HTTP/1.1", "Host: 127.0.0.1"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        body = b""
        if self.body is not None:
            body = orjson.dumps(self.body)
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]) + body.decode("latin-1")

    def through(self, client: Client) -> Any:
        """In this process."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = b"" if self.body is None else orjson.dumps(self.body)
        return client.generic(self.method, f"{API}{self.path}", data, "application/json", headers=headers)


@dataclass(frozen=True, slots=True)
class Route:
    """A route and the requests to measure it with: sent round and round, or `once` each."""

    key: str
    title: str
    status: int
    calls: list[Call]
    once: bool = False
    sql: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
