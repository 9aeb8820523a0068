"""Every table of the database, and what is kept about people in it: derived from the models and `LINES`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import CASCADE, DO_NOTHING, PROTECT, RESTRICT, SET_NULL, Model, Q, QuerySet
from django.utils.translation import override

from accounts.models import User
from fitai.common.admin import SECRETIVE
from fitai.privacy.lines import LINES, Line

Kind = type[Model]
NO_LINE: Final = Line("")
LOOKS_SECRET: Final = re.compile(
    SECRETIVE.pattern + r"|digest|fingerprint|(^|_)(hash|jti|auth|endpoint|p256dh|salt|nonce)$", re.IGNORECASE
)
SAYS_SECRET: Final = re.compile(r"\b(secret|sealed)\b", re.IGNORECASE)
TEXTUAL: Final = (models.CharField, models.TextField, models.JSONField, models.UUIDField, ArrayField)
NAMES_PERSON: Final = re.compile(
    r"(^|_)(by|user|actor|owner|author|person|friend|coach|client|member|sender|recipient|viewer)(_ids?|s)?$"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and the way from its rows to a person."""

    model: Kind
    line: Line
    owners: tuple[str, ...]
    """Look-ups to those with whom a row goes."""
    shown_to: tuple[str, ...]
    """Look-ups to those who are given a row by an export."""
    parent: models.ForeignKey | None = None
    """The row that a row hangs on, where it has no owner of its own."""
    problems: tuple[str, ...] = ()
    """What somebody has to decide."""

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def tracked(self) -> Kind | None:
        """The model whose earlier versions these are."""
        return getattr(self.model, "pgh_tracked_model", None)

    @property
    def title(self) -> str:
        """What people call the rows."""
        if self.line.title:
            return self.line.title
        with override("en"):
            if self.tracked is not None:
                return f"earlier {self.tracked._meta.verbose_name_plural}"
            return str(self.model._meta.verbose_name_plural)

    @property
    def name(self) -> str:
        """The title as the name of a file."""
        return re.sub(r"\W+", "_", self.title.lower()).strip("_")

    @property
    def columns(self) -> list[models.Field]:
        """What an export holds of a row."""
        return [column for column in self.model._meta.concrete_fields if not self.hides(column)]

    @property
    def hidden(self) -> list[str]:
        return [column.name for column in self.model._meta.concrete_fields if self.hides(column)]

    def hides(self, column: models.Field) -> bool:
        """Whether no export holds a column: it lets somebody in, or says nothing to people."""
        if column.name in self.line.plain:
            return False
        if column.name in self.line.hidden or isinstance(column, models.BinaryField | SearchVectorField):
            return True
        secret = LOOKS_SECRET.search(column.name) or SAYS_SECRET.search(str(column.help_text))
        return bool(secret) and isinstance(column, TEXTUAL)

    @property
    def references(self) -> list[models.Field]:
        """Columns by which rows of others name a person, which they lose when the person goes."""
        columns = self.model._meta.concrete_fields
        return [column for column in columns if _is_reference(column) and column.name not in self.owners]

    def of(self, user_id: UUID) -> "QuerySet[Any]":
        """The rows that are a person's."""
        return self.model._base_manager.filter(_any(self.owners, user_id))

    def shown(self, user_id: UUID) -> "QuerySet[Any]":
        """The rows that a person is given."""
        return self.model._base_manager.filter(_any(self.shown_to, user_id))

    def going(self, user_id: UUID) -> "QuerySet[Any]":
        """The rows that are removed with a person."""
        if self.parent is not None:
            above = tables()[self.parent.related_model]  # type: ignore[index]
            return self.model._base_manager.filter(**{f"{self.parent.name}__in": above.going(user_id)})
        if self.line.stays is not None:
            return self.of(user_id).exclude(self.line.stays.which(user_id))
        return self.of(user_id)


def _any(lookups: tuple[str, ...], user_id: UUID) -> Q:
    found = Q(pk__in=[])
    for lookup in lookups:
        name, compared, text = lookup.partition("=")
        found |= Q(**{name: text.format(user_id) if compared else user_id})
    return found


def _is_reference(column: models.Field) -> bool:
    if isinstance(column, models.ForeignKey):
        return column.related_model is User and column.remote_field.on_delete is SET_NULL
    if isinstance(column, ArrayField):
        return isinstance(column.base_field, models.UUIDField) and bool(NAMES_PERSON.search(column.name))
    return isinstance(column, models.UUIDField) and bool(NAMES_PERSON.search(column.name))


@cache
def tables() -> Mapping[Kind, Table]:
    """Every table by its model."""
    known: dict[Kind, Table] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            table_of(model, known)
    return known


