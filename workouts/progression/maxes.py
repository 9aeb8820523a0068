"""The training max: what percentages are of, and how it moves from wave to wave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Literal

from fitai.science.strength import TRAINING_MAX
from templates_app.plan import PlannedExercise
from workouts.progression import words
from workouts.progression.history import LIGHTER, Done, Session, estimated_max
from workouts.progression.known import Known, comeback, days_between, increment


def training_max(entry: PlannedExercise, known: Known) -> tuple[Decimal | None, str]:
    """The training max of this wave, in the person's unit, and what the last wave did to it; None if unknown.

    It starts as the person gave it, when they did, else at 90 % of the 1RM estimated before the plan, else from its
    first session. A wave in which every set was done as asked raises it; waves with missed sets, in repetitions or in
    weight, lower it after as many of them as the plan allows; a break of more than two weeks that the plan does not
    make itself lowers it.
    """
    progression, unit = entry.progression, known.kit.unit
    step = increment(entry, known.exercise, unit) or known.exercise.usual_step(unit)
    value = known.given_max if known.given_max is not None else _first(known)
    if value is None:
        return None, ""
    why, fails = "", 0
    for cycle, group in groupby(_trained(known), key=lambda trained: trained[0].cycle):
        sessions = []
        for session, share in group:
            value *= share
            sessions.append(session)
        if cycle >= known.cycle:
            continue
        verdict = _verdict(sessions)
        if verdict == "met":
            value, fails, why = value + step, 0, f"+{words.number(step)} {unit}: every set of the last wave done"
        elif verdict == "partly":
            why = "as before: sets of the last wave were left out"
        elif fails + 1 < progression.stall_after:
            fails, why = fails + 1, "as before: sets of the last wave were missed"
        else:
            value, fails = value * (1 - progression.deload_percent / 100), 0
            why = f"{words.percent(progression.deload_percent)} off: sets of the last wave were missed"
    return value, why


def _trained(known: Known) -> Iterator[tuple[Session, Decimal]]:
    """The sessions of the plan that move the training max, each with the share that the break before it left."""
    last: datetime | None = None
    for session in known.sessions:
        if known.given_at is not None and session.at < known.given_at:
            last = known.given_at
            continue
        if session.entry_id in known.line:
            yield session, Decimal(1) if last is None else comeback(days_between(last, session.at) - session.pause)
            last = session.at
        elif last is not None or known.given_max is not None:
            last = session.at


def _first(known: Known) -> Decimal | None:
    """Before any wave."""
    start = next((number for number, one in enumerate(known.sessions) if one.entry_id in known.line), None)
    if start is None:
        best = known.estimate
        return None if best is None else best * TRAINING_MAX
    best = estimated_max(known.sessions[:start])
    if best is None:
        best = estimated_max(known.sessions[: start + 1])
        return None if best is None else best * TRAINING_MAX
    away = days_between(known.sessions[start - 1].at, known.sessions[start].at) - known.sessions[start].pause
    return best * TRAINING_MAX * comeback(away)


def _verdict(sessions: Sequence[Session]) -> Literal["met", "partly", "missed"]:
    done = [item for session in sessions for item in session.main]
    if any(_is_missed(item) for item in done):
        return "missed"
    return "partly" if not done or any(session.undone for session in sessions) else "met"


def _is_missed(item: Done) -> bool:
    """Done with fewer repetitions than asked, or with less weight."""
    asked, used = item.asked, item.weight_used
    if asked.reps is not None and item.reps_done < asked.reps:
        return True
    return asked.weight is not None and used is not None and used < asked.weight * LIGHTER
