"""The rules by which an exercise gets harder, replayed over the sessions in which a plan asked for it.

Each session is judged by what was really done: the weight it was done with is the one the next follows from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final, Literal

from fitai.science.effort import share_of_max
from templates_app.plan import Load
from workouts.progression import words
from workouts.progression.history import LIGHTER, Done, Session
from workouts.progression.ladders import Ladder
from workouts.progression.sets import share_named

Kind = Literal["weight", "assistance"]
Rule = Literal["linear", "double"]

MOST_REPS: Final = 30
"""Repetitions without weight beyond which a harder variation is the better way on (ours)."""

MOST_SECONDS: Final = 120
"""The same of a hold."""

SECONDS_UP: Final = 5
"""What a hold grows by (ours)."""

EASED: Final = Decimal(2)
"""Repetitions more in reserve from which on a week is an easy one."""

TOO_HARD: Final = Decimal(1)
"""Repetitions in reserve that may be missing before a set counts as harder than it was asked to be: people are off by
0.95 on average (Halperin 2022)."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a plan asks of an exercise today, and how it goes on.

    `low` to `high` repetitions, or seconds (`timed`), of which `high` is None for a fixed number; `load` is what the
    plan names and `rir` the effort in it; `step` the increment in the person's unit (0 is the next weight there is),
    `is_usual` where the plan itself names none.
    """

    low: int
    high: int | None = None
    timed: bool = False
    load: Load | None = None
    rir: Decimal | None = None
    step: Decimal = Decimal(0)
    is_usual: bool = True
    stall_after: int = 3
    deload: Decimal = Decimal("0.1")
    unit: str = "kg"


@dataclass(frozen=True, slots=True)
class Step:
    """What the rule asks for next: a load (None where there is none) and repetitions or seconds, and the reason."""

    load: Decimal | None
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class _Work:
    """A session reduced to what the rules look at."""

    load: Decimal | None
    counts: list[int]
    wanted: list[int]
    undone: int
    lightened: bool
    named: Load | None
    asked_rir: Decimal | None
    told_rir: Decimal | None

    @property
    def too_hard(self) -> bool:
        if self.told_rir is None or self.asked_rir is None:
            return False
        return self.told_rir < self.asked_rir - TOO_HARD

    @property
    def as_asked(self) -> bool:
        met = all(done >= wanted for done, wanted in zip(self.counts, self.wanted, strict=True))
        return met and not self.lightened

    @property
    def reserve(self) -> Decimal:
        """Repetitions left: as told, else as asked where all of it was done."""
        if self.told_rir is not None:
            return self.told_rir
        return self.asked_rir if self.asked_rir is not None and self.as_asked else Decimal(0)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where the replay stands, before today's effort has its say: `head` is what changes, `because` why."""

    load: Decimal | None
    count: int
    head: str
    because: str
    met: bool = False
    missed: bool = False
    fails: int = 0

    @property
    def step(self) -> Step:
        return Step(self.load, self.count, f"{self.head}: {self.because}")


def follow(
    rule: Rule,
    scheme: Scheme,
    sessions: Sequence[Session],
    ladder: Ladder | None,
    kind: Kind | None,
) -> Step | None:
    """What comes after these sessions, oldest first; None where none of them had a set that counts.

    `kind` is what the ladder is of; without one, repetitions or seconds grow.
    """
    judge = _double if rule == "double" and scheme.high is not None else _linear
    point: _Point | None = None
    last: _Work | None = None
    for session in sessions:
        work = _reduced(session, scheme, kind)
        if work is None:
            continue
        last = work
        before, fails = (None, 0) if point is None else (point.work, point.standing.fails)
        standing = judge(work, before, fails, scheme, ladder)
        # An easy session earns nothing and takes nothing away, unless even that was missed.
        if before is None or standing.missed or not _is_eased(before, work):
            point = _Point(standing, work)
    if point is None or last is None:
        return None
    step = _today(point, rule, scheme, ladder if kind == "weight" else None)
    if last is point.work:
        return step
    kept = not point.standing.met and step.load == point.standing.load
    head = point.standing.head if kept else _change(last.load, step.load, scheme, ladder)
    return Step(step.load, step.count, f"{head} after an easier week: {point.standing.because}")


@dataclass(frozen=True, slots=True)
class _Point:
    """A session that the next one follows from, and where it left the person."""

    standing: _Standing
    work: _Work


def _is_eased(before: _Work, work: _Work) -> bool:
    """Whether what was asked for went down as it does in a deload: by the effort, or by the load it names."""
    if before.asked_rir is not None and work.asked_rir is not None:
        return work.asked_rir >= before.asked_rir + EASED
    share = share_named(work.named, before.named)
    return share is not None and share < 1


