"""What people send of their measurements."""

from typing import Any

from rest_framework import serializers

from accounts import enums
from accounts.api.inputs.fields import Line


class MetricInput(serializers.Serializer):
    """One measurement. Each kind has its units: mass `kg` or `lb`; girths `cm` or `in`; `body_fat` `percent`;
    `resting_heart_rate` `bpm`; `heart_rate_variability` (RMSSD) `ms`; `vo2max` `ml_kg_min`; `sleep` `min` or `h`."""

    id = serializers.UUIDField(required=False, help_text="chosen by the client, else made here")
    kind = serializers.ChoiceField(enums.MetricKind.choices)
    value = serializers.DecimalField(8, 3, help_text="in `unit`; what is humanly possible")
    unit = serializers.ChoiceField(enums.MetricUnit.choices)
    measured_at = serializers.DateTimeField(help_text="not in the future")
    note = Line(max_length=200, required=False, allow_null=True, allow_blank=True)


class MetricChanges(MetricInput):
    """Any of these; `unit` together with its `value`. A null note clears it."""

    id = None  # type: ignore[assignment]

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class MetricOwnerQuery(serializers.Serializer):
    user_id = serializers.UUIDField(
        required=False, help_text="somebody who lets the caller read them: a client, or by their `metrics` privacy"
    )


class MetricListQuery(MetricOwnerQuery):
    kind = serializers.ChoiceField(enums.MetricKind.choices, required=False, help_text="needed with `aggregate`")
    to = serializers.CharField(required=False, help_text="A time, or a date; not included.")
    aggregate = serializers.ChoiceField(
        enums.Period.choices, required=False, help_text="draw a series together by the person's own days, weeks, months"
    )

    def get_fields(self) -> dict[str, Any]:
        described = "A time, or a date in the person's own zone; included."
        return {**super().get_fields(), "from": serializers.CharField(required=False, help_text=described)}
