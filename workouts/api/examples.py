"""Examples of training, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from accounts.api.examples.friends import BEN, CARD
from fitai.common.examples import ADA, BENCH_PRESS, PHONE, TEMPLATE, WORKOUT, page
from templates_app.api.examples import DAY, ENROLMENT, PLANNED

ENTRY: Final = "d81bc414-da93-5663-9467-5cba15f867a9"
SET: Final = "019ccd9f-ac69-74b5-8d86-f4570be33a4e"
STARTED_AT: Final = "2026-03-02T18:00:00.765388Z"
DONE_AT: Final = "2026-03-02T18:04:12.777744Z"

LIFTED: Final = {"reps": 5, "weight": "100", "weight_unit": "kg", "rpe": "8"}
RECORD: Final = {"kind": "weight", "value": "100", "previous": "97.5"}
SHOWN_SET: Final = {
    "id": SET,
    "workout_exercise_id": ENTRY,
    "position": 0,
    "rank": "a0",
    "kind": "working",
    **LIFTED,
    "weight_kg": "100",
    "assistance": None,
    "rir": None,
    "duration_seconds": None,
    "distance": None,
    "distance_unit": None,
    "distance_m": None,
    "notes": None,
    "target": {"reps": 5, "reps_max": 8, "weight": "100", "weight_unit": "kg", "rest_seconds": 120},
    "completed": True,
    "completed_at": DONE_AT,
    "records": [RECORD],
}
LOGGED_SET: Final = {**SHOWN_SET, "exercise_id": BENCH_PRESS, "seq": 3}
SHOWN_ENTRY: Final = {
    "id": ENTRY,
    "exercise_id": BENCH_PRESS,
    "position": 0,
    "rank": "a0",
    "superset": None,
    "notes": "Pause on the chest",
    "sets": [SHOWN_SET],
}
TOTALS: Final = {"sets": 1, "reps": 5, "volume_kg": "500", "duration_seconds": 0, "distance_m": "0"}
LINE: Final = {
    "id": WORKOUT,
    "name": "Push",
    "status": "in_progress",
    "seq": 5,
    "started_at": STARTED_AT,
    "ended_at": None,
    "active_seconds": 0,
    "active_since": STARTED_AT,
    "template_id": TEMPLATE,
    "template_version": 2,
    "totals": TOTALS,
}
DONE: Final = {
    "status": "completed",
    "seq": 6,
    "ended_at": "2026-03-02T18:45:00.843668Z",
    "active_seconds": 2700,
    "active_since": None,
}
WHOLE: Final = {
    **LINE,
    "notes": "Strong today",
    "body_weight": "64.5",
    "body_weight_unit": "kg",
    "rest": {"set_id": SET, "seconds": 120, "ends_at": "2026-03-02T18:06:12.806151Z"},
    "exercises": [SHOWN_ENTRY],
}
LOGGED: Final = {"exercise_id": BENCH_PRESS, **LIFTED}
OPERATION: Final = {
    "op_id": "watch-17",
    "type": "set.add",
    "at": "2026-03-02T18:04:12Z",
    "device_id": "watch",
    "payload": {"id": SET, **LOGGED},
}

GROUP: Final = "019ccd9f-0a1c-7f52-9d43-6f3a0e5b7c11"
FRIEND: Final = {**CARD, "relation": "friend"}
MEMBERS: Final = [
    {
        "user": {"id": ADA, "username": "ada.lifts", "display_name": "Ada", "avatar": None, "relation": "self"},
        "standing": "joined",
        "invited_at": STARTED_AT,
        "joined_at": STARTED_AT,
        "workout_id": WORKOUT,
    },
    {"user": FRIEND, "standing": "invited", "invited_at": DONE_AT, "joined_at": None, "workout_id": None},
]
TOGETHER: Final = {
    "id": GROUP,
    "name": "Monday crew",
    "seq": 2,
    "owner_id": ADA,
    "standing": "joined",
    "created_at": STARTED_AT,
    "members": MEMBERS,
}
SHARE: Final = {"audience": "friends", "note": "Finally three plates"}

EXAMPLES: Final[dict[str, Any]] = {
    "CreateWorkoutInput": {
        "name": "Push",
        "started_at": "2026-03-02T18:00:00Z",
        "ended_at": "2026-03-02T18:45:00Z",
        "exercises": [{"exercise_id": BENCH_PRESS, "sets": [LIFTED, {**LIFTED, "reps": 4}]}],
    },
    "UpdateWorkoutInput": {"notes": "Strong today", "body_weight": "64.5", "body_weight_unit": "kg"},
    "AddExerciseInput": {"exercise_id": BENCH_PRESS, "notes": "Pause on the chest"},
    "UpdateExerciseInput": {"notes": "Pause on the chest", "superset": None},
    "ReorderInput": {"order": [ENTRY]},
    "LogSetInput": LOGGED,
    "SetValues": {"reps": 6},
    "RestInput": {"seconds": 120, "set_id": SET},
    "BatchInput": {"sent_at": "2026-03-02T18:05:00Z", "ops": [OPERATION]},
    "SessionInput": {"name": "Push"},
    "EndSessionInput": {"status": "completed"},
    "SessionSetInput": {"session_id": WORKOUT, **LOGGED},
    "WorkoutOutput": WHOLE,
    "ActiveWorkouts": page("/workouts/active", WHOLE),
    "CompletedWorkoutOutput": {
        **WHOLE,
        **DONE,
        "rest": None,
        "summary": {
            "totals": TOTALS,
            "records": [{"exercise_id": BENCH_PRESS, "set_id": SET, **RECORD}],
            "exercises": [
                {
                    "exercise_id": BENCH_PRESS,
                    "sets": 1,
                    "volume_kg": "500",
                    "heaviest_kg": "100",
                    "last_time": {
                        "workout_id": "019ca98d-ac5a-703e-9821-7675058ec45b",
                        "performed_at": "2026-02-23T18:02:00Z",
                        "sets": 1,
                        "volume_kg": "487.5",
                        "heaviest_kg": "97.5",
                    },
                }
            ],
        },
    },
    "WorkoutPage": page("/workouts", {**LINE, **DONE, "muscles": ["chest"], "record_count": 1}),
    "EntryOutput": {**SHOWN_ENTRY, "seq": 4},
    "LoggedSetOutput": LOGGED_SET,
    "RemovedSetOutput": {"records": [RECORD], "seq": 6},
    "SetPage": page("/sets", LOGGED_SET),
    "EventsOutput": {
        "results": [
            {
                "seq": 2,
                "op_id": "019ccd9f-0b1c-7a52-8f0e-2a9f4e6c1d33",
                "type": "workout.start",
                "at": STARTED_AT,
                "device_id": PHONE,
                "actor_id": ADA,
                "payload": {},
            }
        ],
        "head": 3,
        "next": f"https://fitai.example/api/v1/workouts/{WORKOUT}/events?after_seq=2&limit=1",
    },
    "BatchOutput": {
        "seq": 4,
        "results": [
            {"op_id": "watch-17", "status": "applied", "seq": 4},
            {
                "op_id": "watch-18",
                "status": "rejected",
                "seq": None,
                "problem": {
                    "type": "https://fitai.example/problems/invalid",
                    "title": "Some values are not acceptable",
                    "status": 422,
                    "code": "invalid",
                    "detail": "Must be at least 0.",
                    "errors": [{"pointer": "/payload/reps", "code": "min_value", "detail": "Must be at least 0."}],
                },
            },
        ],
    },
    "NextOutput": {
        "template_id": TEMPLATE,
        "version": 2,
        "round": 1,
        "week": 1,
        "day": {"id": DAY, "name": "Push"},
        "position": "Week 1 of 1, day 1 of 1",
        "exercises": [
            {
                "id": PLANNED,
                "exercise_id": BENCH_PRESS,
                "name": "Barbell Bench Press",
                "superset": None,
                "substitutes": [],
                "sets": [
                    {
                        "kind": "working",
                        "reps": 6,
                        "reps_max": 8,
                        "weight": "62.5",
                        "assistance": None,
                        "weight_unit": "kg",
                        "rpe": None,
                        "rir": None,
                        "duration_seconds": None,
                        "distance": None,
                        "distance_unit": None,
                        "rest_seconds": 120,
                        "tempo": None,
                    }
                ],
                "why": "+2.5 kg: 2 × 8 done at RPE 8",
            }
        ],
        "needs": [],
        "enrolment": ENROLMENT,
    },
    "CreateGroupInput": {"name": "Monday crew", "workout_id": WORKOUT, "user_ids": [BEN]},
    "InviteInput": {"user_ids": [BEN]},
    "JoinInput": {"workout_id": WORKOUT},
    "LeaveInput": {"user_id": BEN},
    "GroupOutput": TOGETHER,
    "GroupPage": page("/workouts/groups", TOGETHER),
    "ShareInput": SHARE,
    "ShareOutput": {"workout_id": WORKOUT, **SHARE, "shared_at": DONE_AT, "seen_by": "friends"},
    "SharedPage": page(
        "/workouts/shared",
        {
            "user": FRIEND,
            **SHARE,
            "shared_at": DONE_AT,
            "workout": {
                "id": WORKOUT,
                "name": "Push",
                "status": "completed",
                "started_at": STARTED_AT,
                "ended_at": DONE_AT,
                "active_seconds": 247,
                "totals": {"sets": 1, "reps": 5, "volume_kg": "500", "duration_seconds": 0, "distance_m": "0"},
                "muscles": ["chest"],
            },
        },
    ),
}
