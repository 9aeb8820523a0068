"""What routes for people who are not logged in share."""

from accounts.operations import sessions
from fitai.common.api import ApiView
from fitai.common.throttling import request_address

SECRET = {"Cache-Control": "no-store"}


class DoorView(ApiView):
    """A route for people who are not logged in. A stale access token that comes along is nobody's business here."""

    public = True
    authentication_classes = ()

    def device(self, name: str = "") -> sessions.Device:
        """Where this request comes from."""
        agent = self.request.headers.get("User-Agent", "")
        shown = "".join(char for char in agent if char.isprintable())
        return sessions.Device(address=request_address(self.request)[:64], user_agent=shown[:300], name=name)
