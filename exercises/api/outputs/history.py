"""How versions of an exercise look to clients."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from accounts.api.outputs.people import PersonOutput
from exercises.content import Change
from exercises.diff import Op, lines
from exercises.history import Version


def shape_versions(versions: Iterable[Version]) -> list[dict[str, Any]]:
    return [
        {
            "version": one.number,
            "at": one.at,
            "by": one.by,
            "via": one.via,
            "note": one.note,
            "changes": shape_changes(one.changes),
        }
        for one in versions
    ]


def shape_changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Each field with what it said and says, and the difference as people read it."""
    return [
        {
            "field": change.field,
            "before": change.before,
            "after": change.after,
            "lines": [
                {"op": line.op, "pieces": [{"op": piece.op, "text": piece.text} for piece in line.pieces]}
                for line in lines(change)
            ],
        }
        for change in changes
    ]


OPS = [(op.value, op.value.title()) for op in Op]


class PieceOutput(serializers.Serializer):
    op = serializers.ChoiceField(OPS[:3])
    text = serializers.CharField(trim_whitespace=False)


class LineOutput(serializers.Serializer):
    op = serializers.ChoiceField(OPS)
    pieces = PieceOutput(many=True)


class FieldChangeOutput(serializers.Serializer):
    field = serializers.CharField(help_text="`name`; `de.name` for a text in another language")
    before = serializers.JSONField()
    after = serializers.JSONField()
    lines = LineOutput(many=True, help_text="the difference: a line for a text or for each entry of a list")


class ExerciseVersionOutput(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)
    at = serializers.DateTimeField()
    by = PersonOutput(allow_null=True, help_text="null for the system, and for who is gone or not to be known of")
    via = serializers.CharField(allow_null=True, help_text="http, key, admin, proposal, catalogue ...")
    note = serializers.CharField(allow_null=True, help_text="why, in the words of who did it")
    changes = FieldChangeOutput(many=True)


class HistoryPage(serializers.Serializer):
    results = ExerciseVersionOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
