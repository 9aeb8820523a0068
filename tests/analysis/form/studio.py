"""A place to film in: small videos made on the spot, and an estimator that sees a person squat in them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from accounts.models import User
from analysis.core.analyse import analyse
from analysis.core.pose import KEYPOINTS, Detections
from analysis.form.models import FormAnalysis
from analysis.vision.estimator import People
from exercises.models import Exercise
from fitai.common.media import storage
from fitai.common.models import Job
from tests.cast import ApiClient, client_of, committed, run_jobs
from tests.common.media.videos import make_video

V1 = "/api/v1/form-analyses"
RATE = 10
SECONDS = 6
REPS = 3
NOBODY = Detections(np.arange(9) / RATE, np.empty((9, 0, 5)), np.empty((9, 0, 17, 3)), 64, 48)
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"


def squatting(phase: float, reps: int, depth: float = 1.0) -> np.ndarray:
    """Keypoints `[17, 3]` of somebody seen from the side, `phase` (0 to 1) through a set of squats."""
    depth *= (1 - math.cos(2 * math.pi * reps * phase)) / 2

    def along(start: np.ndarray, length: float, lean_deg: float) -> np.ndarray:
        lean = math.radians(lean_deg)
        return start + length * np.array([math.sin(lean), -math.cos(lean)])

    ankle = np.array([30.0, 44.0])
    knee = along(ankle, 10, 25 * depth)
    hip = along(knee, 10, -100 * depth)
    shoulder = along(hip, 12, 35 * depth)
    elbow = along(shoulder, 6, 150)
    places = {"ankle": ankle, "knee": knee, "hip": hip, "shoulder": shoulder, "elbow": elbow}
    places |= {"wrist": along(elbow, 6, 60), "ear": along(shoulder, 4, 10), "eye": along(shoulder, 5, 25)}
    places["nose"] = along(shoulder, 5, 30)
    seen = [[*places[name.rpartition("_")[2]], 0.6 if name.startswith("left") else 0.9] for name in KEYPOINTS]
    return np.array(seen, np.float32)


@dataclass
class Squatter:
    """Stands in for the pose model: reads the time off the white bar of the picture, and sees a person who squats."""

    reps: int = REPS
    depth: float = 1.0
    name: str = "stand-in"
    digest: str = "d" * 64
    batch: int = 8
    before: Callable[[int], None] = lambda frame: None
    frames: int = 0

    def estimate(self, pictures: Sequence[Any]) -> list[People]:
        return [self.see(picture) for picture in pictures]

    def see(self, picture: Any) -> People:
        self.before(self.frames)
        self.frames += 1
        if not self.reps:
            return People(np.empty((0, 5), np.float32), np.empty((0, 17, 3), np.float32))
        points = squatting(float((picture[0, :, 0] > 127).mean()), self.reps, self.depth)
        points[:, :2] *= picture.shape[0] / 48
        low, high = points[:, :2].min(axis=0) - 2, points[:, :2].max(axis=0) + 2
        return People(np.array([[*low, *high, 0.9]], np.float32), points[None])


@dataclass
class Studio:
    """Somebody who films sets, the exercises they train, and what the pose model sees."""

    device: ApiClient
    squat: Exercise
    home: Path
    model: Squatter = field(default_factory=Squatter)
    films: int = 0
    fault: Exception | None = None

    def load(self) -> Squatter:
        """The pose model as a worker loads it; where there is a fault, it does not come to the first frame."""
        if self.fault is not None:
            raise self.fault
        return self.model

    def film(self, seconds: float = SECONDS, *, suffix: str = ".mp4", **options: Any) -> bytes:
        """A video that nobody has sent yet."""
        self.films += 1
        path = self.home / f"film-{self.films}{suffix}"
        frames = max(2, round(seconds * RATE)) + self.films
        times = [frame / RATE for frame in range(frames)]
        return make_video(path, times=times, options={"preset": "ultrafast"}, **options).read_bytes()

    def roll(self) -> bytes:
        """What nobody has sent yet and nobody looks into, as in a test that ends before the work begins: it is made
        without the requirements of the vision role."""
        self.films += 1
        return b"film %d" % self.films

    def send(self, video: bytes | None = None, device: ApiClient | None = None, **asked: Any) -> Any:
        """The answer to an upload."""
        body = {"exercise_id": str(self.squat.pk), **asked}
        if video is not None:
            body["video"] = SimpleUploadedFile("../../etc/passwd", video, "text/plain")
        headers = body.pop("headers", None)
        return (device or self.device).post(V1, body, MULTIPART_CONTENT, headers=headers)

    def ask(self, video: bytes | None = None, **asked: Any) -> str:
        """The id of an analysis that was accepted."""
        answer = self.send(self.film() if video is None else video, **asked)
        assert answer.status_code == 202, answer.content
        return str(answer.json()["job_id"])

    def work(self) -> None:
        """What a worker has to do now, it does. What it has analysed is drawn when it works again."""
        with committed():
            run_jobs()

    def analysed(self) -> str:
        """An analysis as it stands once all is done, without a camera or a model: nothing of it was ever filmed."""
        row = stored(self.ask(self.roll()))
        row.chart = storage.store(row.folder, b"<svg xmlns='http://www.w3.org/2000/svg'/>", ".svg")
        row.result = {**analyse(NOBODY, "squat").to_json(), "model": {"name": "stand-in", "digest": "d" * 64}}
        row.status, row.finished_at, row.job = "succeeded", timezone.now(), None
        row.save()
        Job.objects.filter(pk=row.pk).delete()
        return str(row.pk)

    def see(self, id: str) -> Any:
        answer = self.device.get(f"{V1}/{id}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def result(self, video: bytes | None = None, **asked: Any) -> Any:
        """What an upload comes to, once all its work is done."""
        id = self.ask(video, **asked)
        self.work()
        return self.see(id)

    def files(self) -> list[str]:
        """The kinds of files in the storage, in the folder of each analysis."""
        return sorted(path.suffix for path in (self.home / "media" / "form").glob("*/*"))


@pytest.fixture
def studio(athlete: User, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Studio:
    settings.MEDIA_ROOT = tmp_path / "media"
    squat = Exercise.objects.create(
        slug="barbell-back-squat",
        name="Barbell Back Squat",
        status="approved",
        primary_muscles=["quads"],
        equipment=["barbell"],
        kind="strength",
        form_profile="squat",
    )
    studio = Studio(client_of(athlete), squat, tmp_path)
    monkeypatch.setattr("analysis.form.jobs.load_estimator", studio.load)
    return studio


def stored(id: str) -> FormAnalysis:
    return FormAnalysis.objects.get(pk=id)
