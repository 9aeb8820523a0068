"""The AsyncAPI document of `/ws/v1`, made of what channels and handlers say of themselves."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from fitai.common.examples import ADA, PHONE
from fitai.common.live.channels import Channel
from fitai.common.live.described import Kind, Message, Shape, Told
from fitai.common.live.messages import EVENT, HEAD, PRESENCE, PROBLEM, SNAPSHOT, event_shape
from fitai.common.live.socket import FOLLOWING, MAX_FRAME_BYTES, SUBPROTOCOL, Handler
from fitai.sockets.doors import CHANNELS, HANDLERS, SHAPES

Json = dict[str, Any]

VERSION: Final = "3.0.0"
CHANNEL: Final = "socket"
ABOUT: Final = f"""\
One connection a device, many channels on it. Ask for the subprotocol `{SUBPROTOCOL}`, and say who you are by a second
one, `bearer.<access token>`, by the header `Authorization: Bearer <access token>`, or by `?ticket=` with what
`POST /auth/ws-ticket` answered. A browser's Origin must be this server's or that of a configured front end.

Messages are JSON objects in text frames of at most {MAX_FRAME_BYTES} bytes, 20 a second in bursts of 60. What cannot be
done is answered with a `problem`, and the socket stays.

`presence` says who else follows a workout or a group, on which device: a hint that comes when it changes, and has no
number.

Events are numbered without gaps. Remember the last `seq` of each channel and subscribe with it as `after_seq` after a
reconnection: you get the events since, or a snapshot.

| closed with | because |
|---|---|
| 1007, 1009 | a message is no UTF-8, or larger than twice what is allowed |
| 1012 | the server restarts: connect again |
| 4401 | not authenticated, or the session ended: log in or refresh, then connect again |
| 4403 | an API key: no scope opens sockets |
| 4408 | nothing was heard of you for 15 minutes |
| 4410 | you read too slowly |
| 4429 | too many messages, sockets or attempts: wait |
"""


def document() -> Json:
    """The whole document. Shapes that answers over HTTP have, too, are those of the OpenAPI document."""
    received, sent = _received(), _sent(CHANNELS)
    messages = {name: _message(name, kind) for name, kind in {**received, **sent}.items()}
    address, titles = urlsplit(settings.PUBLIC_URL), settings.SPECTACULAR_SETTINGS
    return {
        "asyncapi": VERSION,
        "info": {
            "title": f"{titles['TITLE']}, live",
            "version": titles["VERSION"],
            "description": ABOUT,
            "license": {"name": "AGPL-3.0-or-later"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "this": {
                "host": address.netloc,
                "protocol": "wss" if address.scheme == "https" else "ws",
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("bearer", "ticket")],
            }
        },
        "channels": {
            CHANNEL: {
                "address": "/ws/v1",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": dict(_operations(received, sent)),
        "components": {
            "messages": messages,
            "schemas": _shapes_in(messages),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "ticket": {"type": "httpApiKey", "name": "ticket", "in": "query", "description": "good once"},
            },
        },
    }


def _received() -> dict[str, Kind]:
    return {handler.kind.type: handler.kind for handler in _handlers()}


def _handlers() -> Iterable[Handler]:
    return (*FOLLOWING, *HANDLERS)


def _sent(channels: Mapping[str, Channel]) -> dict[str, Kind]:
    """What the server says, by the name of the message; what differs by channel begins with that."""
    kinds = [PROBLEM, HEAD, PRESENCE]
    kinds += [kind for handler in _handlers() for kind in handler.answers if kind not in (*kinds, SNAPSHOT, EVENT)]
    sent = {kind.type: kind for kind in kinds}
    for prefix, channel in channels.items():
        for kind in _following(channel.told):
            sent[f"{prefix}.{kind.type}"] = kind
    return sent


def _following(told: Told) -> Iterator[Kind]:
    """Snapshot and event of one kind of channel."""
    name, example = {"type": "string", "pattern": told.names}, told.example
    event: Message = {
        "seq": 5, "op_id": None, "at": "2026-03-02T18:04:12Z", "device_id": PHONE, "actor_id": ADA, **example["event"],
    }  # fmt: skip
    shapes: list[Shape] = [event_shape(type, payload) for type, payload in told.events.items()]
    yield SNAPSHOT.narrowed(
        {"channel": example["channel"], "seq": 4, "data": example["data"]}, channel=name, data=told.snapshot
    )
    yield EVENT.narrowed(
        {"channel": example["channel"], "seq": 5, "event": event}, channel=name, event={"oneOf": shapes}
    )


def _message(name: str, kind: Kind) -> Json:
    return {
        "name": kind.type,
        "title": name,
        "summary": kind.summary,
        "payload": kind.shape,
        "examples": [{"payload": kind(**kind.example)}],
    }


def _operations(received: Mapping[str, Kind], sent: Mapping[str, Kind]) -> Iterator[tuple[str, Json]]:
    """What clients may say and how it is answered, and what the server says by itself."""
    here = {"$ref": f"#/channels/{CHANNEL}"}
    for handler in _handlers():
        answers = {kind.type for kind in (*handler.answers, PROBLEM)}
        yield (
            f"receive.{handler.kind.type}",
            {
                "action": "receive",
                "channel": here,
                "summary": handler.kind.summary,
                "messages": [_on_channel(handler.kind.type)],
                "reply": {
                    "channel": here,
                    "messages": [_on_channel(name) for name, kind in sent.items() if kind.type in answers],
                },
            },
        )
    answered = {kind.type for handler in _handlers() for kind in handler.answers} - {SNAPSHOT.type, EVENT.type}
    for name, kind in sent.items():
        if kind.type not in answered:
            messages = [_on_channel(name)]
            yield (
                f"send.{name}",
                {"action": "send", "channel": here, "summary": kind.summary, "messages": messages},
            )


def _on_channel(name: str) -> Json:
    return {"$ref": f"#/channels/{CHANNEL}/messages/{name}"}


def _shapes_in(node: Any) -> Json:
    """The named shapes that something refers to, and those that these refer to."""
    known = {**SchemaGenerator().get_schema(public=True)["components"]["schemas"], **SHAPES}
    found: Json = {}
    waiting = [node]
    while waiting:
        for name in _named(waiting.pop()):
            if name not in found:
                found[name] = deepcopy(known[name])
                waiting.append(found[name])
    return dict(sorted(found.items()))


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/components/schemas/"):
            yield reference.rpartition("/")[2]
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _named(part)
