"""What awaits review: new exercises and proposed edits in one queue, the oldest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.db import connection
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from exercises.admin.reading import SEVERITY_COLOURS, label
from exercises.content import ordered
from exercises.enums import Muscle, Severity

PAGE: Final = 50
IN_ORDER: Final = 500  # as far ahead as the next case is looked for in one look
KINDS: Final = {"exercise": "New exercise", "proposal": "Edit"}
FOUND: Final = {
    "any": "Something",
    "none": "Nothing",
    **{severity.value: f"{severity.label}s" for severity in Severity},
}
COLUMNS: Final = (
    *("kind", "pk", "exercise_id", "name", "author_id", "author", "since", "seen", "findings", "muscles", "fields"),
)
SHOWN: Final = ", ".join(COLUMNS).replace("findings", "findings::text")
COUNTED: Final = "count(*)"
WAITING: Final = """
WITH waiting AS (
  SELECT 'exercise' AS kind, e.id AS pk, e.id AS exercise_id, e.name, u.id AS author_id,
    COALESCE(NULLIF(u.display_name, ''), u.username, '') AS author, COALESCE(e.submitted_at, e.created_at) AS since,
    e.version AS seen, COALESCE(s.findings, '[]') AS findings, e.primary_muscles AS muscles, '{}'::text[] AS fields
  FROM exercises_exercise e LEFT JOIN exercises_submission s ON s.exercise_id = e.id
  LEFT JOIN accounts_user u ON u.id = e.owner_id
  WHERE e.status = 'pending' AND e.deleted_at IS NULL
  UNION ALL
  SELECT 'proposal', p.id, e.id, e.name, u.id, COALESCE(NULLIF(u.display_name, ''), u.username, ''), p.created_at,
    p.version, p.findings, e.primary_muscles, ARRAY(SELECT jsonb_object_keys(p.changes))
  FROM exercises_proposal p JOIN exercises_exercise e ON e.id = p.exercise_id JOIN accounts_user u ON u.id = p.author_id
  WHERE p.status = 'pending'
)
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the queue is worked through. What is not known is left out."""

    kind: str = ""
    found: str = ""
    muscle: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        known = {"kind": [*KINDS], "found": [*FOUND], "muscle": [*Muscle.values]}
        return cls(**{name: str(query[name]) for name, values in known.items() if query.get(name) in values})

    @property
    def query(self) -> str:
        """As part of an address; empty where nothing is filtered."""
        chosen = {name: getattr(self, name) for name in ("kind", "found", "muscle") if getattr(self, name)}
        return f"?{urlencode(chosen)}" if chosen else ""


@dataclass(frozen=True, slots=True)
class Case:
    """Something to decide on. `seen` is the version of it that is shown."""

    kind: str
    pk: UUID
    exercise_id: UUID
    name: str
    author_id: UUID | None
    author: str
    since: datetime
    seen: int
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    muscles: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What a box to tick sends: which case, and what was shown of it."""
        return f"{self.kind}:{self.pk}:{self.seen}"

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]

    @property
    def address(self) -> str:
        return address_of(self.kind, self.pk)

    @property
    def counts(self) -> list[tuple[str, str]]:
        """How many findings of each severity, the gravest first, each with its colour."""
        found = [finding["severity"] for finding in self.findings]
        return [
            (SEVERITY_COLOURS[severity], f"{number} {severity.label.lower()}{'s' if number > 1 else ''}")
            for severity in Severity
            if (number := found.count(severity))
        ]

    @property
    def field_names(self) -> str:
        return ", ".join(label(name) for name in ordered({*self.fields}))

    @property
    def muscle_names(self) -> str:
        return ", ".join(Muscle(name).label for name in self.muscles)


def address_of(kind: str, pk: UUID) -> str:
    """The page of a case."""
    return reverse(f"admin:exercises_{'submission' if kind == 'exercise' else 'proposal'}_change", args=[pk])


def read_queue(filters: Filters, *, start: int = 0, count: int = PAGE) -> list[Case]:
    """A part of the queue, in one statement."""
    return [_case(row) for row in _read(SHOWN, filters, start=start, count=count)]


def count_queue(filters: Filters) -> int:
    """How many cases wait."""
    return int(_read(COUNTED, filters)[0][0])


def read_order(filters: Filters) -> list[tuple[str, UUID]]:
    """Which cases wait, in their order."""
    return [(kind, pk) for kind, pk in _read("kind, pk", filters)]


def case_after(current: tuple[str, UUID], before: list[tuple[str, UUID]], filters: Filters) -> str:
    """The page after a decision: of the next case in the order of `before` that still waits, else the queue."""
    at = before.index(current) if current in before else -1
    waiting = read_order(filters)
    left = set(waiting)
    following = [case for case in (*before[at + 1 :], *before[: at + 1], *waiting) if case in left and case != current]
    if not following:
        return f"{reverse('admin:exercises_submission_changelist')}{filters.query}"
    return f"{address_of(*following[0])}{filters.query}"


def badge(request: HttpRequest) -> str:
    """How many cases wait, for the sidebar."""
    return str(count_queue(Filters()))


def read_keys(keys: Iterable[str]) -> dict[tuple[str, UUID], int]:
    """Which cases were ticked, and which version of each was shown; what is no such key is left out."""
    found: dict[tuple[str, UUID], int] = {}
    for key in keys:
        kind, _, rest = key.partition(":")
        id, _, seen = rest.partition(":")
        try:
            found[kind, UUID(id)] = int(seen)
        except ValueError:
            continue
    return {case: seen for case, seen in found.items() if case[0] in KINDS}


def read_cases(wanted: Iterable[tuple[str, UUID]]) -> list[Case]:
    """Those of these cases that still wait, in one statement."""
    return [_case(row) for row in _read(SHOWN, Filters(), "pk = ANY(%(ids)s)", ids=[pk for _, pk in wanted])]


def _read(columns: str, filters: Filters, more: str = "", **values: Any) -> list[tuple[Any, ...]]:
    conditions = ["true", more or "true"]
    if filters.kind:
        conditions.append("kind = %(kind)s")
    if filters.muscle:
        conditions.append("%(muscle)s = ANY(muscles)")
    if filters.found in ("any", "none"):
        conditions.append(f"findings {'<>' if filters.found == 'any' else '='} '[]'::jsonb")
    elif filters.found:
        conditions.append("findings @> %(severe)s::jsonb")
    severe = f'[{{"severity": "{filters.found}"}}]'
    statement = f"{WAITING} SELECT {columns} FROM waiting WHERE {' AND '.join(conditions)}"  # noqa: S608  fixed pieces
    order = "" if columns == COUNTED else " ORDER BY since, pk LIMIT %(count)s OFFSET %(start)s"
    given = {"kind": filters.kind, "muscle": filters.muscle, "severe": severe, "start": 0, "count": IN_ORDER, **values}
    with connection.cursor() as cursor:
        cursor.execute(f"{statement}{order}", given)
        return cursor.fetchall()


def _case(row: tuple[Any, ...]) -> Case:
    said = dict(zip(COLUMNS, row, strict=True))
    return Case(**{**said, "findings": orjson.loads(said["findings"])})
