"""What an exercise says, in words for people: its fields by name, and its changes side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextChoices

from exercises.content import VARIATIONS, Change, Content, ordered, split
from exercises.diff import Line, Op, Piece, lines
from exercises.enums import (
    Contraindication,
    Difficulty,
    Equipment,
    Force,
    Kind,
    Language,
    Mechanic,
    Muscle,
    Pattern,
    Relation,
    Severity,
    Status,
    Tracking,
)
from exercises.models import Exercise
from fitai.common.problems import Problem

LABELS: Final = {
    "aliases": "Other names",
    "instructions": "Steps",
    "mistakes": "Common mistakes",
    "contraindications": "Better not with",
    "kind": "Kind",
    "tracking": "What is written down",
    "form_profile": "Form analysis",
    "unilateral": "One side at a time",
    "per_hand": "Weight per hand",
    "bodyweight_share": "Share of body weight",
    "met": "MET",
    "slug": "Address",
    "merged_into": "Merged into",
    "attribution": "Comes from",
}
VOCABULARIES: Final[Mapping[str, type[TextChoices]]] = {
    "language": Language,
    "primary_muscles": Muscle,
    "secondary_muscles": Muscle,
    "equipment": Equipment,
    "contraindications": Contraindication,
    "kind": Kind,
    "pattern": Pattern,
    "mechanic": Mechanic,
    "force": Force,
    "difficulty": Difficulty,
    "tracking": Tracking,
    "status": Status,
}
SEVERITY_COLOURS: Final = {Severity.ERROR: "danger", Severity.WARNING: "warning", Severity.HINT: "info"}
ADVICE: Final = {
    "no_steps": "Reject it, or write them.",
    "few_steps": "See whether somebody could train by them.",
    "no_mistakes": "Not needed, and most exercises have some.",
    "duplicate": "Compare them; a merge keeps what both were used for.",
    "muscle_twice": "Decide which it is.",
    "share_without_body": "Correct the share or the equipment: volume and records follow from it.",
    "tracking_unfit": "Correct what is written down: sets cannot be converted later.",
    "unsafe_advice": "Read the whole sentence; reject it unless it warns of just that.",
    "link": "Take it out before approving.",
    "e_mail": "Take it out before approving: it may be somebody's.",
    "phone_number": "Take it out before approving: it may be somebody's.",
    "advertising": "Reject it, unless the word is innocent here.",
    "shouting": "Write it as a sentence.",
}
STEPS: Final = ("instructions", "mistakes")


@dataclass(frozen=True, slots=True)
class Field:
    """A field with a name for people, and what it says, an entry a line."""

    name: str
    label: str
    entries: list[str]

    @property
    def is_steps(self) -> bool:
        return split(self.name)[1] in STEPS


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it was and as it is, beside each other; None on the side where it is not."""

    op: Op
    before: list[Piece] | None
    after: list[Piece] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that changes."""

    name: str
    label: str
    rows: list[Row]


def label(field: str) -> str:
    """The name of a field for people: `de.name` is "Name (Deutsch)"."""
    language, name = split(field)
    shown = LABELS.get(name, name.replace("_", " ").capitalize())
    return shown if language is None else f"{shown} ({Language(language).label})"


def fields_of(content: Content, names: Mapping[str, str], leave_out: Iterable[str] = ()) -> list[Field]:
    """Everything that is said, in the order in which people read it; `names` are those of variations, by their ids."""
    wanted = {*content} - {*leave_out}
    found = [Field(name, label(name), _entries(name, content[name], names)) for name in ordered(wanted)]
    return [field for field in found if field.entries]


def difference(change: Change, names: Mapping[str, str]) -> Difference:
    """A change side by side."""
    before, after = (_entries(change.field, value, names) for value in (change.before, change.after))
    found = [_row(line) for line in lines(Change(change.field, before, after))]
    return Difference(change.field, label(change.field), _beside(found))


def names_of(*contents: Mapping[str, Any]) -> dict[str, str]:
    """The names of the variations that these point to, by id, in one statement."""
    ids = {one["id"] for content in contents for one in content.get(VARIATIONS) or []}
    return {str(id): name for id, name in Exercise.objects.filter(pk__in=ids).values_list("pk", "name")}


def pointed(changes: Iterable[Change]) -> dict[str, str]:
    """The names of the variations that these changes speak of."""
    return names_of(*({change.field: value} for change in changes for value in (change.before, change.after)))


def refusal_said(refusal: Problem) -> str:
    """Why something was refused, with who was quicker and when."""
    members = refusal.members
    if "decided_by" in members:
        return (
            f"{_who(members['decided_by'])} {members['state']} this {_when(members['decided_at'])}. Nothing was done."
        )
    if "changed_by" in members:
        who, when = _who(members["changed_by"]), _when(members["changed_at"])
        return f"{who} changed this {when}, after you had opened it. Look at it again, and decide then."
    if "fields" in members:
        fields = ", ".join(label(field) for field in members["fields"])
        return f"{refusal}: {fields}. Look at both, and confirm that the proposal replaces what is there now."
    if "state" in members:
        return f"{refusal}: it is {members['state']}."
    return str(refusal)


def findings_of_case(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings with their colour and what to do about them."""
    return [
        {
            **finding,
            "label": label(finding["field"]),
            "colour": SEVERITY_COLOURS[Severity(finding["severity"])],
            "advice": ADVICE.get(finding["code"], ""),
        }
        for finding in findings
    ]


def _who(card: Mapping[str, Any] | None) -> str:
    return "Somebody" if card is None else card["display_name"] or card["username"]


def _when(at: Any) -> str:
    return "meanwhile" if at is None else f"on {at:%d %b at %H:%M} UTC"


def _beside(rows: Iterable[Row]) -> list[Row]:
    """What was removed stands beside what was added in its place."""
    found: list[Row] = []
    open_at = 0  # the first removed line that has nothing beside it yet
    for row in rows:
        if row.op is Op.ADDED and open_at < len(found):
            found[open_at] = Row(Op.CHANGED, found[open_at].before, row.after)
            open_at += 1
            continue
        found.append(row)
        if row.op is not Op.REMOVED:
            open_at = len(found)
    return found


def _row(line: Line) -> Row:
    if line.op is Op.CHANGED:
        before, after = ([p for p in line.pieces if p.op is not gone] for gone in (Op.ADDED, Op.REMOVED))
        return Row(line.op, before, after)
    return Row(line.op, None if line.op is Op.ADDED else line.pieces, None if line.op is Op.REMOVED else line.pieces)


def _entries(name: str, value: Any, names: Mapping[str, str]) -> list[str]:
    if value is None or value == "":
        return []
    vocabulary = VOCABULARIES.get(name)
    return [_shown(item, vocabulary, names) for item in (value if isinstance(value, list) else [value])]


def _shown(value: Any, vocabulary: type[TextChoices] | None, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "relation" in value:
        relation = value["relation"]
        shown = Relation(relation).label if relation in Relation.values else relation
        return f"{names.get(value['id'], value['id'])} · {shown.lower()}"
    if isinstance(value, dict):
        return " · ".join(str(part) for part in value.values() if part is not None)
    return str(vocabulary(value).label) if vocabulary and value in vocabulary.values else str(value)
