"""The examples of the OpenAPI document: what each app shows of its shapes, put to every body of that shape.

An example stands once, under `components`, and bodies refer to it. A test holds each to its schema, which has every
member that an answer must have, so that an example that has fallen behind turns it red.
"""

from collections.abc import Iterator
from typing import Any

from accounts.api import examples as accounts
from analysis import examples as analysis
from exercises.api import examples as exercises
from fitai.common import examples as common
from templates_app.api import examples as templates
from workouts.api import examples as workouts

EXAMPLES: dict[str, Any] = {
    name: example
    for app in (common, accounts, exercises, templates, workouts, analysis)
    for name, example in app.EXAMPLES.items()
}


def attach(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing: give every JSON body the example of its shape."""
    shown = set()
    for body in _bodies(result):
        name = shape_of(body["schema"])
        if name in EXAMPLES:
            body["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
            shown.add(name)
    result["components"]["examples"] = {name: {"value": EXAMPLES[name]} for name in sorted(shown)}
    return result


def shape_of(schema: dict[str, Any]) -> str:
    """The name of the serializer behind a body: one that is sent and one that is sent in part share it."""
    component: str = schema.get("$ref", "").rpartition("/")[2]
    return component.removeprefix("Patched").removesuffix("Request")


def _bodies(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each JSON body of the document, sent or answered."""
    for item in result["paths"].values():
        for operation in item.values():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                if "application/json" in holder.get("content", {}):
                    yield holder["content"]["application/json"]
