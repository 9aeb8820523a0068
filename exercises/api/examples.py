"""Examples of the exercise library, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import BENCH_PRESS, JOB, page

EXERCISE: Final = {
    "id": BENCH_PRESS,
    "slug": "barbell-bench-press",
    "name": "Barbell Bench Press",
    "aliases": ["Bench", "Flat Bench"],
    "instructions": [
        "Lie with your eyes under the bar and squeeze your shoulder blades back and down into the bench.",
        "Lower the bar under control to the lower half of your chest, then drive it up and slightly back.",
    ],
    "mistakes": ["Bouncing the bar off the ribs instead of controlling the last few centimetres."],
    "primary_muscles": ["chest"],
    "secondary_muscles": ["triceps", "front_delts"],
    "equipment": ["barbell", "bench", "rack"],
    "kind": "strength",
    "pattern": "horizontal_push",
    "mechanic": "compound",
    "force": "push",
    "difficulty": "intermediate",
    "tracking": "weight_reps",
    "unilateral": False,
    "per_hand": False,
    "bodyweight_share": "0",
    "met": "3.5",
    "variations": [{"id": "bfb5e276-f895-5a29-950f-b72890987846", "relation": "easier"}],
    "contraindications": ["shoulder", "wrist"],
    "media": [],
    "form_profile": "bench_press",
    "status": "approved",
    "version": 1,
    "rating": None,
    "rating_count": 0,
}


def counted(**options: int) -> list[dict[str, Any]]:
    """Options of a filter, each with how many exercises it leaves."""
    return [{"value": value, "count": count} for value, count in options.items()]


EXAMPLES: Final[dict[str, Any]] = {
    "ExerciseOutput": EXERCISE,
    "ExercisePage": page("/exercises", EXERCISE),
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
