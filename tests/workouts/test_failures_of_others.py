"""What went wrong in other products, each told once more here, on devices that are the reference client's."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from fitai_client import Device

from accounts.models import User
from fitai.common.models import Event
from tests.cast import ApiClient, client_of
from tests.workouts.follower import seen
from tests.workouts.gym import BENCH, SQUAT, V1, Gym, Json, ok, op, sets_of
from workouts.models import Set, Workout

pytestmark = pytest.mark.django_db

SET: Json = {"reps": 5, "weight": "100", "assistance": None, "weight_unit": "kg"}


@dataclass
class Hand:
    """A device of somebody's, with a connection when they want it."""

    device: Device
    api: ApiClient

    def do(self, workout: str, type: str, **payload: Any) -> Json:
        return dict(self.device.do(workout, type, **payload)["payload"])

    def send(self) -> None:
        """Hand in what waits."""
        while batch := self.device.outgoing():
            answer = self.api.post(f"{V1}/workouts/{batch[0]}/ops", batch[1])
            self.device.answered(*batch, answer.status_code, answer.json())

    def look_up(self, workout: str) -> None:
        """Begin with what the server has."""
        whole = ok(self.api.get(f"{V1}/workouts/{workout}"))
        self.device.hear({"type": "snapshot", "channel": f"workout:{workout}", "seq": whole["seq"], "data": whole})

    def sync(self, workout: str) -> None:
        self.send()
        self.look_up(workout)

    def reps(self, workout: str) -> list[Any]:
        entries = self.device.look(workout).shown["exercises"]
        return [item["reps"] for entry in entries for item in entry["sets"]]

    def begin(self, exercise: str = BENCH) -> tuple[str, str]:
        """A workout in progress with one entry: both ids."""
        workout = str(uuid4())
        self.do(workout, "workout.create", id=workout)
        self.do(workout, "workout.start")
        return workout, self.do(workout, "exercise.add", exercise_id=exercise)["id"]


@pytest.fixture
def in_hand(athlete: User, library: None) -> Callable[[str], Hand]:
    """A device of the athlete's, by its name."""

    def take(name: str) -> Hand:
        return Hand(Device(sqlite3.connect(":memory:"), name), client_of(athlete, name))

    return take


def test_begun_on_one_device_continued_on_another_and_finished_there(in_hand: Callable[[str], Hand]) -> None:
    """SparkyFitness #2167: the second device's sets belonged to no entry the server knew."""
    phone, watch = in_hand("phone"), in_hand("watch")
    workout, entry = phone.begin()
    phone.do(workout, "set.add", workout_exercise_id=entry, **SET)
    phone.send()

    watch.look_up(workout)
    watch.do(workout, "set.add", workout_exercise_id=entry, **{**SET, "reps": 6})
    other = watch.do(workout, "exercise.add", exercise_id=SQUAT)["id"]
    watch.do(workout, "set.add", workout_exercise_id=other, **{**SET, "reps": 7})
    watch.do(workout, "workout.complete")
    watch.sync(workout)
    phone.sync(workout)

    whole = Gym(phone.api).see(workout)
    assert [(item["reps"], item["workout_exercise_id"]) for item in sets_of(whole)] == [
        (5, entry),
        (6, entry),
        (7, other),
    ]
    assert whole["status"] == "completed"
    assert phone.device.look(workout).shown == watch.device.look(workout).shown == seen(whole)
    assert phone.device.ops() == watch.device.ops() == []  # nothing was refused


def test_what_is_finished_elsewhere_still_takes_the_sets_of_a_device_that_did_not_hear(
    in_hand: Callable[[str], Hand],
) -> None:
    phone, watch = in_hand("phone"), in_hand("watch")
    workout, entry = phone.begin()
    phone.send()
    watch.look_up(workout)
    phone.do(workout, "set.add", workout_exercise_id=entry, **SET)  # in the basement
    watch.do(workout, "workout.complete")
    watch.send()

    phone.sync(workout)

    whole = Gym(phone.api).see(workout)
    assert (whole["status"], [item["reps"] for item in sets_of(whole)]) == ("completed", [5])


