"""How fast videos are watched: frames a second of the model alone, to the result, and with the annotated video; what
memory it takes; and what ultralytics' own AIGym counts on the same frames."""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import cv2

from analysis.core.analyse import analyse
from analysis.core.chart import svg
from analysis.vision.draw import draw
from analysis.vision.estimator import PoseEstimator
from analysis.vision.pipeline import MODEL_SIDE_PX, detect
from analysis.vision.weights import require_weights
from analysis.vision.yolo import load_estimator
from bench.form.data import DATA, clips
from fitai.common.media.decoding import decode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitai.settings.dev")

OWN_CLIP = Path(__file__).resolve().parents[2] / "fitai" / "demo" / "athlete" / "squat.mp4"
LOOPS = 8
"""How many times the own clip is played in the long video by which memory is measured."""
JOINTS = {
    "squat": [12, 14, 16],
    "deadlift": [6, 12, 14],
    "push_up": [6, 8, 10],
    "overhead_press": [6, 8, 10],
    "curl": [6, 8, 10],
    "front_raise": [12, 6, 8],
}
"""The three keypoints whose angle AIGym counts by: its user has to choose a side, and this is the right one."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What so many frames took: seconds on the clock, and of all processors by this process and its children."""

    frames: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.frames / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds / self.frames * 1000


@dataclass(frozen=True, slots=True)
class Watched:
    """One clip, watched in each of the three ways, and counted by us and by AIGym (None where it was not asked)."""

    name: str
    truth: str
    ours: int
    gym: int | None
    alone: Timing
    result: Timing
    annotated: Timing


def on_clips(estimator: PoseEstimator, data: Path = DATA, *, with_gym: bool = True) -> list[Watched]:
    known = {clip.name: clip for clip in clips(data)} if (data / "clips").is_dir() else {}
    videos = [(OWN_CLIP, "squat", "5")] + [
        (path, known[path.stem].profile, truth(known[path.stem].full, known[path.stem].begun))
        for path in sorted((data / "clips").glob("*.mp4"))
    ]
    return [watch(path, profile, counted, estimator, with_gym) for path, profile, counted in videos]


def truth(full: int, begun: int) -> str:
    return str(full) if full == begun else f"{full}–{begun}"


def watch(path: Path, profile: str, counted: str, estimator: PoseEstimator, with_gym: bool) -> Watched:
    with decode(path, max_side=MODEL_SIDE_PX) as video:
        pictures = [frame.rgb for frame in video]
    size = estimator.batch
    alone = timed(
        len(pictures),
        lambda: [estimator.estimate(pictures[at : at + size]) for at in range(0, len(pictures), size)],
    )
    found: list[Any] = []

    def to_the_result() -> None:
        found.append(analyse(detect(path, estimator), profile))
        svg(found[-1])

    def with_the_video() -> None:
        to_the_result()
        with tempfile.TemporaryDirectory() as folder:
            draw(path, found[-1], Path(folder))

    result = timed(len(pictures), to_the_result)
    annotated = timed(len(pictures), with_the_video)
    gym = count_by_gym(pictures, JOINTS[profile]) if with_gym and profile in JOINTS else None
    return Watched(path.stem, counted, found[0].count, gym, alone, result, annotated)


def timed(frames: int, work: Callable[[], Any]) -> Timing:
    began, spent = time.perf_counter(), processor_seconds()
    work()
    return Timing(frames, time.perf_counter() - began, processor_seconds() - spent)


