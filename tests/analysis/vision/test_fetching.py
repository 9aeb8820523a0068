"""The official model is had from a server on this machine, which gives a network with random weights for it."""

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from analysis.vision import fetching, jobs
from analysis.vision.fetching import OFFICIAL, CannotFetch, Published, download, fetch, is_fetched
from analysis.vision.weights import ModelUnavailable, require_weights
from fitai.common.jobs import run
from fitai.common.models import Job


class Shelf(ThreadingHTTPServer):
    """Gives `content` for every path, or breaks off after `until` bytes, or says `status`."""

    content = b"a model"
    until: int | None = None
    status = 200

    def model(self, **changed: str) -> Published:
        sha256 = hashlib.sha256(self.content).hexdigest()
        return Published(**{"name": "tiny-pose", "address": f"{self.address}/tiny-pose.pt", "sha256": sha256} | changed)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Hand(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        if not self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", f"/moved{self.path}")
            self.end_headers()
            return
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content[: self.server.until])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Shelf(("127.0.0.1", 0), Hand) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.POSE_MODEL, settings.POSE_MODEL_FOLDERS = "", [tmp_path / "weights"]
    return tmp_path / "weights"


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    yolo = pytest.importorskip("analysis.vision.yolo", reason="the requirements of the vision role are not installed")
    monkeypatch.setattr(yolo, "has_gpu", lambda: False)


def test_what_is_published_is_fetched_checked_and_made_fast(shelf: Shelf, home: Path, no_gpu: None) -> None:
    from analysis.vision.yolo import YoloEstimator, _ultralytics  # noqa: PLC0415  only where it is installed

    shelf.content = random_network(home.parent / "tiny-pose.pt", _ultralytics())
    assert not is_fetched(home, shelf.model())
    made = fetch(home, shelf.model())
    assert made == home / "tiny-pose_openvino_model"
    assert [path.name for path in home.iterdir()] == [made.name]
    assert is_fetched(home, shelf.model())
    assert YoloEstimator(require_weights()).name == "tiny-pose"
    assert fetch(home, shelf.model()) == made  # again, in its place


def random_network(path: Path, ultralytics: object) -> bytes:
    ultralytics.YOLO("yolo26n-pose.yaml").save(str(path))  # type: ignore[attr-defined]
    return path.read_bytes()


def test_beside_a_gpu_it_stays_as_it_is(
    shelf: Shelf, home: Path, no_gpu: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.vision.yolo.has_gpu", lambda: True)
    assert fetch(home, shelf.model()) == home / "tiny-pose.pt"
    assert (home / "tiny-pose.pt").read_bytes() == shelf.content
    assert is_fetched(home, shelf.model())


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"content": b"something else"}, "is not tiny-pose.pt: its SHA-256 is"),
        ({"status": 404}, "could not be fetched"),
        ({"until": 3}, "could not be fetched"),
        ({"content": bytes(2_000)}, "larger than"),
    ],
)
def test_whatever_else_comes_is_refused_and_leaves_nothing(
    shelf: Shelf,
    home: Path,
    no_gpu: None,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, object],
    why: str,
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 1_000)
    model = shelf.model()
    for name, value in changed.items():
        setattr(shelf, name, value)
    with pytest.raises(CannotFetch, match=why):
        fetch(home, model)
    assert list(home.iterdir()) == []


def test_a_server_that_is_not_there_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotFetch, match="could not be fetched"):
        download(Published("tiny-pose", "http://127.0.0.1:1/tiny-pose.pt", "0" * 64), tmp_path)


def test_the_official_one_is_pinned() -> None:
    assert (OFFICIAL.file, len(bytes.fromhex(OFFICIAL.sha256))) == ("yolo26n-pose.pt", 32)
    assert OFFICIAL.address.startswith("https://")


class TestCommand:
    def test_it_says_where_the_model_is(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("analysis.management.commands.fetch_model.fetch", lambda folder: folder / OFFICIAL.file)
        assert said() == f"The pose model is {home / OFFICIAL.file}"

    def test_what_is_there_is_not_fetched_again(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr("analysis.management.commands.fetch_model.fetch")
        home.mkdir()
        (home / OFFICIAL.file).touch()
        assert said() == f"{OFFICIAL.name} lies in {home} already."

    @pytest.mark.parametrize("failure", [CannotFetch("no"), ModelUnavailable("no")])
    def test_a_failure_is_one_line(self, home: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
        def fail(folder: Path) -> Path:
            raise failure

        monkeypatch.setattr("analysis.management.commands.fetch_model.fetch", fail)
        with pytest.raises(CommandError, match=r"^no$"):
            said()


def said(**options: bool) -> str:
    out = StringIO()
    call_command("fetch_model", stdout=out, **options)
    return out.getvalue().strip()


@pytest.mark.django_db
class TestLater:
    def test_the_first_start_asks_for_it_once(self, home: Path) -> None:
        assert said(later=True) == f"Pose model: the vision worker fetches {OFFICIAL.name}."
        assert said(later=True) == ""
        assert list(Job.objects.values_list("kind", "queue")) == [(jobs.FETCH, "vision")]

    def test_where_there_is_a_model_nothing_is_asked(self, home: Path) -> None:
        home.mkdir()
        (home / "mine-pose.pt").touch()
        assert said(later=True) == ""
        assert not Job.objects.exists()

    def test_the_worker_fetches(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Path] = []
        monkeypatch.setattr(jobs, "fetch", asked.append)
        assert ended() == ("succeeded", None)
        assert asked == [home]

    @pytest.mark.parametrize(
        ("failure", "code"), [(CannotFetch("no"), "cannot_fetch"), (ModelUnavailable("no"), "model_unavailable")]
    )
    def test_what_cannot_be_had_is_said(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, code: str
    ) -> None:
        def fail(folder: Path) -> Path:
            raise failure

        monkeypatch.setattr(jobs, "fetch", fail)
        assert ended() == ("failed", {"code": code, "detail": "no"})


def ended() -> tuple[str, dict[str, str] | None]:
    """How the job ended that was asked for."""
    said(later=True)
    job = Job.objects.get()
    run(job.pk)
    job.refresh_from_db()
    return job.status, job.error
