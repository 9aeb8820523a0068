"""From planned to done: one table for everybody."""

from __future__ import annotations

import pytest

from workouts.core.lifecycle import STATUSES, TRANSITIONS, Impossible, allowed, is_possible, require_possible


def test_what_a_person_may_do_in_each_status() -> None:
    assert {status: allowed(status) for status in STATUSES} == {
        "planned": ["start"],
        "in_progress": ["pause", "complete", "cancel"],
        "paused": ["resume", "complete", "cancel"],
        "completed": [],
        "cancelled": ["complete"],
        "abandoned": ["complete", "cancel"],
    }


def test_the_clean_up_abandons_only_what_is_open() -> None:
    assert [status for status in STATUSES if is_possible(status, "workout.abandon")] == ["in_progress", "paused"]


def test_every_move_leads_to_a_status_of_the_table() -> None:
    assert {after for moves in TRANSITIONS.values() for after in moves.values()} | {"planned"} == set(STATUSES)


def test_content_is_possible_in_every_status() -> None:
    assert all(is_possible(status, "set.add") for status in STATUSES)


def test_a_live_call_learns_what_it_could_do_instead() -> None:
    with pytest.raises(Impossible) as caught:
        require_possible("paused", "workout.pause")
    assert (caught.value.state, caught.value.allowed) == ("paused", ["resume", "complete", "cancel"])
    require_possible("paused", "workout.resume")