def processor_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def count_by_gym(pictures: list[Any], joints: list[int]) -> int:
    """What AIGym with its own thresholds (145° and 90°) counts for the person it counts most for."""
    if "shapely" not in sys.modules and not importlib.util.find_spec(
        "shapely"
    ):  # it imports these for regions, which it has none of
        for name, members in {"": (), ".geometry": ("LineString", "Point", "Polygon"), ".prepared": ("prep",)}.items():
            module = sys.modules.setdefault(f"shapely{name}", ModuleType(f"shapely{name}"))
            module.__dict__.update(dict.fromkeys(members))
    from ultralytics.solutions import AIGym  # noqa: PLC0415  slow; `load_estimator` has told it to stay offline

    gym = AIGym(model=str(require_weights().path), kpts=joints, show=False, verbose=False, device="cpu")
    for picture in pictures:
        gym.process(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return max((state["count"] for state in gym.states.values()), default=0)


# ── Memory ───────────────────────────────────────────────────────────────────────────────────────

MEASURE = """
import os, sys
from pathlib import Path
from analysis.core.analyse import analyse
from analysis.vision.draw import draw
from analysis.vision.pipeline import detect
from analysis.vision.yolo import load_estimator
def peak(process):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
largest = 0
def look(done):
    global largest
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    largest = max(largest, *(peak(child) for child in children), 0)
draw(sys.argv[1], analyse(detect(sys.argv[1], load_estimator(), look), "squat"), Path(sys.argv[2]), look)
print(peak("self"), largest)
"""


def memory() -> list[tuple[float, int, int]]:
    """For the own clip and a longer one: its seconds, and the most memory of the worker and of the child, in MB."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for loops in (1, LOOPS):
            path, seconds = looped(OWN_CLIP, Path(folder) / f"{loops}.mp4", loops)
            said = subprocess.run(
                [sys.executable, "-c", MEASURE, str(path), folder],
                capture_output=True,
                text=True,
                check=True,
            )
            worker, child = (int(size) // 1000 for size in said.stdout.split()[-2:])
            found.append((seconds, worker, child))
    return found


def looped(path: Path, target: Path, loops: int) -> tuple[Path, float]:
    """The same video several times over, and how long that is; its packets are copied, not encoded again."""
    with av.open(str(path)) as source, av.open(str(target), "w") as sink:
        stream = source.streams.video[0]
        assert stream.duration
        assert stream.time_base
        out = sink.add_stream_from_template(stream)
        for turn in range(loops):
            source.seek(0)
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts += turn * stream.duration
                packet.dts += turn * stream.duration
                packet.stream = out
                sink.mux(packet)
        return target, float(loops * stream.duration * stream.time_base)


# ── What is printed ──────────────────────────────────────────────────────────────────────────────


def report(data: Path = DATA) -> str:
    """Both tables, in Markdown."""
    estimator = load_estimator()
    watched = on_clips(estimator, data)
    lines = [
        f"Speed and count on {len(watched)} clips, {estimator.name}, frames a second (CPU ms a frame)",
        "",
        "| clip | true | ours | AIGym | model alone | to the result | with the video | ratio | ratio |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in watched:
        cells = [one.name, one.truth, one.ours, "–" if one.gym is None else one.gym]
        cells += [f"{timing.rate:.1f} ({timing.cpu_ms:.0f})" for timing in (one.alone, one.result, one.annotated)]
        cells += [f"{one.result.rate / one.alone.rate:.2f}", f"{one.annotated.rate / one.alone.rate:.2f}"]
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    totals = [total([getattr(one, way) for one in watched]) for way in ("alone", "result", "annotated")]
    right = sum(str(one.ours) in one.truth.split("–") for one in watched)
    by_gym = sum(str(one.gym) in one.truth.split("–") for one in watched)
    cells = [f"{timing.rate:.1f} ({timing.cpu_ms:.0f})" for timing in totals]
    ratios = [f"{timing.rate / totals[0].rate:.2f}" for timing in totals[1:]]
    lines += [f"| all | | {right} right | {by_gym} right | {' | '.join(cells + ratios)} |", ""]
    lines += ["| video | worker at most | child at most |", "|---|---|---|"]
    lines += [f"| {seconds:.0f} s | {worker} MB | {child} MB |" for seconds, worker, child in memory()]
    return "\n".join(lines)


def total(timings: list[Timing]) -> Timing:
    return Timing(
        sum(one.frames for one in timings),
        sum(one.seconds for one in timings),
        sum(one.cpu_seconds for one in timings),
    )
