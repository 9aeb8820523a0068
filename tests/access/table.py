"""Who gets what from every operation of the schema.

An operation names one of a few policies, each with the status that every member of the cast gets; where one answers
otherwise, its row says so for that person alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CAST = ("anonymous", "owner", "stranger", "blocked", "friend", "coach", "ex_coach", "moderator", "admin", "key")

OK = "ok"  # the operation's own success
POLICIES: Mapping[str, Mapping[str, int | str]] = {
    # Anybody: what makes or needs no account of its own.
    "public": dict.fromkeys(CAST, OK),
    # Anybody with an account, about the catalogue or about themselves: everyone gets their own.
    "member": {**dict.fromkeys(CAST, OK), "anonymous": 401},
    # One row of the owner's: for everybody else it does not exist.
    "own": {**dict.fromkeys(CAST, 404), "anonymous": 401, "owner": OK},
    # One row of the owner's that their coach may look at, and what a coach may only look at.
    "own_or_coach": {**dict.fromkeys(CAST, 404), "anonymous": 401, "owner": OK, "coach": OK},
    "own_seen_by_coach": {**dict.fromkeys(CAST, 404), "anonymous": 401, "owner": OK, "coach": 403},
    # The owner's row named in the body: for everybody else the value is not acceptable.
    "own_in_body": {**dict.fromkeys(CAST, 422), "anonymous": 401, "owner": OK},
    # A person, by their id: everybody sees them but who is on one side of a block.
    "person": {**dict.fromkeys(CAST, OK), "anonymous": 401, "blocked": 404},
    # The same in a body.
    "person_in_body": {**dict.fromkeys(CAST, OK), "anonymous": 401, "blocked": 422},
    # The owner's row named in a filter.
    "own_in_query": {**dict.fromkeys(CAST, 404), "anonymous": 401, "owner": OK},
}


@dataclass(frozen=True)
class Row:
    """A policy, the status of success, and a request that succeeds for the owner ({names} are filled by the world)."""

    policy: str
    success: int
    body: Any = None
    query: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)  # a multipart body, then; {sender} is who sends it
    exceptions: Mapping[str, int] = field(default_factory=dict)

    def status(self, person: str) -> int:
        """A key without the scope is refused by the route, before anybody looks whether the row is there: 403 for its
        own and for foreign rows alike."""
        if person == "key" and self.policy != "public":
            return 403
        expected = self.exceptions.get(person, POLICIES[self.policy][person])
        return self.success if expected == OK else int(expected)


PRESS = {"name": "Floor Press", "primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength"}
PLAN = {
    "name": "Push",
    "goal": "strength",
    "level": "beginner",
    "weeks": [{"days": [{"name": "Push", "exercises": [{"exercise_id": "{exercise}", "sets": [{"reps": 5}]}]}]}],
}

NO_FACTOR = dict.fromkeys(("stranger", "blocked", "friend", "coach", "ex_coach", "moderator", "admin"), 409)
"""Where only the owner has what is asked for."""
NOT_STAFF = dict.fromkeys(("owner", "stranger", "blocked", "friend", "coach", "ex_coach"), 403)
"""What is for moderators and admins."""
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + 2 * b"\x00\x00\x00\x01" + bytes(9)
WEIGHED = {"kind": "weight", "value": "80", "unit": "kg", "measured_at": "2026-01-01T07:00:00Z"}
SUBSCRIPTION = {
    "endpoint": "https://push.example.com/another",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}

ACCESS: Mapping[str, Row] = {
    "GET /jobs/{id}": Row("own", 200),
    "POST /jobs/{id}/cancel": Row("own", 200, {}),
    # accounts
    "POST /auth/register": Row(
        "public", 201, {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}
    ),
    "POST /auth/login": Row("public", 200, {"login": "athlete", "password": "correct horse battery"}),
    "POST /auth/refresh": Row("public", 200, {"refresh": "{refresh}"}),
    "POST /auth/logout": Row("public", 204, {"refresh": "{refresh}"}),
    "GET /auth/devices": Row("member", 200),
    "DELETE /auth/devices/{id}": Row("own", 204),
    "GET /auth/verify-email": Row("public", 200, query="?key={verification}"),
    "POST /auth/resend-verification": Row("public", 202, {"email": "athlete@example.org"}),
    "POST /auth/ws-ticket": Row("member", 200, {}),
    "POST /auth/email": Row("member", 202, {"email": "other@example.org"}),
    "POST /auth/change-password": Row(
        "member", 204, {"old_password": "correct horse battery", "new_password": "a long enough phrase 7"}
    ),
    "POST /auth/forgot-password": Row("public", 202, {"email": "athlete@example.org"}),
    "POST /auth/reset-password": Row("public", 204, {"key": "{reset}", "password": "a long enough phrase 7"}),
    "GET /auth/google": Row("public", 302),
    "GET /auth/google/callback": Row("public", 302, query="?state=foreign"),
    "POST /auth/google": Row("public", 401, {"id_token": "of nobody"}),
    "POST /auth/google/exchange": Row("public", 401, {"code": "of nobody"}),
    "POST /auth/google/link": Row("member", 422, {"id_token": "of nobody"}),
    "DELETE /auth/google/link": Row("own", 204),
    "GET /auth/api-keys": Row("member", 200),
    "POST /auth/api-keys": Row("member", 201, {"name": "Dashboard", "scopes": ["workouts:read"]}),
    "GET /auth/api-keys/{id}": Row("own", 200),
    "DELETE /auth/api-keys/{id}": Row("own", 204),
    "POST /auth/mfa/totp": Row("member", 200, {}),
    "POST /auth/mfa/totp/confirm": Row("member", 200, {"code": "{code}"}, exceptions=NO_FACTOR),
    "DELETE /auth/mfa/totp": Row("own", 204),
    "GET /auth/mfa/recovery-codes": Row("member", 200),
    "POST /auth/mfa/recovery-codes": Row("member", 200, {}, exceptions=NO_FACTOR),
    "POST /auth/mfa/verify": Row("public", 200, {"mfa_token": "{mfa_token}", "code": "{recovery}"}),
    "GET /users/profile": Row("member", 200),
    "PUT /users/profile": Row("member", 200, {"bio": "Lifts"}),
    "PATCH /users/profile": Row("member", 200, {"bio": "Lifts"}),
    "DELETE /users/account": Row("member", 204, exceptions={"admin": 409}),
    "POST /users/export": Row("member", 202, {}),
    "GET /users/export/{id}": Row("own", 200),
    "GET /users/preferences": Row("member", 200),
    "PUT /users/preferences": Row("member", 200, {}),
    "PATCH /users/preferences": Row("member", 200, {}),
    "GET /users/coaches": Row("member", 200),
    "POST /users/coaches": Row("member", 201, {"user_id": "{free_coach}", "areas": ["workouts"]}),
    "GET /users/coaches/{id}": Row("own", 200),
    "PUT /users/coaches/{id}": Row("own", 200, {"areas": ["metrics"]}),
    "PATCH /users/coaches/{id}": Row("own", 200, {"areas": ["metrics"]}),
    "DELETE /users/coaches/{id}": Row("own", 204),
    "GET /users/clients": Row("member", 200),
    "POST /users/upload-avatar": Row("member", 202, {}, files={"avatar": PICTURE}),
    "DELETE /users/upload-avatar": Row("member", 204),
    "GET /users/metrics": Row("member", 200),
    "POST /users/metrics": Row("member", 201, WEIGHED),
    "GET /users/metrics/summary": Row("member", 200),
    "GET /users/metrics/{id}": Row("own_or_coach", 200),
    "PUT /users/metrics/{id}": Row("own_seen_by_coach", 200, {"value": "79.5"}),
    "PATCH /users/metrics/{id}": Row("own_seen_by_coach", 200, {"value": "79.5"}),
    "DELETE /users/metrics/{id}": Row("own_seen_by_coach", 204),
    "GET /users/friends": Row("member", 200),
    "GET /users/friends/requests": Row("member", 200),
    "POST /users/friends/request": Row("person_in_body", 200, {"user_id": "{owner}"}, exceptions={"owner": 422}),
    "PUT /users/friends/{user_id}": Row("own", 200, {"action": "accept"}),
    "DELETE /users/friends/{user_id}": Row("own", 204),
    "GET /users/blocks": Row("member", 200),
    "POST /users/blocks": Row("person_in_body", 200, {"user_id": "{owner}"}, exceptions={"owner": 422}),
    "DELETE /users/blocks/{user_id}": Row("own", 204),
    "GET /users/friends/suggestions": Row("member", 200),
    "GET /users/search": Row("member", 200, query="?q=ath"),
    "GET /users/{id}": Row("person", 200),
    "POST /users/{id}/mute": Row("person", 200, {}, exceptions={"owner": 422}),
    "DELETE /users/{id}/mute": Row("person", 204),
    "GET /users/notifications": Row("member", 200),
    "POST /users/notifications/read": Row("own_in_body", 200, {"ids": ["{notification}"]}),
    "GET /users/push-devices": Row("member", 200),
    "POST /users/push-devices": Row("member", 201, SUBSCRIPTION),
    "DELETE /users/push-devices/{id}": Row("own", 204),
    # exercises
    "GET /exercises": Row("member", 200),
    "POST /exercises": Row("member", 201, {**PRESS, "name": "Landmine Press"}),
    "PUT /exercises/{id}": Row("own", 200, {"difficulty": "advanced"}),
    "PATCH /exercises/{id}": Row("own", 200, {"difficulty": "advanced"}),
    "DELETE /exercises/{id}": Row("own", 204),
    "POST /exercises/{id}/submit": Row("own", 200, {}),
    "POST /exercises/{id}/restore": Row("own", 200, {}),
    "GET /exercises/{id}/history": Row("own", 200),
    "POST /exercises/{id}/revert/{n}": Row("own", 200, {}),
    "GET /exercises/proposals": Row("member", 200),
    "GET /exercises/proposals/{id}": Row("own", 200, exceptions={"moderator": 200, "admin": 200}),
    "DELETE /exercises/proposals/{id}": Row("own", 204, exceptions={"moderator": 403, "admin": 403}),
    "GET /exercises/{id}": Row("member", 200),
    "GET /exercises/by-slug/{slug}": Row("member", 200),
    "GET /exercises/muscle/{muscle}": Row("member", 200),
    "GET /exercises/equipment/{equipment}": Row("member", 200),
    "GET /exercises/filters": Row("member", 200),
    "POST /exercises/search": Row("member", 200, {"query": "bench"}),
    "GET /exercises/search-analytics": Row("member", 200, exceptions=NOT_STAFF),
    "GET /exercises/popular": Row("member", 200),
    "GET /exercises/stats": Row("member", 200),
    "GET /exercises/{id}/similar": Row("member", 200),
    "GET /exercises/{id}/rate": Row("member", 200),
    "POST /exercises/{id}/rate": Row("member", 200, {"stars": 4}),
    "DELETE /exercises/{id}/rate": Row("member", 204),
    "GET /exercises/{id}/media": Row("member", 200),
    "POST /exercises/{id}/media": Row("member", 202, {}, files={"file": PICTURE + b"{sender}"}),
    "DELETE /exercises/{id}/media/{media_id}": Row("own", 204, exceptions={"moderator": 403, "admin": 403}),
    # analysis
    "GET /form-analyses": Row("member", 200),
    "POST /form-analyses": Row("member", 202, {"exercise_id": "{exercise}"}, files={"video": b"a film"}),
    "GET /form-analyses/{id}": Row("own_or_coach", 200),
    "POST /form-analyses/{id}/cancel": Row("own_seen_by_coach", 200, {}),
    "DELETE /form-analyses/{id}": Row("own_seen_by_coach", 204),
    # templates
    "GET /templates": Row("member", 200),
    "POST /templates": Row("member", 201, PLAN),
    "GET /templates/{id}": Row("own", 200),
    "PUT /templates/{id}": Row("own", 200, {"name": "Pull"}),
    "PATCH /templates/{id}": Row("own", 200, {"name": "Pull"}),
    "DELETE /templates/{id}": Row("own", 204),
    "POST /templates/{id}/restore": Row("own", 200, {}),
    "GET /templates/{id}/versions": Row("own", 200),
    "GET /templates/{id}/versions/{n}": Row("own", 200),
    "GET /templates/{id}/diff": Row("own", 200),
    "POST /templates/{id}/revert/{n}": Row("own", 200, {}),
    "POST /templates/{id}/start": Row("own", 200, {"week": 1}),
    "DELETE /templates/{id}/start": Row("own", 204),
    "GET /templates/{id}/next": Row("own", 200),
    "POST /templates/ai-generate": Row("member", 202, {"days_per_week": 2}),
    "GET /templates/ai-jobs/{id}": Row("own", 200),
    # workouts
    "GET /workouts": Row("member", 200),
    "POST /workouts": Row("member", 201, {"name": "Push"}),
    "GET /workouts/active": Row("member", 200),
    "GET /workouts/{id}": Row("own_or_coach", 200),
    "PUT /workouts/{id}": Row("own_seen_by_coach", 200, {"notes": "Strong today"}),
    "PATCH /workouts/{id}": Row("own_seen_by_coach", 200, {"notes": "Strong today"}),
    "DELETE /workouts/{id}": Row("own_seen_by_coach", 204),
    "POST /workouts/{id}/restore": Row("own_seen_by_coach", 200, {}),
    "POST /workouts/{id}/start": Row("own_seen_by_coach", 409, {}),
    "POST /workouts/{id}/pause": Row("own_seen_by_coach", 200, {}),
    "POST /workouts/{id}/resume": Row("own_seen_by_coach", 409, {}),
    "POST /workouts/{id}/complete": Row("own_seen_by_coach", 200, {}),
    "POST /workouts/{id}/cancel": Row("own_seen_by_coach", 200, {}),
    "POST /workouts/{id}/exercises": Row("own_seen_by_coach", 201, {"exercise_id": "{exercise}"}),
    "PUT /workouts/{id}/exercise/{reference}": Row("own_seen_by_coach", 200, {"notes": "Slow"}),
    "DELETE /workouts/{id}/exercise/{reference}": Row("own_seen_by_coach", 204),
    "POST /workouts/{id}/exercises/reorder": Row("own_seen_by_coach", 200, {"order": ["{entry}"]}),
    "POST /workouts/{id}/sets": Row("own_seen_by_coach", 201, {"exercise_id": "{exercise}", "reps": 5}),
    "PUT /workouts/{id}/set/{reference}": Row("own_seen_by_coach", 200, {"reps": 6}),
    "DELETE /workouts/{id}/set/{reference}": Row("own_seen_by_coach", 200),
    "POST /workouts/{id}/rest": Row("own_seen_by_coach", 200, {"seconds": 90}),
    "DELETE /workouts/{id}/rest": Row("own_seen_by_coach", 204),
    "GET /workouts/{id}/events": Row("own_or_coach", 200),
    "POST /workouts/{id}/ops": Row(
        "own_seen_by_coach",
        200,
        {
            "sent_at": "2026-01-01T10:00:00Z",
            "ops": [
                {
                    "op_id": "op-1",
                    "type": "workout.update",
                    "at": "2026-01-01T10:00:00Z",
                    "device_id": "watch",
                    "payload": {"notes": "Heavy"},
                }
            ],
        },
    ),
    "GET /workouts/{id}/share": Row("own_seen_by_coach", 200),
    "POST /workouts/{id}/share": Row("own_seen_by_coach", 200, {"audience": "friends", "note": "Strong"}),
    "DELETE /workouts/{id}/share": Row("own_seen_by_coach", 204),
    "GET /workouts/shared": Row("member", 200),
    "GET /workouts/groups": Row("member", 200),
    "POST /workouts/groups": Row("member", 201, {"name": "Monday"}),
    "GET /workouts/groups/{id}": Row("own", 200),
    "DELETE /workouts/groups/{id}": Row("own", 204),
    "POST /workouts/groups/{id}/invite": Row("own", 200, {"user_ids": ["{another_friend}"]}),
    "POST /workouts/groups/{id}/join": Row("own", 200, {"workout_id": "{workout}"}),
    "POST /workouts/groups/{id}/leave": Row("own", 204, {}),
    "GET /sessions": Row("member", 200),
    "POST /sessions": Row("member", 201, {}),
    "GET /sessions/{id}": Row("own_or_coach", 200),
    "PATCH /sessions/{id}": Row("own_seen_by_coach", 200, {"status": "completed"}),
    "GET /sets": Row("own_in_query", 200, query="?session_id={workout}", exceptions={"coach": 200}),
    "POST /sets": Row(
        "own_in_body",
        201,
        {"session_id": "{workout}", "exercise_id": "{exercise}", "reps": 5},
        exceptions={"coach": 403},
    ),
}
