"""The headers of answers, for the OpenAPI document: which an answer has follows from its status and its operation."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Json = dict[str, Any]

COMPONENTS: Final[Mapping[str, Json]] = {
    "X-Request-ID": {
        "description": "Quote it when you report a fault.",
        "required": True,
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The version of what is answered.", "required": True, "schema": {"type": "string"}},
    "ETag-Changed": {
        "description": "The version after the change; not on the replay of an earlier answer.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where what was made or begun can be read, or where a browser goes next.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Idempotent-Replayed": {
        "description": "The same request under the same key was answered so before; nothing was done again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 1}},
    "Retry-Later": {
        "description": "Seconds to wait, where waiting helps.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to prove who you are.",
        "required": True,
        "schema": {"type": "string", "const": 'Bearer realm="api"'},
    },
    "RateLimit-Limit": {"description": "What the bucket holds.", "schema": {"type": "integer", "minimum": 1}},
    "RateLimit-Remaining": {"description": "Requests left in the bucket.", "schema": {"type": "integer", "minimum": 0}},
    "RateLimit-Reset": {"description": "Seconds until it is full.", "schema": {"type": "integer", "minimum": 0}},
}
RATE_LIMIT: Final = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
"""On every answer to a request that was counted. Refusals have them too, but only where a client waits for the bucket
are they described there: three lines in each of hundreds of refusals would tell nobody anything."""


def attach_headers(result: Json) -> None:
    """Say of each answer which headers it has."""
    result["components"]["headers"] = {name: {**component} for name, component in COMPONENTS.items()}
    operations = [operation for item in result["paths"].values() for operation in item.values()]
    tagged = {shape for operation in operations for shape in _shapes(operation) if _asks(operation) & CONDITIONS}
    for operation in operations:
        for status, response in operation["responses"].items():
            response["headers"] = {
                header: {"$ref": f"#/components/headers/{component}"}
                for header, component in sorted(_headers(operation, status, response, tagged))
            }


CONDITIONS: Final = frozenset({"If-None-Match", "If-Match"})


def _headers(operation: Json, status: str, response: Json, tagged: set[str]) -> Iterator[tuple[str, str]]:
    """The headers of one answer, each with the component that describes it."""
    asked, good = _asks(operation), status.startswith("2")
    yield "X-Request-ID", "X-Request-ID"
    if good or status in ("304", "429"):
        yield from ((name, name) for name in RATE_LIMIT)
    if status in ("304", "412") or (good and "If-None-Match" in asked):
        yield "ETag", "ETag"
    elif good and ("If-Match" in asked or tagged & set(_shapes({"responses": {status: response}}))):
        yield "ETag", "ETag-Changed"
    if status in ("201", "302") or (status == "202" and "content" in response):
        yield "Location", "Location"
    if good and "Idempotency-Key" in asked:
        yield "Idempotent-Replayed", "Idempotent-Replayed"
    if status == "401":
        yield "WWW-Authenticate", "WWW-Authenticate"
    if status == "429":
        yield "Retry-After", "Retry-After"
    if status in ("409", "503"):
        yield "Retry-After", "Retry-Later"


def _asks(operation: Json) -> set[str]:
    """The headers that a request may carry."""
    return {given["name"] for given in operation.get("parameters", ()) if given["in"] == "header"}


def _shapes(operation: Json) -> Iterator[str]:
    """The components that its good answers are."""
    for status, response in operation["responses"].items():
        for body in response.get("content", {}).values():
            if status.startswith("2") and "$ref" in body["schema"]:
                yield body["schema"]["$ref"]
