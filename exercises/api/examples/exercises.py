"""Examples of making, editing and looking after exercises."""

from typing import Any, Final

from exercises.api.examples.library import EXERCISE
from fitai.common.examples import ADA, BENCH_PRESS, JOB, page

SAID: Final = (
    "name",
    "aliases",
    "instructions",
    "primary_muscles",
    "secondary_muscles",
    "equipment",
    "kind",
    "pattern",
)
PERSON: Final = {"id": ADA, "username": "ada", "display_name": "Ada"}
CHANGE: Final = {
    "field": "mistakes",
    "before": ["Bouncing the bar."],
    "after": ["Bouncing the bar off the ribs."],
    "lines": [
        {
            "op": "changed",
            "pieces": [
                {"op": "same", "text": "Bouncing the bar"},
                {"op": "added", "text": " off the ribs"},
                {"op": "same", "text": "."},
            ],
        }
    ],
}
VERSION: Final = {
    "version": 2,
    "at": "2026-03-01T18:04:05Z",
    "by": PERSON,
    "via": "proposal",
    "note": "It says where the bar goes.",
    "changes": [CHANGE],
}
PROPOSAL: Final = {
    "id": JOB,
    "exercise_id": BENCH_PRESS,
    "exercise_name": "Barbell Bench Press",
    "author": PERSON,
    "status": "pending",
    "version": 1,
    "base_version": 1,
    "changes": [CHANGE],
    "note": "It says where the bar goes.",
    "findings": [],
    "reason": None,
    "created_at": "2026-03-01T18:00:00Z",
    "updated_at": "2026-03-01T18:00:00Z",
    "decided_at": None,
}

EXAMPLES: Final[dict[str, Any]] = {
    "ExerciseInput": {**{name: EXERCISE[name] for name in SAID}, "variations": EXERCISE["variations"]},
    "ExerciseChanges": {"mistakes": CHANGE["after"], "note": VERSION["note"]},
    "HistoryPage": page(f"/exercises/{BENCH_PRESS}/history", VERSION),
    "ProposalOutput": PROPOSAL,
    "ProposalPage": page("/exercises/proposals", PROPOSAL),
}
