"""A plan on the command line, without a database."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("plan", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_a_plan_for_people() -> None:
    lines = said("--minutes", "15", "--days", "1", "--equipment", "--weeks", "2", "--show", "2").splitlines()
    assert lines[0] == "All-round fitness: full body, 1 day × 15 min"
    assert "Week 2" in lines
    assert "Week 1" not in lines
    assert "    1│ Push-Up" in lines
    assert "        2 × 8–12, 2 in reserve, rest 15 s" in lines
    assert "Trade-offs" in lines
    assert "  Chest gets 2 of 4 sets a week: 1 × 15 minutes." in lines
    assert "Why" in lines


def test_it_gives_the_whole_proposal_as_json() -> None:
    proposal = json.loads(
        said("--minutes", "20", "--days", "1", "--equipment", "dumbbell", "--avoid", "calves", "--json")
    )
    assert len(proposal["weeks"]) == 8
    assert proposal["conflicts"] == []


def test_it_says_which_wishes_exclude_each_other() -> None:
    assert said("--days", "1", "--split", "upper_lower") == (
        "These wishes exclude each other: the split upper lower and one day a week."
        " Without any one of them there is a plan.\n"
    )


def test_what_is_neither_exercise_nor_muscle_is_refused() -> None:
    with pytest.raises(CommandError, match="Neither an exercise nor a muscle: squatting"):
        said("--like", "squatting")
