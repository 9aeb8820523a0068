"""The plots of a workout's page: its volume set by set, and beside the workouts before it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from fitai.common.plots import LEFT, NARROW, TOP, Mark
from tests.cast import client_of
from tests.workouts.gym import BENCH, CARRY, DIP, PLANK, PULL_UP, SQUAT, Gym, ok, op
from workouts.admin.timeline import page_of
from workouts.admin.volume import Bar, Plot, Scale
from workouts.enums import Status
from workouts.models import Workout

pytestmark = pytest.mark.django_db
KG = {"weight_unit": "kg"}
FIVE = {"reps": 5, "weight": 100, **KG}


def plots(workout: str) -> dict[str, Plot]:
    return {plot.title: plot for plot in page_of(Workout.objects.get(pk=workout), 1).plots}


def said(plot: Plot) -> list[str]:
    return [bar.text for bar in plot.bars]


def test_bars_stand_side_by_side_and_reach_their_kilograms() -> None:
    scale = Scale([0, 500, 1000], slots=10)
    slot = (NARROW.right - LEFT) / 10
    deep = NARROW.bottom - TOP
    bar = scale.bar(2, Decimal(250), "a quarter")
    assert bar == Bar(
        x=round(LEFT + 2.125 * slot, 1),
        width=round(0.75 * slot, 1),
        y=round(NARROW.bottom - deep / 4, 1),
        height=round(deep / 4, 1),
        text="a quarter",
    )
    assert scale.grid() == [
        Mark(NARROW.bottom, "0"),
        Mark(NARROW.bottom - deep / 2, "500"),
        Mark(TOP, "1,000"),
    ]
    assert Scale([0, 1], slots=1).slot == 48


def test_each_set_with_volume_is_a_bar_beside_those_of_its_exercise(gym: Gym) -> None:
    workout = gym.train()
    ok(gym.device.patch(f"/api/v1/workouts/{workout}", {"body_weight": 80, "body_weight_unit": "kg"}))
    gym.log(workout, BENCH, kind="warmup", reps=10, weight=40, **KG)
    gym.log(workout, BENCH, **FIVE)
    gym.log(workout, PULL_UP, reps=10)
    gym.log(workout, DIP, reps=8, assistance=20, **KG)
    gym.log(workout, BENCH, reps=3, weight="220.462", weight_unit="lb")
    gym.log(workout, BENCH, completed=False, **FIVE)
    gym.log(workout, PLANK, duration_seconds=60)
    plot = plots(workout)["Volume set by set"]
    assert said(plot) == [
        "Bench Press, set 2: 5 × 100 kg, 500 kg",
        "Bench Press, set 3: 3 × 220.462 lb, 300 kg",
        "Pull-up, set 1: 10 reps, 760 kg",
        "Assisted Dip, set 1: 8 × body weight − 20 kg, 480 kg",
    ]
    total = Workout.objects.get(pk=workout).total_volume_kg
    assert round(total) == 500 + 300 + 760 + 480  # what the plot shows is what the product counts
    assert [mark.text for mark in plot.marks] == ["Bench Press", "Pull-up", "Assisted Dip"]
    assert {bar.chosen for bar in plot.bars} == {True}


def test_exercises_are_named_as_far_as_there_is_room(gym: Gym) -> None:
    """By their name, by its beginning, or by their number in the timeline."""
    workout = gym.train()
    for exercise, count in ((SQUAT, 12), (BENCH, 4), (DIP, 1)):
        for _ in range(count):
            gym.log(workout, exercise, **FIVE)
    marks = plots(workout)["Volume set by set"].marks
    assert [mark.text for mark in marks] == ["Squat", "Bench Press", "Assis…"]
    for _ in range(8):
        gym.log(workout, SQUAT, **FIVE)
    marks = plots(workout)["Volume set by set"].marks
    assert [mark.text for mark in marks] == ["Squat", "Bench Press", "3"]


def test_what_was_done_first_stands_first(gym: Gym) -> None:
    workout, now = gym.train(), timezone.now()
    entries = {exercise: gym.add(workout, exercise)["id"] for exercise in (BENCH, SQUAT)}

    def done(minutes_ago: int, exercise: str, reps: int, rank: str) -> Any:
        told = {"reps": reps, "weight": "100", "weight_unit": "kg", "completed": True, "rank": rank}
        moment = (now - timedelta(minutes=minutes_ago)).isoformat()
        return op("set.add", moment, id=str(uuid4()), workout_exercise_id=entries[exercise], **told)

    ops = [done(1, BENCH, 1, "a0"), done(2, SQUAT, 2, "a1"), done(3, SQUAT, 3, "a2")]
    gym.send(workout, *ops, sent_at=now.isoformat())
    assert said(plots(workout)["Volume set by set"]) == [
        "Squat, set 2: 3 × 100 kg, 300 kg",
        "Squat, set 1: 2 × 100 kg, 200 kg",
        "Bench Press, set 1: 1 × 100 kg, 100 kg",
    ]


def test_a_workout_stands_last_beside_those_completed_before_it(gym: Gym, stranger: User) -> None:
    def on(day: int, *, name: str, reps: int, of: Gym = gym) -> str:
        return str(of.whole(f"2026-11-{day:02}T18:00", {**FIVE, "reps": reps}, name=name)["id"])

    ids = [on(day, name=f"Day {day}", reps=day) for day in range(1, 15)]
    ok(gym.device.delete(f"/api/v1/workouts/{ids[9]}"), 204)
    Workout.objects.filter(pk=ids[10]).update(status=Status.CANCELLED)
    on(8, name="Somebody else's", reps=9, of=Gym(client_of(stranger)))
    plot = plots(ids[12])["Beside earlier workouts"]
    days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13]
    assert said(plot) == [f"{day:02} Nov 2026, Day {day}: {day * 100:,} kg" for day in days]
    assert [bar.chosen for bar in plot.bars] == [False] * 10 + [True]
    assert plot.bars[-2].link == reverse("admin:workouts_workout_change", args=[ids[11]])
    assert [mark.text for mark in plot.marks] == ["1 Nov", "3 Nov", "5 Nov", "7 Nov", "9 Nov", "13 Nov"]


def test_twelve_are_shown_at_most(gym: Gym) -> None:
    ids = [gym.whole(f"2026-11-{day:02}T18:00", FIVE)["id"] for day in range(1, 15)]
    shown = said(plots(ids[-1])["Beside earlier workouts"])
    assert [text[:6] for text in shown] == [f"{day:02} Nov" for day in range(3, 15)]


def test_nothing_is_drawn_where_there_is_nothing_to_draw(gym: Gym, desk: Client) -> None:
    """No set with volume; no other workout; others, but none of them with volume."""
    first = gym.whole("2026-11-02T18:00", {"duration_seconds": 60}, exercise=PLANK)["id"]
    assert plots(first) == {}
    second = gym.whole("2026-11-03T18:00", {"duration_seconds": 90}, exercise=PLANK)["id"]
    assert plots(second) == {}
    assert "<figure" not in desk.get(reverse("admin:workouts_workout_change", args=[second])).content.decode()
    third = gym.whole("2026-11-04T18:00", {"reps": 1, "weight": 40, **KG}, exercise=CARRY)["id"]
    assert list(plots(third)) == ["Volume set by set", "Beside earlier workouts"]


def test_the_plots_are_drawn(gym: Gym, desk: Client) -> None:
    earlier = gym.whole("2026-11-02T18:00", FIVE, name="<b>Push</b>")["id"]
    workout = gym.whole("2026-11-03T18:00", FIVE, name="Push")["id"]
    shown = desk.get(reverse("admin:workouts_workout_change", args=[workout])).content.decode()
    link = reverse("admin:workouts_workout_change", args=[earlier])
    assert f'<a href="{link}"><title>02 Nov 2026, &lt;b&gt;Push&lt;/b&gt;: 500 kg</title>' in shown
    assert '<g><title>Bench Press, set 1: 5 × 100 kg, 500 kg</title><rect class="fit-bar-part"' in shown
