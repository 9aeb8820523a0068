"""The tour's film: a set on video is counted and judged while its athlete watches how far it is."""

import asyncio
import secrets
import time
from pathlib import Path
from typing import Any

from fitai.demo import page
from fitai.demo.errors import Unexpected, expect
from fitai.demo.phone import Phone
from fitai.demo.watch import ME, Watch

Json = dict[str, Any]
CLIP = Path(__file__).parent / "athlete" / "squat.mp4"
EXERCISE = "bodyweight-squat"
REPETITIONS = 5
SHALLOW = 4
"""Which repetition of the clip is not deep enough."""
SECONDS = 90.0
NEEDED = {"worker:vision", "pose_model"}


async def film_a_set(phone: Phone, watch: Watch) -> None:
    """Upload the clip, follow the job, and read its result."""
    page.chapter("7  A set on video")
    missing = sorted(NEEDED & set(await phone.degraded()))
    if missing:
        page.line("skipped", f"this server has no {' and no '.join(missing)} now")
        return
    exercise = await phone.get(f"/exercises/by-slug/{EXERCISE}")
    began = time.monotonic()
    asked = await phone.upload("/form-analyses", CLIP, {"exercise_id": exercise["id"]}, key=secrets.token_hex(12))
    size = f"{CLIP.stat().st_size / 1000:.0f} kB"
    page.line("phone", f"sends {CLIP.name}, {size} of {exercise['name']}: {asked['status']}")
    job = await watch.see_job_end(asked["job_id"], SECONDS)
    expect(job["status"] == "succeeded", "the analysis to succeed", f"it {job['status']}: {job['error']}")
    heard = [f"{one['stage']} {one['progress']:.0%}" for one in watch.jobs[asked["job_id"]] if one["stage"]]
    page.line(ME, f"told the watch of it: {page.brief(', '.join(dict.fromkeys(heard)))}")
    result = (await phone.get(f"/form-analyses/{asked['job_id']}"))["result"]
    show(result, time.monotonic() - began)
    expect(result["count"] == REPETITIONS, f"{REPETITIONS} repetitions", f"it counted {result['count']}")
    faults = {cue["rep"] for cue in result["cues"] if cue["severity"] == "major"}
    expect(faults == {SHALLOW}, f"a major cue on repetition {SHALLOW} alone", f"they are on {sorted(faults, key=str)}")
    media = await drawn(phone, asked["job_id"])
    page.line("video", f"annotated, {time.monotonic() - began:.1f} s after the upload, for 15 minutes at")
    page.line("", media["video"])


def show(result: Json, seconds: float) -> None:
    """The result as one reads it: the count, each repetition, what to do better."""
    model = result["model"]["name"]
    counted = page.counted(result["count"], "repetition")
    page.line("result", f"{counted}, {result['strict_count']} of them strict, after {seconds:.1f} s (by {model})")
    for number, one in enumerate(result["repetitions"], 1):
        page.line(f"rep {number}", f"{one['start_s']:.1f} s – {one['extreme_s']:.1f} s – {one['end_s']:.1f} s")
    for cue in result["cues"]:
        value = f"{cue['evidence']['metric']} {cue['evidence']['value']:.3g}"
        page.line(cue["severity"], f"rep {cue['rep']} at {cue['time_s']:.1f} s: {cue['message']} ({value})")


async def drawn(phone: Phone, analysis_id: str) -> Json:
    """The pictures, once the second job has drawn them."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        media: Json = (await phone.get(f"/form-analyses/{analysis_id}"))["result"]["media"]
        if media["video"] is not None:
            return media
        await asyncio.sleep(0.5)
    raise Unexpected("an annotated video", f"there is none after {SECONDS:g} s")