def table_of(model: Kind, known: dict[Kind, Table]) -> Table:
    """The table of a model, and in `known` those that it hangs on."""
    if model not in known:
        known[model] = Table(model, LINES.get(model._meta.label, NO_LINE), (), ())  # what hangs on itself ends here
        known[model] = _derive(model, known)
    return known[model]


def _derive(model: Kind, known: dict[Kind, Table]) -> Table:
    line = LINES.get(model._meta.label, NO_LINE)
    links = [column for column in model._meta.concrete_fields if isinstance(column, models.ForeignKey)]
    to_person = [link for link in links if link.related_model is User]
    tracked: Kind | None = getattr(model, "pgh_tracked_model", None)
    parent: Any = None
    above: Table | None = None
    problems: list[str] = []
    if line.owners is not None:
        owners = line.owners
    elif model is User:
        owners = ("pk",)
    elif tracked is not None:
        versions = table_of(tracked, known)
        owners = tuple("pgh_obj" if lookup == "pk" else lookup for lookup in versions.owners)
        parent = None if versions.parent is None else model._meta.get_field(versions.parent.name)
        above = versions
        line = replace(versions.line, title=line.title, reason=line.reason, stays=None)
    else:
        cascading = [link for link in to_person if link.remote_field.on_delete is CASCADE]
        holders = [
            link
            for link in links
            if line.hangs_on in ("", link.name) and link.remote_field.on_delete is CASCADE and link not in to_person
        ]
        holders = [link for link in holders if table_of(link.related_model, known).owners]
        owners = tuple(link.name for link in cascading)
        if not cascading and len(holders) == 1:
            (parent,) = holders
            above = table_of(parent.related_model, known)
            owners = tuple(f"{parent.name}__{lookup}" for lookup in above.owners)
        if len(cascading) > 1:
            problems.append("belongs to several people: say in `owners` whose row it is")
        if not cascading and len(holders) > 1:
            problems.append("hangs on several tables of people: say in `owners` which of them makes it somebody's")
        unclear = [link.name for link in to_person if link.remote_field.on_delete not in (CASCADE, SET_NULL)]
        if unclear:
            problems.append(f"{', '.join(unclear)}: say what happens to the row when the person goes")
        if not owners and not problems:
            problems.append("leads to nobody: if it holds nothing about people, say so")
    shown_to = owners if line.shown_to is None else line.shown_to
    if line.shown_to is None and above is not None and above.shown_to != above.owners:
        shown_to = tuple(owners[at] for at, lookup in enumerate(above.owners) if lookup in above.shown_to)
    table = Table(model, line, owners, shown_to, parent)
    stuck = [column.name for column in table.references if not column.null and not isinstance(column, ArrayField)]
    if stuck:
        problems.append(f"{', '.join(stuck)}: names a person and cannot be null; say in `owners` whose row it is")
    return replace(table, problems=tuple(problems))


def personal() -> list[Table]:
    """The tables that hold rows of people, by their titles."""
    return sorted((table for table in tables().values() if table.owners), key=lambda table: table.title)


@cache
def in_order() -> tuple[Table, ...]:
    """The tables of people in the order in which their rows can go: what refers to a row goes before it, and earlier
    versions after what they are versions of, for removing a row makes one more."""
    mine = {table.model: table for table in personal()}
    sorter: TopologicalSorter[Kind] = TopologicalSorter(dict.fromkeys(mine, ()))
    for model, table in mine.items():
        for link in model._meta.concrete_fields:
            if isinstance(link, models.ForeignKey) and link.related_model in mine and _holds_back(link):
                sorter.add(link.related_model, model)
        if table.tracked is not None:
            sorter.add(model, table.tracked)
    return tuple(mine[model] for model in sorter.static_order())


def _holds_back(link: models.ForeignKey) -> bool:
    """Whether a row cannot go, or would take another along, before the one that refers to it."""
    if link.related_model in (link.model, getattr(link.model, "pgh_tracked_model", None)):
        return False
    return link.remote_field.on_delete in (CASCADE, PROTECT, RESTRICT, DO_NOTHING)


def problems() -> Iterator[tuple[Kind | None, str]]:
    """What has to be decided before anything can be exported or removed."""
    for table in tables().values():
        for problem in table.problems:
            yield table.model, problem
    labels = {model._meta.label for model in tables()}
    for label in sorted(set(LINES) - labels):
        if label.partition(".")[0] in apps.app_configs:
            yield None, f"{label}: there is a line for it in fitai/privacy/lines.py, and no such table"
    names = [table.name for table in personal() if table.shown_to]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield None, f"{name}: two tables have this name in an export; give one a `title` in fitai/privacy/lines.py"
    try:
        in_order()
    except CycleError as cycle:
        yield None, f"tables of people refer to each other in a circle: {cycle.args[1]}"
