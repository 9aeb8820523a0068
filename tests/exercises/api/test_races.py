"""Who reads while somebody writes gets what was there when they asked, or something newer: never what was before."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from accounts.models import User
from exercises.models import Exercise
from tests.cast import ApiClient, client_of
from tests.exercises.conftest import MakeExercise

WRITES = 25


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/exercises/filters", "/exercises?kind=cardio&limit=100"])
def test_no_answer_is_older_than_what_was_committed_before_it_was_asked_for(
    make_exercise: MakeExercise, athlete: User, path: str
) -> None:
    ids = [make_exercise(f"Press {number}").pk for number in range(WRITES)]
    committed, done, was_read = [0], Event(), Event()
    devices = [client_of(athlete, name) for name in ("phone", "watch")]

    def shown(answer: dict) -> int:
        if "results" in answer:
            return len(answer["results"])
        return next(one["count"] for one in answer["kind"] if one["value"] == "cardio")

    def read(device: ApiClient) -> list[tuple[int, int]]:
        """(what was committed before, what was shown) of each read; 304 shows what is known."""
        seen, known, etag = [], 0, ""
        try:
            while not done.is_set():
                before = committed[0]
                answer = device.get(f"/api/v1{path}", headers={"If-None-Match": etag})
                if answer.status_code == 200:
                    known, etag = shown(answer.json()), answer["ETag"]
                seen.append((before, known))
                was_read.set()
            return seen
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read, device) for device in devices]
        try:
            for number, id in enumerate(ids, 1):
                Exercise.objects.filter(pk=id).update(kind="cardio")
                committed[0] = number
                was_read.clear()
                was_read.wait(2)
        finally:
            done.set()
        reads = [pair for one in reading for pair in one.result()]
    assert len(reads) > WRITES
    assert [pair for pair in reads if pair[1] < pair[0]] == []
