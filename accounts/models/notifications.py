"""What people are told, and how it reaches them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import NotificationKind, Outcome
from accounts.models.people import User
from accounts.models.sessions import Session
from accounts.querysets import NotificationQuerySet, PushDeviceQuerySet
from fitai.common.ids import uuid7


class Notification(models.Model):
    """Something that somebody should know: one happening, or several alike while it is unread.

    `params` fill the text of its kind, in the language of who reads it; they hold ids and titles, no names of people.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=20, choices=NotificationKind)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="who did it")
    actor_ids = ArrayField(models.UUIDField(), default=list, blank=True, help_text="latest first, three at most")
    params = models.JSONField(default=dict, blank=True)
    dedupe_key = models.CharField(max_length=120, help_text="the same happening is told once")
    group_key = models.CharField(max_length=120, blank=True, help_text="what is alike joins it while it is unread")
    count = models.PositiveIntegerField(default=1, help_text="happenings that it tells of")
    listed = models.BooleanField(default=True, help_text="whether it stands in the list of the app")
    created_at = models.DateTimeField(default=timezone.now)
    happened_at = models.DateTimeField(default=timezone.now, help_text="of the latest happening")
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "dedupe_key"], name="notification_once"),
            models.UniqueConstraint(
                fields=["user", "group_key"],
                name="notification_one_a_group",
                condition=Q(read_at=None) & ~Q(group_key=""),
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="notification_count"),
        ]
        indexes = [
            models.Index(fields=["user", "-happened_at", "-id"], name="notification_latest", condition=Q(listed=True)),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None, listed=True)),
            models.Index(fields=["happened_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class JoinedHappening(models.Model):
    """A happening that joined a notification which was there, unread: kept so that it is never told again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="joined")
    dedupe_key = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="joined_happening_once")]

    def __str__(self) -> str:
        return f"{self.dedupe_key} in {self.notification_id}"


class Delivery(models.Model):
    """A notification on its way to somebody over a channel, to one `target` where the channel has several."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="deliveries", db_index=False)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    target = models.CharField(max_length=40, blank=True, help_text="a device, where there may be several")
    created_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True, blank=True, help_text="somebody sends it now, at most until then")
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel", "target"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="delivery_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "channel", "-ended_at"], name="delivery_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} for {self.user_id}"


class PushDevice(models.Model):
    """A browser or app that takes push messages: a subscription of the Push API.

    Whoever knows the `endpoint` may send to it, so it is shown nowhere. A device that logs out gets nothing more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="push_devices", db_index=False)
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="push_devices")
    name = models.CharField(max_length=60, blank=True)
    endpoint = models.CharField(max_length=1000, unique=True, help_text="a secret address at the push service")
    p256dh = models.CharField(max_length=100, help_text="public key of the device")
    auth = models.CharField(max_length=30, help_text="secret shared with the device")
    created_at = models.DateTimeField(default=timezone.now)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="push_device_latest")]

    def __str__(self) -> str:
        return self.name or str(self.pk)
