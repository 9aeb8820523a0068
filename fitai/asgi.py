"""The door of the `live` role, and of `make run`: HTTP by Django, `/ws/v1` by the live socket."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter

from fitai.common.doors import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitai.settings.production")
http = get_asgi_application()  # loads the apps, which the imports below need

from django.urls import path  # noqa: E402

from accounts.authentication import authenticate_socket, current_actor, device_name, ended_sessions  # noqa: E402
from fitai.common.live.hub import hub  # noqa: E402
from fitai.common.live.socket import LiveSocket  # noqa: E402
from fitai.sockets.doors import CHANNELS, HANDLERS  # noqa: E402

hub.expired = ended_sessions
live = LiveSocket.as_asgi(
    authenticate=authenticate_socket,
    confirm=current_actor,
    device_of=device_name,
    channels=CHANNELS,
    handlers=HANDLERS,
)
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([path("ws/v1", live)])})
