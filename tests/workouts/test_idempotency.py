"""An operation has one effect and one answer, whichever way and however often it comes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction

from accounts.models import User
from fitai.common.models import Event
from fitai.common.problems import IdTaken
from tests.cast import ApiClient, actor_of, client_of, codes, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.gym import BENCH, SQUAT, V1, Gym, Json, ok, op, sets_of, stored
from tests.workouts.test_rest import told
from workouts.models import Set, Workout
from workouts.operations.apply import apply
from workouts.operations.requests import Request

pytestmark = pytest.mark.django_db

KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"
SET = {"exercise_id": BENCH, "reps": 5, "weight": "100", "weight_unit": "kg"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


class Scene:
    """A workout in progress with two exercises and a set, and what may come between a call and its repeat."""

    def __init__(self, gym: Gym) -> None:
        self.gym = gym
        self.past = gym.whole("2026-03-02T18:00", {"reps": 5})["id"]
        self.workout = gym.train()
        gym.log(self.workout, BENCH, reps=5, weight=90, weight_unit="kg")
        gym.add(self.workout, SQUAT)
        self.order = [entry["id"] for entry in gym.see(self.workout)["exercises"]][::-1]

    def calls(self) -> dict[str, tuple[str, str, Json]]:
        path = f"/workouts/{self.workout}"
        return {
            "make": ("post", "/workouts", {"name": "Push"}),
            "make whole": (
                "post",
                "/workouts",
                {
                    "started_at": "2026-03-03T18:00:00Z",
                    "ended_at": "2026-03-03T19:00:00Z",
                    "exercises": [{"exercise_id": BENCH, "sets": [{"reps": 5}]}],
                },
            ),
            "copy": ("post", "/workouts", {"from_workout_id": self.past}),
            "session": ("post", "/sessions", {}),
            "log": ("post", f"{path}/sets", SET),
            "log simply": ("post", "/sets", {"session_id": self.workout, **SET}),
            "add": ("post", f"{path}/exercises", {"exercise_id": BENCH, "notes": "again"}),
            "reorder": ("post", f"{path}/exercises/reorder", {"order": self.order}),
            "correct by index": ("put", f"{path}/set/0", {"reps": 6}),
            "drop by index": ("delete", f"{path}/set/0", {}),
            "note": ("put", f"{path}/exercise/0", {"notes": "deep"}),
            "remove": ("delete", f"{path}/exercise/0", {}),
            "rename": ("patch", path, {"name": "Pull"}),
            "pause": ("post", f"{path}/pause", {}),
            "complete": ("post", f"{path}/complete", {}),
            "finish simply": ("patch", f"/sessions/{self.workout}", {"status": "completed"}),
            "rest": ("post", f"{path}/rest", {"seconds": 90}),
            "stop rest": ("delete", f"{path}/rest", {}),
            "delete": ("delete", path, {}),
        }

    def happens_meanwhile(self, name: str) -> None:
        if name != "delete":
            self.gym.log(self.workout, SQUAT, reps=3, weight=140, weight_unit="kg")
            self.gym.add(self.workout, SQUAT)
            ok(self.gym.device.patch(f"{V1}/workouts/{self.workout}", {"notes": "meanwhile"}))
        self.gym.device.delete(f"{V1}/workouts/{self.past}")

    def call(self, name: str, key: str, device: ApiClient | None = None, changed: Json | None = None) -> Any:
        method, path, body = self.calls()[name]
        send = getattr(device or self.gym.device, method)
        return send(f"{V1}{path}", {**body, **(changed or {})}, headers={"Idempotency-Key": key})


@pytest.fixture
def scene(gym: Gym) -> Scene:
    return Scene(gym)


CALLS = [
    *("make", "make whole", "copy", "session", "log", "log simply", "add", "reorder", "correct by index"),
    *("drop by index", "note", "remove", "rename", "pause", "complete", "finish simply", "rest", "stop rest", "delete"),
]


@pytest.mark.parametrize("name", CALLS)
def test_a_repeat_under_the_same_key_has_the_same_answer_to_the_byte(scene: Scene, watch: ApiClient, name: str) -> None:
    first = scene.call(name, KEY)
    assert first.status_code in (200, 201, 204), first.content
    assert "Idempotent-Replayed" not in first.headers
    scene.happens_meanwhile(name)
    before = stored("workouts_workout", "workouts_set", "workouts_record", "common_event", "common_job")

    for device in (scene.gym.device, watch):
        again = scene.call(name, KEY, device)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again["Idempotent-Replayed"] == "true"
        assert again.headers.get("Location") == first.headers.get("Location")
    assert stored("workouts_workout", "workouts_set", "workouts_record", "common_event", "common_job") == before


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("make", {"name": "Pull"}),
        ("session", {"name": "Pull"}),
        ("log", {"reps": 6}),
        ("log simply", {"weight": "100.5"}),
        ("add", {"notes": "other"}),
        ("rename", {"name": "Legs"}),
        ("correct by index", {"reps": 7}),
        ("rest", {"seconds": 60}),
    ],
)
def test_a_key_belongs_to_one_body(scene: Scene, name: str, changed: Json) -> None:
    assert scene.call(name, KEY).status_code < 300
    before = stored()
    other = scene.call(name, KEY, changed=changed)
    assert (other.status_code, slug(other)) == (422, "op-id-reused")
    assert stored() == before


def test_a_key_belongs_to_one_call(scene: Scene) -> None:
    assert scene.call("pause", KEY).status_code == 200
    before = stored()
    for name in ("complete", "make", "log", "delete", "reorder"):
        other = scene.call(name, KEY)
        assert (name, other.status_code, slug(other)) == (name, 422, "op-id-reused")
    assert stored() == before


def test_a_key_belongs_to_one_person(scene: Scene, stranger: User) -> None:
    first = ok(scene.call("make", KEY), 201)
    theirs = scene.call("make", KEY, client_of(stranger))
    assert theirs.status_code == 201
    assert "Idempotent-Replayed" not in theirs.headers
    assert theirs.json()["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "x" * 65, "ключ", "two words", "tab\t"])
@pytest.mark.parametrize("name", ["make", "log", "complete"])
def test_a_key_is_printable_ascii(scene: Scene, name: str, key: str) -> None:
    before = stored()
    assert codes(scene.call(name, key)) == [("!Idempotency-Key", "invalid")]
    assert stored() == before


def test_a_refusal_saves_nothing_under_its_key(scene: Scene) -> None:
    assert scene.call("log", KEY, changed={"reps": -1}).status_code == 422
    assert scene.call("log", KEY, changed={"reps": 6}).status_code == 201
    assert scene.call("complete", "later").status_code == 200
    refused = scene.call("pause", "other")
    assert refused.status_code == 409
    assert scene.call("rename", "other").status_code == 200


def test_after_a_day_a_repeat_is_answered_with_the_present_row(athlete: User, library: None) -> None:
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False) as clock:
        gym = Gym(client_of(athlete))
        workout = gym.train()
        first = ok(gym.device.post(f"{V1}/workouts/{workout}/sets", SET, headers={"Idempotency-Key": KEY}), 201)
        corrected = gym.correct(workout, first["id"], reps=8)
        clock.shift(24 * 3600 - 10)
        gym = Gym(client_of(athlete))
        within = gym.device.post(f"{V1}/workouts/{workout}/sets", SET, headers={"Idempotency-Key": KEY})
        clock.shift(20)
        beyond = gym.device.post(f"{V1}/workouts/{workout}/sets", SET, headers={"Idempotency-Key": KEY})
        other = gym.device.post(f"{V1}/workouts/{workout}/sets", {**SET, "reps": 1}, headers={"Idempotency-Key": KEY})

    assert ok(within, 201) == first
    assert ok(beyond, 201) == corrected
    assert beyond["Idempotent-Replayed"] == "true"
    assert (other.status_code, slug(other)) == (422, "op-id-reused")


# ── Ids that clients choose ──────────────────────────────────────────────────────────────────────

ID = "01890000-0000-7000-8000-00000000c0de"


def make_of(name: str, scene: Scene) -> tuple[str, str, Json, Json]:
    """(method, path, body, another body) of what makes a row under a chosen id."""
    return {
        "workout": ("post", "/workouts", {"id": ID, "name": "Push"}, {"id": ID, "name": "Pull"}),
        "session": ("post", "/sessions", {"id": ID}, {"id": ID, "name": "Pull"}),
        "set": ("post", f"/workouts/{scene.workout}/sets", {"id": ID, **SET}, {"id": ID, **SET, "reps": 6}),
        "entry": (
            "post",
            f"/workouts/{scene.workout}/exercises",
            {"id": ID, "exercise_id": BENCH, "notes": "slowly"},
            {"id": ID, "exercise_id": BENCH, "notes": "fast"},
        ),
    }[name]


@pytest.mark.parametrize("name", ["workout", "session", "set", "entry"])
def test_the_same_id_and_body_answers_with_the_first_result(scene: Scene, stranger: User, name: str) -> None:
    method, path, body, other = make_of(name, scene)
    call = getattr(scene.gym.device, method)
    first = ok(call(f"{V1}{path}", body), 201)
    assert first["id"] == ID
    before = stored("workouts_workout", "workouts_workoutexercise", "workouts_set", "common_event")

    assert ok(call(f"{V1}{path}", body), 201) == first
    taken = call(f"{V1}{path}", other)
    assert (taken.status_code, slug(taken)) == (409, "id-taken")

    theirs = client_of(stranger)
    if name in ("set", "entry"):
        own = Gym(theirs).train()
        path = path.replace(scene.workout, own)
        before = stored("workouts_workout", "workouts_workoutexercise", "workouts_set", "common_event")
    foreign = theirs.post(f"{V1}{path}", body)
    assert (foreign.status_code, slug(foreign)) == (409, "id-taken")
    assert told(foreign) == told(taken)
    assert stored("workouts_workout", "workouts_workoutexercise", "workouts_set", "common_event") == before


def test_ids_inside_a_tree_are_as_strict(scene: Scene, stranger: User) -> None:
    ok(scene.gym.device.post(f"{V1}/workouts/{scene.workout}/sets", {"id": ID, **SET}), 201)
    theirs = client_of(stranger)
    for tree in (
        [{"exercise_id": BENCH, "sets": [{"id": ID}]}],
        [{"exercise_id": BENCH, "id": sets_of(scene.gym.see(scene.workout))[0]["workout_exercise_id"]}],
    ):
        before = stored()
        taken = theirs.post(f"{V1}/workouts", {"exercises": tree})
        assert (taken.status_code, slug(taken)) == (409, "id-taken")
        assert stored() == before


# ── One operation through several doors ──────────────────────────────────────────────────────────


def test_what_came_by_http_is_a_duplicate_in_a_batch(scene: Scene) -> None:
    body = {"id": ID, **SET}
    path = f"{V1}/workouts/{scene.workout}/sets"
    logged = ok(scene.gym.device.post(path, body, headers={"Idempotency-Key": KEY}), 201)

    answer = scene.gym.send(scene.workout, op("set.add", "2026-03-02T18:00:00Z", KEY, **body))
    assert answer["results"] == [{"op_id": KEY, "status": "duplicate", "seq": logged["seq"]}]
    other = scene.gym.send(scene.workout, op("set.add", "2026-03-02T18:00:00Z", KEY, **{**body, "reps": 9}))
    assert [(r["status"], r["problem"]["status"]) for r in other["results"]] == [("rejected", 422)]
    assert [s["reps"] for s in sets_of(scene.gym.see(scene.workout))] == [5, 5]


def test_what_came_in_a_batch_is_a_duplicate_by_http(scene: Scene) -> None:
    body = {"id": ID, **SET}
    answer = scene.gym.send(scene.workout, op("set.add", "2026-03-02T18:00:00Z", KEY, **body))
    path = f"{V1}/workouts/{scene.workout}/sets"
    repeated = scene.gym.device.post(path, body, headers={"Idempotency-Key": KEY})
    assert (repeated.status_code, repeated["Idempotent-Replayed"]) == (201, "true")
    assert (repeated.json()["id"], repeated.json()["seq"]) == (ID, answer["results"][0]["seq"])


@pytest.mark.parametrize("first", ["http", "simple"])
def test_a_device_need_not_say_the_id_of_a_set_to_repeat_it_another_way(scene: Scene, first: str) -> None:
    headers = {"Idempotency-Key": KEY}
    if first == "http":
        answer = scene.gym.device.post(f"{V1}/workouts/{scene.workout}/sets", SET, headers=headers)
    else:
        answer = scene.gym.device.post(f"{V1}/sets", {"session_id": scene.workout, **SET}, headers=headers)
    logged = ok(answer, 201)
    result = scene.gym.send(scene.workout, op("set.add", "2026-03-02T18:00:00Z", KEY, **SET))
    assert result["results"] == [{"op_id": KEY, "status": "duplicate", "seq": logged["seq"]}]


# ── Races ────────────────────────────────────────────────────────────────────────────────────────


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act` returns in so many threads that begin together, each with a connection of its own."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def racers(transactional_db: None) -> tuple[User, User]:
    """An athlete and a stranger whose transactions are real ones."""
    stock_library()
    return make_person("athlete"), make_person("stranger")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["make", "session", "log"])
def test_twenty_parallel_posts_with_one_key_make_one_row(racers: tuple[User, User], name: str) -> None:
    athlete, _ = racers
    workout = Gym(client_of(athlete)).train()
    path, body = {"make": ("/workouts", {}), "session": ("/sessions", {}), "log": (f"/workouts/{workout}/sets", SET)}[
        name
    ]
    devices = [client_of(athlete, f"device {number}") for number in range(4)]
    rows = {"make": Workout, "session": Workout, "log": Set}[name].objects
    before = rows.count()

    answers = at_once(20, lambda n: devices[n % 4].post(f"{V1}{path}", body, headers={"Idempotency-Key": KEY}))

    assert rows.count() == before + 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers if answer.status_code == 201) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_sets_at_once_from_four_devices_are_twenty_sets(racers: tuple[User, User]) -> None:
    athlete, _ = racers
    gym = Gym(client_of(athlete))
    workout = gym.train()
    devices = [client_of(athlete, f"device {number}") for number in range(4)]

    answers = at_once(20, lambda n: devices[n % 4].post(f"{V1}/workouts/{workout}/sets", {**SET, "reps": n + 1}))

    assert [answer.status_code for answer in answers] == [201] * 20
    assert sorted(answer.json()["seq"] for answer in answers) == list(range(3, 23))
    assert sorted(s["reps"] for s in sets_of(gym.see(workout))) == list(range(1, 21))
    assert list(
        Event.objects.filter(stream=f"workout:{workout}").order_by("seq").values_list("seq", flat=True)
    ) == list(range(1, 23))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["workout", "set", "entry", "tree"])
def test_of_two_people_who_choose_one_id_at_the_same_moment_one_gets_it(racers: tuple[User, User], name: str) -> None:
    """The second writes while the first's transaction is open, when no look-up can see the row yet."""
    people = [(actor_of(person), Gym(client_of(person)).train()) for person in racers]
    first_wrote, outcome = threading.Event(), []

    def request(workout: str) -> tuple[str, Request]:
        tree = [{"exercise_id": BENCH, "sets": [{"id": ID, "reps": 5}]}]
        target, type, payload = {
            "workout": (ID, "workout.create", {"id": ID}),
            "set": (workout, "set.add", {"id": ID, "exercise_id": BENCH, "reps": 5}),
            "entry": (workout, "exercise.add", {"id": ID, "exercise_id": BENCH}),
            "tree": ((new := str(uuid4())), "workout.create", {"id": new, "exercises": tree}),
        }[name]
        return target, Request(str(uuid4()), type, payload, "phone")

    def second() -> None:
        actor, workout = people[1]
        target, wanted = request(workout)
        first_wrote.wait(10)
        try:
            apply(actor, target, [wanted], live=True)
            outcome.append("applied")
        except IdTaken:
            outcome.append("id taken")
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        actor, workout = people[0]
        target, wanted = request(workout)
        apply(actor, target, [wanted], live=True)
        first_wrote.set()
        thread.join(0.5)  # it waits for our row
    owned = stored("workouts_workout", "workouts_workoutexercise", "workouts_set")[0 if name == "workout" else 1 :]
    thread.join()

    assert outcome == ["id taken"]
    mine = stored("workouts_workout", "workouts_workoutexercise", "workouts_set")[0 if name == "workout" else 1 :]
    assert mine == owned