def _reduced(session: Session, scheme: Scheme, kind: Kind | None) -> _Work | None:
    done = session.main
    if not done:
        return None
    loads = [load for item in done if (load := _load(item, kind)) is not None]
    if kind is not None and not loads:
        return None
    top = None if kind is None else loads[0]
    told = [item.rir for item in done if item.rir is not None]
    asked = [_wanted(item, scheme) for item in done]
    return _Work(
        load=top,
        counts=[item.seconds_done if scheme.timed else item.reps_done for item in done],
        wanted=[scheme.low if number is None else number for number in asked],
        undone=session.undone,
        lightened=kind == "weight" and any(_is_lightened(item, done[0], top) for item in done),
        named=session.named,
        asked_rir=done[0].asked.rir,
        told_rir=min(told) if told else None,
    )


def _is_lightened(item: Done, first: Done, top: Decimal | None) -> bool:
    """Whether a set was done with less than the first, though it was asked to be as heavy."""
    weight, asked, asked_first = item.weight_used, item.asked.weight, first.asked.weight
    if weight is None or not top:
        return False
    share = asked / asked_first if asked and asked_first else Decimal(1)
    return weight < top * share * LIGHTER


def _load(item: Done, kind: Kind | None) -> Decimal | None:
    return item.assistance_used if kind == "assistance" else item.weight_used if kind == "weight" else None


def _wanted(item: Done, scheme: Scheme) -> int | None:
    return item.asked.seconds if scheme.timed else item.asked.reps


def _linear(work: _Work, before: _Work | None, fails: int, scheme: Scheme, ladder: Ladder | None) -> _Standing:
    """All repetitions done: harder. Missed `stall_after` times in a row: lighter."""
    again = scheme.low if ladder is not None else max(work.wanted)
    done = _tally(work.counts, scheme)
    if not work.as_asked:
        lightened = " with less weight" if work.lightened else ""
        said = f"{done}{lightened} of {_tally(work.wanted, scheme)}"
        return _missed(work, fails + 1, said, again, scheme, ladder)
    if work.undone:
        return _Standing(work.load, again, SAME, f"{done} done, {work.undone} left out")
    if work.too_hard:
        return _Standing(work.load, again, SAME, f"{done} done{_but_harder(work)}")
    return _up(work, f"{done} done{_at(work)}", scheme, ladder)


def _double(work: _Work, before: _Work | None, fails: int, scheme: Scheme, ladder: Ladder | None) -> _Standing:
    """Repetitions rise to the end of the range on every set, then the load does, and they begin anew."""
    assert scheme.high is not None  # noqa: S101  a range, else the rule is linear
    done, fewest = _tally(work.counts, scheme), min(work.counts)
    if fewest < scheme.low or work.lightened:
        lightened = " with less weight" if work.lightened else ""
        said = f"{done}{lightened} of at least {scheme.low}"
        return _missed(work, fails + 1, said, scheme.low, scheme, ladder)
    if work.undone:
        return _Standing(work.load, fewest, SAME, f"{done} done, {work.undone} left out")
    if work.too_hard:
        return _Standing(work.load, min(fewest, scheme.high), SAME, f"{done} done{_but_harder(work)}")
    if fewest >= scheme.high:
        return _up(work, f"{done} done{_at(work)}", scheme, ladder)
    new = before is None or before.load != work.load or len(before.counts) != len(work.counts)
    if new or work.as_asked or sum(work.counts) > sum(before.counts if before else ()):
        return _Standing(work.load, fewest + 1, "One more repetition", f"{done} done{_at(work)}", met=True)
    return _missed(work, fails + 1, f"{done} done, no more than the time before", fewest + 1, scheme, ladder)


SAME: Final = "Same again"
HARDER: Final = "Time for a harder variation"


def _up(work: _Work, because: str, scheme: Scheme, ladder: Ladder | None) -> _Standing:
    """The next rung."""
    if ladder is None or work.load is None:
        return _further(work, because, scheme)
    load = ladder.harder(work.load, _step(work.load, scheme))
    if load == work.load:
        return _Standing(load, max(work.counts), HARDER, because, met=True)
    return _Standing(load, scheme.low, _change(work.load, load, scheme, ladder), because, met=True)


def _step(load: Decimal, scheme: Scheme) -> Decimal:
    """The increment; of a usual one no more than what the range of repetitions makes up for."""
    if scheme.high is None or not scheme.is_usual:
        return scheme.step
    return min(scheme.step, load * (share_of_max(scheme.low) / share_of_max(scheme.high) - 1))


def _further(work: _Work, because: str, scheme: Scheme) -> _Standing:
    """Without a load, more repetitions or seconds, to where more is no use."""
    most = max(scheme.high or scheme.low, MOST_SECONDS if scheme.timed else MOST_REPS)
    fewest = min(work.counts)
    if fewest >= most:
        return _Standing(work.load, most, HARDER, because, met=True)
    more, head = (SECONDS_UP, f"+{SECONDS_UP} s") if scheme.timed else (1, "One more repetition")
    if scheme.high is not None and fewest >= scheme.high:
        because = f"{because}; a harder variation would do, too"
    return _Standing(work.load, min(most, fewest + more), head, because, met=True)


