"""Ten very different people whose plans were read line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from templates_app.planner import PlanRequest
from templates_app.planner.vocabulary import EQUIPMENT

GYM: Final = EQUIPMENT - {"bodyweight", "medicine_ball", "suspension", "foam_roll", "cardio_machine"}
HOME: Final = frozenset({"dumbbell", "bench", "band"})

PEOPLE: Final = {
    "novice with bands": PlanRequest("general", "beginner", 3, 40, 8, frozenset({"band"})),
    "novice with a barbell": PlanRequest("strength", "beginner", 3, 60, 8, frozenset({"barbell", "bench", "rack"})),
    "powerlifter": PlanRequest("strength", "advanced", 4, 90, 12, GYM),
    "every day": PlanRequest("hypertrophy", "advanced", 7, 180, 6, GYM),
    "a quarter of an hour": PlanRequest("general", "beginner", 1, 15, 4),
    "sore knee and shoulder": PlanRequest(
        "hypertrophy", "intermediate", 3, 60, 6, GYM, injuries=frozenset({"knee", "shoulder"})
    ),
    "pregnant": PlanRequest("general", "intermediate", 3, 45, 8, GYM, injuries=frozenset({"pregnancy"})),
    "only the body": PlanRequest("strength", "intermediate", 3, 45, 8),
    "bodybuilder": PlanRequest("hypertrophy", "advanced", 6, 75, 10, GYM, like=frozenset({"side_delts"})),
    "sixty-five": PlanRequest("general", "beginner", 2, 50, 8, GYM, injuries=frozenset({"hip"})),
    "runner": PlanRequest("endurance", "intermediate", 2, 45, 8, HOME),
    "high blood pressure": PlanRequest(
        "fat_loss", "beginner", 4, 45, 8, GYM, injuries=frozenset({"high_blood_pressure"})
    ),
    "jumper": PlanRequest("power", "intermediate", 3, 60, 8, GYM),
    "short of time": PlanRequest("hypertrophy", "intermediate", 3, 30, 6, GYM),
    "upper and lower": PlanRequest("hypertrophy", "intermediate", 4, 60, 6, GYM),
}

LIFTS: Final = {
    "powerlifter": {
        "barbell-back-squat": Decimal(190),
        "barbell-bench-press": Decimal(130),
        "barbell-deadlift": Decimal(220),
    },
    "sixty-five": {"machine-chest-press": Decimal(20), "leg-press": Decimal(45)},
}
"""1RM in kilograms that are known, by slug."""
