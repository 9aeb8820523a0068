"""What is trained, and how much of it: kept from completed workouts, which other apps hold.

`Use` is the base. A trigger keeps `Trained` and `UsedDay` right after any change of it, whoever makes it: an edit of a
workout, the removal of a person, or SQL by hand.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exercises.enums import Window
from exercises.models.library import Exercise

WAS, THERE = "SELECT *, -1 AS sign FROM was", "SELECT *, 1 AS sign FROM there"
# Counting takes turns, from here to the end of the transaction: each sees what those before it have counted, and no
# two wait for each other. `was` and `there` are the rows of the statement before and after it.
COUNT = """
IF NOT EXISTS ({changed}) THEN RETURN NULL; END IF;
PERFORM pg_advisory_xact_lock(hashtext('exercises_use'));
{begin}
UPDATE exercises_usedday kept SET workouts = kept.workouts + said.workouts, sets = kept.sets + said.sets
FROM (SELECT exercise_id, (at AT TIME ZONE 'UTC')::date AS day, sum(sign) AS workouts, sum(sign * sets) AS sets
      FROM ({changed}) changed GROUP BY 1, 2) said
WHERE kept.exercise_id = said.exercise_id AND kept.day = said.day;
DELETE FROM exercises_usedday kept USING ({changed}) changed
WHERE kept.workouts = 0 AND kept.exercise_id = changed.exercise_id
  AND kept.day = (changed.at AT TIME ZONE 'UTC')::date;
DELETE FROM exercises_trained kept USING ({changed}) changed
WHERE kept.user_id = changed.user_id AND kept.exercise_id = changed.exercise_id AND NOT EXISTS (
    SELECT FROM exercises_use u WHERE u.user_id = kept.user_id AND u.exercise_id = kept.exercise_id);
INSERT INTO exercises_trained (user_id, exercise_id, workouts, sets, first_at, last_at)
SELECT u.user_id, u.exercise_id, count(*), sum(u.sets), min(u.at), max(u.at)
FROM exercises_use u JOIN (SELECT DISTINCT user_id, exercise_id FROM ({changed}) changed) said
  ON said.user_id = u.user_id AND said.exercise_id = u.exercise_id
GROUP BY 1, 2
ON CONFLICT (user_id, exercise_id) DO UPDATE SET workouts = EXCLUDED.workouts, sets = EXCLUDED.sets,
  first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at;
RETURN NULL;
"""
BEGIN_DAYS = """
INSERT INTO exercises_usedday (exercise_id, day, workouts, sets)
SELECT DISTINCT exercise_id, (at AT TIME ZONE 'UTC')::date, 0, 0 FROM there ON CONFLICT DO NOTHING;
"""


def count_uses(name: str, operation: pgtrigger.Operation, changed: str, **referencing: str) -> pgtrigger.Trigger:
    """Keep what is counted of uses right after a statement that changes them."""
    return pgtrigger.Trigger(
        name=f"count_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing),
        func=COUNT.format(changed=changed, begin=BEGIN_DAYS if "new" in referencing else ""),
    )


class Use(models.Model):
    """An exercise in a completed workout, with so many working sets."""

    workout_id = models.UUIDField()
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    sets = models.PositiveIntegerField()
    at = models.DateTimeField(help_text="when the workout began")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workout_id", "exercise"], name="use_once"),
            models.CheckConstraint(condition=Q(sets__gte=1), name="use_sets"),
        ]
        indexes = [
            models.Index(fields=["user", "exercise", "at"], include=["sets"], name="use_trained"),
            models.Index(fields=["at"], include=["exercise", "user", "sets"], name="use_recent"),
        ]
        triggers = [
            count_uses("more", pgtrigger.Insert, THERE, new="there"),
            count_uses("changed", pgtrigger.Update, f"{WAS} UNION ALL {THERE}", old="was", new="there"),
            count_uses("fewer", pgtrigger.Delete, WAS, old="was"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise}: {self.sets} sets"


class Trained(models.Model):
    """That somebody trains an exercise: all their completed workouts with it, taken together. Kept by a trigger."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="trained")
    workouts = models.PositiveIntegerField()
    sets = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "exercise"], name="trained_once"),
            models.CheckConstraint(
                condition=Q(workouts__gte=1, sets__gte=F("workouts"), last_at__gte=F("first_at")),
                name="trained_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise}: {self.workouts} workouts"


class UsedDay(models.Model):
    """How much an exercise was trained on a day (UTC), by everybody together. Kept by a trigger."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    workouts = models.PositiveIntegerField()
    sets = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "day"], name="used_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.workouts} workouts"


class Popularity(models.Model):
    """How popular an exercise is in a window of time, as of the last count (`UsageTotals`)."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, db_index=False, related_name="popularity")
    window = models.CharField(max_length=3, choices=Window, db_column="period")
    people = models.PositiveIntegerField()
    workouts = models.PositiveIntegerField()
    sets = models.PositiveIntegerField()
    score = models.FloatField(help_text="its workouts, each worth half as much every 30 days")
    place = models.PositiveIntegerField(help_text="in the window: 1 is the most popular")

    class Meta:
        verbose_name_plural = "popularities"
        constraints = [
            models.UniqueConstraint(fields=["exercise", "window"], name="popularity_once"),
            models.UniqueConstraint(fields=["window", "place"], name="popularity_place"),
            models.CheckConstraint(condition=Q(window__in=Window.values), name="popularity_window_known"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise} in {self.window}: {self.score:.1f}"


class UsageTotals(models.Model):
    """The one row of what everybody trained and rated together, and of when that was last counted."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField()
    people = models.PositiveBigIntegerField(help_text="who have trained any exercise")
    workouts = models.PositiveBigIntegerField()
    sets = models.PositiveBigIntegerField()
    ratings = models.PositiveBigIntegerField()
    rated = models.PositiveBigIntegerField(help_text="exercises that have a rating")

    class Meta:
        verbose_name_plural = "usage totals"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="usage_totals_is_one")]

    def __str__(self) -> str:
        return f"{self.workouts} workouts as of {self.counted_at:%Y-%m-%d %H:%M}"