def _missed(work: _Work, fails: int, said: str, count: int, scheme: Scheme, ladder: Ladder | None) -> _Standing:
    """The same again, or after too many times a step back."""
    if fails < scheme.stall_after:
        head = f"{SAME} (try {fails + 1} of {scheme.stall_after})"
        return _Standing(work.load, count, head, said, missed=True, fails=fails)
    because = f"{said}, missed {fails} times in a row" if fails > 1 else said
    share = 1 - scheme.deload
    if ladder is None or work.load is None:
        fewer = max(1, int((min(work.counts) * share).to_integral_value(ROUND_FLOOR)))
        return _Standing(work.load, fewer, "A step back", because, missed=True)
    load = ladder.easier(work.load, share) if share < 1 else work.load
    return _Standing(load, scheme.low, _change(work.load, load, scheme, ladder), because, missed=True)


def _today(point: _Point, rule: Rule, scheme: Scheme, ladder: Ladder | None) -> Step:
    """What follows at the load or the effort that the plan asks for today, which may be another than last time, as in a
    deload or a new block. Without a weight (`ladder` None) only repetitions can give way."""
    asked, now = point.work.asked_rir, scheme.rir
    share = share_named(scheme.load, point.work.named)
    if ladder is not None and share is not None and share != 1:
        return _named_weight(point, share, scheme, ladder)
    if asked is None or now is None or asked == now or scheme.timed:
        return point.standing.step
    if ladder is not None and (rule == "linear" or scheme.high is None):
        return _scaled_weight(
            point, now, share_of_max(scheme.low, now) / share_of_max(scheme.low, asked), scheme, ladder
        )
    return _fewer_reps(point, asked, now, scheme, ladder)


def _named_weight(point: _Point, share: Decimal, scheme: Scheme, ladder: Ladder) -> Step:
    """The plan names another load than it did last time: as much less, or at least as much more if that was done."""
    standing, last = point.standing, point.work
    if standing.load is None or last.load is None or (share > 1 and not standing.met):
        return standing.step
    load = ladder.scaled(standing.load, share) if share < 1 else max(standing.load, ladder.scaled(last.load, share))
    head = _change(last.load, load, scheme, ladder)
    return Step(load, scheme.low, f"{head} as the plan says this time: {standing.because}")


def _scaled_weight(point: _Point, now: Decimal, share: Decimal, scheme: Scheme, ladder: Ladder) -> Step:
    """A fixed number of repetitions gets easier or harder by weight; harder only after they were done."""
    standing = point.standing
    if standing.load is None or (share > 1 and not standing.met):
        return standing.step
    load = ladder.scaled(standing.load, share)
    head = _change(point.work.load, load, scheme, ladder)
    return Step(load, scheme.low, f"{head} for {words.effort(now)} this time: {standing.because}")


def _fewer_reps(point: _Point, asked: Decimal, now: Decimal, scheme: Scheme, ladder: Ladder | None) -> Step:
    """A range gets easier by repetitions as long as it lasts, then by weight; one more repetition is harder already."""
    standing, last = point.standing, point.work
    if now < asked or (standing.load != last.load and now < asked + EASED):
        return standing.step
    said = f"for {words.effort(now)} this time: {standing.because}"
    within = min(last.counts) + last.reserve + (1 if standing.met else 0)
    count = int((within - now).to_integral_value(ROUND_FLOOR))
    if ladder is None or last.load is None:
        return Step(last.load, max(1, min(count, standing.count)), f"Fewer repetitions {said}")
    if count >= scheme.low:
        return Step(last.load, min(count, scheme.high or count), f"Same weight {said}")
    load = ladder.scaled(last.load, min(Decimal(1), share_of_max(scheme.low, now) / share_of_max(within)))
    return Step(load, scheme.low, f"{_change(last.load, load, scheme, ladder)} {said}")


def _change(old: Decimal | None, new: Decimal | None, scheme: Scheme, ladder: Ladder | None) -> str:
    """ "+2.5 kg"."""
    if old is None or new is None or ladder is None:
        return "More repetitions"
    return ladder.change(old, new, scheme.unit)


def _tally(counts: Sequence[int], scheme: Scheme) -> str:
    return words.tally(counts, seconds=scheme.timed)


def _at(work: _Work) -> str:
    return "" if work.told_rir is None else f" at {words.effort(work.told_rir)}"


def _but_harder(work: _Work) -> str:
    assert work.told_rir is not None  # noqa: S101  known where it was too hard
    assert work.asked_rir is not None  # noqa: S101
    return f", but at {words.effort(work.told_rir)} where {words.effort(work.asked_rir)} was asked for"
