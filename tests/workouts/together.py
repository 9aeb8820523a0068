"""People who train together, in few words."""

from typing import Any

from django.utils import timezone

from accounts.models import Friendship, User
from tests.cast import ApiClient
from tests.workouts.gym import V1, Json, ok
from workouts.models import GroupMember

GROUPS = f"{V1}/workouts/groups"


def befriend(one: User | None, other: User | None) -> None:
    assert one is not None
    assert other is not None
    Friendship.objects.create(**Friendship.pair(one.pk, other.pk), requester=one, accepted_at=timezone.now())


def group_of(owner: ApiClient, *friends: ApiClient, **body: Any) -> str:
    """The id of a group that these friends have joined."""
    invited = [str(friend.user.pk) for friend in friends if friend.user is not None]
    group = str(ok(owner.post(GROUPS, {"user_ids": invited, **body}), 201)["id"])
    for friend in friends:
        join(friend, group)
    return group


def join(device: ApiClient, group: str, **body: Any) -> Json:
    return ok(device.post(f"{GROUPS}/{group}/join", body))


def names(group: Json) -> list[str]:
    """Who is shown of a group, by the alphabet."""
    return sorted(member["user"]["username"] for member in group["members"])


def shown_members(group: Json) -> dict[str, str | None]:
    """The workout that is shown of each."""
    return {member["user"]["username"]: member["workout_id"] for member in group["members"]}


def crowd(group: str, count: int, *, joined: bool) -> None:
    """So many more people in a group, or invited to it."""
    people = [User(username=f"person-{number}", password="!") for number in range(count)]
    User.objects.bulk_create(people)
    taken = GroupMember.objects.joined().filter(group=group).count()
    GroupMember.objects.bulk_create(
        GroupMember(
            group_id=group,
            user=person,
            joined_at=timezone.now() if joined else None,
            seat=taken + number if joined else None,
        )
        for number, person in enumerate(people)
    )
