"""The list of templates: found by anything a moderator knows, deleted and brought back."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from templates_app.models import Template
from templates_app.operations.enrolments import start_template
from templates_app.operations.templates import create_template, delete_template
from tests.cast import actor_of
from tests.templates_app.plans import Json

URL = "/admin/templates_app/template"


@pytest.fixture
def templates(plan: Template, stranger: User, body: Json) -> None:
    sam = actor_of(stranger)
    del body["weeks"][2], body["weeks"][1], body["weeks"][0]["days"][0]
    create_template(sam, {**body, "name": "Home", "tags": [], "goal": "general", "visibility": "public"})
    gone = create_template(sam, {**body, "name": "Gone", "tags": []}, source="generated")
    delete_template(sam, gone.pk)


def rows(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [template.name for template in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Home", "Push and pull"]),
        ("deleted=yes", ["Gone"]),
        ("deleted=all", ["Gone", "Home", "Push and pull"]),
        ("goal__exact=general", ["Home"]),
        ("level__exact=advanced", []),
        ("visibility__exact=public", ["Home"]),
        ("source__exact=generated&deleted=all", ["Gone"]),
        ("q=gym", ["Push and pull"]),
        ("q=ada", ["Push and pull"]),
        ("q=bench", ["Push and pull"]),
        ("q=row", ["Home", "Push and pull"]),
        ("q=sam row", ["Home"]),
        ("q=nothing", []),
    ],
)
def test_it_searches_and_filters(templates: None, desk: Client, query: str, expected: list[str]) -> None:
    assert rows(desk.get(f"{URL}/?{query}")) == expected


def test_it_finds_ids(plan: Template, desk: Client, athlete: User) -> None:
    for id in (plan.pk, athlete.pk):
        assert rows(desk.get(f"{URL}/?q={id}")) == ["Push and pull"]


def test_a_line_says_what_matters(plan: Template, desk: Client, athlete: User) -> None:
    start_template(actor_of(athlete), plan.pk)
    shown = desk.get(f"{URL}/").content.decode()
    for text in ("Ada Athlete", "Strength, beginner", "Written", "Private", "3 × 2", "11 min"):
        assert text in shown


def test_deleting_and_bringing_back(plan: Template, desk: Client) -> None:
    chosen = {"_selected_action": [str(plan.pk)], "action": "delete_templates"}
    asked = desk.post(f"{URL}/", chosen)
    assert "Delete these templates?" in asked.content.decode()
    assert Template.objects.get().deleted_at is None
    desk.post(f"{URL}/", {**chosen, "confirmed": "yes"})
    assert Template.objects.get().deleted_at is not None
    desk.post(f"{URL}/?deleted=yes", {**chosen, "action": "restore_templates", "confirmed": "yes"})
    assert Template.objects.get().deleted_at is None


def test_only_admins_look(plan: Template, moderator: User) -> None:
    client = Client()
    client.force_login(moderator)
    assert client.get(f"{URL}/").status_code == 403
    assert client.get(f"{URL}/{plan.pk}/change/").status_code == 403


def test_nothing_is_edited_here(plan: Template, desk: Client) -> None:
    assert desk.post(f"{URL}/{plan.pk}/change/", {"name": "x"}).status_code == 403
    assert desk.get(f"{URL}/add/").status_code == 403
    assert Template.objects.get().name == "Push and pull"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_a_constant_number_of_statements(
    desk: Client, athlete: User, body: Json, django_assert_num_queries: Any, count: int
) -> None:
    desk.get(f"{URL}/")
    for _ in range(count):
        one = create_template(actor_of(athlete), body)
        start_template(actor_of(athlete), one.pk)
    with django_assert_num_queries(4):  # session, user, the page, the badge
        desk.get(f"{URL}/")
