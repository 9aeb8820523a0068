"""One channel on one socket: told what it missed, then every event in its order."""

from typing import TYPE_CHECKING, Any

import structlog

from fitai.common import problems
from fitai.common.live.channels import REPLAY_AT_MOST, Channel, Snapshot, events_after
from fitai.common.live.hub import Topic, hub
from fitai.common.live.threads import in_thread
from fitai.common.rendering import dumps

if TYPE_CHECKING:
    from fitai.common.live.socket import LiveSocket

log = structlog.get_logger(__name__)


class Subscription:
    """A follower of a stream. While it catches up it reads the database until nothing that was announced is missing;
    then the topic's events are passed on, and whatever does not fit (a gap, a full queue, an event that reorders)
    makes it catch up again. So a client never sees a number skipped."""

    def __init__(self, socket: "LiveSocket", channel: str, kind: Channel, stream: str) -> None:
        self.socket = socket
        self.channel = channel
        self.kind = kind
        self.floor = 0  # the last number this client was told
        self.catching_up = True
        self.topic: Topic = hub.join(self, stream, channel)

    @property
    def stands(self) -> bool:
        """Whether this is still the socket's subscription to the channel."""
        return not self.socket.closing and self.socket.subscriptions.get(self.channel) is self

    def event(self, seq: int, frame: str, reorders: bool) -> None:
        """Pass on an event of the topic."""
        if self.catching_up or seq <= self.floor:
            return
        if seq > self.floor + 1:
            self.resync(self.floor)
        elif not self.socket.put(frame):
            self.resync(None)
        else:
            self.floor = seq
            if reorders:
                self.resync(None)

    def tell(self, frame: str) -> None:
        """Something that may be lost, such as a head."""
        if not self.catching_up:
            self.socket.put(frame)

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
                told = position is not None and await self._replay(position)
                if not told and not await self._snapshot():
                    return
                self.topic.start_at(self.floor)
                if self.floor == position:
                    self.topic.wanted = 0  # announced, and not there: a rumour
                if self.topic.latest <= self.floor:
                    self.catching_up = False  # nothing awaited since the comparison: no event falls between
                    return
                position = self.floor
        except Exception:
            log.exception("live.catch_up_failed", channel=self.channel)
            self.socket.end(1011)

    async def _snapshot(self) -> bool:
        """Send the present state; false when it is not there (any more) for this person."""
        snapshot: Snapshot | None = await in_thread(self.kind.snapshot)(self.socket.actor, self.topic.stream)
        if not self.stands:
            return False
        if snapshot is None:
            self.socket.drop(self.channel)
            self.socket.refuse(problems.NotFound(), {"channel": self.channel})
            return False
        message = {"type": "snapshot", "channel": self.channel, "seq": snapshot.seq, "data": snapshot.data}
        await self.socket.deliver(dumps(message).decode())
        self.floor = snapshot.seq
        return True

    async def _replay(self, after_seq: int) -> bool:
        """Send the events after `after_seq`; false where only a snapshot tells the truth."""
        found: list[dict[str, Any]] = await in_thread(events_after)(self.topic.stream, max(0, after_seq - 1))
        known = after_seq == 0 or (bool(found) and found[0]["seq"] == after_seq)
        missed = found if after_seq == 0 else found[1:]
        contiguous = not missed or missed[0]["seq"] == after_seq + 1
        if not known or not contiguous or len(missed) >= REPLAY_AT_MOST or any("reorders" in e for e in missed):
            return False
        self.floor = after_seq
        for event in missed:
            if not self.stands:
                break
            await self.socket.deliver(self.topic.frame(event["seq"], dumps(event)))
            self.floor = event["seq"]
        return True
