"""How proposals look to their authors and to moderators."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from accounts.api.outputs.people import PersonOutput
from exercises.api.outputs.history import FieldChangeOutput, shape_changes
from exercises.content import Change
from exercises.enums import ProposalStatus, Severity

COLUMNS = (
    "id", "exercise_id", "exercise__name", "author_id", "author__username", "author__display_name", "status", "version",
    "base_version", "changes", "before", "note", "findings", "reason", "created_at", "updated_at", "decided_at",
)  # fmt: skip


def shape_proposals(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [shape_proposal(row) for row in rows]


def shape_proposal(row: Mapping[str, Any]) -> dict[str, Any]:
    """A proposed edit, from `.values(*COLUMNS)`."""
    changes = [Change(field, row["before"].get(field), value) for field, value in row["changes"].items()]
    return {
        "id": row["id"],
        "exercise_id": row["exercise_id"],
        "exercise_name": row["exercise__name"],
        "author": {
            "id": row["author_id"],
            "username": row["author__username"],
            "display_name": row["author__display_name"] or row["author__username"],
        },
        "status": row["status"],
        "version": row["version"],
        "base_version": row["base_version"],
        "changes": shape_changes(changes),
        "note": row["note"],
        "findings": row["findings"],
        "reason": row["reason"] or None,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "decided_at": row["decided_at"],
    }


class CandidateOutput(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    similarity = serializers.FloatField(min_value=0, max_value=1)


class FindingOutput(serializers.Serializer):
    code = serializers.CharField()
    severity = serializers.ChoiceField(Severity.choices)
    field = serializers.CharField()
    detail = serializers.CharField()
    candidates = CandidateOutput(many=True, help_text="exercises of nearly the same name, where that is the finding")


class ProposalOutput(serializers.Serializer):
    """An edit of an exercise of the library that waits for moderators, or what became of it."""

    id = serializers.UUIDField()
    exercise_id = serializers.UUIDField()
    exercise_name = serializers.CharField()
    author = PersonOutput()
    status = serializers.ChoiceField(ProposalStatus.choices)
    version = serializers.IntegerField(min_value=1, help_text="grows when its author adds to it")
    base_version = serializers.IntegerField(min_value=1, help_text="of the exercise, when this was proposed last")
    changes = FieldChangeOutput(many=True)
    note = serializers.CharField(allow_blank=True, help_text="why, in its author's words")
    findings = FindingOutput(many=True, help_text="what is noticed by itself")
    reason = serializers.CharField(allow_null=True, help_text="of the decision")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ProposalPage(serializers.Serializer):
    results = ProposalOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
