"""HTTP to addresses that somebody else chose, without becoming their way into the network.

A name is resolved once and refused when any of its addresses is not public; the connection goes to an address that was
checked, while the name stays in `Host` and in TLS. Only ports 80 and 443, no credentials of ours, at most two redirects
that pass the same checks, one deadline over everything from the resolver to the last byte, and a cap on what is read.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from threading import Thread
from typing import Any, Final

import httpcore
import httpx
from django.conf import settings

DEADLINE_SECONDS: Final = 10.0
MAX_BYTES: Final = 1_000_000
REDIRECTS: Final = 2
PORTS: Final = {b"http": 80, b"https": 443}
FOLLOWED: Final = frozenset({301, 302, 303, 307, 308})

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. Of IPv6 only global unicast is public,
# less what the registry of special addresses takes from it: mapped, NAT64 and local ones lie outside of it.
SPECIAL_IPV4: Final = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
GLOBAL_IPV6: Final = ip_network("2000::/3")
SPECIAL_IPV6: Final = [
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")  # 2002: 6to4
]


class Unreachable(Exception):
    """No answer that may be read. The words are the same for a port that is closed, open for something else, or silent,
    and for an address that must not be asked: what lies in the network behind this server is nobody's to find out."""

    def __init__(self) -> None:
        super().__init__("This address does not answer.")


class TooLarge(Unreachable):
    """A server that may be asked said more than is read. Its words are the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one that the whole Internet reaches."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.version == 4:
        return not any(found in network for network in SPECIAL_IPV4)
    return found in GLOBAL_IPV6 and not any(found in network for network in SPECIAL_IPV6)


def is_allowed(host: str, port: int) -> bool:
    """Whether the operator said that this `host:port` may be asked, wherever it is."""
    return f"{host}:{port}" in settings.OUTBOUND_ALLOWED


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    deadline_seconds: float = DEADLINE_SECONDS,
    max_bytes: int = MAX_BYTES,
    trusted: bool = False,
) -> Answer:
    """Ask, and read the answer whole. It waits in the calling thread: not inside a transaction.

    Raises `Unreachable`; `TooLarge`, which is one, beyond `max_bytes`.

    Redirects of GET and HEAD are followed, without `headers` where they lead to another origin; any other method gets
    the redirect as its answer. `trusted` is an address that the settings name: it may be anywhere, and is asked alone.
    """
    until = time.monotonic() + deadline_seconds
    given = dict(headers or {})
    try:
        target = httpx.URL(url)
        for _ in range(REDIRECTS + 1):
            answer = _ask(method, target, given, content, until, max_bytes, trusted)
            location = answer.headers.get("location")
            if trusted or method not in ("GET", "HEAD") or answer.status not in FOLLOWED or location is None:
                return answer
            there = target.join(location)
            given = given if _origin(there) == _origin(target) else {}
            target = there
    except (httpx.InvalidURL, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
        pass
    except (OSError, ValueError):
        pass
    raise Unreachable() from None


def _ask(
    method: str,
    url: httpx.URL,
    headers: Mapping[str, str],
    content: bytes,
    until: float,
    max_bytes: int,
    trusted: bool,
) -> Answer:
    scheme, host = url.raw_scheme, url.raw_host
    if scheme not in PORTS or not host or url.userinfo:
        raise Unreachable()
    port = url.port or PORTS[scheme]
    sent = {"Host": url.netloc.decode(), "User-Agent": "FitAI", "Accept-Encoding": "identity", **headers}
    if content or method == "POST":
        sent["Content-Length"] = str(len(content))
    target = httpcore.URL(scheme=scheme, host=host, port=port, target=url.raw_path)
    backend = _CheckedBackend(until, allowed=trusted or is_allowed(url.host, port), port=PORTS[scheme])
    with (
        httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend) as pool,
        pool.stream(method, target, headers=list(sent.items()), content=content) as response,
    ):
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > max_bytes:
                raise TooLarge()
        said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, said, bytes(body))


def _origin(url: httpx.URL) -> tuple[bytes, bytes, int | None]:
    return url.raw_scheme, url.raw_host, url.port


@cache
def tls() -> ssl.SSLContext:
    """Certificates are checked as browsers check them, whatever the environment says."""
    return httpx.create_ssl_context(trust_env=False)


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and lets nothing take longer than the deadline."""

    def __init__(self, until: float, *, allowed: bool, port: int) -> None:
        self.until = until
        self.allowed = allowed
        self.port = port
        self.sockets = httpcore.SyncBackend()

    def left(self) -> float:
        """Seconds until the deadline."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout()
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port, self.left())
        if not self.allowed and (port != self.port or not all(is_public(address) for address in addresses)):
            raise Unreachable()
        failure: Exception = httpcore.ConnectError()
        for address in addresses:
            try:
                return _Bounded(self.sockets.connect_tcp(address, port, self.left()), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as refused:
                failure = refused
        raise failure


class _Bounded(httpcore.NetworkStream):
    """A stream on which nothing waits beyond the deadline, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _CheckedBackend) -> None:
        self.stream = stream
        self.backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.backend.left())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Bounded(self.stream.start_tls(ssl_context, server_hostname, self.backend.left()), self.backend)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """All addresses of a name, by the system's resolver, which knows no deadline of its own."""
    found: list[str] = []

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))

    looking = Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(seconds)
    if looking.is_alive() or not found:
        raise Unreachable()
    return found
