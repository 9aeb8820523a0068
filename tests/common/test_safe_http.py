"""Requests to addresses that somebody else chose: a real server on loopback, and a resolver that lies."""

import datetime as dt
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fitai.common import safe_http
from fitai.common.safe_http import Unreachable, is_public, request

WORDS = ("This address does not answer.",)
PUBLIC = "93.184.215.14"


class Server:
    """Answers every connection with the same bytes, a piece at a time, and keeps what it was sent."""

    def __init__(self, *pieces: bytes, pause: float = 0, context: ssl.SSLContext | None = None) -> None:
        self.pieces, self.pause, self.context = pieces, pause, context
        self.heard: list[bytes] = []
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            self.heard.append(read_request(connection))
            for piece in self.pieces:
                connection.sendall(piece)
                time.sleep(self.pause)
            connection.close()
        except OSError:
            pass


def read_request(connection: socket.socket) -> bytes:
    """Head and body, which may come in parts."""
    heard = connection.recv(65536)
    length = re.search(rb"(?i)content-length: (\d+)", heard)
    while length and len(heard.partition(b"\r\n\r\n")[2]) < int(length[1]):
        heard += connection.recv(65536)
    return heard


Start = Callable[..., Server]


@pytest.fixture
def serve(settings: Any) -> Iterator[Start]:
    """Starts servers that the operator allows."""
    servers = []

    def start(*pieces: bytes, allowed: bool = True, **options: Any) -> Server:
        server = Server(*pieces, **options)
        servers.append(server)
        if allowed:
            settings.OUTBOUND_ALLOWED = [*settings.OUTBOUND_ALLOWED, f"127.0.0.1:{server.port}"]
        return server

    yield start
    for server in servers:
        server.socket.shutdown(socket.SHUT_RDWR)
        server.socket.close()


