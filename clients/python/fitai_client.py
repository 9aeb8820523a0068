"""A device that trains with FitAI, with a network or without. docs/live.md says why it does what it does."""

import asyncio
import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import httpx
import websockets
from fractional_indexing import generate_key_between

Json = dict[str, Any]
MOVES = {("start", "planned"): "in_progress", ("pause", "in_progress"): "paused", ("resume", "paused"): "in_progress"}
MOVES |= {("complete", status): "completed" for status in ("in_progress", "paused", "cancelled", "abandoned")}
MOVES |= {("cancel", status): "cancelled" for status in ("in_progress", "paused", "abandoned")}
MOVES |= {("abandon", status): "abandoned" for status in ("in_progress", "paused")}
WORKOUT = "name started_at ended_at active_since template_id template_version notes body_weight body_weight_unit rest"
SET = "reps weight assistance weight_unit rpe rir duration_seconds distance distance_unit notes target completed_at"
DERIVED = {"totals", "summary", "position", "records", "weight_kg", "distance_m"}
TABLES = """CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY, workout_id, op, seq, problem);
CREATE TABLE IF NOT EXISTS copies (workout_id PRIMARY KEY, value)"""
MICROSECOND, moment = timedelta(microseconds=1), datetime.fromisoformat


def plain(node: Json) -> Json:
    """Without what follows from the rest (or from other workouts), and with the nodes in it by their ids."""
    kept = {name: value for name, value in node.items() if name not in DERIVED}
    lists = {"exercises", "sets"} & kept.keys()
    return kept | {name: {item["id"]: plain(item) for item in kept[name]} for name in lists}


def in_order(nodes: Json) -> list[Json]:
    return sorted(nodes.values(), key=lambda node: (node["rank"], node["id"]))


def change(nodes: Json, verb: str, payload: Json, blank: Json) -> None:
    """Add, edit or remove one of these; an edit of what is not there is passed over."""
    if verb == "remove":
        nodes.pop(payload["id"], None)
    elif verb == "add" or payload["id"] in nodes:
        node = nodes.get(payload["id"], {"id": payload["id"], "rank": "", **blank})
        nodes[payload["id"]] = node | {name: payload[name] for name in payload if name in node}


