"""Histories of one workout, as several devices with wrong clocks and bad connections would write it.

A history is what a server receives: batches of operations, in the order they arrive, each with the moment it was sent
by its device's clock and the moment it arrived by the true one. Devices go offline and come back with everything at
once, send twice what was not acknowledged, and disagree about the time. A device edits only what it made itself or has
learnt from the server, as every client does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.soak import SOAK

WORKOUT_ID: Final = "01890000-0000-7000-8000-00000000a001"
EXERCISE_IDS: Final = tuple(f"01890000-0000-7000-8000-00000000e{n:03d}" for n in range(3))
START: Final = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)

SERVER: Final = "server"
"""The device of what nobody sends: it finds an idle workout and abandons it."""

RANKS: Final = ("Zz", "a0", "a0V", "a1", "a1", "a1G", "a2", "b00")

Raw = dict[str, Any]


def thorough(examples: int = 60, *, soak: int = 3_000) -> settings:
    """Few and always the same examples for every run of the tests, many and new ones for `make soak` (FITAI_SOAK=1)."""
    return settings(
        max_examples=soak if SOAK else examples,
        derandomize=not SOAK,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """What one device sends at once: `sent_at` by its clock, `now` by the true one, and the operations as JSON."""

    device_id: str
    sent_at: datetime
    now: datetime
    ops: tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The batches of a workout in the order they arrive; the first makes the workout."""

    workout_id: str
    exercise_ids: tuple[str, ...]
    batches: tuple[Batch, ...]

    @property
    def op_ids(self) -> list[str]:
        """Every operation once, in the order of first arrival."""
        return list(dict.fromkeys(op["op_id"] for batch in self.batches for op in batch.ops))


@dataclass(slots=True)
class _Device:
    id: str
    skew: timedelta
    online: bool = True
    pending: list[Raw] = field(default_factory=list)
    exercises: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)


ACTIONS: Final = (
    "wait",
    *("set.add",) * 6,
    *("set.update",) * 6,
    *("set.remove",) * 2,
    *("exercise.add",) * 2,
    "exercise.move",
    "exercise.update",
    *("exercise.remove",) * 2,
    *("workout.start",) * 2,
    "workout.pause",
    "workout.resume",
    *("workout.complete",) * 2,
    "workout.cancel",
    *("workout.update",) * 2,
    *("rest.start",) * 2,
    "rest.stop",
    *("offline",) * 4,
    *("sync",) * 3,
    "twice",
)

