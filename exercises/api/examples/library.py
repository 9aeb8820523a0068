"""Examples of exercises."""

from typing import Any, Final

from fitai.common.examples import BENCH_PRESS, page

CDN: Final = "https://cdn.fitai.example/exercises/019ccd9e-b0c2-7a10-8f5e-2a4b6c8d0e1f/Uy3tq0mVb9Zc1xKfW7sRgA"
MEDIA: Final = {
    "id": "019ccd9e-b0c2-7a10-8f5e-2a4b6c8d0e1f",
    "kind": "image",
    "alt": "The bar touches the lower half of the chest, the forearms stand upright.",
    "url": f"{CDN}-1280x960.webp",
    "poster_url": None,
    "width": 1280,
    "height": 960,
    "seconds": None,
    "sizes": [
        {"url": f"{CDN}-{width}x{height}.webp", "width": width, "height": height}
        for width, height in ((320, 240), (640, 480), (1280, 960))
    ],
}

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
    "media": [MEDIA],
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