def test_a_stale_second_tab_deletes_no_finished_workout(in_hand: Callable[[str], Hand]) -> None:
    """openGym #283: it sent its whole old document, and what had been finished since was gone."""
    tab, phone = in_hand("tab"), in_hand("phone")
    workout, entry = tab.begin()
    tab.send()
    tab.look_up(workout)
    stale = Gym(tab.api).see(workout)
    tag = tab.api.get(f"{V1}/workouts/{workout}")["ETag"]
    phone.look_up(workout)
    for reps in (5, 6):
        phone.do(workout, "set.add", workout_exercise_id=entry, **{**SET, "reps": reps})
    phone.do(workout, "workout.complete")
    phone.sync(workout)

    tab.do(workout, "workout.update", name="Push")  # all that the tab can say is what was changed in it
    tab.send()
    whole_document = tab.api.put(f"{V1}/workouts/{workout}", stale)
    guarded = tab.api.put(f"{V1}/workouts/{workout}", {"notes": "from the tab"}, headers={"If-Match": tag})

    assert (whole_document.status_code, guarded.status_code) == (422, 412)
    whole = Gym(phone.api).see(workout)
    assert (whole["name"], whole["status"], whole["notes"]) == ("Push", "completed", None)
    assert [item["reps"] for item in sets_of(whole)] == [5, 6]


def test_a_second_workout_leaves_the_first_as_it_is(in_hand: Callable[[str], Hand]) -> None:
    """liftosaur #274: starting one on the web lost the one on the phone."""
    phone, web = in_hand("phone"), in_hand("web")
    first, entry = phone.begin()
    phone.do(first, "set.add", workout_exercise_id=entry, **SET)
    phone.send()
    second, _ = web.begin(SQUAT)
    web.send()

    phone.do(first, "set.add", workout_exercise_id=entry, **{**SET, "reps": 6})
    phone.sync(first)

    active = ok(phone.api.get(f"{V1}/workouts/active"))["results"]
    assert {workout["id"] for workout in active} == {first, second}
    assert phone.reps(first) == [5, 6]
    assert [item["reps"] for item in sets_of(Gym(web.api).see(first))] == [5, 6]


def test_two_workouts_begun_offline_on_one_device_arrive_as_two(in_hand: Callable[[str], Hand]) -> None:
    phone = in_hand("phone")
    workouts = []
    for reps in (5, 6):
        workout, entry = phone.begin()
        phone.do(workout, "set.add", workout_exercise_id=entry, **{**SET, "reps": reps})
        workouts.append(workout)
    phone.send()
    assert [sets_of(Gym(phone.api).see(workout))[0]["reps"] for workout in workouts] == [5, 6]


def test_syncing_again_keeps_every_id_and_leaves_no_orphan(in_hand: Callable[[str], Hand]) -> None:
    """SparkyFitness #2456: the parent row was made anew, and its children hung in the air."""
    phone = in_hand("phone")
    workout, entry = phone.begin()
    phone.do(workout, "set.add", workout_exercise_id=entry, **SET)
    batch = phone.device.outgoing()
    assert batch is not None
    rows = []
    for _ in range(3):
        answer = ok(phone.api.post(f"{V1}/workouts/{workout}/ops", batch[1]))
        rows.append([sorted(map(str, model.objects.values_list("pk", flat=True))) for model in (Workout, Set)])
    phone.device.answered(*batch, 200, answer)

    assert rows[0] == rows[1] == rows[2]
    assert [item["workout_exercise_id"] for item in sets_of(Gym(phone.api).see(workout))] == [entry]
    assert Event.objects.filter(stream=f"workout:{workout}").count() == 4
    assert phone.device.outgoing() is None


def test_what_looks_alike_is_logged_as_often_as_it_was_done(in_hand: Callable[[str], Hand]) -> None:
    """hevy2garmin #66: what had the same content was taken for a repeat."""
    phone = in_hand("phone")
    workout, entry = phone.begin()
    for _ in range(3):
        phone.do(workout, "set.add", workout_exercise_id=entry, **SET)
    phone.send()
    assert [item["reps"] for item in sets_of(Gym(phone.api).see(workout))] == [5, 5, 5]

    again, entry = phone.begin()  # the same workout once more, a minute later
    for _ in range(3):
        phone.do(again, "set.add", workout_exercise_id=entry, **SET)
    phone.send()
    assert Workout.objects.count() == 2


