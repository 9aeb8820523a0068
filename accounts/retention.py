"""How what accounts remember for a time goes."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Friendship, GoogleTicket, Metric, Notification, PendingFactor, SecurityEvent, Session, User
from accounts.operations.avatars import FOLDER, folder_of, names_of, unfinished
from fitai.common.media import storage
from fitai.common.retention import delete_batch, keeps

LEFT_BEHIND_AFTER = timedelta(hours=1)
"""No request and no job has a file that nothing names for longer."""
PAGE = 500
"""Of people whose rows are asked for at once."""


@keeps("security_events")
def purge_security_events(before: datetime) -> int:
    return delete_batch(SecurityEvent.objects.filter(created_at__lt=before))


@keeps("ended_devices")
def purge_ended_devices(before: datetime) -> int:
    """Until then a device that comes back is known again, and has a count of wrong passwords of its own."""
    return delete_batch(Session.objects.filter(expires_at__lt=before))


@keeps("pending_factors")
def purge_pending_factors(before: datetime) -> int:
    return delete_batch(PendingFactor.objects.filter(created_at__lt=before))


@keeps("google_tickets")
def purge_google_tickets(before: datetime) -> int:
    return delete_batch(GoogleTicket.objects.filter(expires_at__lt=before))


@keeps("deleted_metrics")
def purge_deleted_metrics(before: datetime) -> int:
    return delete_batch(Metric.objects.filter(deleted_at__lt=before))


@keeps("avatar_leftovers")
def forget_left_behind(before: datetime) -> int:
    """Files of pictures that no profile shows and no job waits for, and folders of people who are gone.

    A process that is killed between its commit and the removal of files leaves them. Each folder is looked into once a
    day, so that the work of an hour does not grow with all people.
    """
    now = timezone.now()
    turn = [id for id in map(_as_id, storage.folders_in(FOLDER)) if id is not None and id.int % 24 == now.hour]
    pages = (turn[at : at + PAGE] for at in range(0, len(turn), PAGE))
    return sum(_forget_in(page, min(before, now - LEFT_BEHIND_AFTER)) for page in pages)


def _forget_in(user_ids: Sequence[UUID], before: datetime) -> int:
    shown = dict(User.objects.filter(pk__in=user_ids).values_list("pk", "avatar"))
    waiting = set(unfinished(user_ids).values_list("payload__upload", flat=True))
    gone = 0
    for id in user_ids:
        if id not in shown:
            gone += storage.delete_folder(folder_of(id))
        else:
            named = [*names_of(id, shown[id]), *waiting]
            gone += sum(storage.delete(name) for name in storage.old_files_in(folder_of(id), before, but=named))
    return gone


def _as_id(folder: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(folder)
    return None


@keeps("friend_requests")
def purge_friend_requests(before: datetime) -> int:
    """Declined ones go when unanswered ones do, so that the requester never learns which it was."""
    return delete_batch(Friendship.objects.filter(accepted_at=None, created_at__lt=before))


@keeps("notifications")
def purge_notifications(before: datetime) -> int:
    """Read or not, with what they tell of and how they were delivered."""
    return delete_batch(Notification.objects.filter(happened_at__lt=before))
