"""A template's page: its plan as a grid, the weekly sets of each muscle, its versions, and who trains by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Count, Q

from fitai.common.actors import Actor
from templates_app.admin.volume import Chart, chart_of
from templates_app.content import named_exercises
from templates_app.diff import KINDS, compare, progression_in_words, set_in_words
from templates_app.enums import EnrolmentStatus
from templates_app.figures import minutes
from templates_app.models import Enrolment, Template, TemplateVersion
from templates_app.plan import Day, Plan, PlannedExercise, PrescribedSet, Week
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.rows import read_known

VERSIONS = 10
PEOPLE = 10
Library = Mapping[str, CatalogueExercise]


@dataclass(frozen=True, slots=True)
class Number:
    """One of the figures on top."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseLine:
    """An exercise of a day: equal sets in a row taken together."""

    exercise_id: str
    name: str
    superset: str
    sets: tuple[tuple[str, str], ...]
    rest: str
    progression: str
    substitutes: str


@dataclass(frozen=True, slots=True)
class DayCell:
    name: str
    minutes: int
    exercises: tuple[ExerciseLine, ...]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week, or several in a row that ask for the same."""

    label: str
    days: tuple[DayCell, ...]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version, with what it changed."""

    number: int
    name: str
    note: str
    at: datetime
    by: str
    changes: tuple[str, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody who trains by the template."""

    user_id: Any
    name: str
    version: int
    started_on: date
    place: str
    status: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that a template's page shows, of the version that was asked for."""

    version: TemplateVersion
    is_current: bool
    numbers: tuple[Number, ...]
    weeks: tuple[WeekRow, ...]
    columns: int
    chart: Chart | None
    generated: int | None
    """The version that the planner made and spoke of."""
    explanation: tuple[str, ...]
    trade_offs: tuple[str, ...]
    versions: tuple[VersionLine, ...]
    people: tuple[PersonLine, ...]


def page_of(template: Template, wanted: int | None) -> Page:
    """The page, deleted templates included, in a number of statements that does not grow with the plan."""
    number = wanted or template.version
    found = list(
        TemplateVersion.objects.filter(template=template)
        .filter(Q(number__gte=template.version - VERSIONS) | Q(number=number) | Q(generation__isnull=False))
        .select_related("created_by")
        .order_by("-number")
    )
    shown = next((one for one in found if one.number == number), found[0])
    library = _library(template, found)
    plan = shown.plan
    source = next((one for one in found if one.generation is not None and one.number <= shown.number), None)
    said = {} if source is None else source.generation or {}
    return Page(
        version=shown,
        is_current=shown.number == template.version,
        numbers=_numbers(template, plan, library),
        weeks=tuple(_weeks(plan.weeks, library)),
        columns=max(len(week.days) for week in plan.weeks),
        chart=chart_of(shown, plan, library),
        generated=None if source is None else source.number,
        explanation=_texts(said.get("explanation")),
        trade_offs=_texts(said.get("trade_offs")),
        versions=tuple(_versions(found, shown, library)),
        people=_people(template),
    )


def _library(template: Template, versions: Iterable[TemplateVersion]) -> Library:
    ids = {id for one in versions for _, id in named_exercises(one.tree)}
    known = read_known(Actor(user_id=template.owner_id, via="admin"), ids)
    return {id: one.exercise for id, one in known.items()}


def _texts(statements: Any) -> tuple[str, ...]:
    return tuple(str(one["text"]) for one in statements or ())


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


def _numbers(template: Template, plan: Plan, library: Library) -> tuple[Number, ...]:
    counted = Enrolment.objects.filter(template=template).aggregate(
        everybody=Count("pk"), active=Count("pk", filter=Q(status=EnrolmentStatus.ACTIVE))
    )
    lengths = [minutes(day, library) for _, day in plan.days()]
    days = {len(week.days) for week in plan.weeks}
    sets = [sum(len(entry.sets) for day in week.days for entry in day.exercises) for week in plan.weeks]
    return (
        Number("Weeks", str(len(plan.weeks)), "then anew"),
        Number("Days a week", _span(days)),
        Number("A session", f"{_span(lengths)} min", "as estimated"),
        Number("Sets a week", _span(sets), "warm-ups included"),
        Number("Exercises", str(len(plan.exercise_ids()))),
        Number("Train by it", str(counted["active"]), f"{counted['everybody']} ever began"),
    )


def _span(values: Iterable[int]) -> str:
    low, high = min(values := list(values)), max(values)
    return str(low) if low == high else f"{low}–{high}"


# ── The grid ─────────────────────────────────────────────────────────────────────────────────────


def _weeks(weeks: Sequence[Week], library: Library) -> Iterable[WeekRow]:
    """One row for weeks that follow each other and ask for the same."""
    rows: list[tuple[list[int], tuple[DayCell, ...]]] = []
    for week in weeks:
        days = tuple(_day(day, library) for day in week.days)
        if rows and rows[-1][1] == days:
            rows[-1][0].append(week.number)
        else:
            rows.append(([week.number], days))
    for numbers, days in rows:
        yield WeekRow(f"Week {numbers[0]}" if len(numbers) == 1 else f"Weeks {numbers[0]}–{numbers[-1]}", days)


def _day(day: Day, library: Library) -> DayCell:
    return DayCell(day.name, minutes(day, library), tuple(_exercise(entry, library) for entry in day.exercises))


def _exercise(entry: PlannedExercise, library: Library) -> ExerciseLine:
    rule = entry.progression.to_json()
    return ExerciseLine(
        exercise_id=entry.exercise_id,
        name=_name(entry.exercise_id, library),
        superset="" if entry.superset is None else str(entry.superset),
        sets=tuple(_grouped(entry.sets)),
        rest=_rest(entry.sets),
        progression="" if entry.progression.rule == "none" else progression_in_words(rule),
        substitutes=", ".join(_name(id, library) for id in entry.substitutes),
    )


def _name(id: str, library: Library) -> str:
    return library[id].name if id in library else "an exercise that is gone"


def _grouped(sets: Sequence[PrescribedSet]) -> Iterable[tuple[str, str]]:
    """("3 × 8–12 @ RPE 8", kind), working sets without one."""
    groups: list[tuple[str, str, int]] = []
    for item in sets:
        said, kind = set_in_words(item.to_json()), KINDS.get(item.kind, "")
        if groups and groups[-1][:2] == (said, kind):
            groups[-1] = (said, kind, groups[-1][2] + 1)
        else:
            groups.append((said, kind, 1))
    return [(f"{count} × {said}", kind) for said, kind, count in groups]


def _rest(sets: Sequence[PrescribedSet]) -> str:
    """The rests between working sets: 90 s, 2 min, 2–3 min; nothing where nothing is said."""
    rests = {item.rest_seconds for item in sets if item.kind != "warmup" and item.rest_seconds is not None}
    if not rests:
        return ""
    if all(rest % 60 == 0 for rest in rests):
        return f"{_span(rest // 60 for rest in rests)} min"
    return f"{_span(rests)} s"


# ── Versions and people ──────────────────────────────────────────────────────────────────────────


def _versions(found: Sequence[TemplateVersion], shown: TemplateVersion, library: Library) -> Iterable[VersionLine]:
    """The latest, each with what it changed in the one before."""
    names = {id: exercise.name for id, exercise in library.items()}
    said = {one.number: {**vars(one), "weeks": one.tree} for one in found}
    for one in [one for one in found if one.number > found[0].number - VERSIONS]:
        before = said.get(one.number - 1)
        changes = () if before is None else tuple(each.text for each in compare(before, said[one.number], names))
        yield VersionLine(
            number=one.number,
            name=one.name,
            note=one.note,
            at=one.created_at,
            by=one.created_by.shown_name if one.created_by is not None else "somebody who is gone",
            changes=changes,
            shown=one == shown,
        )


def _people(template: Template) -> tuple[PersonLine, ...]:
    latest = Enrolment.objects.filter(template=template).select_related("user").order_by("-created_at", "-id")
    return tuple(
        PersonLine(
            user_id=one.user_id,
            name=one.user.shown_name,
            version=one.version,
            started_on=one.started_on,
            place=f"week {one.week}, round {one.round}",
            status=cast(str, EnrolmentStatus(one.status).label),
        )
        for one in latest[:PEOPLE]
    )
