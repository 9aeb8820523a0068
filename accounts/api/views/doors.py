"""What routes for people who are not logged in share."""

from accounts.api.outputs import people
from accounts.operations import sessions
from fitai.common.api import ApiView, respond
from fitai.common.rendering import Response
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


def admit(entered: sessions.LoggedIn) -> Response:
    """What a device gets that somebody has just logged in on."""
    user = people.me_shape(entered.user, email_verified=entered.email_verified)
    return respond({**entered.tokens._asdict(), "user": user}, headers=SECRET)
