"""Who sees which templates, in the queryset and in the SQL that is not composed anew."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import Block, User
from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.problems import NotFound
from templates_app.api.filters import NEWEST
from templates_app.models import Template
from templates_app.operations.templates import create_template, delete_template
from templates_app.rows import read_page, read_state, read_whole
from tests.cast import actor_of, make_person
from tests.templates_app.plans import day, entry, template


def listed(actor: Actor) -> set[str]:
    page: Callable[..., Any] = read_page(actor, where=(), values={}, order=NEWEST)
    rows = [row["name"] for row in page(None, False, 100)]
    assert len(set(rows)) == len(rows)
    return set(rows)


def opened(actor: Actor) -> set[str]:
    found = set()
    for one in Template.objects.all():
        assert (read_state(actor, one.pk) is not None) == Template.objects.visible_to(actor).filter(pk=one.pk).exists()
        try:
            found.add(read_whole(actor, one.pk)["name"])
        except NotFound:
            continue
    return found


def test_everybody_sees_their_own_and_what_is_public(
    athlete: User, stranger: User, coach: User, bench: Exercise
) -> None:
    locked, leaving, foe = make_person("locked"), make_person("leaving"), make_person("foe")
    for person in (athlete, stranger, locked, leaving, foe):
        for visibility in ("private", "public"):
            plan = template([day("Push", entry(bench))], name=f"{person.username} {visibility}", visibility=visibility)
            create_template(actor_of(person), plan)
    actor = actor_of(athlete)
    gone = create_template(actor, template([day("Push", entry(bench))], name="gone", visibility="public"))
    delete_template(actor, gone.pk)
    User.objects.filter(pk=locked.pk).update(is_active=False)
    User.objects.filter(pk=leaving.pk).update(deleted_at=timezone.now())
    Block.objects.create(blocker=foe, blocked=athlete)
    Block.objects.create(blocker=coach, blocked=foe)

    expected = {
        athlete: {"athlete private", "athlete public", "stranger public"},
        stranger: {"stranger private", "stranger public", "athlete public", "foe public"},
        coach: {"stranger public", "athlete public"},
        foe: {"foe private", "foe public", "stranger public"},
    }
    for person, names in expected.items():
        seen = actor_of(person)
        assert set(Template.objects.visible_to(seen).values_list("name", flat=True)) == names
        assert listed(seen) == names
        assert opened(seen) == names
    assert set(Template.objects.own(actor).values_list("name", flat=True)) == {
        "athlete private", "athlete public", "gone",
    }  # fmt: skip
