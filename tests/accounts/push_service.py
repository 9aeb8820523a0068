"""A push service on loopback, and a browser that subscribed there: it really decrypts."""

import base64
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from accounts.vapid import public_key


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """Keys of a subscription, whose private half never leaves it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)

    @property
    def subscription(self) -> dict[str, Any]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": encoded(point), "auth": encoded(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> dict[str, Any]:
        text = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        shown: dict[str, Any] = json.loads(text)
        return shown


class PushService:
    """Takes messages at `/<name>`, and answers as it is told to."""

    def __init__(self) -> None:
        self.status = 201
        self.headers: dict[str, str] = {}
        self.hangs = False
        self.free = Event()
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.taken_at: list[float] = []
        service = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.taken.append((self.path, dict(self.headers), body))
                service.taken_at.append(time.time())
                if service.hangs:
                    service.free.wait(20)
                self.send_response(service.status)
                for name, value in {**service.headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.host = f"127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def browser(self, name: str = "phone") -> Browser:
        return Browser(f"http://{self.host}/{name}")

    def stop(self) -> None:
        self.free.set()
        self.server.shutdown()
        self.server.server_close()


def proves_who_sends(authorization: str) -> bool:
    """Whether the header is signed with the key that clients subscribed with."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    return (scheme, parts["k"]) == ("vapid", public_key()) and bool(Vapid02.verify(authorization))


def claims_of(authorization: str) -> dict[str, Any]:
    token = authorization.partition("t=")[2].partition(",")[0].split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return claims
