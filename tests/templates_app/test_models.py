"""What the database holds to, whatever code runs."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import User
from exercises.models import Exercise
from templates_app.enums import EnrolmentStatus
from templates_app.models import Enrolment, Template, TemplateVersion
from templates_app.operations.templates import create_template
from tests.cast import actor_of
from tests.templates_app.plans import day, entry, template


@pytest.fixture
def written(athlete: User, bench: Exercise) -> Template:
    return create_template(actor_of(athlete), template([day("Push", entry(bench))], tags=["Gym"]))


def enrol(user: User, written: Template, **values: Any) -> Enrolment:
    now = timezone.now()
    rest = {"version": 1, "started_on": date(2026, 3, 2), "positioned_at": now, "created_at": now, **values}
    return Enrolment.objects.create(user=user, template=written, **rest)


def settle() -> None:
    """Ask at once what is otherwise asked at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("change", [{"name": "Other"}, {"tree": []}, {"number": 9}, {"generation": {}}])
def test_a_version_is_written_once(written: Template, change: dict[str, Any]) -> None:
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        TemplateVersion.objects.update(**change)


def test_a_version_outlives_its_writer(written: Template, stranger: User) -> None:
    TemplateVersion.objects.create(
        template=written, number=2, name="x", goal="power", level="beginner", tree=[], created_by=stranger,
        created_at=timezone.now(),
    )  # fmt: skip
    stranger.delete()
    assert TemplateVersion.objects.get(number=2).created_by is None


def test_a_template_goes_with_its_owner_and_all_that_hangs_on_it(written: Template, stranger: User) -> None:
    enrol(stranger, written)
    written.owner.delete()
    settle()
    assert (Template.objects.count(), TemplateVersion.objects.count(), Enrolment.objects.count()) == (0, 0, 0)


WRONG: dict[str, Callable[[Template], Any]] = {
    "a current version that is not there": lambda one: Template.objects.update(version=2),
    "an unknown goal": lambda one: Template.objects.update(goal="size"),
    "an unknown visibility": lambda one: Template.objects.update(visibility="all"),
    "no weeks": lambda one: Template.objects.update(week_count=0),
    "a number twice": lambda one: TemplateVersion.objects.create(
        template=one, number=1, name="x", goal="power", level="beginner", tree=[], created_at=timezone.now()
    ),
    "an enrolment in no version": lambda one: enrol(one.owner, one, version=2),
    "two active enrolments": lambda one: (enrol(one.owner, one), enrol(one.owner, one)),
    "an end of what goes on": lambda one: enrol(one.owner, one, ended_at=timezone.now()),
    "no end of what was left": lambda one: enrol(one.owner, one, status=EnrolmentStatus.LEFT),
    "a week of no plan": lambda one: enrol(one.owner, one, week=53),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be(written: Template, wrong: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(written, wrong)


def broken(written: Template, wrong: str) -> None:
    WRONG[wrong](written)
    settle()


def test_an_old_enrolment_is_no_bar_to_a_new_one(written: Template, athlete: User) -> None:
    enrol(athlete, written, status=EnrolmentStatus.LEFT, ended_at=timezone.now())
    enrol(athlete, written, status=EnrolmentStatus.LEFT, ended_at=timezone.now())
    enrol(athlete, written)
    settle()


def test_what_is_searched_follows_every_change(written: Template) -> None:
    def words() -> tuple[str, set[str]]:
        said, vector = Template.objects.values_list("words", "search").get()
        return said, {part.partition(":")[0].strip("'") for part in (vector or "").split()}

    assert words() == ("push and pull gym", {"push", "and", "pull", "gym"})
    Template.objects.update(name="Überkopf-Tage", tags=["Homes"])
    assert words() == ("uberkopf tage homes", {"uberkopf", "tage", "homes", "home"})
