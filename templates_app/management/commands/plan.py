import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises.enums import Contraindication, Equipment, Muscle
from exercises.operations.catalogue import SHIPPED, catalogue_id
from templates_app.plan import Day, PlannedExercise, PrescribedSet
from templates_app.planner import GOALS, LEVELS, SPLITS, CatalogueExercise, History, PlanRequest, Proposal, plan
from templates_app.planner.timing import day_seconds

GYM = frozenset(Equipment.values) - {Equipment.FOAM_ROLL, Equipment.CARDIO_MACHINE}
LOADS = {"percent_1rm": "{} % 1RM", "percent_tm": "{} % of the training max", "rpe": "RPE {}", "rir": "{} in reserve"}


class Command(BaseCommand):
    help = "Make a training plan from the exercises that ship with FitAI, and print it. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--goal", choices=GOALS, default="general")
        parser.add_argument("--level", choices=LEVELS, default="beginner")
        parser.add_argument("--days", type=int, choices=range(1, 8), default=3, metavar="1-7", help="a week")
        parser.add_argument("--minutes", type=int, choices=range(15, 181), default=60, metavar="15-180", help="a day")
        parser.add_argument("--weeks", type=int, choices=range(1, 17), default=8, metavar="1-16")
        parser.add_argument(
            "--equipment",
            nargs="*",
            choices=Equipment.values,
            metavar="WORD",
            help="what is at hand; a whole gym if left",
        )
        parser.add_argument("--injuries", nargs="*", choices=Contraindication.values, default=[], metavar="WORD")
        parser.add_argument("--like", nargs="*", default=[], metavar="NAME", help="exercises (slug) and muscles")
        parser.add_argument("--avoid", nargs="*", default=[], metavar="NAME", help="exercises (slug) and muscles")
        parser.add_argument("--split", choices=SPLITS)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--show", nargs="*", type=int, default=[1], metavar="WEEK", help="weeks to print; the first"
        )
        parser.add_argument("--json", action="store_true", help="the whole proposal instead")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = shipped()
        ids = {exercise.slug: exercise.id for exercise in catalogue}
        request = PlanRequest(
            goal=options["goal"],
            level=options["level"],
            days_per_week=options["days"],
            minutes=options["minutes"],
            weeks=options["weeks"],
            equipment=GYM if options["equipment"] is None else frozenset(options["equipment"]),
            injuries=frozenset(options["injuries"]),
            like=_wishes(options["like"], ids),
            avoid=_wishes(options["avoid"], ids),
            split=options["split"],
            seed=options["seed"],
        )
        proposal = plan(request, catalogue, History())
        if options["json"]:
            self.stdout.write(json.dumps(proposal.to_json(), indent=2, ensure_ascii=False))
            return
        known = {exercise.id: exercise for exercise in catalogue}
        for line in printed(proposal, known, options["show"], request.minutes):
            self.stdout.write(line)


def shipped(directory: Path = SHIPPED) -> list[CatalogueExercise]:
    """The exercises of the project's own files, with the ids that they have in a database."""
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(directory.glob("*.json"))]
    return [
        CatalogueExercise.from_row(
            {
                **row,
                "id": catalogue_id(row["slug"]),
                "related": [f"{catalogue_id(one['slug'])} {one['relation']}" for one in row["variations"]],
            }
        )
        for row in rows
    ]


def _wishes(names: Iterable[str], ids: dict[str, str]) -> frozenset[str]:
    unknown = [name for name in names if name not in ids and name not in Muscle.values]
    if unknown:
        known = "a name of the catalogue (barbell-bench-press) or a muscle (chest)"
        raise CommandError(f"Neither an exercise nor a muscle: {', '.join(unknown)}. Give {known}.")
    return frozenset(ids.get(name, name) for name in names)


def printed(
    proposal: Proposal, known: dict[str, CatalogueExercise], weeks: Iterable[int], minutes: int
) -> Iterator[str]:
    """A proposal as lines for people."""
    if proposal.plan is None:
        yield from (conflict.text for conflict in proposal.conflicts)
        return
    yield proposal.name
    for week in proposal.plan.weeks:
        if week.number in weeks:
            yield f"\nWeek {week.number}"
            for day in week.days:
                yield from _day(day, known, minutes)
    for title, statements in (("Trade-offs", proposal.trade_offs), ("Why", proposal.explanation)):
        if statements:
            yield f"\n{title}"
            yield from (f"  {statement.text}" for statement in statements)


def _day(day: Day, known: dict[str, CatalogueExercise], minutes: int) -> Iterator[str]:
    yield f"\n  {day.name}, {-(-day_seconds(day, known, minutes) // 60)} minutes"
    for entry in day.exercises:
        mark = f"{entry.superset}│ " if entry.superset else ""
        yield f"    {mark}{known[entry.exercise_id].name}"
        yield from (f"        {line}" for line in _sets(entry))


def _sets(entry: PlannedExercise) -> Iterator[str]:
    for (kind, work, rest), group in groupby(entry.sets, key=_words):
        count = len(list(group))
        yield f"{kind}{count} × {work}, rest {rest} s"


def _words(item: PrescribedSet) -> tuple[str, str, int | None]:
    kind = "" if item.kind == "working" else f"{item.kind}: "
    reps = f"{item.reps}–{item.reps_max}" if item.reps_max else str(item.reps)
    work = f"{item.seconds} s" if item.seconds else reps
    if item.load is not None and item.load.type in LOADS:
        work += f", {LOADS[item.load.type].format(item.load.to_json()['value'])}"
    if item.tempo:
        work += f", tempo {item.tempo}"
    return kind, work, item.rest_seconds
