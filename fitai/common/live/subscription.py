"""One channel on one socket: told what it missed, then every event in its order."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from fitai.common import meters, problems
from fitai.common.live.channels import REPLAY_AT_MOST, Channel, Followed, Snapshot, Visit, events_after
from fitai.common.live.hub import Topic, hub
from fitai.common.live.messages import SNAPSHOT
from fitai.common.live.presence import Follower
from fitai.common.live.threads import in_thread
from fitai.common.rendering import dumps

if TYPE_CHECKING:
    from fitai.common.live.socket import LiveSocket

log = structlog.get_logger(__name__)


class Subscription:
    """A follower of a stream. While it catches up it reads the database until nothing that was announced is missing;
    then the topic's events are passed on, and whatever does not fit (a gap, a full queue, an event that reorders)
    makes it catch up again. So a client never sees a number skipped.

    Who follows somebody else's stream catches up at each event, for then the right to is asked for anew, after what is
    to be sent was read: all of that was committed before the answer. So nothing that was committed after a consent had
    ended is ever sent, in whatever order, or never, the hints of both arrive.
    """

    def __init__(
        self, socket: "LiveSocket", channel: str, kind: Channel, followed: Followed, sought_by: set[str]
    ) -> None:
        self.socket = socket
        self.channel = channel
        self.kind = kind
        self.floor = 0  # the last number this client was told
        self.catching_up = True
        self.doubted = False
        self.followed = followed
        self.view = followed.view  # of what this client was told
        self.parts: frozenset[str] = frozenset()
        self.sought_by = sought_by  # itself, where the client asked for it, and channels that it is a part of
        self.present: Follower | None = socket.known_as if followed.company else None
        self.entered = False
        self.told_presence: str | None = None
        self.visit: Visit = (socket.actor.user_id, followed.owner_id, followed.stream)
        self.topic: Topic = hub.join(self, followed.stream, channel)

    @property
    def visits(self) -> bool:
        """Whether the stream is somebody else's."""
        return self.visit[0] != self.visit[1]

    @property
    def people(self) -> Collection[UUID]:
        """Whose access matters."""
        return {*self.visit[:2], *self.followed.others}

    @property
    def stands(self) -> bool:
        """Whether this is still the socket's subscription to the channel."""
        return not self.socket.closing and self.socket.subscriptions.get(self.channel) is self

    def event(self, seq: int, frame: str, reorders: bool) -> None:
        """Pass on an event of the topic."""
        if self.catching_up or seq <= self.floor:
            return
        if seq > self.floor + 1 or self.visits:
            self.resync(self.floor)
        elif not self.socket.put(frame):
            self.resync(None)
        else:
            meters.EVENTS_SENT.inc()
            self.floor = seq
            if reorders:
                self.resync(None)

    def tell(self, frame: str) -> None:
        """Something that may be lost, such as a head."""
        if not self.catching_up:
            self.socket.put(frame)

    def presence(self) -> None:
        """Who is in may have changed; somebody else's company is told of after the right to know was asked for anew."""
        if self.present is None or self.catching_up or self._presence() == self.told_presence:
            return
        if self.visits:
            self.doubt()
        else:
            self._tell_presence()

    def _presence(self) -> str | None:
        return self.topic.presence(self.followed.company_of)

    def _tell_presence(self) -> None:
        frame = None if self.present is None else self._presence()
        if frame is not None and frame != self.told_presence and self.socket.put(frame):
            self.told_presence = frame

    def doubt(self) -> None:
        """Ask again whether this person may follow."""
        self.doubted = True
        self.resync(self.floor)

    def resync(self, after_seq: int | None) -> None:
        """Catch up from a number, or by a snapshot, once the socket has room."""
        if not self.catching_up:
            self.catching_up = True
            hub.spawn(self.catch_up(after_seq))

    async def catch_up(self, after_seq: int | None) -> None:
        """Send what happened after `after_seq`, or a snapshot, and whatever comes meanwhile."""
        position = after_seq
        try:
            while self.stands:
                await self.socket.drained()
                self.doubted, announced = False, self.topic.wanted
                if position is None or not await self._replay(position):
                    await self._snapshot()
                if not self.stands:
                    return
                self.topic.start_at(self.floor)
                if self.floor == position and self.topic.wanted == announced:
                    self.topic.wanted = 0  # announced before the database was asked, and not there: a rumour
                if self.topic.latest <= self.floor and not self.doubted:
                    self.catching_up = False  # nothing awaited since the comparison: no event falls between
                    hub.enter(self)
                    self._tell_presence()
                    self._follow_parts()
                    return
                position = self.floor
        except problems.Unauthenticated:
            pass  # the socket is closing
        except Exception:
            log.exception("live.catch_up_failed", channel=self.channel)
            self.socket.end(1011)

    async def _permitted(self) -> bool:
        """Whether this is still followed, and may be; who may not is told, as if there had never been anything."""
        if self.visits and self.stands:
            actor = await self.socket.actor_now()
            followed = await in_thread(self.kind.followed)(actor, self.channel.partition(":")[2])
            if followed is None:
                self.end()
            else:
                self.followed = followed
        return self.stands

    def end(self) -> None:
        """Follow no longer, and say so, also of what was followed along with it."""
        if self.stands:
            self._let_go(self.parts)
            self.socket.drop(self.channel)
            self.socket.refuse(problems.NotFound(), {"channel": self.channel})

    def _follow_parts(self) -> None:
        """Follow along what belongs to this channel by now, and no longer what did."""
        before, self.parts = self.parts, self.followed.parts
        self._let_go(before - self.parts)
        for channel in sorted(self.parts - before):
            hub.spawn(self.socket.follow_part(channel, self.channel))

    def _let_go(self, parts: Iterable[str]) -> None:
        for channel in sorted(parts):
            part = self.socket.subscriptions.get(channel)
            if part is not None and part.wanted_no_more_by(self.channel):
                part.end()

    def wanted_no_more_by(self, channel: str) -> bool:
        """Whether nothing else wants this, once that channel, which it is a part of, does not."""
        self.sought_by.discard(channel)
        return not self.sought_by

    async def _snapshot(self) -> None:
        """Send the present state; ends where there is none (any more) for this person."""
        while True:
            snapshot: Snapshot | None = await in_thread(self.kind.snapshot)(self.socket.actor, self.topic.stream)
            if snapshot is None:
                self.end()
            if snapshot is None or not await self._permitted():
                return
            if snapshot.view == self.followed.view:
                break  # else what may be seen has changed since it was read
        self.view = snapshot.view
        message = SNAPSHOT(channel=self.channel, seq=snapshot.seq, data=snapshot.data)
        await self.socket.deliver(dumps(message).decode())
        meters.SNAPSHOTS_SENT.labels(self.channel.partition(":")[0]).inc()
        self.floor = snapshot.seq

    async def _replay(self, after_seq: int) -> bool:
        """Send the events after `after_seq`; false where only a snapshot tells the truth."""
        found: list[dict[str, Any]] = await in_thread(events_after)(self.topic.stream, max(0, after_seq - 1))
        known = after_seq == 0 or (bool(found) and found[0]["seq"] == after_seq)
        missed = found if after_seq == 0 else found[1:]
        contiguous = not missed or missed[0]["seq"] == after_seq + 1
        if not known or not contiguous or len(missed) >= REPLAY_AT_MOST or any("reorders" in e for e in missed):
            return False
        if not await self._permitted():
            return True
        if self.visits and self.view != self.followed.view:
            return False
        if self.visits:
            missed = await in_thread(self.kind.shown)(self.socket.actor, self.followed, missed)
        self.floor = after_seq
        for event in missed:
            if not self.stands:
                break
            await self.socket.deliver(self.topic.frame(event["seq"], dumps(event)))
            meters.EVENTS_SENT.inc()
            self.floor = event["seq"]
        return True
