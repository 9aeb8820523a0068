"""What recurs: each due run becomes a job, so a schedule is as safe as any other work."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fitai.common import jobs


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job kind that runs every so many seconds, counted from the epoch so that all dispatchers agree."""

    kind: str
    every_seconds: int


SCHEDULES: list[Schedule] = []


def every(seconds: int, kind: str) -> None:
    """Register a schedule."""
    SCHEDULES.append(Schedule(kind, seconds))


def enqueue_due(now: datetime) -> None:
    """Make the job of each schedule's latest due time; a second dispatcher finds it made."""
    for schedule in SCHEDULES:
        slot = int(now.timestamp()) // schedule.every_seconds * schedule.every_seconds
        due_at = datetime.fromtimestamp(slot, UTC)
        jobs.enqueue(schedule.kind, {"due_at": due_at.isoformat()}, dedupe_key=f"{schedule.kind}:{due_at.isoformat()}")
