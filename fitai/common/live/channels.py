"""What a socket can follow: each kind of channel says who may, and what a newcomer must be told first."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.events import user_stream, wire
from fitai.common.examples import EXAMPLES
from fitai.common.live.described import Shape, Told, component, record
from fitai.common.models import Clock, Event, Job

Json = dict[str, Any]
REPLAY_AT_MOST = 500
"""A client that is further behind is better served by a snapshot."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a stream after its event number `seq`, shaped for one viewer."""

    seq: int
    data: Any
    view: Hashable = None
    """As `Followed.view`, when this was read."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The stream behind a channel, and whose it is. Who follows somebody else's may lose the right to."""

    stream: str
    owner_id: UUID
    view: Hashable = None
    """What of the stream this follower is shown; after a change of it only a snapshot tells the truth."""
    others: frozenset[UUID] = frozenset()
    """Whose access matters as well."""
    parts: frozenset[str] = frozenset()
    """Channels that are followed along with this one."""
    company: bool = False
    """Whether this follower is told who else follows, and the others of this one."""
    company_of: frozenset[UUID] | None = None
    """Whom of them this follower is told of; everybody, where it is None."""


Visit = tuple[UUID, UUID, str]
"""Who follows, whose stream, and which."""


class Channel(Protocol):
    """A kind of channel. Its methods run in a thread and may use the database."""

    @property
    def told(self) -> Told:
        """What its followers are told."""

    def followed(self, actor: Actor, name: str) -> Followed | None:
        """What is behind `<kind>:<name>`, or None when this actor may not know of it."""

    def allowed(self, visits: Collection[Visit]) -> set[Visit]:
        """Those of these by which somebody may still follow another's stream, in a constant number of statements."""

    def shown(self, actor: Actor, followed: Followed, events: list[Json]) -> list[Json]:
        """Events of another's stream as this actor is shown them, each with its number."""

    def snapshot(self, actor: Actor, stream: str) -> Snapshot | None:
        """The present state, or None when it is not there (any more) for this actor."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an app adds to the snapshot of a person's own stream, and how that looks."""

    read: Callable[[Actor], Any]
    shape: Shape
    example: Any


class UserChannel:
    """`user:me`: the person's own stream. A snapshot tells of jobs that have not ended, and what `parts` add to it;
    `events` are the payloads of what else happens on it, by type.

    A part is read after the number of the snapshot: it may be ahead of it, so events say its new state, not a change.
    """

    def __init__(self, parts: Mapping[str, Part], events: Mapping[str, Shape]) -> None:
        self.parts = parts
        job = component("Job")
        self.told = Told(
            "The person's own: background jobs, notifications, records",
            "^user:me$",
            record({"jobs": {"type": "array", "items": job}, **{name: part.shape for name, part in parts.items()}}),
            {"job": job, **events},
            {
                "channel": "user:me",
                "data": {"jobs": [], **{name: part.example for name, part in parts.items()}},
                "event": {"type": "job", "payload": EXAMPLES["Job"]},
            },
        )

    def followed(self, actor: Actor, name: str) -> Followed | None:
        return Followed(user_stream(actor.user_id), actor.user_id) if name == "me" else None

    def allowed(self, visits: Collection[Visit]) -> set[Visit]:
        return set()

    def shown(self, actor: Actor, followed: Followed, events: list[Json]) -> list[Json]:
        return events

    def snapshot(self, actor: Actor, stream: str) -> Snapshot:
        seq = Clock.objects.filter(pk=actor.user_id).values_list("stream_seq", flat=True).first() or 0
        unfinished = Job.objects.filter(user_id=actor.user_id, visible=True, finished_at__isnull=True)
        shapes = [jobs.shape(job) for job in unfinished.order_by("created_at")[:100]]
        return Snapshot(seq, {"jobs": shapes, **{name: part.read(actor) for name, part in self.parts.items()}})


def events_after(stream: str, seq: int, limit: int = REPLAY_AT_MOST + 1) -> list[dict[str, Any]]:
    """The events of a stream after `seq`, as clients see them."""
    return [wire(event) for event in Event.objects.filter(stream=stream, seq__gt=seq).order_by("seq")[:limit]]


HEADS = """
SELECT followed.stream, coalesce(last.seq, 0) FROM unnest(%s::text[]) AS followed(stream)
LEFT JOIN LATERAL (
  SELECT seq FROM common_event e WHERE e.stream = followed.stream ORDER BY seq DESC LIMIT 1) last ON true
"""


def heads(streams: list[str]) -> dict[str, int]:
    """The number of the last event of each stream, in one statement; 0 where none is kept."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [streams])
        return dict(cursor.fetchall())
