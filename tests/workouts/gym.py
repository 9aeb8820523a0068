"""Training through the API in few words, and what the database then holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import ApiClient

BENCH = "01890000-0000-7000-8000-00000000e001"
SQUAT = "01890000-0000-7000-8000-00000000e002"
PULL_UP = "01890000-0000-7000-8000-00000000e003"
DIP = "01890000-0000-7000-8000-00000000e004"
RUN = "01890000-0000-7000-8000-00000000e005"
PLANK = "01890000-0000-7000-8000-00000000e006"
CARRY = "01890000-0000-7000-8000-00000000e007"

Json = dict[str, Any]
V1 = "/api/v1"
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"
NOT_WORK = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Gym:
    """Somebody training on one device; each verb expects to succeed."""

    device: ApiClient

    def new(self, **body: Any) -> Json:
        """A workout that is planned."""
        return ok(self.device.post(f"{V1}/workouts", body), 201)

    def train(self, **body: Any) -> str:
        """The id of a workout in progress."""
        return str(ok(self.device.post(f"{V1}/sessions", body), 201)["id"])

    def log(self, workout: str, exercise: str = BENCH, **fields: Any) -> Json:
        """A set, as it was answered."""
        return ok(self.device.post(f"{V1}/workouts/{workout}/sets", {"exercise_id": exercise, **fields}), 201)

    def add(self, workout: str, exercise: str = BENCH, **fields: Any) -> Json:
        """An exercise, as it was answered."""
        return ok(self.device.post(f"{V1}/workouts/{workout}/exercises", {"exercise_id": exercise, **fields}), 201)

    def correct(self, workout: str, set: str | int, **fields: Any) -> Json:
        return ok(self.device.put(f"{V1}/workouts/{workout}/set/{set}", fields))

    def drop(self, workout: str, set: str | int) -> Json:
        return ok(self.device.delete(f"{V1}/workouts/{workout}/set/{set}"))

    def do(self, workout: str, verb: str) -> Json:
        """Start, pause, resume, complete, cancel or restore."""
        return ok(self.device.post(f"{V1}/workouts/{workout}/{verb}"))

    def whole(self, at: str, *sets: Json, exercise: str = BENCH, hours: int = 1, **body: Any) -> Json:
        """A workout entered after the fact: it began at `at` (to the minute, UTC) and had these sets."""
        ended = f"{at[:11]}{int(at[11:13]) + hours:02}{at[13:]}"
        tree = [{"exercise_id": exercise, "sets": list(sets)}]
        return self.new(started_at=f"{at}:00Z", ended_at=f"{ended}:00Z", exercises=tree, **body)

    def see(self, workout: str) -> Json:
        return ok(self.device.get(f"{V1}/workouts/{workout}"))

    def events(self, workout: str) -> list[Json]:
        """All events of a workout."""
        return list(ok(self.device.get(f"{V1}/workouts/{workout}/events?limit=100"))["results"])

    def send(self, workout: str, *ops: Json, sent_at: str | None = None) -> Json:
        """A batch as a device sends it; each operation says at least its type."""
        body = {"sent_at": sent_at or ops[-1]["at"], "ops": list(ops)}
        return ok(self.device.post(f"{V1}/workouts/{workout}/ops", body))


def op(type: str, at: str, op_id: str | None = None, /, *, device: str = "watch", **payload: Any) -> Json:
    """An operation of a device."""
    return {"op_id": op_id or f"op-{uuid4()}", "type": type, "at": at, "device_id": device, "payload": payload}


def ok(response: Any, status: int = 200) -> Json:
    """The body of an answer that must have this status."""
    assert response.status_code == status, response.content
    return response.json() if response.content else {}


def sets_of(workout: Json) -> list[Json]:
    """Every set of a workout, from top to bottom."""
    return [item for entry in workout["exercises"] for item in entry["sets"]]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements of a block, those that only begin and end transactions aside."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [query["sql"][:150] for query in captured if not query["sql"].lstrip().upper().startswith(NOT_WORK)]


def stored(*tables: str) -> list[Any]:
    """Every row of these tables, by default of all that training writes."""
    names = tables or (
        "workouts_workout",
        "workouts_workoutexercise",
        "workouts_set",
        "workouts_record",
        "common_event",
        "common_clock",
        "common_job",
        "common_idempotencykey",
    )
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608  names are ours
            found.append((name, cursor.fetchall()))
    return found
