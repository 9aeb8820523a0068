"""Examples of templates, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import ADA, BENCH_PRESS, TEMPLATE, page

DAY: Final = "5d9deccc-4179-50a0-b7dd-f56f40f2ab44"
PLANNED: Final = "c6f8f374-5321-5525-b23c-78ac59db9b35"
WRITTEN_AT: Final = "2026-03-02T18:00:00Z"
TITLE: Final = {"name": "Bench first", "description": "One heavy day a week.", "goal": "strength", "level": "beginner"}

SENT_SET: Final = {
    "reps": 6,
    "reps_max": 8,
    "load": {"type": "absolute", "value": "60", "unit": "kg"},
    "rest_seconds": 120,
}
SENT_WEEK: Final = {
    "days": [
        {
            "name": "Push",
            "exercises": [
                {
                    "exercise_id": BENCH_PRESS,
                    "progression": {"rule": "double", "increment": "2.5", "unit": "kg"},
                    "sets": [SENT_SET, SENT_SET],
                }
            ],
        }
    ]
}
KEPT_SET: Final = {"kind": "working", **SENT_SET, "seconds": None, "distance": None, "tempo": None}
KEPT_WEEK: Final = {
    "number": 1,
    "days": [
        {
            "id": DAY,
            "name": "Push",
            "exercises": [
                {
                    "id": PLANNED,
                    "exercise_id": BENCH_PRESS,
                    "superset": None,
                    "substitutes": [],
                    "progression": {
                        "rule": "double",
                        "increment": "2.5",
                        "unit": "kg",
                        "stall_after": 3,
                        "deload_percent": "10",
                    },
                    "sets": [KEPT_SET, KEPT_SET],
                }
            ],
        }
    ],
}
TREE: Final = {
    "weeks": [KEPT_WEEK],
    "exercises": [
        {
            "id": BENCH_PRESS,
            "name": "Barbell Bench Press",
            "tracking": "weight_reps",
            "primary_muscles": ["chest"],
            "equipment": ["barbell", "bench", "rack"],
            "status": "approved",
        }
    ],
    "generation": None,
}
SUMMARY: Final = {
    "id": TEMPLATE,
    **TITLE,
    "version": 2,
    "visibility": "private",
    "tags": ["bench"],
    "source": "written",
    "origin_id": None,
    "week_count": 1,
    "days_per_week": 1,
    "minutes": 8,
    "set_count": 2,
    "equipment": ["barbell", "bench", "rack"],
    "muscles": ["chest"],
    "created_at": WRITTEN_AT,
    "updated_at": "2026-03-08T17:12:40.694964Z",
    "author": {"id": ADA, "username": "ada.lifts", "name": "Ada"},
}
VERSION_LINE: Final = {
    "template_id": TEMPLATE,
    "number": 1,
    **{name: TITLE[name] for name in ("name", "goal", "level")},
    "tags": ["bench"],
    "note": "",
    "created_at": WRITTEN_AT,
}
ENROLMENT: Final = {
    "id": "019ccd9e-ac49-7758-876c-288d493c9412",
    "template_id": TEMPLATE,
    "version": 2,
    "status": "active",
    "started_on": "2026-03-02",
    "position": {"week": 1, "day_id": DAY, "round": 1, "since": WRITTEN_AT},
    "training_maxes": {BENCH_PRESS: {"value": "95", "unit": "kg", "source": "given", "given_at": WRITTEN_AT}},
    "created_at": WRITTEN_AT,
    "ended_at": None,
}

EXAMPLES: Final[dict[str, Any]] = {
    "SuggestionPage": page(
        "/users/friends/suggestions",
        {
            "id": "019ccd9e-ad4f-7a7e-8a3c-93d8f3b7c0de",
            "username": "ben.rows",
            "display_name": "Ben",
            "avatar": None,
            "relation": "none",
            "reasons": [
                {"kind": "mutual_friends", "count": 3, "template": None},
                {"kind": "same_template", "count": None, "template": {"id": TEMPLATE, "name": TITLE["name"]}},
            ],
        },
    ),
    "TemplateInput": {**TITLE, "visibility": "private", "tags": ["bench"], "weeks": [SENT_WEEK]},
    "TemplateChanges": {"name": "Bench first, heavier", "tags": ["bench", "heavy"]},
    "TemplateOutput": {**SUMMARY, **TREE},
    "TemplatePage": page("/templates", SUMMARY),
    "VersionPage": page(f"/templates/{TEMPLATE}/versions", VERSION_LINE),
    "VersionOutput": {**VERSION_LINE, "description": TITLE["description"], **TREE},
    "DifferenceOutput": {
        "from": 1,
        "to": 2,
        "changes": [
            {
                "pointer": "/weeks/0/days/0/exercises/0/sets/0/reps",
                "what": "changed",
                "node": "set",
                "from": 5,
                "to": 6,
                "text": "Week 1, Push, Barbell Bench Press: set 1 reps 5 → 6",
            }
        ],
    },
    "StartInput": {
        "started_on": "2026-03-02",
        "week": 1,
        "training_maxes": {BENCH_PRESS: {"value": "95", "unit": "kg"}},
    },
    "EnrolmentOutput": ENROLMENT,
}
