"""What an accepted operation changes, and what it changes when it arrives late."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.workouts.core.ledger import BENCH, PULL_UP, Ledger, entry, moment, set_id, workout
from tests.workouts.strategies import WORKOUT_ID
from workouts.core.decide import entry_id
from workouts.core.evolve import evolve, is_naive, replay
from workouts.core.operations import Op
from workouts.core.state import Rest

ONE, TWO, THREE = set_id(1), set_id(2), set_id(3)


def logged() -> Ledger:
    """A workout with one set of five, logged on the phone 100 s in."""
    ledger = workout()
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "reps": 5, "weight": 100}, at=100)
    return ledger


# --- registers


def test_the_later_write_wins_each_field_by_itself() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "reps": 6}, at=300, device="phone")
    ledger.do("set.update", {"id": ONE, "reps": 4, "notes": "left knee"}, at=200, device="watch")
    assert (ledger.set(ONE).reps, ledger.set(ONE).notes) == (6, "left knee")


def test_of_two_writes_at_one_moment_the_greater_device_wins() -> None:
    for devices in (("phone", "watch"), ("watch", "phone")):
        ledger = logged()
        for device in devices:
            ledger.do("set.update", {"id": ONE, "notes": device}, at=200, device=device)
        assert ledger.set(ONE).notes == "watch"


def test_of_two_writes_of_one_device_at_one_moment_the_greater_op_id_wins() -> None:
    for order in (("a", "b"), ("b", "a")):
        ledger = logged()
        for op_id in order:
            ledger.do("set.update", {"id": ONE, "notes": op_id}, at=200, op_id=op_id)
        assert ledger.set(ONE).notes == "b"


def test_a_weight_its_unit_and_its_assistance_are_one_field() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "weight": 225, "weight_unit": "lb"}, at=300)
    ledger.do("set.update", {"id": ONE, "weight": 90, "weight_unit": "kg", "assistance": 10}, at=200)
    item = ledger.set(ONE)
    assert (item.weight, item.weight_unit, item.assistance) == (Decimal(225), "lb", None)


def test_effort_is_rpe_or_rir_whichever_came_last() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "rpe": 8})
    ledger.do("set.update", {"id": ONE, "rir": 1})
    assert (ledger.set(ONE).rpe, ledger.set(ONE).rir) == (None, 1)
    ledger.do("set.update", {"id": ONE, "rpe": "9.5", "rir": None})
    assert (ledger.set(ONE).rpe, ledger.set(ONE).rir) == (Decimal("9.5"), None)
    ledger.do("set.update", {"id": ONE, "rir": None})
    assert (ledger.set(ONE).rpe, ledger.set(ONE).rir) == (Decimal("9.5"), None)
    ledger.do("set.update", {"id": ONE, "rir": 2})
    ledger.do("set.update", {"id": ONE, "rpe": 7})
    assert (ledger.set(ONE).rpe, ledger.set(ONE).rir) == (Decimal(7), None)


def test_clearing_the_kind_makes_it_a_working_set() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "kind": "warmup"})
    ledger.do("set.update", {"id": ONE, "kind": None})
    assert ledger.set(ONE).kind == "working"


def test_name_notes_and_body_weight_are_registers() -> None:
    ledger = workout(name="Push")
    ledger.do("workout.update", {"name": "Heavy push", "body_weight": "180.5", "body_weight_unit": "lb"}, at=300)
    ledger.do("workout.update", {"name": "Push it", "notes": "tired", "body_weight": 80}, at=200)
    state = ledger.workout
    assert (state.name, state.notes) == ("Heavy push", "tired")
    assert (state.body_weight, state.body_weight_unit) == (Decimal("180.5"), "lb")


def test_the_later_delete_or_restore_decides() -> None:
    ledger = workout()
    ledger.do("workout.delete", at=300)
    ledger.do("workout.restore", at=200)
    assert ledger.workout.deleted
    ledger.do("workout.restore", at=400)
    assert not ledger.workout.deleted


# --- presence


def test_an_edit_later_than_a_removal_brings_the_set_back_as_it_was() -> None:
    ledger = logged()
    ledger.do("set.remove", {"id": ONE}, at=200)
    assert ledger.shown == []
    ledger.do("set.update", {"id": ONE, "notes": "no, it counted"}, at=300)
    assert [(item.id, item.reps, item.notes) for item in ledger.shown] == [(ONE, 5, "no, it counted")]


def test_an_edit_earlier_than_a_removal_does_not() -> None:
    ledger = logged()
    ledger.do("set.remove", {"id": ONE}, at=300)
    ledger.do("set.update", {"id": ONE, "notes": "too late"}, at=200)
    assert ledger.shown == []
    assert ledger.set(ONE).notes == "too late"


def test_removing_an_exercise_removes_its_sets_and_no_others() -> None:
    ledger = logged()
    ledger.do("set.add", {"id": TWO, "workout_exercise_id": entry(1), "reps": 3}, at=150)
    ledger.do("exercise.remove", {"id": entry(0)}, at=200)
    assert [item.id for item in ledger.shown] == [TWO]
    assert [item["id"] for item in ledger.shape["exercises"]] == [entry(1), entry(2)]


def test_a_set_logged_after_the_removal_brings_the_exercise_back_without_its_old_sets() -> None:
    ledger = logged()
    ledger.do("exercise.remove", {"id": entry(0)}, at=200)
    ledger.do("set.add", {"id": TWO, "workout_exercise_id": entry(0), "reps": 3}, at=300)
    assert [item.id for item in ledger.shown] == [TWO]


def test_a_set_logged_before_the_removal_goes_with_it_though_it_arrives_later() -> None:
    ledger = logged()
    ledger.do("exercise.remove", {"id": entry(0)}, at=300)
    ledger.do("set.add", {"id": TWO, "workout_exercise_id": entry(0), "reps": 3}, at=200, device="watch")
    assert ledger.shown == []


def test_any_operation_on_a_set_is_an_edit_of_its_exercise() -> None:
    for type in ("set.update", "set.remove"):
        ledger = logged()
        ledger.do("exercise.remove", {"id": entry(0)}, at=200)
        ledger.do(type, {"id": ONE}, at=300)
        assert not ledger.workout.exercises[entry(0)].removed
        assert [item.id for item in ledger.shown] == ([ONE] if type == "set.update" else [])


def test_a_note_on_a_removed_exercise_brings_it_back() -> None:
    for type, fields in (("exercise.update", {"notes": "again"}), ("exercise.move", {"rank": "Zz"})):
        ledger = logged()
        ledger.do("exercise.remove", {"id": entry(0)}, at=200)
        ledger.do(type, {"id": entry(0), **fields}, at=300)
        assert entry(0) in [item["id"] for item in ledger.shape["exercises"]]
        assert ledger.shown == []


def test_an_edit_whose_stamp_is_before_the_add_survives_where_the_add_is_silent() -> None:
    ledger = logged()  # added at 100 by the phone
    slow = {"id": ONE, "reps": 7, "notes": "the watch is slow"}
    ledger.do("set.update", slow, at=90, device="watch")
    assert (ledger.set(ONE).reps, ledger.set(ONE).notes) == (5, "the watch is slow")
    assert [item.id for item in ledger.shown] == [ONE]


def test_a_placeholder_is_not_shown() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "reps": 7}, at=90, device="watch")
    early = replay(ledger.events, until=(moment(95), "", ""))
    assert list(early.sets) == [ONE]
    assert list(early.in_order()) == []


def test_an_exercise_named_by_itself_gets_the_entry_of_its_name() -> None:
    ledger = workout()
    implied = entry_id(WORKOUT_ID, BENCH)
    ledger.do("set.add", {"id": ONE, "exercise_id": BENCH, "reps": 5}, device="phone")
    ledger.do("set.add", {"id": TWO, "exercise_id": BENCH, "reps": 4}, device="watch")
    assert [(item.id, item.workout_exercise_id) for item in ledger.shown] == [(ONE, implied), (TWO, implied)]
    assert [item["exercise_id"] for item in ledger.shape["exercises"]].count(BENCH) == 2


def test_an_implied_entry_is_the_same_whoever_makes_it_and_whenever() -> None:
    implied = entry_id(WORKOUT_ID, BENCH)
    for reverse in (False, True):
        ledger = workout()
        steps = [("set.add", {"id": ONE, "exercise_id": BENCH, "rank": "a0"}, 200)]
        steps += [("exercise.add", {"id": implied, "exercise_id": BENCH, "rank": "Zz"}, 300)]
        for type, payload, at in reversed(steps) if reverse else steps:
            ledger.do(type, payload, at=at)
        assert [item["id"] for item in ledger.shape["exercises"]] == [implied, entry(0), entry(1), entry(2)]
        assert [item.id for item in ledger.shown] == [ONE]


def test_a_set_logged_in_an_implied_entry_does_not_move_it() -> None:
    ledger = workout()
    ledger.do("set.add", {"id": ONE, "exercise_id": BENCH, "reps": 5}, at=100)
    ledger.do("set.add", {"id": TWO, "exercise_id": BENCH, "reps": 4}, at=300)
    ledger.do("exercise.move", {"id": entry_id(WORKOUT_ID, BENCH), "rank": "Zz"}, at=200, device="watch")
    assert next(item.id for item in ledger.workout.shown_exercises()) == entry_id(WORKOUT_ID, BENCH)


def test_an_exercise_is_replaced_in_its_place() -> None:
    ledger = logged()
    ledger.do("exercise.update", {"id": entry(0), "exercise_id": PULL_UP, "superset": 1})
    first = ledger.shape["exercises"][0]
    assert (first["id"], first["exercise_id"], first["superset"], len(first["sets"])) == (entry(0), PULL_UP, 1, 1)


# --- done or not


def test_a_logged_set_is_done_and_says_when() -> None:
    ledger = logged()
    assert (ledger.set(ONE).completed, ledger.set(ONE).completed_at) == (True, moment(100))


def test_a_set_without_values_or_that_says_so_is_not_done() -> None:
    ledger = workout()
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0)})
    ledger.do("set.add", {"id": TWO, "workout_exercise_id": entry(0), "reps": 5, "completed": False})
    ledger.do("set.add", {"id": THREE, "workout_exercise_id": entry(0), "completed": True})
    assert [item.completed for item in ledger.shown] == [False, False, True]


def test_a_planned_set_is_done_when_its_values_come() -> None:
    ledger = workout()
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "completed": False}, at=100)
    ledger.do("set.update", {"id": ONE, "notes": "soon", "rpe": 8, "weight": None}, at=110)
    assert not ledger.set(ONE).completed
    ledger.do("set.update", {"id": ONE, "weight": 80, "completed": False}, at=120)
    assert not ledger.set(ONE).completed
    ledger.do("set.update", {"id": ONE, "reps": 0}, at=130)
    assert (ledger.set(ONE).completed, ledger.set(ONE).completed_at) == (True, moment(130))
    ledger.do("set.update", {"id": ONE, "reps": 8}, at=140)
    assert ledger.set(ONE).completed_at == moment(130)


def test_a_set_undone_and_done_again_is_done_anew() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "completed": False}, at=200)
    assert (ledger.set(ONE).completed, ledger.set(ONE).completed_at) == (False, None)
    ledger.do("set.update", {"id": ONE, "completed": True}, at=300)
    assert ledger.set(ONE).completed_at == moment(300)


def test_changing_only_the_unit_of_a_planned_weight_does_not_complete_the_set() -> None:
    ledger = workout()
    planned = {"id": ONE, "workout_exercise_id": entry(0), "weight": 100, "completed": False}
    ledger.do("set.add", planned)
    ledger.do("set.update", {"id": ONE, "weight_unit": "lb"})
    assert (ledger.set(ONE).weight, ledger.set(ONE).weight_unit) == (Decimal(100), "lb")
    assert not ledger.set(ONE).completed


# --- lifecycle


def lived(*steps: tuple[str, float]) -> Ledger:
    ledger = workout()
    for verb, at in steps:
        ledger.do(f"workout.{verb}", at=at)
    return ledger


def test_time_runs_from_start_and_stands_still_while_paused() -> None:
    ledger = lived(("start", 100), ("pause", 160), ("resume", 400), ("complete", 430.5))
    state = ledger.workout
    assert (state.status, state.active_seconds, state.active_since) == ("completed", 90, None)
    assert (state.started_at, state.ended_at) == (moment(100), moment(430.5))


def test_fractions_of_a_second_add_up_before_they_are_cut() -> None:
    ledger = lived(("start", 100), ("pause", 100.6), ("resume", 200), ("pause", 200.6))
    assert (ledger.workout.active_us, ledger.workout.active_seconds) == (1_200_000, 1)


def test_a_running_workout_says_since_when() -> None:
    ledger = lived(("start", 100), ("pause", 160), ("resume", 400))
    assert (ledger.workout.active_since, ledger.workout.active_seconds) == (moment(400), 60)


def test_what_is_impossible_is_skipped() -> None:
    ledger = lived(("pause", 50), ("complete", 60), ("start", 100), ("resume", 110), ("start", 120), ("complete", 200))
    assert (ledger.workout.status, ledger.workout.active_seconds) == ("completed", 100)
    assert list(ledger.answers.values())[1:] == [
        "superseded",
        "superseded",
        "applied",
        "superseded",
        "superseded",
        "applied",
    ]


def test_a_late_complete_is_the_end_though_the_clean_up_came_first() -> None:
    ledger = lived(("start", 100), ("abandon", 20_000))
    assert ledger.workout.status == "abandoned"
    assert ledger.do("workout.complete", at=3_700) == "applied"
    state = ledger.workout
    assert (state.status, state.ended_at, state.active_seconds) == ("completed", moment(3_700), 3_600)


def test_completing_what_was_given_up_keeps_its_time_and_end() -> None:
    for verb, end, trained in (("cancel", 400, 300), ("abandon", 390, 290)):
        ledger = lived(("start", 100))
        ledger.do("workout.update", {"notes": "tired"}, at=390)
        ledger.do(f"workout.{verb}", at=400)
        ledger.do("workout.update", {"notes": "it counts"}, at=800)
        ledger.do("workout.complete", at=9_000)
        state = ledger.workout
        assert (state.status, state.ended_at, state.active_seconds) == ("completed", moment(end), trained)


def test_sets_done_after_it_was_given_up_move_the_end_when_it_is_completed() -> None:
    for verb, trained in (("cancel", 300), ("abandon", 290)):
        ledger = lived(("start", 100))
        ledger.do("workout.update", {"notes": "tired"}, at=390)
        ledger.do(f"workout.{verb}", at=400)
        for id, at in ((ONE, 700), (TWO, 900)):
            ledger.do("set.add", {"id": id, "workout_exercise_id": entry(0), "reps": 5}, at=at)
        ledger.do("set.remove", {"id": TWO}, at=950)
        ledger.do("workout.complete", at=9_000)
        assert (ledger.workout.ended_at, ledger.workout.active_seconds) == (moment(700), trained)


def test_a_late_operation_can_give_an_earlier_one_its_effect() -> None:
    ledger = lived(("pause", 200))
    assert ledger.do("workout.start", at=100) == "applied"
    assert (ledger.workout.status, ledger.workout.active_seconds) == ("paused", 100)


def test_a_workout_can_be_made_running_or_whole() -> None:
    started = "2026-03-02T17:00:00Z"
    running = workout(started_at=started).workout
    assert (running.status, running.started_at, running.active_since) == (
        "in_progress",
        moment(-3_600),
        moment(-3_600),
    )
    whole = workout(started_at=started, ended_at="2026-03-02T17:45:00.5Z").workout
    assert (whole.status, whole.ended_at) == ("completed", moment(-899.5))
    assert (whole.active_seconds, whole.active_since) == (2_700, None)


def test_sets_of_a_whole_workout_were_done_by_its_end() -> None:
    ledger = Ledger()
    sets = [{"id": ONE, "reps": 5}, {"id": TWO, "target": {"reps": 5}}, {"id": THREE, "reps": 5, "completed": False}]
    tree = [{"id": entry(0), "exercise_id": BENCH, "sets": sets}]
    times = {"started_at": "2026-03-02T17:00:00Z", "ended_at": "2026-03-02T17:30:00Z"}
    ledger.do("workout.create", {"id": WORKOUT_ID, "exercises": tree, **times})
    assert [(item.id, item.completed, item.completed_at) for item in ledger.shown] == [
        (ONE, True, moment(-1_800)),
        (TWO, False, None),
        (THREE, False, None),
    ]


def test_a_start_by_a_slow_watch_holds_though_its_stamp_is_before_the_creation() -> None:
    ledger = workout(name="Push")  # created at 10
    ledger.do("workout.start", at=4, device="watch")
    ledger.do("workout.update", {"name": "Slow", "notes": "kept"}, at=5, device="watch")
    state = ledger.workout
    assert (state.status, state.started_at, state.name, state.notes) == ("in_progress", moment(4), "Push", "kept")


def test_idle_hours_are_not_training() -> None:
    ledger = lived(("start", 100))
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "reps": 5}, at=1_300)
    ledger.do("workout.abandon", at=23_000, device="server")
    state = ledger.workout
    assert (state.status, state.ended_at, state.active_seconds) == ("abandoned", moment(1_300), 1_200)
    ledger.do("set.update", {"id": ONE, "reps": 6}, at=1_600, device="watch")
    assert (ledger.workout.ended_at, ledger.workout.active_seconds) == (moment(1_600), 1_500)


def test_what_was_abandoned_in_a_pause_trained_until_the_pause() -> None:
    state = lived(("start", 100), ("pause", 400), ("abandon", 23_000)).workout
    assert (state.ended_at, state.active_seconds) == (moment(400), 300)


def test_a_workout_does_not_end_before_it_started() -> None:
    ledger = Ledger()
    create = Op("create", "workout.create", moment(0), "phone", {"id": WORKOUT_ID, "started_at": moment(60)})
    ledger.accept(create, moment(60))
    ledger.do("workout.abandon", at=23_000, device="server")
    assert (ledger.workout.ended_at, ledger.workout.active_seconds) == (moment(60), 0)


def test_a_word_of_the_coach_is_no_training() -> None:
    ledger = lived(("start", 100))
    ledger.do("workout.pause", at=400)
    ledger.do("workout.resume", at=500)
    ledger.do("cue", {"text": "Still there?"}, at=5_000, device="coach")
    ledger.do("workout.abandon", at=23_000, device="server")
    assert (ledger.workout.ended_at, ledger.workout.active_seconds) == (moment(500), 300)
    without = replay(event for event in ledger.events if event.type != "cue")
    assert without == ledger.workout


def test_the_number_of_a_replay_is_the_highest_given() -> None:
    ledger = logged()
    ledger.do("cue", {"text": "Elbows in!"}, at=50, device="coach")
    assert replay(ledger.events).seq == ledger.workout.seq == 3


# --- rest


def test_a_rest_is_a_deadline_and_the_later_one_counts() -> None:
    ledger = logged()
    ledger.do("rest.start", {"seconds": 90, "set_id": ONE}, at=200, op_id="first")
    assert ledger.workout.rest == Rest(ONE, 90, moment(290), "first")
    ledger.do("rest.start", {"seconds": 60}, at=210, op_id="second")
    assert ledger.workout.rest == Rest(None, 60, moment(270), "second")
    ledger.do("rest.stop", at=205)
    assert ledger.workout.rest is not None
    ledger.do("rest.stop", at=220)
    assert ledger.workout.rest is None


def test_the_end_of_a_rest_ends_that_rest_only() -> None:
    ledger = logged()
    ledger.do("rest.start", {"seconds": 30}, at=200, op_id="first")
    ledger.do("rest.start", {"seconds": 90}, at=210, op_id="second")
    assert ledger.do("rest.end", {"start_op_id": "first"}, at=230) == "superseded"
    assert ledger.workout.rest == Rest(None, 90, moment(300), "second")
    assert ledger.do("rest.end", {"start_op_id": "second"}, at=300) == "applied"
    assert ledger.workout.rest is None


def test_a_rest_does_not_outlive_the_workout() -> None:
    ledger = logged()
    ledger.do("rest.start", {"seconds": 90}, at=200)
    ledger.do("workout.delete", at=210)
    assert ledger.workout.rest is None
    ledger.do("workout.restore", at=220)
    assert ledger.workout.rest is None


def test_a_rest_begun_after_a_deletion_that_comes_late_is_none() -> None:
    ledger = logged()
    ledger.do("rest.start", {"seconds": 90}, at=200)
    ledger.do("workout.delete", at=190, device="watch")
    assert ledger.workout.rest is None
    ledger.do("workout.restore", at=195, device="watch")
    assert ledger.workout.rest is not None
    assert not ledger.pushes[-1].naive


def test_the_end_of_the_workout_ends_its_rest() -> None:
    for verb in ("complete", "cancel", "abandon"):
        ledger = lived(("start", 100))
        ledger.do("rest.start", {"seconds": 90}, at=200)
        ledger.do(f"workout.{verb}", at=210)
        assert ledger.workout.rest is None


# --- the fold itself


def test_a_cue_changes_nothing_but_the_number() -> None:
    ledger = logged()
    before = ledger.shape
    ledger.do("cue", {"text": "Elbows in!"})
    assert ledger.shape == {**before, "seq": before["seq"] + 1}


def test_evolve_leaves_the_given_workout_alone_unless_told() -> None:
    ledger = logged()
    before, kept = ledger.workout, ledger.workout.copy()
    event = Op("op", "set.remove", moment(500), "phone", {"id": ONE, "workout_exercise_id": entry(0)})
    after = evolve(before, event)
    assert before == kept
    assert after != before
    assert evolve(before, event, in_place=True) is before
    assert before == after


def test_the_latest_stamp_and_the_highest_number_stay() -> None:
    ledger = logged()
    state = ledger.workout.copy()
    evolve(state, ledger.events[0], in_place=True)
    assert (state.last_stamp, state.seq) == (ledger.events[-1].stamp, 2)
    assert state.is_late((moment(99), "zzz", "zzz"))
    assert not state.is_late((moment(100), "phone", "op-002"))


def test_a_replay_stops_before_the_given_stamp() -> None:
    ledger = lived(("start", 100), ("pause", 200))
    pause = ledger.events[-1]
    assert replay(ledger.events, until=pause.stamp).status == "in_progress"
    assert replay(ledger.events, until=(moment(200) + timedelta(1), "", "")).status == "paused"


# --- what a snapshot is enough for


def test_what_came_in_order_needs_no_snapshot() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "reps": 6})
    ledger.do("rest.start", {"seconds": 60}, op_id="rest")
    ledger.do("rest.end", {"start_op_id": "rest"})
    ledger.do("exercise.remove", {"id": entry(0)})
    ledger.do("set.add", {"id": TWO, "exercise_id": PULL_UP, "reps": 3})
    assert [push.naive for push in ledger.pushes] == [True] * 7


def test_a_late_write_that_loses_needs_a_snapshot_and_one_that_wins_does_not() -> None:
    ledger = logged()
    ledger.do("set.update", {"id": ONE, "reps": 6}, at=300)
    ledger.do("set.update", {"id": ONE, "reps": 4}, at=200, device="watch")
    ledger.do("set.update", {"id": ONE, "notes": "deep"}, at=200, device="watch", op_id="notes")
    assert [push.naive for push in ledger.pushes[-2:]] == [False, True]


def test_what_comes_back_needs_a_snapshot() -> None:
    ledger = logged()
    ledger.do("set.remove", {"id": ONE})
    ledger.do("set.update", {"id": ONE, "notes": "back"})
    assert [push.naive for push in ledger.pushes[-2:]] == [True, False]


def test_a_fraction_of_a_second_that_tips_the_sum_needs_a_snapshot() -> None:
    ledger = lived(("start", 100), ("pause", 100.6), ("resume", 200), ("pause", 200.6))
    assert [push.naive for push in ledger.pushes[1:]] == [True, True, True, False]


def test_an_end_of_which_a_snapshot_cannot_know_needs_one() -> None:
    ledger = lived(("start", 100), ("abandon", 20_000))
    assert [push.naive for push in ledger.pushes[-2:]] == [True, False]
    quick = lived(("start", 100), ("abandon", 100))
    assert quick.pushes[-1].naive
    ledger = lived(("start", 100), ("cancel", 400))
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "reps": 5}, at=700)
    ledger.do("workout.complete", at=9_000)
    assert [push.naive for push in ledger.pushes[-3:]] == [True, True, False]


def test_nor_can_it_of_an_end_that_moved_within_one_call() -> None:
    before = lived(("start", 100))
    ledger = lived(("start", 100), ("cancel", 400))
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "reps": 5}, at=700)
    ledger.do("workout.complete", at=9_000)
    assert not is_naive(before.workout, ledger.events[2:], ledger.workout)
    ledger = lived(("start", 100))
    ledger.do("set.add", {"id": ONE, "workout_exercise_id": entry(0), "reps": 5}, at=700)
    ledger.do("workout.abandon", at=9_000)
    assert not is_naive(before.workout, ledger.events[2:], ledger.workout)
