"""The hub of one process: which socket follows which stream, fed by one subscription to Valkey.

Valkey's messages are hints. A topic delivers events strictly by `seq`; a hint that is not the next number makes it
read what is missing from the database before anything later is sent, and every five seconds the heads are compared
with the database, so that a lost hint, or a Valkey that was away, delays an event and never loses it.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import redis.asyncio
import structlog
from django.conf import settings
from django.db import DatabaseError

from fitai.common import meters
from fitai.common.events import LIVE_CHANNEL
from fitai.common.live import presence
from fitai.common.live.channels import events_after, heads
from fitai.common.live.messages import HEAD, PRESENCE
from fitai.common.live.threads import in_thread
from fitai.common.rendering import dumps

if TYPE_CHECKING:
    from fitai.common.live.subscription import Subscription

log = structlog.get_logger(__name__)

HEAD_SECONDS = 5.0
RECONNECT_SECONDS = 0.5


class Topic:
    """The followers of one stream, and how far they have been told."""

    def __init__(self, stream: str, label: str) -> None:
        self.stream = stream
        self.label = label
        self.head: int | None = None  # None until the first snapshot says where the stream stands
        self.wanted = 0
        self.followers: set[Subscription] = set()
        self.repairing = False
        self.company: list[dict[str, str]] = []  # who is in,
        self.company_frame: str | None = None  # and the frame that says so, once that is known
        self.elsewhere: set[presence.Follower] = set()  # who followed at other processes,
        self.known_at = 0.0  # at this time
        self.asking = self.unsure = False

    @property
    def present(self) -> set[presence.Follower]:
        """Who follows at this process, where followers are told of each other."""
        return {follower.present for follower in self.followers if follower.present is not None}

    def see(self, found: set[presence.Follower] | None) -> None:
        """Take in who follows anywhere, None when nobody can say, and tell those who know otherwise."""
        here, now = self.present, time.monotonic()
        if found is not None:
            self.elsewhere, self.known_at = found - here, now
        elif now - self.known_at > presence.PRESENT_SECONDS:
            self.elsewhere = set()
        self.company = presence.shown(here | self.elsewhere)
        self.company_frame = self._presence_frame(self.company)
        for follower in list(self.followers):
            follower.presence()

    def presence(self, of: Collection[UUID] | None) -> str | None:
        """The frame that says who of these people is in, or who of all; None while that is not known."""
        if self.company_frame is None or of is None:
            return self.company_frame
        return self._presence_frame([one for one in self.company if UUID(one["user_id"]) in of])

    def _presence_frame(self, present: Sequence[Mapping[str, str]]) -> str:
        return dumps(PRESENCE(channel=self.label, present=present)).decode()

    @property
    def latest(self) -> int:
        """The highest number anybody has spoken of."""
        return max(self.wanted, self.head or 0)

    def frame(self, seq: int, event: bytes) -> str:
        """The text every follower gets, encoded once."""
        return f'{{"type":"event","channel":"{self.label}","seq":{seq},"event":{event.decode()}}}'

    def offer(self, seq: int, event: bytes) -> bool:
        """Deliver a hint if it is the next event; false when something before it is missing."""
        self.wanted = max(self.wanted, seq)
        if self.head is None or self.repairing:
            return True  # whoever is reading the database now looks at `wanted` when done
        if seq <= self.head:
            return True
        if seq != self.head + 1:
            return False
        self.deliver(seq, self.frame(seq, event), b'"reorders":true' in event)
        return True

    def deliver(self, seq: int, frame: str, reorders: bool) -> None:
        self.head = seq
        for follower in list(self.followers):
            follower.event(seq, frame, reorders)

    def start_at(self, seq: int) -> None:
        """The first snapshot was read: events from here on are delivered."""
        if self.head is None:
            self.head = seq

    async def repair(self) -> None:
        """Read what is missing from the database and deliver it, until nothing announced is missing."""
        if self.repairing or self.head is None:
            return
        self.repairing = True
        meters.CHANNEL_GAPS.inc()
        try:
            while self.followers and self.wanted > self.head:
                missing = await in_thread(events_after)(self.stream, self.head)
                if not missing:
                    break
                meters.EVENTS_REFETCHED.inc(len(missing))
                for event in missing:
                    self.deliver(event["seq"], self.frame(event["seq"], dumps(event)), "reorders" in event)
        except DatabaseError as failure:
            log.warning("live.repair_failed", stream=self.stream, error=str(failure).strip())
        finally:
            self.repairing = False


class Hub:
    """All topics of this process."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self.sockets: dict[UUID | None, set[Any]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.expired: Callable[[Iterable[UUID]], set[UUID]] = lambda sessions: set()

    def start(self) -> None:
        """Begin listening; called by the first socket of each event loop."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop = loop
            self.topics, self.sockets, self.tasks = {}, {}, set()
            self.spawn(self._listen())
            self.spawn(self._tick())

    def spawn(self, work: Any) -> None:
        """Run a coroutine beside the rest, kept from the garbage collector until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def join(self, subscription: "Subscription", stream: str, label: str) -> Topic:
        topic = self.topics.get(stream)
        if topic is None:
            topic = self.topics[stream] = Topic(stream, label)
        topic.followers.add(subscription)
        meters.SUBSCRIPTIONS.labels(_kind(label)).inc()
        return topic

    def leave(self, subscription: "Subscription") -> None:
        topic = subscription.topic
        topic.followers.discard(subscription)
        meters.SUBSCRIPTIONS.labels(_kind(topic.label)).dec()
        if not topic.followers and self.topics.get(topic.stream) is topic:
            del self.topics[topic.stream]
        if subscription.entered and subscription.present is not None:
            self.spawn(self._let_out(topic.stream, subscription.present))

    def enter(self, subscription: "Subscription") -> None:
        """Tell all who follow that this one does, too."""
        if subscription.present is not None and not subscription.entered:
            subscription.entered = True
            self.spawn(self._let_in(subscription.topic, subscription.present))

    async def _let_in(self, topic: Topic, follower: presence.Follower) -> None:
        if not await asyncio.to_thread(presence.enter, topic.stream, follower):
            await self._ask_who_is_in([topic])  # it stays within this process

    async def _let_out(self, stream: str, follower: presence.Follower) -> None:
        topic = self.topics.get(stream)
        if topic is not None and follower in topic.present:
            return  # it has subscribed again
        if not await asyncio.to_thread(presence.leave, stream, follower) and topic is not None:
            await self._ask_who_is_in([topic])

    async def _ask_who_is_in(self, topics: Sequence[Topic]) -> None:
        """Renew what this process has to say of these topics, and hear the others. One that is being asked about is
        asked about once more after that, however often it is rung for meanwhile."""
        for topic in topics:
            topic.unsure = True
        while asked := [topic for topic in topics if topic.unsure and not topic.asking and topic.present]:
            for topic in asked:
                topic.asking, topic.unsure = True, False
            try:
                found = await asyncio.to_thread(presence.keep, {topic.stream: topic.present for topic in asked})
            finally:
                for topic in asked:
                    topic.asking = False
            for topic in asked:
                topic.see(None if found is None else found[topic.stream])

    async def _listen(self) -> None:
        """Follow Valkey for ever; after each reconnection look for what was missed."""
        while True:
            try:
                client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, protocol=2)
                async with client, client.pubsub() as listener:
                    await listener.subscribe(LIVE_CHANNEL)
                    await self._compare_heads()
                    async for message in listener.listen():
                        if message["type"] == "message":
                            self._hint(message["data"])
            except (redis.RedisError, OSError) as failure:
                log.warning("live.disconnected", error=str(failure))
            except Exception:
                log.exception("live.listener_failed")
            await asyncio.sleep(RECONNECT_SECONDS)

    def _hint(self, raw: bytes) -> None:
        """A message is `stream seq event`, `session id`, `access user` or `present stream`: foreign streams cost no
        parsing."""
        kind, _, rest = raw.partition(b" ")
        if kind == b"session":
            self.end_session(UUID(rest.decode()))
            return
        if kind == b"access":
            self.doubt(UUID(rest.decode()))
            return
        if kind == b"present":
            rung_for = self.topics.get(rest.decode())
            if rung_for is not None:
                self.spawn(self._ask_who_is_in([rung_for]))
            return
        topic = self.topics.get(kind.decode())
        if topic is None:
            return
        number, _, event = rest.partition(b" ")
        if not topic.offer(int(number), event):
            self.spawn(topic.repair())

    def end_session(self, session_id: UUID) -> None:
        for socket in list(self.sockets.get(session_id, ())):
            socket.end(4401)

    def doubt(self, user_id: UUID) -> None:
        """Ask again whether this person may follow what is others', and others what is theirs."""
        for follower in self._visitors():
            if user_id in follower.people:
                follower.doubt()

    def _visitors(self) -> "list[Subscription]":
        """Who follows somebody else's stream."""
        return [follower for topic in self.topics.values() for follower in topic.followers if follower.visits]

    async def _doubt_unheard(self) -> None:
        """Find who may follow no longer though nobody said so, all of a kind of channel at once."""
        kinds = defaultdict(list)
        for follower in self._visitors():
            kinds[follower.kind].append(follower)
        for kind, followers in kinds.items():
            allowed = await in_thread(kind.allowed)({follower.visit for follower in followers})
            for follower in followers:
                if follower.visit not in allowed:
                    follower.doubt()

    async def _tick(self) -> None:
        """Every five seconds: the rights and the sessions that ended unheard, the heads, and who is in."""
        while True:
            await asyncio.sleep(HEAD_SECONDS)
            try:
                await self._doubt_unheard()
                await self._compare_heads()
                open_sessions = [session for session in self.sockets if session is not None]
                for session_id in await in_thread(self.expired)(open_sessions):
                    self.end_session(session_id)
                await self._ask_who_is_in(list(self.topics.values()))
            except DatabaseError as failure:
                log.warning("live.tick_failed", error=str(failure).strip())
            except Exception:
                log.exception("live.tick_failed")

    async def _compare_heads(self) -> None:
        if not self.topics:
            return
        known = await in_thread(heads)(list(self.topics))
        behind = [topic for topic in self._present(known) if known[topic.stream] > (topic.head or 0)]
        for topic in behind:
            topic.wanted = max(topic.wanted, known[topic.stream])
        await asyncio.gather(*(topic.repair() for topic in behind))
        for topic in self._present(known):
            seq = max(known[topic.stream], topic.head or 0)
            frame = dumps(HEAD(channel=topic.label, seq=seq)).decode()
            for follower in list(topic.followers):
                follower.tell(frame)

    def _present(self, streams: Iterable[str]) -> list[Topic]:
        """The topics of these streams that are followed and know where they stand."""
        topics = [self.topics.get(stream) for stream in streams]
        return [topic for topic in topics if topic is not None and topic.head is not None]


def _kind(label: str) -> str:
    """Of a channel, whose label is `<kind>:<name>`."""
    return label.partition(":")[0]


hub = Hub()
