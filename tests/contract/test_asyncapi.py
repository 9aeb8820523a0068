"""The AsyncAPI document: valid, whole, and the one that is in the docs. `tests.workouts.live` holds sockets to it, and
`tests.conftest` every event."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given
from jsonschema import Draft7Validator

from fitai.common.live.described import Kind
from fitai.sockets.views import AsyncApiView
from tests.asyncapi import misfit, validators
from tests.cast import ApiClient, codes
from tests.workouts.strategies import History, histories, thorough

DOCS = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"
OFFICIAL = Path(__file__).parent / "asyncapi" / "3.0.0.json"
FROM_CLIENTS = {"subscribe", "unsubscribe", "op", "ops", "cue", "ping"}
FROM_THE_SERVER = {"snapshot", "event", "ack", "results", "problem", "head", "presence", "pong"}

Json = dict[str, Any]


@pytest.fixture(scope="module")
def text() -> bytes:
    """The document as the product serves it, whatever addresses another test has had."""
    AsyncApiView.document.cache_clear()
    return bytes(ApiClient().get("/api/asyncapi").content)


@pytest.fixture(scope="module")
def document(text: bytes) -> Json:
    loaded: Json = yaml.safe_load(text)
    return loaded


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(part)


def test_it_is_valid_asyncapi_3(document: Json) -> None:
    assert document["asyncapi"] == "3.0.0"
    official = Draft7Validator(orjson.loads(OFFICIAL.read_bytes()))
    assert [error.message for error in official.iter_errors(document)] == []
    assert not official.is_valid({**document, "asyncapi": "2.6.0"})


def test_its_shapes_are_json_schema_and_its_references_lead_somewhere(document: Json) -> None:
    for shape in [*document["components"]["schemas"].values(), *document["components"]["messages"].values()]:
        Draft7Validator.check_schema(shape.get("payload", shape))
    for reference in set(references(document)):
        node = document
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]


def test_it_is_the_one_in_the_docs(text: bytes) -> None:
    assert DOCS.read_bytes() == text, "Run: make openapi"


def test_it_is_served_as_what_it_is(text: bytes) -> None:
    for query, form in (("", "yaml"), ("?format=yaml", "yaml"), ("?format=json", "json")):
        answer = ApiClient().get(f"/api/asyncapi{query}")
        assert (answer.status_code, answer["Content-Type"]) == (
            200,
            f"application/vnd.aai.asyncapi+{form};version=3.0.0",
        )
        assert yaml.safe_load(answer.content) == yaml.safe_load(text)
        assert ApiClient().get(f"/api/asyncapi{query}", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert codes(ApiClient().get("/api/asyncapi?format=xml")) == [("?format", "invalid_choice")]


def test_it_has_the_messages_of_the_contract() -> None:
    assert (set(validators("receive")), set(validators("send"))) == (FROM_CLIENTS, FROM_THE_SERVER)


def test_every_message_has_an_example_that_fits(document: Json) -> None:
    for name, message in document["components"]["messages"].items():
        action = "receive" if name in FROM_CLIENTS else "send"
        for example in message["examples"]:
            assert misfit(example["payload"], action) is None, (name, misfit(example["payload"], action))
        assert message["examples"], name


@thorough(20)
@given(histories())
def test_whatever_devices_do_is_in_it(history: History) -> None:
    for batch in history.batches:
        said = {"workout_id": history.workout_id, "sent_at": batch.sent_at.isoformat(), "ops": batch.ops}
        assert misfit(orjson.loads(orjson.dumps({"type": "ops", **said})), "receive") is None


@pytest.mark.parametrize(
    "message",
    [
        {"type": "dance"},
        {"type": 5},
        ["pong"],
        {"type": "pong", "loud": True},
        {"type": "ack", "op_id": "x", "status": "applied"},
        {"type": "head", "channel": "user:me", "seq": "4"},
        {"type": "snapshot", "channel": "user:me", "seq": 1, "data": {"jobs": []}},
        {"type": "snapshot", "channel": "group:1", "seq": 1, "data": {}},
        {"type": "presence", "channel": "user:me", "present": [{"user_id": "me", "device_id": "x", "device": ""}]},
    ],
)
def test_what_is_not_in_it_does_not_pass(message: Any) -> None:
    assert misfit(message, "send") is not None


def test_a_message_is_what_its_kind_says() -> None:
    kind = Kind("nod", "Yes.", {"to": {"type": "string"}, "why": {"type": "string"}}, optional=("why",))
    assert kind(to="all") == {"type": "nod", "to": "all"}
    fits = Draft7Validator(kind.shape).is_valid
    assert fits(kind(to="all"))
    assert fits(kind(to="all", why="so"))
    assert [fits(one) for one in (kind(), kind(to="all", loud=True), {"type": "shake", "to": "all"})] == [False] * 3
