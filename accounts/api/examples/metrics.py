"""Examples of measurements, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import page

METRIC: Final = {
    "id": "019ccd9e-b1c4-7d0e-8f7b-2f3c1f9d6a52",
    "kind": "weight",
    "value": "148.5",
    "unit": "lb",
    "canonical": {"value": "67.358", "unit": "kg"},
    "measured_at": "2026-03-08T06:40:00Z",
    "note": "before breakfast",
    "change_seq": 412,
    "created_at": "2026-03-08T06:41:12.310442Z",
    "updated_at": "2026-03-08T06:41:12.310442Z",
}

EXAMPLES: Final[dict[str, Any]] = {
    "MetricInput": {
        "kind": "weight",
        "value": "148.5",
        "unit": "lb",
        "measured_at": "2026-03-08T06:40:00Z",
        "note": "before breakfast",
    },
    "MetricChanges": {"value": "148.2", "unit": "lb", "note": None},
    "MetricOutput": METRIC,
    "MetricPage": page("/users/metrics", METRIC),
    "MetricSummaryOutput": {
        "kinds": [
            {
                "kind": "weight",
                "latest": METRIC,
                "unit": "lb",
                "change": {
                    "7": {"value": "-0.8", "then": "149.3", "measured_at": "2026-03-01T06:52:00Z"},
                    "30": {"value": "-3.1", "then": "151.6", "measured_at": "2026-02-05T06:38:00Z"},
                    "90": None,
                },
                "trend": {"value": "149.114", "per_week": "-0.702"},
            }
        ],
        "trend_method": {
            "name": "exponentially weighted moving average of daily means",
            "alpha_per_day": "0.1",
            "source": "John Walker, The Hacker's Diet (1991); over a gap of n days alpha is 1 - (1 - alpha) ** n",
        },
    },
}
