"""What the models say of themselves, and what somebody has to decide."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core import checks
from django.db import models
from django.test.utils import isolate_apps

from accounts.models import User
from fitai.privacy import tables
from fitai.privacy.docs import page
from fitai.privacy.tables import Table, in_order, personal, problems, table_of
from workouts.models import Set, Workout

CASCADE, SET_NULL, PROTECT = models.CASCADE, models.SET_NULL, models.PROTECT


def person(on_delete: Any = CASCADE, **options: Any) -> models.ForeignKey:
    return models.ForeignKey(User, on_delete, related_name="+", **options)


def made(base: type[models.Model] = models.Model, /, **columns: Any) -> Table:
    """The table of a model that some app might have tomorrow."""
    with isolate_apps("community"):
        meta = type("Meta", (), {"app_label": "community"})
        model = type("Tomorrow", (base,), {"__module__": __name__, "Meta": meta, **columns})
        return table_of(model, {})


def test_every_table_is_treated() -> None:
    assert list(problems()) == []
    assert [message for message in checks.run_checks() if message.id == "fitai.E001"] == []


@pytest.mark.parametrize(("jobs", "found"), [(7, []), (6, ["fitai.E002"])])
def test_a_finished_job_outlives_its_export(settings: Any, jobs: int, found: list[str]) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "finished_jobs": jobs, "exports": 7}
    assert [message.id for message in checks.run_checks() if message.id == "fitai.E002"] == found


def test_a_row_of_one_person_needs_no_line() -> None:
    table = made(user=person(), text=models.TextField())
    assert (table.owners, table.shown_to, table.problems) == (("user",), ("user",), ())


def test_a_row_that_hangs_on_one_of_a_person_needs_no_line() -> None:
    table = made(workout=models.ForeignKey(Workout, CASCADE, related_name="+"), liker=person(SET_NULL, null=True))
    assert (table.owners, table.problems) == (("workout__user",), ())
    assert [column.name for column in table.references] == ["liker"]


UNCLEAR: dict[str, Callable[[], dict[str, models.Field]]] = {
    "leads to nobody": lambda: {"liker": person(SET_NULL, null=True)},
    "belongs to several people": lambda: {"one": person(), "other": person()},
    "judge: say what happens": lambda: {"user": person(), "judge": person(PROTECT)},
    "ghost: say what happens": lambda: {"user": person(), "ghost": person(models.DO_NOTHING)},
    "actor_id: names a person and cannot be null": lambda: {"user": person(), "actor_id": models.UUIDField()},
    "hangs on several tables of people": lambda: {
        "workout": models.ForeignKey(Workout, CASCADE, related_name="+"),
        "set": models.ForeignKey(Set, CASCADE, related_name="+"),
    },
}


@pytest.mark.parametrize("problem", UNCLEAR)
def test_what_is_not_clear_has_to_be_said(problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = made(**UNCLEAR[problem]())
    assert [problem in found for found in table.problems] == [True]
    monkeypatch.setattr(tables, "tables", lambda: {table.model: table})
    monkeypatch.setattr(tables, "LINES", {})
    (found,) = [message for message in checks.run_checks() if message.id == "fitai.E001"]
    assert problem in found.msg


def test_what_looks_secret_is_left_out() -> None:
    table = made(
        user=person(),
        note=models.TextField(),
        api_token=models.CharField(max_length=9),
        client_secret=models.TextField(),
        key=models.CharField(max_length=9),
        endpoint=models.CharField(max_length=9),
        data=models.JSONField(help_text="secrets, sealed"),
        hashed=models.BinaryField(),
        code=models.IntegerField(),
        day=models.DateField(help_text="a secret day"),
    )
    assert [column.attname for column in table.columns] == ["id", "user_id", "note", "code", "day"]


def test_arrays_of_people_lose_one_of_them() -> None:
    ids = ArrayField(models.UUIDField(), default=list)
    table = made(user=person(), actor_ids=ids, exercise_ids=ids.clone())
    assert ([column.name for column in table.references], table.problems) == (["actor_ids"], ())


def test_a_line_for_what_is_gone_is_found(monkeypatch: Any) -> None:
    monkeypatch.setattr(tables, "LINES", {**tables.LINES, "accounts.Gone": tables.NO_LINE})
    assert [problem for _, problem in problems()] == [
        "accounts.Gone: there is a line for it in fitai/privacy/lines.py, and no such table"
    ]


def test_no_two_tables_have_one_name() -> None:
    names = [table.name for table in personal()]
    assert len(set(names)) == len(names)


def test_what_refers_to_a_row_goes_before_it() -> None:
    order = [table.label for table in in_order()]
    for earlier, later in (
        ("workouts.Record", "workouts.Set"),
        ("workouts.Set", "workouts.Workout"),
        ("workouts.WorkoutExercise", "exercises.Exercise"),
        ("exercises.Translation", "exercises.TranslationEvent"),
        ("exercises.TranslationEvent", "exercises.Exercise"),
        ("accounts.Profile", "accounts.ProfileEvent"),
        ("accounts.ProfileEvent", "accounts.User"),
        ("accounts.User", "accounts.UserEvent"),
    ):
        assert order.index(earlier) < order.index(later), (earlier, later)


def test_the_docs_say_what_happens_to_each_table() -> None:
    """`manage.py personal_data --write` mends it."""
    path, text = page()
    assert path.read_text() == text
    assert "| workouts | yes |" in text


def test_whoever_stores_files_says_which_rows_name_them() -> None:
    """A new module here needs a line in `FILES` of fitai/privacy/lines.py for its model."""
    storing = set()
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        if path.parts[len(Path(settings.BASE_DIR).parts)] in ("tests", "bench", ".venv"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and (called.attr, getattr(called.value, "id", "")) in (
                ("store", "storage"),
                ("save", "default_storage"),
            ):
                storing.add(str(path.relative_to(settings.BASE_DIR)))
    assert storing == {
        "accounts/operations/avatars.py",
        "fitai/common/media/storage.py",
        "fitai/privacy/jobs.py",
        "fitai/backup/restoring.py",  # under the names that the rows of the backup have for them
        "analysis/form/jobs.py",
        "analysis/form/operations.py",
        "exercises/operations/media.py",
    }
