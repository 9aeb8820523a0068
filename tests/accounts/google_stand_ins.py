"""Google, as it is and as it should not be: servers on loopback at the network's edge."""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import flask
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from oidc_provider_mock import app as make_provider
from werkzeug.serving import make_server

CLIENT = "fitai-web"
NATIVE = "fitai-ios"


@contextmanager
def serving(server: Any) -> Iterator[None]:
    """The server, answering until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def provider() -> Iterator[str]:
    """The address of a real OpenID provider, which insists on PKCE as Google does: the mock's own does not."""
    app, challenges = make_provider(), {}

    @app.after_request
    def remember(response: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/authorize" and "code=" in (response.location or ""):
            code = response.location.partition("code=")[2].partition("&")[0]
            asked = flask.request.args
            challenges[code] = (asked.get("code_challenge_method"), asked.get("code_challenge"))
        return response

    @app.before_request
    def check() -> tuple[dict[str, str], int] | None:
        if flask.request.path != "/oauth2/token":
            return None
        verifier = flask.request.form.get("code_verifier", "")
        expected = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        good = challenges.get(flask.request.form["code"]) == ("S256", expected)
        return None if good else ({"error": "invalid_grant"}, 400)

    server = make_server("localhost", 0, app, threaded=True)
    with serving(server):
        yield f"http://localhost:{server.server_port}"


class Forger:
    """Publishes keys, signs whatever it is told to with them, and answers as it is told to."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.reset()
        forger = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                forger.answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                forger.answer(self)

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def reset(self) -> None:
        self.asked: Counter[str] = Counter()
        self.kid, self.fault, self.token_answer = "first", "", {}
        self.published: Any = None  # in the place of the keys

    def keys(self) -> Any:
        if self.published is not None:
            return self.published
        jwk = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self.kid, "alg": "ES256", "use": "sig"}]}

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """What was asked for, in full: a fault is in how it comes."""
        self.asked[request.path] += 1
        body = json.dumps(self.token_answer if request.path == "/token" else self.keys()).encode()
        if self.fault == "hanging":
            time.sleep(1)
        if self.fault == "huge":
            body = b" " * 10_000_000 + body
        head = "HTTP/1.0 {} Said\r\nContent-Type: application/json\r\nLocation: /elsewhere\r\n\r\n".format(
            {"failing": 503, "elsewhere": 302}.get(self.fault, 200)
        )
        whole = head.encode() + body
        step = 1 if self.fault == "trickling" else 65_536
        with suppress(OSError):  # whoever asked has gone
            for start in range(0, len(whole), step):
                request.wfile.write(whole[start : start + step])
                time.sleep(0.005 if self.fault == "trickling" else 0)

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        told = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "1001",
            "iat": now,
            "exp": now + 3600,
            "email": "ada@example.org",
            "email_verified": True,
            "name": "Ada Lovelace",
            **changed,
        }
        return {name: value for name, value in told.items() if value is not None}

    def sign(self, *, headers: dict[str, Any] | None = None, **changed: Any) -> str:
        """An ID token of these claims; None leaves one out."""
        return jwt.encode(self.claims(**changed), self.key, "ES256", {"kid": self.kid, **(headers or {})})

    def sign_with_the_public_key(self) -> str:
        """The token of somebody who takes the key that all may know for a secret that we share."""
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        parts = [{"alg": "HS256", "kid": self.kid}, self.claims()]
        signed = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
        signature = urlsafe_b64encode(hmac.digest(pem, signed, "sha256")).rstrip(b"=")
        return b".".join([signed, signature]).decode()
