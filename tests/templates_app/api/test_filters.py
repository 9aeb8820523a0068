"""What the filters of the list leave, and how its pages follow each other."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Block, User
from exercises.models import Exercise
from templates_app.operations.templates import create_template, update_template
from tests.cast import ApiClient, actor_of, client_of, codes
from tests.templates_app.api.test_views import URL, names
from tests.templates_app.plans import day, entry, template, working


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def library(athlete: User, stranger: User, bench: Exercise, row: Exercise, plank: Exercise) -> None:
    ada, sam = actor_of(athlete), actor_of(stranger)
    push, core = day("Push", entry(bench, *[working()] * 10)), day("Core", entry(plank, {"seconds": 60}))
    both = day("All", entry(bench), entry(row), entry(plank, {"seconds": 60}))
    create_template(ada, template([push], name="Bench Specialisation", tags=["Powerlifting"], level="advanced"))
    create_template(ada, template([core, core], name="Core at Home", goal="general", tags=["home", "travel"]))
    create_template(
        sam,
        template([both, both, both], name="Ganzkörper", goal="hypertrophy", tags=["home"], visibility="public"),
    )
    create_template(sam, template([both], name="Secret"))


ALL = ["Ganzkörper", "Core at Home", "Bench Specialisation"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("goal=general", ["Core at Home"]),
        ("level=advanced", ["Bench Specialisation"]),
        ("days=2", ["Core at Home"]),
        ("minutes=6", ["Core at Home"]),
        ("minutes=60", ALL),
        ("equipment=band", ["Core at Home"]),
        ("equipment=barbell", ["Core at Home"]),
        ("equipment=bench,%20barbell", ALL),
        ("muscles=chest", ["Ganzkörper", "Bench Specialisation"]),
        ("muscles=chest,abs", ["Ganzkörper"]),
        ("tags=HOME", ["Ganzkörper", "Core at Home"]),
        ("tags=home,travel", ["Core at Home"]),
        ("q=bench", ["Bench Specialisation"]),
        ("q=specialisations", ["Bench Specialisation"]),
        ("q=ganzkorper", ["Ganzkörper"]),
        ("q=powerlif", ["Bench Specialisation"]),
        ("q=home core", ["Core at Home"]),
        ("q=bench travel", []),
        ("q=powerlfting", ["Bench Specialisation"]),
        ("q=secret", []),
        ("q=!!", []),
        ("q=%25", []),
        ("goal=hypertrophy&q=home", ["Ganzkörper"]),
    ],
)
def test_filters(library: None, phone: ApiClient, query: str, expected: list[str]) -> None:
    assert names(phone.get(f"{URL}?{query}")) == expected


@pytest.mark.parametrize("typed", ["presses", "pre"])
def test_names_come_before_tags_and_both_are_read_in_pages(
    phone: ApiClient, athlete: User, stranger: User, bench: Exercise, typed: str
) -> None:
    people = [actor_of(athlete), actor_of(stranger)]
    for number, (name, tag) in enumerate(
        [("Press one", "x"), ("Five", "press"), ("Bankdrücken", "chest press"), ("Press two", "x"), ("Six", "press")]
    ):
        plan = template([day("A", entry(bench))], name=name, tags=[tag], visibility="public")
        create_template(people[number % 2], plan)
    pages: list[list[str]] = []
    link: Any = f"{URL}?q={typed}&limit=2"
    while link:
        answer = phone.get(link.removeprefix("http://testserver"))
        pages.append(names(answer))
        last, link = answer, answer.json()["next"]
    assert pages == [["Press two", "Press one"], ["Six", "Bankdrücken"], ["Five"]]
    assert names(phone.get(last.json()["previous"].removeprefix("http://testserver"))) == pages[1]
    assert "named" not in answer.json()["results"][0]


def test_an_author(library: None, phone: ApiClient, athlete: User, stranger: User) -> None:
    assert names(phone.get(f"{URL}?author={stranger.pk}")) == ["Ganzkörper"]
    assert names(phone.get(f"{URL}?author={athlete.pk}")) == ["Core at Home", "Bench Specialisation"]
    assert phone.get(f"{URL}?author={uuid4()}").status_code == 404
    Block.objects.create(blocker=stranger, blocked=athlete)
    assert phone.get(f"{URL}?author={stranger.pk}").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("goal=size", ("?goal", "invalid_choice")),
        ("days=8", ("?days", "max_value")),
        ("minutes=x", ("?minutes", "invalid")),
        ("equipment=barbell,sofa", ("?equipment", "invalid_choice")),
        ("muscles=", ("?muscles", "invalid_choice")),
        ("author=me", ("?author", "invalid")),
        ("visibility=public", ("?visibility", "unknown_parameter")),
        (f"q={'x' * 201}", ("?q", "max_length")),
    ],
)
def test_what_means_nothing_is_refused(phone: ApiClient, query: str, expected: tuple[str, str]) -> None:
    assert codes(phone.get(f"{URL}?{query}")) == [expected]


def test_pages_go_through_both_halves_in_one_order(
    phone: ApiClient, athlete: User, stranger: User, bench: Exercise
) -> None:
    made = []
    for number in range(7):
        whose = athlete if number % 3 else stranger
        plan = template([day("A", entry(bench))], name=f"Plan {number}", visibility="public")
        made.append(create_template(actor_of(whose), plan).name)
    seen: list[list[str]] = []
    link: Any = f"{URL}?limit=3"
    while link:
        answer = phone.get(link.removeprefix("http://testserver"))
        seen.append(names(answer))
        if len(seen) == 1:  # what comes in between moves nothing
            create_template(actor_of(stranger), template([day("A", entry(bench))], name="New", visibility="public"))
        last, link = answer, answer.json()["next"]
    assert [name for page in seen for name in page] == made[::-1]
    before = phone.get(last.json()["previous"].removeprefix("http://testserver"))
    assert names(before) == seen[-2]


def test_a_save_moves_nothing_in_the_list(phone: ApiClient, athlete: User, bench: Exercise) -> None:
    ada = actor_of(athlete)
    first, _ = (create_template(ada, template([day("A", entry(bench))], name=name)) for name in ("One", "Two"))
    before = timezone.now()
    update_template(ada, first.pk, {"description": "x"})
    assert names(phone.get(URL)) == ["Two", "One"]
    assert phone.get(URL).json()["results"][1]["updated_at"] > before.isoformat()
