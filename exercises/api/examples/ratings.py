"""Examples of rating, popularity, statistics and similar exercises."""

from typing import Any, Final

from exercises.api.examples.library import EXERCISE
from exercises.api.examples.search import counted
from fitai.common.examples import BENCH_PRESS, page

TRAINED: Final = {
    "exercise_id": BENCH_PRESS,
    "slug": "barbell-bench-press",
    "name": "Barbell Bench Press",
    "workouts": 41,
    "sets": 164,
    "first_at": "2025-09-02T17:31:00Z",
    "last_at": "2026-03-06T17:04:00Z",
}
FIGURES: Final = {"searches": 640, "listings": 210, "in_vain": 12, "opened": 288, "added": 96, "clicked": 301}
ASKED: Final = {
    "query": "bench press",
    "language": "en",
    "searches": 48,
    "in_vain": 0,
    "clicked": 31,
    "click_through": 0.6458,
    "found": 9,
}
MISSED: Final = {
    "query": "sled push",
    "language": "en",
    "searches": 7,
    "in_vain": 7,
    "clicked": 0,
    "click_through": 0.0,
    "found": 0,
}

EXAMPLES: Final[dict[str, Any]] = {
    "RateInput": {"stars": 4, "comment": "Easier on the shoulders with a narrower grip."},
    "RatingOutput": {
        "stars": 4,
        "comment": "Easier on the shoulders with a narrower grip.",
        "counts_fully": True,
        "rating": "4.12",
        "rating_count": 57,
    },
    "PopularPage": page(
        "/exercises/popular", {**EXERCISE, "people": 812, "workouts": 2304, "sets": 9120, "score": 1741.2}
    ),
    "StatsOutput": {
        "exercises": {
            "by_kind": counted(strength=149, bodyweight=46, cardio=12, mobility=10, plyometric=6),
            "by_status": counted(draft=1, pending=0, approved=223, rejected=0, archived=0),
        },
        "everybody": {"people": 1280, "workouts": 40210, "sets": 683570, "ratings": 2140, "rated": 198},
        "own": {"exercises": 37, "sets": 2210, "most_trained": [TRAINED], "last_trained": [TRAINED]},
        "counted_at": "2026-03-07T10:00:02Z",
    },
    "SimilarOutput": {
        "results": [
            {
                **EXERCISE,
                "score": 0.812,
                "reasons": [
                    {"kind": "muscles", "values": ["chest"], "text": "Also trains: chest"},
                    {
                        "kind": "pattern",
                        "values": ["horizontal_push"],
                        "text": "The same movement: horizontal push",
                    },
                ],
            }
        ]
    },
    "AnalyticsOutput": {
        "since": "2026-03-07",
        "until": "2026-03-07",
        **FIGURES,
        "click_through": 0.4703,
        "days": [{"day": "2026-03-07", **FIGURES}],
        "top": [ASKED],
        "no_results": [MISSED],
    },
}
