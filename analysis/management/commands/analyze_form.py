"""What `POST /form-analyses` does, for a file on this machine: no server, no database."""

import json
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from analysis.core.analyse import analyse
from analysis.core.chart import svg
from analysis.core.results import JudgedRepetition, SetAnalysis, Severity, View
from analysis.core.signals import PROFILES
from analysis.vision.pipeline import detect
from analysis.vision.weights import ModelUnavailable
from exercises.operations.catalogue import SHIPPED
from fitai.common.media.children import ChildDied
from fitai.common.media.decoding import DecoderMissing, DecodingError

REFUSED, USAGE, UNAVAILABLE = 1, 2, 3
"""Exit codes: the video is not accepted, the call is wrong, there is no pose model (or what runs it) here."""

MARKS: Final = {Severity.MAJOR: "✗", Severity.MINOR: "!", Severity.INFO: "·"}


class Command(BaseCommand):
    help = "Count and judge a filmed set: repetitions, cues and when to look. Without a server or a database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("video", type=Path, metavar="VIDEO")
        parser.add_argument(
            "--exercise",
            default="",
            help="squat, push_up ..., or a name of the catalogue (barbell-deadlift); else what moves most is counted",
        )
        parser.add_argument("--view", choices=[view.value for view in View], help="from where it was filmed, if known")
        parser.add_argument("--person", type=int, help="who of `people`, by their number; else the most active one")
        parser.add_argument("--out", type=Path, metavar="DIR", help="draw the video, key frames and chart into it")
        parser.add_argument("--json", action="store_true", help="print the result, or the error, as the API gives it")

    def handle(
        self,
        *args: Any,
        video: Path,
        exercise: str,
        view: str | None,
        person: int | None,
        out: Path | None,
        json: bool,
        **options: Any,
    ) -> None:
        profile = profile_of(exercise)
        if not video.is_file():
            raise CommandError(f"{video} is not a file.", returncode=USAGE)
        try:
            estimator = import_module("analysis.vision.yolo").load_estimator()
            detections = detect(video, estimator, self._telling("Watching"))
            found = analyse(detections, profile, view=View(view) if view else None, person=person)
            result = {**found.to_json(), "model": {"name": estimator.name, "digest": estimator.digest}}
            result["media"] = self._drawn(video, found, out) if out else {"video": None, "chart": None, "frames": []}
        except DecodingError as refusal:
            raise self._refused(refusal.code, refusal.detail, REFUSED, json) from refusal
        except ChildDied as death:
            raise self._refused("gave_up", str(death), REFUSED, json) from death
        except (ModelUnavailable, DecoderMissing, ImportError) as missing:
            raise self._refused("model_unavailable", str(missing), UNAVAILABLE, json) from missing
        self._tell("")
        self.stdout.write(as_json(result) if json else as_text(found, result["media"]))

    def _refused(self, code: str, detail: str, returncode: int, json: bool) -> CommandError:
        if json:
            self.stdout.write(as_json({"error": {"code": code, "detail": detail}}))
        return CommandError(f"{code}: {detail}", returncode=returncode)

    def _drawn(self, video: Path, found: SetAnalysis, out: Path) -> dict[str, Any]:
        out.mkdir(parents=True, exist_ok=True)
        chart = out / "chart.svg"
        chart.write_text(svg(found))
        drawn = import_module("analysis.vision.draw").draw(video, found, out, self._telling("Drawing"))
        return {"video": str(drawn.video), "chart": str(chart), "frames": [str(frame.path) for frame in drawn.frames]}

    def _telling(self, what: str) -> Any:
        return lambda done: self._tell(f"{what} {done:4.0%}")

    def _tell(self, words: str) -> None:
        """How far it is, on a line that is written over; only to a person."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{words:<20}\r", ending="")


def profile_of(exercise: str) -> str | None:
    """How an exercise is seen, by the word of its profile or its name in the catalogue; None where none is given."""
    word = exercise.strip().lower()
    profile = word.replace("-", "_").replace(" ", "_")
    if not word or profile in PROFILES:
        return profile or None
    shipped = SHIPPED / f"{word.replace('_', '-').replace(' ', '-')}.json"
    if shipped.parent == SHIPPED and shipped.is_file():
        return json.loads(shipped.read_text()).get("form_profile") or None
    known = ", ".join(sorted(PROFILES))
    raise CommandError(
        f"There is no exercise “{exercise}”. Known: {known}, or a name of the catalogue.", returncode=USAGE
    )


def as_json(result: dict[str, Any]) -> str:
    return json.dumps(result, indent=2, ensure_ascii=False)


def as_text(found: SetAnalysis, media: dict[str, Any]) -> str:
    """The result for a person at a terminal."""
    lines = [headline(found), ""]
    if found.repetitions:
        lines.append(f"{'rep':>4} {'from':>7} {'turn':>7} {'to':>7}   {'strict':<7}{'range':>6}  tempo")
        lines += [row(number, repetition) for number, repetition in enumerate(found.repetitions, 1)]
        lines.append("")
    for cue in found.cues:
        who = f"rep {cue.rep}" if cue.rep else "set"
        lines.append(f"{MARKS[cue.severity]} {cue.time_s:6.1f} s  {who:<7} {cue.message}")
        measured = f"{cue.evidence.metric} {cue.evidence.value:.2f}, aim {cue.evidence.threshold:g}"
        lines.append(f"{'':19}{cue.severity.value}: {measured} ({cue.evidence.source})")
    lines += [f"? not judged: {one.code}. {one.why}" for one in found.not_judged]
    lines += [f"? {one.from_s:.1f}–{one.to_s:.1f} s: {one.why}" for one in found.visibility]
    drawn = [media["video"], media["chart"], *media["frames"]]
    lines += [f"→ {file}" for file in drawn if file]
    return "\n".join(lines).rstrip()


def headline(found: SetAnalysis) -> str:
    what = (found.profile or "").replace("_", " ") or "a set"
    if not found.profile and found.guess:
        what = f"looks like a {found.guess.replace('_', ' ')}"
    parts = [what]
    if found.view:
        parts.append(f"seen from: {found.view.value.replace('_', ' ')}")
    unit = "repetition" if found.count == 1 else "repetitions"
    parts.append(f"{found.count} {unit}" + (f", {found.strict_count} strict" if found.cues else ""))
    tempo = found.metrics.get("tempo")
    if tempo:
        parts.append(f"tempo {tempo}")
    return " · ".join(parts)


def row(number: int, repetition: JudgedRepetition) -> str:
    metrics = repetition.metrics
    counted = ("yes" if repetition.strict_ok else "no") if repetition.counted else "begun"
    reach = f"{metrics['rom_deg']:.0f}°" if "rom_deg" in metrics else ""
    down, turn, up = (metrics.get(name) for name in ("eccentric_s", "turn_pause_s", "concentric_s"))
    tempo = "-".join("?" if part is None else f"{part:.1f}" for part in (down, turn, up))
    times = f"{repetition.start_s:7.1f} {repetition.extreme_s:7.1f} {repetition.end_s:7.1f}"
    return f"{number:>4} {times}   {counted:<7}{reach:>6}  {tempo}"
