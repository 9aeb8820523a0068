"""Catalogues of others on loopback, well and ill: what each path answers is said by the test."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StandIn:
    """Answers of paths; of several the next each time, the last for ever. A function writes the answer itself."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Any]] = {}
        self.heard: list[tuple[str, Mapping[str, str]]] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                answers = stand_in.answers.get(self.path, [404])
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                with suppress(OSError):  # the client has had enough
                    stand_in.send(self, answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"

    def say(self, path: str, *answers: Any) -> str:
        """Have a path answer so: a status, bytes, JSON, (status, headers, body) or a function of the handler."""
        self.answers[path] = list(answers)
        return self.url + path

    def send(self, handler: BaseHTTPRequestHandler, answer: Any) -> None:
        if callable(answer):
            answer(handler)
            return
        status, headers, body = 200, {}, answer
        if isinstance(answer, int):
            status, body = answer, b""
        elif isinstance(answer, tuple):
            status, headers, body = answer
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    @property
    def asked(self) -> list[str]:
        return [path for path, _ in self.heard]


@contextmanager
def standing_in() -> Iterator[StandIn]:
    stand_in = StandIn()
    thread = threading.Thread(target=stand_in.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.server.shutdown()
        stand_in.server.server_close()
        thread.join()


# ── Ways to be ill ───────────────────────────────────────────────────────────────────────────────


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Says that two gigabytes follow, and sends them as long as somebody reads."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(2 * 1024**3))
    handler.end_headers()
    piece = b'[{"name": "x"},' * 4000
    for _ in range(2 * 1024**3 // len(piece)):
        handler.wfile.write(piece)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def cut_off(body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Ends in the middle."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])

    return answer


# ── What they hold ───────────────────────────────────────────────────────────────────────────────


def facts(name: str, **values: Any) -> dict[str, Any]:
    """An exercise in the shape of free-exercise-db."""
    return {
        "id": name.replace(" ", "_"),
        "name": name,
        "force": "push",
        "level": "beginner",
        "mechanic": "compound",
        "equipment": "barbell",
        "primaryMuscles": ["chest"],
        "secondaryMuscles": ["triceps"],
        "instructions": [f"Do the {name}.", "Rest."],
        "category": "strength",
        "images": ["x/0.jpg"],
        **values,
    }


LICENSE = {
    "id": 2,
    "full_name": "Creative Commons Attribution Share Alike 4",
    "short_name": "CC-BY-SA 4",
    "url": "https://creativecommons.org/licenses/by-sa/4.0/deed.en",
}


def told(name: str, language: int = 2, **values: Any) -> dict[str, Any]:
    """A translation in the shape of wger's API."""
    return {
        "id": 1,
        "uuid": "1b020b3a-3732-4c7e-92fd-a0cec90ed69b",
        "name": name,
        "exercise": 1,
        "description": f"<p>Do the <b>{name}</b>.</p><ol><li>Down</li><li>Up &amp; rest</li></ol>",
        "language": language,
        "aliases": [],
        "notes": [],
        "license": 2,
        "license_title": "",
        "license_object_url": "",
        "license_author": "",
        "license_author_url": "",
        "author_history": [],
        **values,
    }


def info(number: int, *translations: dict[str, Any], **values: Any) -> dict[str, Any]:
    """An exercise in the shape of wger's `exerciseinfo`."""
    return {
        "id": number,
        "uuid": f"00000000-0000-4000-8000-{number:012}",
        "category": {"id": 11, "name": "Chest"},
        "muscles": [{"id": 4, "name": "Pectoralis major", "name_en": "Chest", "is_front": True}],
        "muscles_secondary": [{"id": 5, "name": "Triceps brachii", "name_en": "Triceps", "is_front": False}],
        "equipment": [{"id": 1, "name": "Barbell"}, {"id": 8, "name": "Bench"}],
        "license": LICENSE,
        "license_author": "Ann Author",
        "images": [],
        "translations": list(translations) or [told(f"Press No {number}")],
        "variations": None,
        "videos": [],
        **values,
    }


def listing(results: list[Any], following: Any = None) -> dict[str, Any]:
    """A page of wger's API."""
    return {"count": 4711, "next": following, "previous": None, "results": results}
