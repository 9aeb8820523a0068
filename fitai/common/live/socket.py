"""`/ws/v1`: one connection a device, many channels on it.

Messages in are strict JSON objects with a `type`; a refusal is a problem message and the socket stays. Messages out
pass a bounded queue: who reads too slowly gets a snapshot instead of a growing queue, and is closed if that does not
help.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import DatabaseError
from structlog.contextvars import bind_contextvars, clear_contextvars

from fitai.common import meters, problems, spans
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.live.channels import Channel
from fitai.common.live.described import Kind, Message
from fitai.common.live.handshake import credential, origin_allowed
from fitai.common.live.hub import hub
from fitai.common.live.messages import (
    EVENT,
    PING,
    PONG,
    SNAPSHOT,
    SUBSCRIBE,
    UNSUBSCRIBE,
    allow,
    problem_message,
    text_of,
)
from fitai.common.live.presence import Follower
from fitai.common.live.seats import SEAT_SECONDS, give_back_seat, keep_seat, take_seat
from fitai.common.live.subscription import Subscription
from fitai.common.live.threads import in_thread
from fitai.common.parsing import loads
from fitai.common.problems import Forbidden, Invalid, NotFound, Problem, TooManyRequests, Unauthenticated, error
from fitai.common.rendering import dumps
from fitai.common.throttling import LIMITS, client_address, network_of, take

log = structlog.get_logger(__name__)

SUBPROTOCOL = "fitai.v1"
MAX_FRAME_BYTES = 64 * 1024
QUEUE_FRAMES = 256
SLOW_SECONDS = 30.0
IDLE_SECONDS = 900.0

NOT_AUTHENTICATED, NOT_ALLOWED, IDLE, SLOW_READER, TOO_FAST = 4401, 4403, 4408, 4410, 4429

Handle = Callable[["LiveSocket", Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """What is done about one kind of message of clients. Any may be answered with a problem; `answers` are the others.

    A message has no members but those of its kind by the time `handle` has it.
    """

    kind: Kind
    answers: tuple[Kind, ...]
    handle: Handle


def receives(kind: Kind, *answers: Kind) -> Callable[[Handle], Handler]:
    """Make a handler of a function."""
    return lambda handle: Handler(kind, answers, handle)


class LiveSocket(AsyncConsumer):
    """The consumer of `/ws/v1`.

    `authenticate` makes an actor of a credential, `confirm` says whether that actor still is one (as it is now),
    `device_of` what its device is called; `channels` maps a prefix to its kind, `handlers` are for what can be said
    beyond following channels.
    """

    def __init__(
        self,
        *,
        authenticate: Callable[[str], Actor | None],
        confirm: Callable[[Actor], Actor | None],
        device_of: Callable[[Actor], str],
        channels: Mapping[str, Channel],
        handlers: Iterable[Handler],
    ) -> None:
        self.authenticate = authenticate
        self.confirm = confirm
        self.device_of = device_of
        self.channels = channels
        self.handlers = {handler.kind.type: handler for handler in (*FOLLOWING, *handlers)}
        self.id = str(uuid7())
        self.subscriptions: dict[str, Subscription] = {}
        self.queue: deque[str] = deque()
        self.room = asyncio.Event()
        self.filled = asyncio.Event()
        self.closing = False
        self.opened = False
        self.closed_with: int | None = None
        self.seated: list[str] = []
        self.known_as: Follower
        self.budget, self.budget_at = float(LIMITS["socket-message"].burst), time.monotonic()
        self.last_heard = time.monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, self.base_send = scope, send
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.connect":
                    await self.websocket_connect()
                elif message["type"] == "websocket.receive":
                    await self.websocket_receive(message)
                else:
                    self.closed_with = self.closed_with or message.get("code")
                    break
        except StopConsumer:
            pass
        finally:
            meters.socket_closed(self.closed_with)
            meters.SOCKETS.dec(self.opened)
            await self.leave()

    # ── coming and going ──

    async def websocket_connect(self) -> None:
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in self.scope["headers"]}
        clear_contextvars()
        bind_contextvars(request_id=self.id)
        if not origin_allowed(headers.get("origin"), headers.get("host", "")):
            await self.close(1008)
        offered = self.scope.get("subprotocols", [])
        chosen = SUBPROTOCOL if SUBPROTOCOL in offered else None
        await self.base_send({"type": "websocket.accept", "subprotocol": chosen})
        meta = {
            "HTTP_X_FORWARDED_FOR": headers.get("x-forwarded-for", ""),
            "REMOTE_ADDR": (self.scope.get("client") or ["?"])[0],
        }
        address = network_of(client_address(meta))
        verdict = await asyncio.to_thread(take, "handshake", address)
        if verdict is not None and not verdict.taken:
            await self.close(TOO_FAST)
        given = credential(offered, headers, self.scope.get("query_string", b""))
        self.actor = await self.authenticated(self.authenticate, given)
        await self._take_seats(address)
        hub.start()
        hub.sockets.setdefault(self.actor.session_id, set()).add(self)
        await self.authenticated(
            self.confirm, self.actor
        )  # whoever ended the session before we stood in the hub could not tell us
        self.known_as = await self.introduced()
        self.opened = True
        meters.SOCKETS.inc()
        hub.spawn(self._write())
        hub.spawn(self._watch())

    async def authenticated(self, ask: Callable[[Any], Actor | None], given: Any) -> Actor:
        """Whom `ask` makes of what is given; closes the socket of nobody, and of a key."""
        try:
            actor: Actor | None = await in_thread(ask)(given)
        except Forbidden:
            await self.close(NOT_ALLOWED)
        if actor is None:
            await self.close(NOT_AUTHENTICATED)
        return cast(Actor, actor)

    async def actor_now(self) -> Actor:
        """The person as they are now: roles and units change while the socket is open, and its session may have ended,
        which closes it."""
        actor: Actor | None = await in_thread(self.confirm)(self.actor)
        if actor is None:
            self.end(NOT_AUTHENTICATED)
            raise Unauthenticated()
        self.actor = actor
        return actor

    async def introduced(self) -> Follower:
        """How others are told of this socket."""
        try:
            device = await in_thread(self.device_of)(self.actor)
        except DatabaseError:
            device = ""
        return Follower(self.id, str(self.actor.user_id), self.actor.device_id, device)

    async def _take_seats(self, address: str) -> None:
        person, place = f"user:{self.actor.user_id}", f"address:{address}"
        for holder, most in ((person, settings.SOCKETS_PER_USER), (place, settings.SOCKETS_PER_ADDRESS)):
            if not await asyncio.to_thread(take_seat, holder, self.id, most):
                await self.close(TOO_FAST)
            self.seated.append(holder)

    async def leave(self) -> None:
        """Let go of everything this socket held."""
        self.closing = True
        self.filled.set()
        self.room.set()
        for channel in list(self.subscriptions):
            self.drop(channel)
        actor = getattr(self, "actor", None)
        if actor is not None:
            peers = hub.sockets.get(actor.session_id, set())
            peers.discard(self)
            if not peers:
                hub.sockets.pop(actor.session_id, None)
        for holder in self.seated:
            await asyncio.to_thread(give_back_seat, holder, self.id)

    async def close(self, code: int) -> None:
        """Close and leave this handler."""
        self.closing, self.closed_with = True, code
        await self.base_send({"type": "websocket.close", "code": code})
        raise StopConsumer

    def end(self, code: int) -> None:
        """Close from outside of this socket's own handler."""
        if not self.closing:
            self.closing, self.closed_with = True, code
            self.filled.set()
            hub.spawn(self.base_send({"type": "websocket.close", "code": code}))

    async def follow(self, channel: str, sought_by: str) -> Subscription:
        """A new subscription to a channel, yet to catch up."""
        prefix, _, name = channel.partition(":")
        kind = self.channels.get(prefix)
        followed = None if kind is None else await in_thread(kind.followed)(await self.actor_now(), name)
        if kind is None or followed is None:
            raise NotFound()
        if channel not in self.subscriptions and len(self.subscriptions) >= settings.SUBSCRIPTIONS_PER_SOCKET:
            raise TooManyRequests(f"At most {settings.SUBSCRIPTIONS_PER_SOCKET} subscriptions a socket.")
        seekers = {sought_by, *self.drop(channel)}
        subscription = self.subscriptions[channel] = Subscription(self, channel, kind, followed, seekers)
        return subscription

    async def follow_part(self, channel: str, whole: str) -> None:
        """Follow what belongs to another channel, unless it is followed already, for as long as that one is."""
        try:
            present = self.subscriptions.get(channel)
            if present is None:
                hub.spawn((await self.follow(channel, whole)).catch_up(None))
            else:
                present.sought_by.add(whole)
            parent = self.subscriptions.get(whole)
            if parent is None or channel not in parent.parts:  # over, while we looked
                self._drop_part(channel, whole)
        except Unauthenticated:
            pass  # the socket is closing
        except Problem as problem:
            self.refuse(problem, {"channel": channel})
        except Exception:
            log.exception("live.part_failed", channel=channel)
            self.end(1011)

    def drop(self, channel: str) -> set[str]:
        """Follow a channel no longer, nor what came with it; for what it was followed."""
        subscription = self.subscriptions.pop(channel, None)
        if subscription is None:
            return set()
        hub.leave(subscription)
        for part in subscription.parts:
            self._drop_part(part, channel)
        return subscription.sought_by

    def _drop_part(self, channel: str, whole: str) -> None:
        part = self.subscriptions.get(channel)
        if part is not None and part.wanted_no_more_by(whole):
            self.drop(channel)

    # ── out ──

    def put(self, frame: str) -> bool:
        """Queue a frame; false when the reader is too far behind to take it."""
        if len(self.queue) >= QUEUE_FRAMES:
            return False
        self.queue.append(frame)
        self.filled.set()
        return True

    async def deliver(self, frame: str) -> None:
        """Queue a frame, as soon as there is room for it."""
        while not self.put(frame) and not self.closing:
            await self.drained()

    def refuse(self, problem: Problem, message: Any) -> None:
        """Answer a message with a problem."""
        self.say(problem_message(problem, message))

    def say(self, message: Mapping[str, Any]) -> None:
        """Answer the client; one that does not even read answers is let go."""
        if not self.put(dumps(message).decode()):
            self.end(SLOW_READER)

    async def drained(self) -> None:
        """Wait until there is room; a reader that makes none is let go."""
        while self.queue and not self.closing:
            self.room.clear()
            try:
                await asyncio.wait_for(self.room.wait(), SLOW_SECONDS)
            except TimeoutError:
                self.end(SLOW_READER)

    async def _write(self) -> None:
        while not self.closing:
            self.filled.clear()
            while self.queue and not self.closing:
                try:
                    await self.base_send({"type": "websocket.send", "text": self.queue[0]})
                except Exception:  # the peer is gone: servers differ in how they say so
                    self.closing = True
                    return
                self.queue.popleft()
            self.room.set()
            if not self.queue:
                await self.filled.wait()

    async def _watch(self) -> None:
        """Keep this socket's seats while it lives, and end it when nobody is heard."""
        while not self.closing:
            await asyncio.sleep(SEAT_SECONDS / 3)
            if time.monotonic() - self.last_heard > IDLE_SECONDS:
                self.end(IDLE)
                return
            for holder in self.seated:
                await asyncio.to_thread(keep_seat, holder, self.id)

    # ── in ──

    async def websocket_receive(self, frame: Mapping[str, Any]) -> None:
        if self.closing:
            return
        self.last_heard = time.monotonic()
        if not self._afford():
            await self.close(TOO_FAST)
        message: Any = None
        try:
            message = self._parse(frame)
            handler = self.handlers.get(message["type"])
            if handler is None:
                known = ", ".join(self.handlers)
                raise Invalid(errors=[error("/type", "unknown_type", f"Known types: {known}.")])
            allow(message, *handler.kind.members)
            type = message["type"]
            with spans.arrival(f"socket {type}"), meters.timed(meters.SOCKET_MESSAGE_SECONDS, type):
                await handler.handle(self, message)
        except Exception as exc:
            problem = problems.translate(exc)
            if problem is None:
                log.exception("live.message_failed")
                problem = problems.InternalError()
            self.refuse(problem, message)

    def _afford(self) -> bool:
        """The message budget of this connection: 20 a second, bursts of 60."""
        limit, now = LIMITS["socket-message"], time.monotonic()
        rate = limit.count / limit.seconds * settings.LIMITS_FACTOR
        most = limit.burst * settings.LIMITS_FACTOR
        self.budget = min(most, self.budget + (now - self.budget_at) * rate)
        self.budget_at = now
        self.budget -= 1
        return self.budget >= 0

    def _parse(self, frame: Mapping[str, Any]) -> Message:
        text = frame.get("text")
        if text is None:
            raise problems.Malformed("Send text frames.")
        encoded = text.encode("utf-8", "surrogatepass")
        if len(encoded) > MAX_FRAME_BYTES:
            raise problems.TooLarge(f"At most {MAX_FRAME_BYTES} bytes a frame.")
        message = loads(encoded)
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Invalid(errors=[error("/type", "required", "Send an object with a type.")])
        return message


@receives(SUBSCRIBE, SNAPSHOT, EVENT)
async def subscribe(socket: LiveSocket, message: Message) -> None:
    """Follow a channel: a snapshot, or with `after_seq` what happened since."""
    channel = text_of(message, "channel").lower()
    after_seq = message.get("after_seq")
    if after_seq is not None and (type(after_seq) is not int or not 0 <= after_seq < 2**63):
        raise Invalid(errors=[error("/after_seq", "invalid", "Give the last seq you have, a whole number.")])
    subscription = await socket.follow(channel, channel)
    await subscription.catch_up(after_seq)


@receives(UNSUBSCRIBE)
async def unsubscribe(socket: LiveSocket, message: Message) -> None:
    socket.drop(text_of(message, "channel").lower())


@receives(PING, PONG)
async def ping(socket: LiveSocket, message: Message) -> None:
    socket.say(PONG())


FOLLOWING = (subscribe, unsubscribe, ping)
"""What every socket hears."""
