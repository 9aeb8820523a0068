"""Whether a message is one that the AsyncAPI document has."""

from functools import cache
from typing import Any
from uuid import UUID

import jsonschema_rs

from fitai.sockets.document import document

Json = dict[str, Any]


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


@cache
def validators(action: str) -> dict[str, list[Any]]:
    """By type, what a message that the server is to `receive` or to `send` must fit one of."""
    whole = document()
    operations = whole["operations"].values()
    messages = [message for each in operations if each["action"] == action for message in each["messages"]]
    if action == "send":
        messages += [message for each in operations for message in each.get("reply", {}).get("messages", [])]
    found: dict[str, list[Any]] = {}
    for name in dict.fromkeys(message["$ref"].rpartition("/")[2] for message in messages):
        schema = {"allOf": [{"$ref": f"#/components/messages/{name}/payload"}], "components": whole["components"]}
        validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True, formats={"uuid": is_uuid})
        found.setdefault(whole["components"]["messages"][name]["name"], []).append(validator)
    return found


def misfit(message: Any, action: str) -> str | None:
    """What is wrong with a message, if anything."""
    type = message.get("type") if isinstance(message, dict) else None
    candidates = validators(action).get(type, []) if isinstance(type, str) else []
    if any(validator.is_valid(message) for validator in candidates):
        return None
    faults = [
        f"{list(error.instance_path)}: {error.message[:500]}"
        for validator in candidates
        for error in validator.iter_errors(message)
    ]
    return "\n".join(faults) or f"the document has no message of the type {type!r} to {action}"