class Copy:
    """One workout: a snapshot, moved on by each event after it; `stale` while only another snapshot tells the truth."""

    def __init__(self, **kept: Any) -> None:
        self.workout: Json = {}
        self.seq, self.stale, self.deleted, self.trained_us = 0, True, False, 0
        vars(self).update(kept)

    def hear(self, message: Json) -> bool:
        """Take in what the workout's channel says; true where the copy must be asked for anew."""
        if message["type"] == "head":
            return self.stale or message["seq"] != self.seq
        if message["type"] == "snapshot":
            self.workout, self.seq, self.stale, self.deleted = plain(message["data"]), message["seq"], False, False
            self.trained_us = self.workout["active_seconds"] * 1_000_000
        elif not self.stale and message["seq"] == self.seq + 1:
            self.fold(message["event"])
            self.seq, self.stale = message["seq"], message["event"].get("reorders", False)
        return not self.stale and message["seq"] > self.seq

    @property
    def shown(self) -> Json:
        """As a person sees it, exercises and sets in their order."""
        entries = [{**entry, "sets": in_order(entry["sets"])} for entry in in_order(self.workout["exercises"])]
        return {**self.workout, "seq": self.seq, "exercises": entries}

    def fold(self, event: Json) -> None:
        """The change that an event, or an operation of this device, makes. Types that are not known make none."""
        (noun, _, verb), payload, at = event["type"].partition("."), event["payload"], event["at"]
        if verb == "create":
            self._create(payload, at)
        elif noun in ("exercise", "set"):
            (self._set if noun == "set" else self._exercise)(verb, payload, at)
        elif noun == "rest" or verb in ("delete", "restore"):
            self.deleted = verb == "delete" or (self.deleted and verb != "restore")
            self.workout["rest"] = self.workout["rest"] if verb == "restore" else None
            if verb == "start" and not self.deleted:
                ends_at = (moment(at) + timedelta(seconds=payload["seconds"])).isoformat()
                self.workout["rest"] = {"set_id": None, **payload, "ends_at": ends_at.replace("+00:00", "Z")}
        elif verb == "update":
            self.workout |= payload
        elif status := MOVES.get((verb, self.workout["status"])):  # else impossible where it stands: no effect
            self._move(status, at)

    def _create(self, payload: Json, at: str) -> None:
        self.workout = dict.fromkeys(WORKOUT.split()) | {"status": "planned", "active_seconds": 0} | payload
        self.workout["exercises"] = {}
        for status, moved_at in (("in_progress", payload.get("started_at")), ("completed", payload.get("ended_at"))):
            if moved_at:
                self._move(status, moved_at)
        for entry in payload.get("exercises", ()):
            self._exercise("add", {**entry, "sets": {}}, at)
            for item in entry.get("sets", ()):
                self._set("add", {**item, "workout_exercise_id": entry["id"]}, payload.get("ended_at") or at)

    def _move(self, status: str, at: str) -> None:
        workout, since, runs = self.workout, self.workout["active_since"], status == "in_progress"
        self.trained_us += max(0, (moment(at) - moment(since)) // MICROSECOND) if since else 0
        workout |= {"status": status, "active_since": at if runs else None}
        workout["active_seconds"] = self.trained_us // 1_000_000
        if runs:
            workout["started_at"] = workout["started_at"] or at
        elif status != "paused":
            workout |= {"rest": None, "ended_at": workout["ended_at"] or at}

    def _exercise(self, verb: str, payload: Json, at: str) -> None:
        blank = {"exercise_id": None, "superset": None, "notes": None, "sets": {}}
        change(self.workout["exercises"], verb, payload, blank)

    def _set(self, verb: str, payload: Json, at: str) -> None:
        id, entries = payload["id"], self.workout["exercises"]
        parent = payload.get("workout_exercise_id") or next((e for e in entries if id in entries[e]["sets"]), None)
        if verb == "add" and parent not in entries and "exercise_id" in payload:
            self._exercise("add", {**payload, "id": parent, "rank": payload["exercise_rank"], "notes": None}, at)
        sets = entries[parent]["sets"] if parent in entries else {}
        blank = dict.fromkeys(SET.split()) | {"workout_exercise_id": parent, "kind": "working", "completed": False}
        before = sets.get(id, blank)
        change(sets, verb, payload, blank)
        if item := sets.get(id):
            does = any(payload.get(name) is not None for name in ("reps", "weight", "duration_seconds", "distance"))
            item["completed"] = payload.get("completed", does or before["completed"])
            if item["completed"] != before["completed"]:
                item["completed_at"] = at if item["completed"] else None
            for effort, other in (("rpe", "rir"), ("rir", "rpe")):  # one of the two, the later one
                item[other] = item[other] if payload.get(effort) is None else None
            item["kind"] = item["kind"] or "working"


class Device:
    """`db` is an SQLite database, `now` what the device's clock says."""

    def __init__(self, db: Any, id: str, now: Any = lambda: datetime.now(UTC), new_id: Any = uuid4) -> None:
        self.db, self.id, self.now, self.new_id = db, id, now, lambda: str(new_id())
        self.ahead, self.done = timedelta(), lambda: None  # of the server's clock; who wants to know of what is done
        self.held: set[str] = set()  # workouts that are deleted: what was done in them waits
        db.executescript(TABLES)
        self.copies = {id: Copy(**json.loads(kept)) for id, kept in db.execute("SELECT workout_id, value FROM copies")}
        self.last = max([moment(op["at"]) for _, op in self.ops()], default=datetime.min.replace(tzinfo=UTC))

    def do(self, workout_id: str, type: str, **payload: Any) -> Json:
        """Something is done now: it shows at once, and is on disk when this returns. The operation."""
        if type.endswith(".add"):  # the device chooses the id, and the place: behind the last
            payload = {"id": self.new_id()} | payload
            nodes = self.look(workout_id).workout["exercises"]
            nodes = nodes[payload["workout_exercise_id"]]["sets"] if type == "set.add" else nodes
            last = max((node["rank"] for node in nodes.values()), default=None)
            payload = {"rank": generate_key_between(last, None)} | payload
        self.last = max(self.now(), self.last + MICROSECOND)  # what is done later says a later time
        said = {"at": self.last.isoformat(), "device_id": self.id, "payload": payload}
        op = {"op_id": self.new_id(), "type": type, **said}
        self.db.execute("INSERT INTO outbox (workout_id, op) VALUES (?, ?)", [workout_id, json.dumps(op)])
        self.db.commit()
        self.done()
        return op

    def ops(self, where: str = "true", *values: str) -> list[tuple[str, Json]]:
        """What was done here and is not in the copy yet; `problem IS NOT NULL` is what was refused."""
        rows = self.db.execute(f"SELECT workout_id, op FROM outbox WHERE {where} ORDER BY n", values)  # noqa: S608
        return [(workout_id, json.loads(op)) for workout_id, op in rows]

    def look(self, workout_id: str) -> Copy:
        """The workout with all that was done here, whether the server has it yet or not."""
        copy = deepcopy(self.copies.get(workout_id, Copy()))
        for _, op in self.ops("problem IS NULL AND workout_id = ?", workout_id):
            if bool(copy.workout) != (op["type"] == "workout.create"):
                copy.fold(op)
        return copy

    def rest_left(self, workout_id: str) -> timedelta:
        """Until the deadline, which is by the server's clock."""
        rest = self.look(workout_id).workout["rest"]
        return max(timedelta(), moment(rest["ends_at"]) - self.now() + self.ahead) if rest else timedelta()

    def outgoing(self, most: int = 100) -> tuple[str, Json] | None:
        """The next batch for `POST /workouts/{id}/ops`: of one workout, oldest first; of a deleted one its restore."""
        unsent = self.ops("seq IS NULL AND problem IS NULL")
        waiting = [(id, op) for id, op in unsent if id not in self.held or op["type"] == "workout.restore"]
        ops = [op for id, op in waiting if id == waiting[0][0]][:most]
        return (waiting[0][0], {"sent_at": max(self.now(), self.last).isoformat(), "ops": ops}) if ops else None

    def answered(self, workout_id: str, sent: Json, status: int, body: Json) -> Json | None:
        """What became of a batch; after 401, 429, 5xx or silence it goes out again instead. A message to follow it."""
        each = [{"op_id": op["op_id"], "status": "rejected", "problem": body} for op in sent["ops"]]
        for result in body["results"] if status == 200 else each:
            if result["status"] != "rejected":
                self._note("seq", result["seq"], result["op_id"])
            elif result["problem"]["status"] == 404:
                self.held.add(workout_id)
            else:  # it will never be taken: a person must know
                self._note("problem", json.dumps(result["problem"]), result["op_id"])
        self._keep(workout_id)
        return self.subscription(workout_id) if self.copies[workout_id].stale and status == 200 else None

    def subscription(self, workout_id: str) -> Json:
        """The message that asks for the events after those known, or for a snapshot."""
        copy = self.copies.setdefault(workout_id, Copy())
        known = {} if copy.stale else {"after_seq": copy.seq}
        return {"type": "subscribe", "channel": f"workout:{workout_id}", **known}

    def hear(self, message: Json) -> Json | None:
        """Take in any message of the socket; the message to answer it with, if there is one."""
        kind, _, workout_id = message.get("channel", "").partition(":")
        if kind != "workout" or message["type"] not in ("snapshot", "event", "head"):
            return None
        behind = self.copies.setdefault(workout_id, Copy()).hear(message)
        if message["type"] == "event":  # what is heard was taken, though its answer may be lost
            self._note("seq", message["seq"], message["event"]["op_id"])
        if message["type"] != "head":  # it is there (again)
            self.held.discard(workout_id)
        self._keep(workout_id)
        return self.subscription(workout_id) if behind else None

    def _note(self, column: str, value: Any, op_id: str) -> None:
        self.db.execute(f"UPDATE outbox SET {column} = ? WHERE op ->> 'op_id' = ?", [value, op_id])  # noqa: S608

    def _keep(self, workout_id: str) -> None:
        copy = self.copies.setdefault(workout_id, Copy())
        self.db.execute("DELETE FROM outbox WHERE workout_id = ? AND seq <= ?", [workout_id, copy.seq])
        self.db.execute("REPLACE INTO copies VALUES (?, ?)", [workout_id, json.dumps(vars(copy))])
        self.db.commit()


class Client:
    """The device on a network. `keep` stores new tokens safely, `heard` is told of every message."""

    def __init__(self, url: str, device: Device, keep: Any = lambda new: None, heard: Any = lambda said: None) -> None:
        self.http, self.ws = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=20), f"ws{url[4:]}/ws/v1"
        self.device, self.tokens, self.keep, self.heard = device, {}, keep, heard
        self.socket, self.pause, self.news = None, 0.5, asyncio.Event()
        self.news.set()
        device.done = self.news.set

    async def run(self) -> None:
        """Be online whenever that is possible. Raises HTTPStatusError when the session has ended: log in, and go on."""
        await asyncio.gather(self._send(), self._hear())

    async def say(self, message: Json | None) -> None:
        """To the socket; what it does not hear now is asked for when it is back."""
        if self.socket is not None and message is not None:
            with suppress(websockets.ConnectionClosed):
                await self.socket.send(json.dumps(message))

    async def log_in(self, path: str = "login", **body: str) -> None:
        """Trade a password, or the refresh token, for new tokens. Raises HTTPStatusError when that opens nothing."""
        answer = await self._post(f"/auth/{path}", body)
        if answer.status_code in (400, 401, 422):
            answer.raise_for_status()
        if answer.status_code == 200:
            self.tokens = answer.json()
            self.keep(self.tokens)  # before they are used: the old ones work no more

    async def _post(self, path: str, body: Json) -> httpx.Response:
        try:
            bearer = {} if path.startswith("/auth") else {"Authorization": f"Bearer {self.tokens['access']}"}
            answer = await self.http.post(path, json=body, headers=bearer)
            self.device.ahead = self.device.now() - parsedate_to_datetime(answer.headers["Date"])
        except httpx.TransportError:
            answer = httpx.Response(503)
        failed = answer.status_code == 429 or answer.status_code >= 500
        self.pause = min(2 * self.pause, 60.0) if failed else 0.5
        await asyncio.sleep(float(answer.headers.get("Retry-After", self.pause)) if failed else 0)
        return answer

    async def _send(self) -> None:
        while await self.news.wait():
            self.news.clear()
            while batch := self.device.outgoing():
                answer = await self._post(f"/workouts/{batch[0]}/ops", batch[1])
                if answer.status_code == 401:
                    await self.log_in("refresh", refresh=self.tokens["refresh"])
                elif answer.status_code != 429 and answer.status_code < 500:
                    await self.say(self.device.answered(*batch, answer.status_code, answer.json()))

    async def _hear(self) -> None:
        while True:
            offered = ["fitai.v1", f"bearer.{self.tokens['access']}"]
            async for socket in websockets.connect(self.ws, subprotocols=offered):  # with a growing pause between tries
                self.socket = socket
                for workout_id in list(self.device.copies)[-50:]:
                    await self.say(self.device.subscription(workout_id))
                with suppress(websockets.ConnectionClosed):
                    async for text in socket:
                        await self.say(self.device.hear(message := json.loads(text)))
                        self.heard(message)
                        self.news.set()
                        if "channel" in message and message.get("status", 0) >= 500:
                            break  # it cannot be followed at present: come back
                await asyncio.sleep(60 if socket.close_code in (4403, 4429) else 0.5)
                if socket.close_code == 4401:
                    break
            await self.log_in("refresh", refresh=self.tokens["refresh"])
