"""Examples of what people are told, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import PHONE, page

NOTIFICATION: Final = {
    "id": "019ccd9e-b1f0-7c35-9d52-1f3a5c1f7a10",
    "kind": "friend_request",
    "title": "Carl wants to be your friend",
    "body": "",
    "count": 1,
    "actors": [
        {"id": "019ccd9e-b2c4-7a01-8c0e-6f2d9b7e4a55", "username": "carl.lifts", "display_name": "Carl", "avatar": None}
    ],
    "params": {},
    "created_at": "2026-03-08T17:12:40.559008Z",
    "happened_at": "2026-03-08T17:12:40.559008Z",
    "read_at": None,
}
DEVICE: Final = {
    "id": PHONE,
    "name": "Ada's phone",
    "service": "updates.push.services.mozilla.com",
    "current": True,
    "created_at": "2026-03-08T17:12:40.559008Z",
    "last_sent_at": None,
}
KEY: Final = "BMUcQY9bmFVIzcaPaJtdKh9lAcThXtThhdc8zDQx03cbytH1PvAWQ9lTuP-yIRdDJzTTxSYOxQ7ivBB_7nEVXCo"

EXAMPLES: Final[dict[str, Any]] = {
    "NotificationPage": {**page("/users/notifications", NOTIFICATION), "unread": 1},
    "ReadInput": {"ids": [NOTIFICATION["id"]]},
    "ReadOutput": {"unread": 0},
    "PushDeviceInput": {
        "name": DEVICE["name"],
        "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABk",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    },
    "PushDeviceOutput": DEVICE,
    "PushDevicePage": {**page("/users/push-devices", DEVICE), "public_key": KEY},
}