_GAPS: Final = (0, 0, 1, 2, 7, 40, 95, 1_800)


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    whole: bool = True,
    max_steps: int = 40,
    deletes_workout: bool = False,
    abandons: bool = False,
    workout_id: str = WORKOUT_ID,
    exercise_ids: tuple[str, ...] = EXERCISE_IDS,
    start: datetime = START,
) -> History:
    """A history over two to four devices.

    With `whole` every operation says all it means (ranks, units, entries), as a full client does, so that the outcome
    cannot depend on what the server knew when it arrived; without it, operations also leave open what simple clients
    leave open. With `abandons` the server takes part too, with operations that no device may send.
    """
    skews = draw(st.lists(st.sampled_from((0, 0, 3, -12, -29, 45, -600, 5_000)), min_size=2, max_size=4))
    actions = (*ACTIONS, "workout.delete", "workout.restore", "workout.restore") if deletes_workout else ACTIONS
    actions = (*actions, *("workout.abandon",) * 3) if abandons else actions
    step = st.tuples(
        st.integers(0, len(skews) - 1), st.sampled_from(actions), st.integers(0, 2**16), st.sampled_from(_GAPS)
    )
    steps = draw(st.lists(step, min_size=max_steps // 3, max_size=max_steps))
    return _Writer(skews, whole, workout_id, exercise_ids, start).write(steps, starts=draw(st.booleans()))


class _Writer:
    """Plays the steps out: who does what, what is delivered at once, and what waits for a connection."""

    def __init__(
        self, skews: list[int], whole: bool, workout_id: str, exercise_ids: tuple[str, ...], start: datetime
    ) -> None:
        self.devices = [_Device(f"device-{n}", timedelta(seconds=skew)) for n, skew in enumerate(skews)]
        self.server = _Device(SERVER, timedelta(0))
        self.whole = whole
        self.workout_id = workout_id
        self.exercise_ids = exercise_ids
        self.now = start
        self.batches: list[Batch] = []
        self.exercises: list[str] = []
        self.sets: list[str] = []
        self.count = 0

    def write(self, steps: list[tuple[int, str, int, int]], *, starts: bool) -> History:
        first = self.devices[0]
        self._do(first, "workout.create", self._creation())
        for device in self.devices:
            self._deliver(device)
        if starts:
            self._do(first, "workout.start", {})
        for number, action, pick, gap in steps:
            self.now += timedelta(seconds=gap)
            device = self.devices[number]
            if action == "wait":
                continue
            if action == "offline":
                device.online = False
            elif action == "sync":
                self._sync(device, pick)
            elif action == "workout.abandon":
                self._do(self.server, action, {})
            elif action == "twice":
                self._send_again(device, pick)
            else:
                self._act(device, action, Random(pick))
        for device in self.devices:
            self.now += timedelta(seconds=5)
            self._sync(device, 0)
        return History(self.workout_id, self.exercise_ids, tuple(self.batches))

    def _creation(self) -> Raw:
        exercise, planned = self._made("entry"), self._made("set")
        device = self.devices[0]
        device.exercises.append(exercise)
        device.sets.append(planned)
        target = {"reps": 5, "reps_max": 8, "weight": "100", "weight_unit": "kg"}
        return {
            "id": self.workout_id,
            "name": "Push",
            "exercises": [
                {
                    "id": exercise,
                    "exercise_id": self.exercise_ids[0],
                    "rank": "a0",
                    "sets": [{"id": planned, "rank": "a0", "target": target}],
                }
            ],
        }

    def _act(self, device: _Device, type: str, dice: Random) -> None:
        payload: Raw
        if type == "set.add":
            payload = {"id": self._made("set"), **self._measures(dice), **self._rank(dice, device.sets)}
            if device.exercises and (self.whole or dice.random() < 0.6):
                payload["workout_exercise_id"] = dice.choice(device.exercises)
            elif not self.whole:
                payload["exercise_id"] = dice.choice(self.exercise_ids)
                entry = str(uuid5(UUID(self.workout_id), payload["exercise_id"]))
                if entry not in device.exercises:
                    device.exercises.append(entry)
            else:
                return
            payload.pop("after", None)
            device.sets.append(payload["id"])
        elif type == "exercise.add":
            payload = {"id": self._made("entry"), "exercise_id": dice.choice(self.exercise_ids)}
            payload |= self._rank(dice, device.exercises)
            device.exercises.append(payload["id"])
        elif type in ("exercise.move", "exercise.update", "exercise.remove"):
            if not device.exercises:
                return
            payload = {"id": dice.choice(device.exercises)}
            if type == "exercise.move":
                others = [id for id in device.exercises if id != payload["id"]]
                payload |= self._rank(dice, others) or {"after": None}
            elif type == "exercise.update":
                payload |= dice.choice(
                    ({"notes": f"note {dice.randrange(9)}"}, {"superset": 1}, {"exercise_id": self.exercise_ids[1]})
                )
        elif type in ("set.update", "set.remove"):
            if not device.sets:
                return
            payload = {"id": dice.choice(device.sets)}
            if type == "set.update":
                payload |= self._measures(dice)
        elif type == "workout.update":
            payload = dice.choice(
                (
                    {"name": f"Push {dice.randrange(9)}"},
                    {"notes": None},
                    {"body_weight": f"{dice.randrange(60, 99)}.5", "body_weight_unit": dice.choice(("kg", "lb"))},
                )
            )
        elif type == "rest.start":
            payload = {"seconds": dice.choice((30, 90, 180))}
            if device.sets:
                payload["set_id"] = dice.choice(device.sets)
        else:
            payload = {}
        self._do(device, type, payload)

    def _measures(self, dice: Random) -> Raw:
        weight: Raw = {"weight": dice.choice(("60", "102.5", None)), "assistance": dice.choice((None, "20"))}
        weight["weight_unit"] = dice.choice(("kg", "lb"))
        distance = {"distance": dice.choice(("400", "1.5", None)), "distance_unit": dice.choice(("m", "mi"))}
        if not self.whole and dice.random() < 0.5:
            name = dice.choice(("weight", "assistance", "weight_unit"))
            weight = {name: weight[name]}
            distance.pop("distance_unit")
        pool: tuple[Raw, ...] = (
            {"reps": dice.randrange(13)},
            weight,
            distance,
            {"rpe": dice.choice(("8", "8.5", None))},
            {"rir": dice.choice((0, 2, None))},
            {"kind": dice.choice(("warmup", "working", "drop"))},
            {"completed": dice.random() < 0.5},
            {"notes": "felt good"},
            {"duration_seconds": dice.randrange(120)},
        )
        fields: Raw = {}
        for item in dice.sample(pool, dice.randrange(1, 4)):
            fields |= item
        if fields.get("rpe") is not None and fields.get("rir") is not None:
            del fields["rir"]
        return fields

    def _rank(self, dice: Random, siblings: list[str]) -> Raw:
        if self.whole or dice.random() < 0.5:
            return {"rank": dice.choice(RANKS)}
        return {"after": dice.choice([None, *siblings])} if dice.random() < 0.5 else {}

    def _do(self, device: _Device, type: str, payload: Raw) -> None:
        self.count += 1
        at = self.now + device.skew
        device.pending.append(
            {
                "op_id": f"op-{self.count:04d}",
                "type": type,
                "at": _written(at),
                "device_id": device.id,
                "payload": payload,
            }
        )
        if device.online:
            self._deliver(device)

    def _sync(self, device: _Device, pick: int) -> None:
        """Back online: what waited goes out, adds first and the rest perhaps in another order; the news comes in."""
        device.online = True
        if pick % 3 == 1:
            order = {"workout.create": 0, "exercise.add": 1, "set.add": 2}
            Random(pick).shuffle(device.pending)
            device.pending.sort(key=lambda op: order.get(op["type"], 3))
        self._deliver(device)

    def _deliver(self, device: _Device) -> None:
        if device.pending:
            self._send(device, tuple(device.pending))
            device.pending.clear()
        self.exercises += [id for id in device.exercises if id not in self.exercises]
        self.sets += [id for id in device.sets if id not in self.sets]
        device.exercises[:] = self.exercises
        device.sets[:] = self.sets

    def _send_again(self, device: _Device, pick: int) -> None:
        """An acknowledgement was lost: a batch goes out once more, unchanged."""
        sent = [batch for batch in self.batches if batch.device_id == device.id]
        if sent and device.online:
            self._send(device, sent[pick % len(sent)].ops)

    def _send(self, device: _Device, ops: tuple[Raw, ...]) -> None:
        arrives = self.now + timedelta(milliseconds=200)
        self.batches.append(Batch(device.id, self.now + device.skew, arrives, ops))

    def _made(self, noun: str) -> str:
        self.count += 1
        return str(uuid5(UUID(self.workout_id), f"{noun} {self.count}"))


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


__all__ = [
    "EXERCISE_IDS",
    "RANKS",
    "SERVER",
    "START",
    "WORKOUT_ID",
    "Batch",
    "History",
    "histories",
    "thorough",
]
