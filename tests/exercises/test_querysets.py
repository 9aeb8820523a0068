from typing import Any

from django.utils import timezone

from exercises.models import Exercise
from exercises.rows import read_rows
from tests.cast import actor_of
from tests.exercises.conftest import MakeExercise


def test_everybody_sees_what_is_approved_and_their_own(
    make_exercise: MakeExercise, athlete: Any, stranger: Any
) -> None:
    make_exercise("Shared")
    make_exercise("Shared By Ada", owner=athlete, status="approved")
    for status in ("draft", "pending", "rejected", "archived"):
        make_exercise(f"Catalogue {status}", status=status)
        make_exercise(f"Own {status}", owner=athlete, status=status)
    make_exercise("Deleted", deleted_at=timezone.now())
    make_exercise("Own Deleted", owner=athlete, deleted_at=timezone.now())
    shared = {"Shared", "Shared By Ada"}
    own = {f"Own {status}" for status in ("draft", "pending", "rejected", "archived")}
    for person, expected in ((athlete, shared | own), (stranger, shared)):
        actor = actor_of(person)
        assert set(Exercise.objects.visible_to(actor).values_list("name", flat=True)) == expected
        assert {row["name"] for row in read_rows(actor, "en", count=100)} == expected
