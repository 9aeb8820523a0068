"""A source that dies, lies, loops or never ends: what was whole stays, the rest is left, and why is said in words."""

import gzip
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone

from exercises.enums import Status
from exercises.models import Exercise, Source, SourceEntry
from exercises.operations import sources
from exercises.operations.sources import import_source
from exercises.sources.fetching import SourceFailed
from fitai.common import jobs, outbound
from fitai.common.models import Job
from tests.cast import run_jobs
from tests.exercises.sources.conftest import MakeSource
from tests.exercises.sources.stand_in import StandIn, cut_off, dripping, endless, facts, info, listing

NO_ANSWER = "This address does not answer."


def fails(source: Source) -> str:
    """Why a source cannot be read; its row says so too."""
    with pytest.raises(SourceFailed) as failure:
        import_source(source)
    source.refresh_from_db()
    assert source.last_failed
    assert source.last_outcome.startswith(f"Stopped: {failure.value} Read ")
    return str(failure.value)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (404, "It answered 404."),
        (304, "It answered 304."),
        (503, "It answered 503."),
        (b"", "It does not send JSON."),
        (b"<html>", "It does not send JSON."),
        (b'[{"name": "x"', "It does not send JSON."),
        (b"[NaN]", "It does not send JSON."),
        (b'["\\ud800"]', "It does not send JSON."),
        (nested(100_000), "It does not send JSON."),
        (b"[" + b"[]," * 600_000 + b"[]]", "It sends too much at once."),
        (gzip.compress(b"[" * 1000, mtime=0), "It does not send JSON."),
        (
            (200, {"Content-Encoding": "gzip"}, gzip.compress(b"[" + b" " * 10_000_000 + b"]", mtime=0)),
            "It does not send JSON.",
        ),
        ({"results": []}, "It sends no list of exercises."),
        (b'"exercises"', "It sends no list of exercises."),
        ([], "There is no exercise in it that could be used."),
        ([1, None, {}, [], {"id": 1, "name": 1}], "There is no exercise in it that could be used."),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), NO_ANSWER),
        ((302, {"Location": "http://169.254.169.254/latest"}, b""), NO_ANSWER),
        ((302, {"Location": "file:///etc/passwd"}, b""), NO_ANSWER),
        (cut_off(orjson.dumps([facts("Press")])), NO_ANSWER),
    ],
)
def test_what_cannot_be_read(there: StandIn, make_source: MakeSource, answer: Any, words: str) -> None:
    assert fails(make_source(there.say("/", answer))) == words
    assert not Exercise.objects.exists()
    assert not SourceEntry.objects.exists()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.json", "http://10.0.0.1/", "http://[::1]/", "http://nowhere.invalid/"]
)
def test_a_private_network_is_not_asked(there: StandIn, make_source: MakeSource, address: str) -> None:
    assert fails(make_source(address)) == NO_ANSWER


def test_two_gigabytes_are_not_read(there: StandIn, make_source: MakeSource, settings: Any) -> None:
    settings.EXERCISE_SOURCES = {**settings.EXERCISE_SOURCES, "max_bytes": 1_000_000}
    assert fails(make_source(there.say("/", endless))) == "It sends more than 1 MB at once."
    assert there.asked == ["/"]  # once: it would be no smaller


def test_a_source_that_drips_has_a_deadline(there: StandIn, make_source: MakeSource, settings: Any) -> None:
    settings.EXERCISE_SOURCES = {**settings.EXERCISE_SOURCES, "deadline_seconds": 0.1}
    assert fails(make_source(there.say("/", dripping))) == NO_ANSWER


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (500, "It answered 500."),
        (b"no", "It does not send JSON."),
        ({"count": 1}, "It sends no page of exercises."),
        (listing([info(3)], 7), "It sends no page of exercises."),
        (listing([info(3)], "/p2"), "Its pages lead in a circle."),
        (listing([info(3)], "/p1"), "Its pages lead in a circle."),
        (listing([info(3)], "http://example.org/p3"), "Its next page is somewhere else."),
        (listing([info(3)], "file:///etc/passwd"), "Its next page is somewhere else."),
        (listing([info(3)], "http://[broken"), "Its next page is somewhere else."),
        (listing([info(1)], "/p3"), "It says the same again and again."),
    ],
)
def test_what_was_read_before_it_died_stays(there: StandIn, make_source: MakeSource, answer: Any, words: str) -> None:
    source = make_source(there.say("/p1", listing([info(1), {"id": 2}], "/p2")), "wger")
    there.say("/p2", answer)
    assert fails(source) == words
    assert set(Exercise.objects.values_list("name", "status")) <= {
        ("Press No 1", Status.PENDING),
        ("Press No 3", Status.PENDING),
    }
    assert Exercise.objects.filter(name="Press No 1").count() == 1
    assert SourceEntry.objects.count() == Exercise.objects.count()


