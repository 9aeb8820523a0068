"""The work of a form analysis: see, count, judge and chart in one job, draw in a second.

Nothing here is slow to import: what needs the vision requirements is loaded when a job runs.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import structlog
from django.core.files import File
from django.db import transaction

from accounts.enums import NotificationKind
from accounts.operations.notifications import notify
from analysis.core.analyse import analyse
from analysis.core.chart import svg
from analysis.core.pose import Detections
from analysis.core.results import SetAnalysis, View
from analysis.form import operations
from analysis.form.allowance import settle
from analysis.form.keypoints import packed, unpacked
from analysis.form.models import FormAnalysis
from analysis.form.operations import ANALYSE, DRAW, Status, end, end_drawing
from analysis.vision.estimator import PoseEstimator
from analysis.vision.pipeline import detect
from analysis.vision.weights import ModelUnavailable
from fitai.common.events import publish_to_user
from fitai.common.jobs import Claim, Fenced, PermanentFailure, enqueue, handles
from fitai.common.media import storage
from fitai.common.media.children import ChildDied
from fitai.common.media.decoding import DecoderMissing, DecodingError
from fitai.common.models import Job

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
"""A decoder may be silent for 30 s, and people who jump about are told apart in some; loading a model can take longer
than either."""
TELL_EVERY_SECONDS = 1.0
"""How often at most a claim is renewed and its owner told how far it is."""
MERGED_AT_ONCE = 1_000
WATCHED, JUDGED = 0.9, 0.95
"""The part of the work that is done then."""


@handles(ANALYSE, queue="vision", max_attempts=3, visible=True, lease=LEASE, ended=end)
def analyse_form(claim: Claim) -> Mapping[str, Any]:
    """Watch the video, count and judge, and keep the result with its chart and keypoints."""
    done = {"href": f"/api/v1/form-analyses/{claim.job.pk}"}
    with claim.writing():
        asked = _locked(claim.job.pk)
        if asked.result is not None:
            return done  # by an attempt that was stopped just before its end
        asked.status, asked.error, asked.finished_at = Status.PROCESSING, None, None
        asked.save(update_fields=["status", "error", "finished_at"])
    claim.advance(0, "loading")
    with typed_errors(claim):
        estimator = load_estimator()
        claim.advance(0, "watching")
        with storage.local_copy(asked.original) as video:
            detections = watched(claim, estimator, video)
    claim.advance(WATCHED, "judging")
    found = judged(asked, detections)
    claim.advance(JUDGED, "judging")
    with stored(asked, (packed(detections), ".npz"), (svg(found).encode(), ".svg")) as names, claim.writing():
        analysis = _locked(asked.pk)
        analysis.keypoints, analysis.chart = names
        analysis.result = {**found.to_json(), "model": {"name": estimator.name, "digest": estimator.digest}}
        analysis.profile = found.profile or found.guess or ""
        analysis.core_version, analysis.rubric_version = found.core_version, found.rubric_version
        analysis.video_seconds = found.duration_s
        settle(analysis, found.duration_s)
        analysis.save()
        enqueue(DRAW, {"analysis_id": str(asked.pk)}, dedupe_key=f"{DRAW}:{asked.pk}", user_id=asked.user_id)
        about = {"what": "form", "analysis_id": str(asked.pk)}
        notify(asked.user_id, NotificationKind.ANALYSIS, dedupe_key=f"form:{asked.pk}", params=about)
    return done


@handles(DRAW, queue="vision", max_attempts=3, lease=LEASE, ended=end_drawing)
def draw_form(claim: Claim) -> None:
    """Draw the annotated video and the key frames, and tell the owner that they are there."""
    with claim.writing():
        asked = _locked(UUID(claim.payload["analysis_id"]))
    if asked.video:
        return  # by an attempt that was stopped just before its end
    with typed_errors(claim), TemporaryDirectory() as folder:
        draw = vision("draw").draw
        with storage.local_copy(asked.keypoints) as keypoints:
            found = judged(asked, unpacked(keypoints))
        claim.advance(0, "drawing")
        with storage.local_copy(asked.original) as video:
            drawn = draw(video, found, Path(folder), telling(claim, "drawing", 0, 1))
        pictures = [(frame.path.read_bytes(), frame.path.suffix) for frame in drawn.frames]
        with stored(asked, (File(drawn.video.open("rb")), ".mp4"), *pictures) as names, claim.writing():
            analysis = _locked(asked.pk)
            analysis.video, *frames = names
            analysis.frames = [
                {"file": f"rep-{frame.rep}-{frame.kind}{frame.path.suffix}", "name": name}
                for frame, name in zip(drawn.frames, frames, strict=True)
            ]
            analysis.save(update_fields=["video", "frames"])
            publish_to_user(asked.user_id, "form_analysis", {"job_id": str(asked.pk), "drawn": True})


def watched(claim: Claim, estimator: PoseEstimator, video: Path) -> Detections:
    """Everybody in the video. How far it was watched is noted on the way: so much it costs if it comes to nothing."""
    reached_s = 0.0

    def reach(seconds: float) -> None:
        nonlocal reached_s
        reached_s = seconds

    tell = telling(claim, "watching", 0, WATCHED, before=lambda: note_watched(claim, reached_s))
    try:
        return detect(video, estimator, tell, reached=reach)
    except DecodingError as refused:
        note_watched(claim, refused.seconds)
        raise


def note_watched(claim: Claim, seconds: float) -> None:
    """Say on the analysis how much of its video was watched, also where it has been cancelled since."""
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(
            pk=claim.job.pk, lease_token=claim.token, status=Job.Status.PROCESSING
        )
        if held.exists():
            FormAnalysis.objects.filter(pk=claim.job.pk).update(video_seconds=seconds)


def judged(asked: FormAnalysis, detections: Detections) -> SetAnalysis:
    """What the keypoints say of the set, asked for as its owner asked."""
    view = View(asked.view) if asked.view else None
    return analyse(detections, asked.exercise.form_profile or None, view=view, person=asked.person)


def load_estimator() -> PoseEstimator:
    """The pose model of this process. Raises `ModelUnavailable`."""
    estimator: PoseEstimator = vision("yolo").load_estimator()
    return estimator


def vision(name: str) -> Any:
    """A module that needs the requirements of the vision role. Raises `ModelUnavailable`."""
    try:
        return import_module(f"analysis.vision.{name}")
    except ImportError as missing:
        raise ModelUnavailable("The requirements of the vision role are missing.") from missing


def telling(
    claim: Claim, stage: str, first: float, last: float, before: Callable[[], None] = lambda: None
) -> Callable[[float], None]:
    """Says on the claim how far a stage is that goes from `first` to `last`; raises `Fenced` once it has ended.
    `before` is called ahead of it."""
    told = 0.0

    def tell(done: float) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY_SECONDS:
            told = time.monotonic()
            before()
            claim.advance(first + (last - first) * done, stage)

    return tell


@contextmanager
def typed_errors(claim: Claim) -> Iterator[None]:
    """What may be wrong with a video, or with this installation, in the words of the API."""
    try:
        yield
    except DecodingError as refused:
        raise PermanentFailure(refused.code, refused.detail) from refused
    except (ModelUnavailable, DecoderMissing) as missing:
        log.error("form.model_unavailable", error=str(missing))
        raise PermanentFailure("model_unavailable", "Videos cannot be analysed here at present.") from missing
    except FileNotFoundError as gone:
        raise PermanentFailure("unreadable", "The video is no longer there. Send it again.") from gone
    except ChildDied as death:
        if claim.job.attempts < claim.job.max_attempts:
            raise
        raise PermanentFailure("gave_up", "Reading the video was tried several times and never ended.") from death


@contextmanager
def stored(asked: FormAnalysis, *files: tuple[Any, str]) -> Iterator[list[str]]:
    """Files (content, suffix) of an analysis in the storage, by their names; gone again when the block fails."""
    names: list[str] = []
    try:
        for content, suffix in files:
            names.append(storage.store(asked.folder, content, suffix))
        yield names
    except BaseException:
        storage.delete(*names)
        raise


def _locked(analysis_id: UUID) -> FormAnalysis:
    """The analysis, locked; its claim has ended where somebody deleted it."""
    rows = FormAnalysis.objects.select_for_update(of=("self",)).select_related("exercise")
    analysis = rows.filter(pk=analysis_id).first()
    if analysis is None:
        raise Fenced()
    return analysis


@handles("form.follow_merge", max_attempts=10)
def follow_merge(claim: Claim) -> Mapping[str, Any]:
    """The analyses of a duplicate are of the exercise that stands for it, batch by batch."""
    followed = 0
    while True:
        with claim.writing():
            count = operations.follow_merge(UUID(claim.payload["duplicate_id"]), MERGED_AT_ONCE)
        if not count:
            return {"followed": followed}
        followed += count
        claim.advance(0, f"{followed} analyses")