def said(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the resolver says of a name, the first time and after."""
    table: dict[str, list[list[str]]] = {}
    system = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in table:
            return system(host, port, *args, **kwargs)
        answers = table[name]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address that was connected to; none of them answers."""
    found: list[tuple[str, int]] = []

    def dial(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", dial)
    return found


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("8.8.8.8", True),
        ("172.32.0.1", True),
        ("100.128.0.1", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("2a00:1450:4001::1", True),
        *(
            (special, False)
            for special in (
                "0.0.0.0",  # noqa: S104  nothing listens there
                *("0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
                *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
                *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
                *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1"),
                *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1"),
                *("3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
                *("", "localhost", "127.1", "example.org"),
            )
        ),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001"),
        *("localhost", "LOCALHOST", "localhost.", "0", "0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]"),
        *("[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[0:0:0:0:0:0:0:1]"),
        *("127.0.0.1.", "１２７.0.0.1", "ada@127.0.0.1", "example.org@127.0.0.1", "%31%32%37.0.0.1"),
        *("169.254.169.254", "10.0.0.1", "[fe80::1]", "[fd00::1]"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_spelling_of_the_inside_is_connected_to(dialled: list[Any], scheme: str, host: str) -> None:
    with pytest.raises(Unreachable) as refused:
        request("GET", f"{scheme}://{host}/", deadline_seconds=2)
    assert (refused.value.args, dialled) == (WORDS, [])


@pytest.mark.parametrize(
    "url",
    [
        *("", "/", "//example.org/", "http:///x", "http://", "ftp://example.org/", "file:///etc/passwd"),
        *("gopher://example.org/", "http://example.org:22/", "https://example.org:8443/", "https://example.org:80/"),
        *("http://example.org:443/", "http://ada:secret@example.org/", "http://[::1", "http://exa mple.org/"),
        *("http://example.org:99999/", "http://\x00/", "http://exam\nple.org/"),
    ],
)
def test_no_other_scheme_port_or_credentials(dialled: list[Any], names: dict[str, Any], url: str) -> None:
    names["example.org"] = [[PUBLIC]]
    with pytest.raises(Unreachable) as refused:
        request("GET", url, deadline_seconds=2)
    assert (refused.value.args, dialled) == (WORDS, [])


def test_a_name_with_one_address_inside_is_refused_whole(dialled: list[Any], names: dict[str, Any]) -> None:
    names["mixed.example"] = [[PUBLIC, "127.0.0.1"]]
    with pytest.raises(Unreachable):
        request("GET", "https://mixed.example/")
    assert dialled == []


def test_what_was_checked_is_what_is_connected_to(dialled: list[Any], names: dict[str, Any]) -> None:
    names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(Unreachable):
        request("GET", "https://rebinding.example/")
    assert dialled == [(PUBLIC, 443)]


def test_the_answer_comes_whole_and_the_name_stays_in_the_request(serve: Start) -> None:
    server = serve(said("201 Created", b"kept", Location="/1"))
    url = f"http://127.0.0.1:{server.port}/push?x=1"
    answer = request("POST", url, headers={"TTL": "60"}, content=b"hello")
    assert (answer.status, answer.body, answer.headers["location"]) == (201, b"kept", "/1")
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    assert (line, body) == ("POST /push?x=1 HTTP/1.1", b"hello")
    assert set(headers) == {
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: FitAI",
        "Accept-Encoding: identity",
        "TTL: 60",
        "Content-Length: 5",
    }


def test_two_redirects_are_followed_and_a_third_is_not(serve: Start) -> None:
    last = serve(said("200 OK", b"there"))
    second = serve(said("302 Found", Location=f"http://127.0.0.1:{last.port}/"))
    first = serve(said("307 Temporary Redirect", Location=f"http://127.0.0.1:{second.port}/"))
    zeroth = serve(said("301 Moved Permanently", Location=f"http://127.0.0.1:{first.port}/"))
    answer = request("GET", f"http://127.0.0.1:{first.port}/", headers={"Authorization": "vapid t=x"})
    assert (answer.status, answer.body) == (200, b"there")
    told = [b"Authorization" in server.heard[0] for server in (first, second, last)]
    assert told == [True, False, False]  # another origin is not told
    with pytest.raises(Unreachable):
        request("GET", f"http://127.0.0.1:{zeroth.port}/")
    assert (zeroth.connections, first.connections, second.connections, last.connections) == (1, 2, 2, 1)


@pytest.mark.parametrize("where", ["http://127.0.0.1:{inside}/", "//localhost:{inside}/", "file:///etc/passwd"])
def test_a_redirect_to_the_inside_is_not_followed(serve: Start, where: str) -> None:
    inside = serve(said("200 OK", b"secret"), allowed=False)
    outside = serve(said("302 Found", Location=where.format(inside=inside.port)))
    with pytest.raises(Unreachable):
        request("GET", f"http://127.0.0.1:{outside.port}/")
    assert (outside.connections, inside.connections) == (1, 0)


def test_a_redirected_post_is_not_sent_again(serve: Start) -> None:
    other = serve(said("201 Created"))
    server = serve(said("307 Temporary Redirect", Location=f"http://127.0.0.1:{other.port}/"))
    assert request("POST", f"http://127.0.0.1:{server.port}/", content=b"x").status == 307
    assert other.connections == 0


def test_no_more_is_read_than_asked_for(serve: Start) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1000] * 50)
    url = f"http://127.0.0.1:{server.port}/"
    assert len(request("GET", url, max_bytes=50_000).body) == 50_000
    with pytest.raises(Unreachable):
        request("GET", url, max_bytes=49_999)


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 100,
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"] + [b"x"] * 100,
        [b"H"] * 100,
    ],
    ids=["headers", "body", "line"],
)
def test_a_server_that_drips_ends_with_the_deadline(serve: Start, pieces: list[bytes]) -> None:
    server = serve(*pieces, pause=0.05)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        request("GET", f"http://127.0.0.1:{server.port}/", deadline_seconds=0.3)
    assert time.monotonic() - began < 2


def test_a_resolver_that_hangs_ends_with_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [free.wait(10)][1:])
    with pytest.raises(Unreachable):
        request("GET", "https://slow.example/", deadline_seconds=0.1)
    free.set()


def test_closed_open_and_silent_are_told_in_the_same_words(serve: Start, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
    silent = serve(b"", pause=5)
    foreign = serve(b"220 mail.example ESMTP\r\n")
    refused = []
    for one in (port, silent.port, foreign.port):
        with pytest.raises(Unreachable) as failure:
            request("GET", f"http://127.0.0.1:{one}/", deadline_seconds=0.3)
        refused.append((failure.value.args, failure.value.__cause__, failure.value.__suppress_context__))
    assert refused == [(WORDS, None, True)] * 3


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────


def certificate(folder: Path, name: x509.GeneralName) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server with a certificate for this name alone, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(pem + secret)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        (x509.DNSName("push.example"), True),
        (x509.DNSName("other.example"), False),
        (x509.IPAddress(ipaddress.ip_address("127.0.0.1")), False),
    ],
    ids=["its name", "another name", "its address"],
)
def test_the_certificate_must_be_of_the_name(
    serve: Start,
    settings: Any,
    names: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: x509.GeneralName,
    answers: bool,
) -> None:
    theirs, ours = certificate(tmp_path, name)
    monkeypatch.setattr(safe_http, "tls", lambda: ours)
    asked: list[str | None] = []
    theirs.sni_callback = lambda connection, server_name, context: asked.append(server_name)
    server = serve(said("200 OK", b"secure"), context=theirs)
    names["push.example"] = [["127.0.0.1"]]
    settings.OUTBOUND_ALLOWED = [f"push.example:{server.port}"]
    url = f"https://push.example:{server.port}/"
    if answers:
        assert request("GET", url, deadline_seconds=2).body == b"secure"
        assert f"Host: push.example:{server.port}".encode() in server.heard[0]
    else:
        with pytest.raises(Unreachable):
            request("GET", url, deadline_seconds=2)
    assert asked == ["push.example"]