def test_pages_without_end(there: StandIn, make_source: MakeSource, settings: Any) -> None:
    settings.EXERCISE_SOURCES = {**settings.EXERCISE_SOURCES, "max_pages": 3}
    for number in range(5):
        there.say(f"/{number}", listing([info(number + 1)], f"/{number + 1}"))
    assert fails(make_source(f"{there.url}/0", "wger")) == "It has more than 3 pages."
    assert (len(there.asked), Exercise.objects.count()) == (3, 3)


def test_exercises_without_end(there: StandIn, make_source: MakeSource, settings: Any) -> None:
    settings.EXERCISE_SOURCES = {**settings.EXERCISE_SOURCES, "max_entries": 5}
    source = make_source(there.say("/", [facts(f"Press No {number}") for number in range(20)]))
    assert fails(source) == "It has more than 5 exercises."
    assert Exercise.objects.count() == 5


def test_exercises_without_end_on_many_pages(there: StandIn, make_source: MakeSource, settings: Any) -> None:
    settings.EXERCISE_SOURCES = {**settings.EXERCISE_SOURCES, "max_entries": 3}
    source = make_source(there.say("/p1", listing([info(1), info(2)], "/p2")), "wger")
    there.say("/p2", *[500] * 4, listing([info(3), info(4)]))
    fails(source)
    assert fails(source) == "It has more than 3 exercises."  # over both runs
    assert Exercise.objects.count() == 3


def test_a_source_that_lies_is_left_out_entry_by_entry(there: StandIn, make_source: MakeSource) -> None:
    said = [
        facts("Svend Press"),
        facts("Hex Press", id="Svend_Press"),
        *(odd for odd in (None, 7, [], "x")),
        facts("x" * 81),
        facts("Spleen Press", primaryMuscles=["spleen"]),
        facts("<script>alert(1)</script>", id="script", instructions=["<b>Bold</b>\u0000\u202e"], images=7),
    ]
    report = import_source(make_source(there.say("/", said)))
    assert report.words == (
        "Read 9 exercises on 1 page. New draft: 2."
        " Left out: 4 that are no exercise, 1 with a name of more than 80 characters,"
        " 1 with an id that another one has, 1 without a muscle that is known."
    )
    assert dict(Exercise.objects.values_list("name", "instructions")) == {
        "Svend Press": ["Do the Svend Press.", "Rest."],
        "<script>alert(1)</script>": ["<b>Bold</b>"],
    }


# ── Again ────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_goes_on_where_it_stopped(there: StandIn, make_source: MakeSource) -> None:
    source = make_source(there.say("/p1", listing([info(1)], "/p2")), "wger")
    there.say("/p2", listing([info(2)], "/p3"))
    there.say("/p3", 500, 500, 500, 500, listing([info(3)]))
    fails(source)
    there.heard.clear()
    report = import_source(source)
    assert (there.asked, report.outcomes) == (["/p3"], Counter(drafted=1))
    assert set(SourceEntry.objects.values_list("outcome", flat=True)) == {"drafted"}
    source.refresh_from_db()
    assert (source.unfinished, source.last_failed) == (None, False)
    there.heard.clear()
    import_source(source)
    assert there.asked == ["/p1", "/p2", "/p3"]


