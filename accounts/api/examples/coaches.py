"""Examples of coaching, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import ADA, page

CARL: Final = "019ccd9e-ad2e-7c1f-9b57-3f1f5a0f6c11"
COACHING: Final = {
    "id": "019ccd9e-ad91-7a04-8d3b-6b1c5d6f2e90",
    "status": "active",
    "areas": ["workouts", "form_videos"],
    "client": {"id": ADA, "username": "ada.lifts", "display_name": "Ada"},
    "coach": {"id": CARL, "username": "carl.coaches", "display_name": "Carl"},
    "created_at": "2026-03-02T18:00:00Z",
    "accepted_at": "2026-03-02T19:30:00Z",
}

EXAMPLES: Final[dict[str, Any]] = {
    "InviteCoachInput": {"user_id": CARL, "areas": COACHING["areas"]},
    "CoachingChange": {"areas": ["workouts"]},
    "CoachingOutput": COACHING,
    "CoachingPage": page("/users/coaches", COACHING),
}
