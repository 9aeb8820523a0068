"""Examples of exercises."""

from typing import Any, Final

from fitai.common.examples import BENCH_PRESS, page

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
    "merged_into": None,
    "version": 1,
    "rating": None,
    "rating_count": 0,
}

EXAMPLES: Final[dict[str, Any]] = {
    "ExerciseOutput": EXERCISE,
    "ExercisePage": page("/exercises", EXERCISE),
}