@pytest.mark.parametrize("why", ["long ago", "another address", "it would end there again"])
def test_or_from_the_start(there: StandIn, make_source: MakeSource, why: str) -> None:
    source = make_source(there.say("/p1", listing([info(1)], "/p2")), "wger")
    trouble = [404] if why == "it would end there again" else [500] * 4
    there.say("/p2", *trouble, listing([info(2)]))
    fails(source)
    if why == "long ago":
        assert source.unfinished is not None
        source.unfinished["began_at"] = (timezone.now() - timedelta(days=2)).isoformat()
    elif why == "another address":
        source.address = there.say("/q1", listing([info(1)], "/p2"))
    there.heard.clear()
    import_source(source)
    assert there.asked == [source.address.removeprefix(there.url), "/p2"]


def test_a_run_makes_room_for_others(there: StandIn, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(there.say("/p1", listing([info(1)], "/p2")), "wger")
    there.say("/p2", listing([info(2)]))
    monkeypatch.setattr(sources, "RUN_SECONDS", -1)
    sources.request_import(source.pk)
    for asked in (["/p1"], ["/p1", "/p2"]):
        run_jobs()
        assert there.asked == asked
    assert Job.objects.get().status == "succeeded"


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (404, "failed", {"code": "source_failed", "detail": "It answered 404."}),
        (500, "queued", None),
        ((429, {"Retry-After": "7200"}, b""), "queued", None),
    ],
)
def test_what_may_pass_is_tried_another_time(
    there: StandIn, make_source: MakeSource, answer: Any, status: str, said: Any
) -> None:
    sources.request_import(make_source(there.say("/", answer)).pk)
    run_jobs()
    job = Job.objects.get()
    assert (job.status, job.attempts, job.error) == (status, 1, said)
    if isinstance(answer, tuple):
        assert job.not_before > timezone.now() + timedelta(seconds=7100)


def test_a_source_that_fails_often_is_left_alone(there: StandIn, make_source: MakeSource) -> None:
    source = make_source(there.say("/", 500))
    assert fails(source) == "It answered 500."
    assert fails(source) == "It failed often lately and is left alone for a while."
    assert len(there.asked) == outbound.FAILURES
    sources.request_import(source.pk)
    run_jobs()
    job = Job.objects.get()
    assert (job.status, len(there.asked)) == ("queued", outbound.FAILURES)
    assert timezone.now() < job.not_before <= timezone.now() + timedelta(seconds=outbound.REST_SECONDS)


def test_a_claim_is_renewed_while_it_waits_and_what_was_fenced_writes_nothing(
    there: StandIn, make_source: MakeSource
) -> None:
    source = make_source(there.say("/", 500, [facts("Svend Press")]))
    sources.request_import(source.pk)
    claim = jobs.claim(Job.objects.get().pk)
    assert claim is not None
    before = claim.job.lease_until
    waited: list[float] = []
    import_source(source, claim, sleep=waited.append)
    assert waited == [0.0]
    assert Job.objects.get().lease_until > before
    Exercise.objects.all().delete()

    Job.objects.update(lease_token=claim.token + 1)
    with pytest.raises(jobs.Fenced):
        import_source(source, claim)
    assert not Exercise.objects.exists()


# ── Files ────────────────────────────────────────────────────────────────────────────────────────


def test_files(tmp_path: Path, make_source: MakeSource, settings: Any) -> None:
    file = tmp_path / "exercises.json"
    source = make_source(str(file))
    assert fails(source) == "There is no such file."
    file.write_bytes(orjson.dumps([facts("Svend Press")]))
    assert import_source(source).outcomes == Counter(drafted=1)
    assert Exercise.objects.get().attribution["url"] == ""
    settings.EXERCISE_SOURCES = {**settings.EXERCISE_SOURCES, "max_bytes": 10}
    assert fails(source) == "It sends more than 1e-05 MB at once."


@pytest.mark.parametrize(
    "address", ["/dev/zero", "/dev/stdin", "/", "", "\0", "file:///etc/hosts", "ftp://example.org/x"]
)
def test_what_is_no_file(make_source: MakeSource, address: str) -> None:
    words = fails(make_source(address.replace("\0", "a" * 300)))
    assert words in (
        "There is no such file.",
        "The file cannot be read.",
        "Only http and https addresses and files are read.",
    )


def test_a_pipe_is_not_waited_for(tmp_path: Path, make_source: MakeSource) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert fails(make_source(str(tmp_path / "pipe"))) == "There is no such file."
