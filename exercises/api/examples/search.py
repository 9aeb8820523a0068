"""Examples of searching."""

from typing import Any, Final

from exercises.api.examples.library import EXERCISE
from fitai.common.examples import JOB


def counted(**options: int) -> list[dict[str, Any]]:
    """Options of a filter, each with how many exercises it leaves."""
    return [{"value": value, "count": count} for value, count in options.items()]


EXAMPLES: Final[dict[str, Any]] = {
    "FiltersOutput": {
        "muscle": counted(chest=25, lats=26, quads=32),
        "equipment": counted(barbell=38, dumbbell=37),
        "kind": counted(strength=149, bodyweight=46),
        "difficulty": counted(beginner=141, intermediate=55, advanced=19),
        "pattern": counted(squat=10, hinge=13),
        "tracking": counted(weight_reps=140, reps=40),
    },
    "SearchInput": {
        "query": "bench pres",
        "muscles": ["chest"],
        "available_equipment": ["barbell", "bench", "rack"],
        "injuries": [],
        "limit": 10,
    },
    "SearchOutput": {
        "search_id": JOB,
        "count": 1,
        "results": [
            {
                **EXERCISE,
                "highlights": [{"field": "name", "text": "Barbell Bench Press", "ranges": [[8, 13], [14, 19]]}],
            }
        ],
        "facets": {
            "muscles": counted(chest=1),
            "equipment": counted(barbell=1, bench=1, rack=1),
            "kind": counted(strength=1),
            "difficulty": counted(intermediate=1),
        },
        "next_cursor": None,
    },
}
