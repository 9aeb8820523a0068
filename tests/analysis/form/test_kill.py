"""Real processes: a video goes through the server, the queue and the vision worker, some of which are killed."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from django.conf import settings

from analysis.form import jobs as form_jobs
from analysis.vision.weights import ModelUnavailable, find_weights
from tests.common.media.videos import make_bomb
from tests.embedded.copies import until
from tests.embedded.server import Server, served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FILM = Path(settings.BASE_DIR) / "fitai" / "demo" / "athlete" / "squat.mp4"
REPS, SECONDS = 2, 6.2  # of the beginning of the film


@pytest.fixture(scope="module")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        form_jobs.vision("yolo")
    except ModelUnavailable as missing:
        pytest.skip(str(missing))
    if find_weights() is None:
        pytest.skip("there is no pose model")
    with served(prepared, tmp_path_factory.mktemp("filmed") / "home") as server:
        yield server


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two squats, in every other picture of the film that ships with the project."""
    av = pytest.importorskip("av")
    path = tmp_path_factory.mktemp("cut") / "squats.mp4"
    with av.open(str(FILM)) as whole, av.open(str(path), "w") as cut:
        source = whole.streams.video[0]
        target = cut.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        target.width, target.height, target.pix_fmt = source.width, source.height, "yuv420p"
        target.time_base = target.codec_context.time_base = source.time_base
        for number, frame in enumerate(whole.decode(source)):
            if frame.time < SECONDS and number % 2 == 0:
                cut.mux(target.encode(frame))
        cut.mux(target.encode(None))
    return path.read_bytes()


def send(server: Server, film: bytes, **asked: str) -> str:
    squat = server.call("get", "/exercises/by-slug/bodyweight-squat").json()["id"]
    answer = httpx.post(
        f"http://127.0.0.1:{server.copy.port}/api/v1/form-analyses",
        headers={"Authorization": f"Bearer {server.token}"},
        files={"video": film},
        data={"exercise_id": squat, **asked},
        trust_env=False,
        timeout=30,
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def see(server: Server, id: str) -> Any:
    return server.call("get", f"/form-analyses/{id}").json()


def ends(server: Server, id: str) -> list[Any]:
    """How often its owner was told that it ended."""
    with server.database() as database:
        return database.execute(
            "SELECT payload->>'status' FROM common_event WHERE type = 'job' AND payload->>'id' = %s"
            " AND payload->>'status' NOT IN ('queued', 'processing')",
            [id],
        ).fetchall()


def watching(server: Server, id: str) -> None:
    until(lambda: see(server, id)["stage"] == "watching", "the worker watches the video", 120)


def reader(server: Server) -> psutil.Process:
    """The process that reads the video for the vision worker."""
    for child in psutil.Process(server.copy.processes()["vision"].pid).children(recursive=True):
        with suppress(psutil.Error):
            if any(part.endswith("decoder.py") for part in child.cmdline()):
                return child
    raise AssertionError("nobody reads the video")


def test_the_child_and_the_worker_are_killed_in_mid_analysis(server: Server, film: bytes) -> None:
    first = send(server, film)
    watching(server, first)
    reader(server).kill()
    until(lambda: see(server, first)["status"] == "succeeded", "the first is done all the same", 180)
    assert (see(server, first)["result"]["count"], ends(server, first)) == (REPS, [("succeeded",)])

    second = send(server, film, keep_video="true")
    watching(server, second)
    child = reader(server)
    server.kill("vision")
    psutil.wait_procs([child], 10)
    assert not child.is_running()
    with server.database() as database:
        database.execute("UPDATE common_job SET lease_until = now() WHERE status = 'processing'")  # half a minute later
    until(lambda: see(server, second)["status"] == "succeeded", "another worker has done the second", 180)
    assert (see(server, second)["result"]["count"], ends(server, second)) == (REPS, [("succeeded",)])

    until(lambda: see(server, second)["result"]["media"]["video"], "the video is drawn", 180)
    link = see(server, second)["result"]["media"]["video"]
    part = httpx.get(link, headers={"Range": "bytes=4-7"}, trust_env=False, timeout=30)
    assert (part.status_code, part.content) == (206, b"ftyp")
    deleted = server.call("delete", f"/form-analyses/{second}")
    time.sleep(0.2)
    assert (deleted.status_code, (server.copy.home / "media" / "form" / second).exists()) == (204, False)


def test_hostile_files_are_refused_by_a_worker_that_lives_on(server: Server, film: bytes, tmp_path: Path) -> None:
    playlist = b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/squat.ts\n#EXT-X-ENDLIST\n"
    hostile = {
        "no video": (b"I am no video. " * 1000, "unreadable"),
        "truncated": (film[: len(film) * 2 // 3], "unreadable"),
        "a playlist": (playlist, "unreadable"),
        "a bomb": (make_bomb(tmp_path / "bomb.mp4").read_bytes(), "too_many_pixels"),
    }
    worker = server.copy.processes()["vision"].pid
    sent = {kind: send(server, content) for kind, (content, _) in hostile.items()}
    for kind, id in sent.items():
        until(lambda id=id: see(server, id)["status"] == "failed", f"{kind} has failed", 60)
    assert {kind: see(server, id)["error"]["code"] for kind, id in sent.items()} == {
        kind: code for kind, (_, code) in hostile.items()
    }
    good = send(server, film, person="0")
    until(lambda: see(server, good)["status"] == "succeeded", "a good film is analysed after them", 180)
    assert see(server, good)["result"]["count"] == REPS
    assert server.copy.processes()["vision"].pid == worker
    assert psutil.Process(worker).is_running()
