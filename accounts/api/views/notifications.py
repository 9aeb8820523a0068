"""What people are told, and the devices that take it as push messages."""

from uuid import UUID

from rest_framework.request import Request

from accounts.api.inputs import notifications as inputs
from accounts.api.outputs import notifications as outputs
from accounts.channels.in_app import unread_notifications
from accounts.errors import PushUnavailable
from accounts.models import Notification, PushDevice
from accounts.operations import notifications, push_devices
from fitai.common.api import ApiView, respond
from fitai.common.openapi import IDEMPOTENCY_KEY, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.problems import IdTaken
from fitai.common.rendering import Response


class NotificationsView(ApiView):
    query = ("cursor", "limit", "unread")

    @describe(
        "What I was told",
        responses={200: outputs.NotificationPage},
        parameters=[*PAGING, inputs.UnreadQuery],
        tags=["users"],
    )
    def get(self, request: Request) -> Response:
        """Newest first. `unread` counts all that is not read, whatever the page shows."""
        own = Notification.objects.visible_to(self.actor)
        rows = own.unread() if self.read_query(inputs.UnreadQuery)["unread"] else own
        page = paginate(
            request,
            rows.values(*outputs.NOTIFICATION_COLUMNS),
            order=("-happened_at", "-id"),
            shape=lambda page: outputs.notification_shapes(page, self.actor),
        )
        return respond({**page, "unread": unread_notifications(self.actor)})


class ReadNotificationsView(ApiView):
    @describe("Say what I have read", request=inputs.ReadInput, responses={200: outputs.ReadOutput}, tags=["users"])
    def post(self, request: Request) -> Response:
        """Some by their `ids`, or `all`, best with `before`: what came in since stays unread."""
        values = self.read(inputs.ReadInput)
        left = notifications.mark_read(
            self.actor, ids=values.get("ids"), everything=values.get("all", False), before=values.get("before")
        )
        return respond({"unread": left})


class PushDevicesView(ApiView):
    query = ("cursor", "limit")
    idempotent = True

    @describe(
        "Devices that take push messages", responses={200: outputs.PushDevicePage}, parameters=PAGING, tags=["users"]
    )
    def get(self, request: Request) -> Response:
        """With the key that a browser subscribes with."""
        page = paginate(
            request,
            PushDevice.objects.visible_to(self.actor).values(*outputs.PUSH_DEVICE_COLUMNS),
            order=("-created_at", "-id"),
            shape=lambda page: outputs.push_device_shapes(page, current=self.actor.session_id),
        )
        return respond({**page, **outputs.push_key()})

    @describe(
        "Have push messages sent to this device",
        request=inputs.PushDeviceInput,
        responses={201: outputs.PushDeviceOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[IdTaken, PushUnavailable],
        tags=["users"],
    )
    def post(self, request: Request) -> Response:
        """Takes the subscription of the Push API as it is. It ends when this device logs out, or is unsubscribed."""
        values = self.read(inputs.PushDeviceInput)
        kept = {"name": values.get("name", ""), "endpoint": values["endpoint"], **values["keys"]}
        device = push_devices.subscribe(self.actor, id=values.get("id"), values=kept)
        shape = outputs.push_device_shape(device, current=self.actor.session_id)
        return respond(shape, 201, location=f"/api/v1/users/push-devices/{device.pk}")


class PushDeviceView(ApiView):
    @describe("Send this device nothing more", responses={204: None}, tags=["users"])
    def delete(self, request: Request, id: UUID) -> Response:
        push_devices.unsubscribe(self.actor, id)
        return respond(None, 204)