@pytest.mark.parametrize("lost", ["request", "answer", "both in turn"])
def test_a_retry_is_no_second_set(in_hand: Callable[[str], Hand], lost: str) -> None:
    """hevy2garmin #602: syncing again after a cut doubled what had arrived."""
    phone = in_hand("phone")
    workout, entry = phone.begin()
    phone.do(workout, "set.add", workout_exercise_id=entry, **SET)
    for what in ("request", "answer") if lost == "both in turn" else (lost,):
        batch = phone.device.outgoing()
        assert batch is not None
        if what == "answer":
            ok(phone.api.post(f"{V1}/workouts/{workout}/ops", json.loads(json.dumps(batch[1]))))
    phone.do(workout, "set.add", workout_exercise_id=entry, **{**SET, "reps": 6})  # goes out with what is repeated

    phone.sync(workout)

    assert phone.reps(workout) == [item["reps"] for item in sets_of(Gym(phone.api).see(workout))] == [5, 6]


def test_what_a_person_deleted_is_not_brought_back_by_a_device_that_syncs_again(
    in_hand: Callable[[str], Hand],
) -> None:
    """LiftLog: what had been deleted came back with the next import. A repeat is a repeat, deleted or not."""
    phone, watch = in_hand("phone"), in_hand("watch")
    workout, entry = phone.begin()
    item = phone.do(workout, "set.add", workout_exercise_id=entry, **SET)["id"]
    batch = phone.device.outgoing()
    assert batch is not None
    phone.send()
    watch.look_up(workout)
    watch.do(workout, "set.remove", id=item)
    watch.send()
    repeated = ok(phone.api.post(f"{V1}/workouts/{workout}/ops", batch[1]))
    assert {result["status"] for result in repeated["results"]} == {"duplicate"}
    assert sets_of(Gym(phone.api).see(workout)) == []

    ok(phone.api.delete(f"{V1}/workouts/{workout}"), 204)
    repeated = ok(phone.api.post(f"{V1}/workouts/{workout}/ops", batch[1]))
    assert {result["status"] for result in repeated["results"]} == {"duplicate"}
    assert phone.api.get(f"{V1}/workouts/{workout}").status_code == 404


def test_the_same_exercise_begun_offline_on_two_devices_is_one_entry(in_hand: Callable[[str], Hand]) -> None:
    phone, watch = in_hand("phone"), in_hand("watch")
    workout, _ = phone.begin(SQUAT)
    phone.send()
    for hand, reps in ((phone, 5), (watch, 6)):
        hand.look_up(workout)
        entry = str(uuid5(UUID(workout), BENCH))
        hand.do(workout, "exercise.add", id=entry, exercise_id=BENCH)
        hand.do(workout, "set.add", workout_exercise_id=entry, **{**SET, "reps": reps})
    phone.sync(workout)
    watch.sync(workout)
    phone.sync(workout)
    assert sorted(phone.reps(workout)) == sorted(watch.reps(workout)) == [5, 6]
    assert len(Gym(phone.api).see(workout)["exercises"]) == 2


def test_what_a_device_did_while_the_workout_was_deleted_is_there_after_its_restore(
    in_hand: Callable[[str], Hand],
) -> None:
    phone, watch = in_hand("phone"), in_hand("watch")
    workout, entry = phone.begin()
    phone.sync(workout)
    watch.look_up(workout)
    ok(phone.api.delete(f"{V1}/workouts/{workout}"), 204)
    watch.do(workout, "set.add", workout_exercise_id=entry, **SET)
    watch.send()
    assert watch.reps(workout) == [5]  # it waits, and shows

    ok(phone.api.post(f"{V1}/workouts/{workout}/restore"))
    watch.look_up(workout)
    watch.sync(workout)

    assert [item["reps"] for item in sets_of(Gym(phone.api).see(workout))] == [5]
    assert watch.device.ops() == []


def test_an_operation_of_an_old_client_costs_the_others_of_its_batch_nothing(in_hand: Callable[[str], Hand]) -> None:
    phone = in_hand("phone")
    workout, entry = phone.begin()
    phone.send()
    bad = op("set.add", "2026-03-02T18:00:00Z", device="phone", workout_exercise_id=entry, mood="good")
    good = op("set.add", "2026-03-02T18:00:01Z", device="phone", workout_exercise_id=entry, **SET)
    answer = Gym(phone.api).send(workout, bad, good)
    assert [result["status"] for result in answer["results"]] == ["rejected", "applied"]
