"""Examples of people and what they are to each other, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from accounts.api.examples.avatars import AVATAR
from fitai.common.examples import page

BEN: Final = "019ccd9e-ad4f-7a7e-8a3c-93d8f3b7c0de"
CARD: Final = {
    "id": BEN,
    "username": "ben.rows",
    "display_name": "Ben",
    "avatar": AVATAR,
    "relation": "none",
}
MUTUAL: Final = {**CARD, "mutual_friends": 3, "muted": False}

EXAMPLES: Final[dict[str, Any]] = {
    "PersonInput": {"user_id": BEN},
    "AnswerInput": {"action": "accept"},
    "MutualOutput": {**MUTUAL, "relation": "friend"},
    "FriendPage": page("/users/friends", {**MUTUAL, "relation": "friend", "friends_since": "2026-03-08T17:12:40Z"}),
    "FriendRequestPage": page(
        "/users/friends/requests", {**MUTUAL, "relation": "asks_you", "requested_at": "2026-03-08T17:12:40Z"}
    ),
    "BlockedOutput": {**CARD, "blocked_at": "2026-03-08T17:12:40Z"},
    "BlockedPage": page("/users/blocks", {**CARD, "blocked_at": "2026-03-08T17:12:40Z"}),
    "CardPage": {"results": [CARD], "next": None, "previous": None},
    "PersonPageOutput": {
        **CARD,
        "muted": False,
        "profile": {
            "bio": "Rows before breakfast",
            "experience": "advanced",
            "goals": ["endurance"],
            "city": "Berlin",
            "member_since": "2025-11-02",
            "mutual_friends": 3,
        },
    },
}
