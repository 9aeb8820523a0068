"""How popular exercises are, counted anew from time to time."""

from datetime import datetime

from django.db import connection, transaction

HALF_LIFE_DAYS = 30
"""A plan lasts some weeks. After a month what people did then counts half, after a season an eighth: what is new can
come to the top, and a week off changes little."""


def worth(day: str) -> str:
    """What a workout on a day (UTC) is worth today, as SQL."""
    age = f"greatest(0, (%(now)s AT TIME ZONE 'UTC')::date - {day})"
    return f"power(0.5, {age}::float8 / {HALF_LIFE_DAYS})"


COUNTED = f"""
WITH recent AS (
    SELECT u.*, w.period, {worth("(u.at AT TIME ZONE 'UTC')::date")} AS worth
    FROM (VALUES ('7d', interval '7 days'), ('30d', interval '30 days')) AS w(period, length)
    JOIN exercises_use u ON u.at > %(now)s - w.length AND u.at <= %(now)s
), counted AS (
    SELECT exercise_id, period, count(DISTINCT user_id) AS people, count(*) AS workouts, sum(sets) AS sets,
           sum(worth) AS score
    FROM recent GROUP BY 1, 2
    UNION ALL
    SELECT exercise_id, 'all', count(*), sum(workouts), sum(sets), (
        SELECT sum(d.workouts * {worth("d.day")}) FROM exercises_usedday d WHERE d.exercise_id = t.exercise_id)
    FROM exercises_trained t GROUP BY 1
)
INSERT INTO exercises_popularity (exercise_id, period, people, workouts, sets, score, place)
SELECT exercise_id, period, people, workouts, sets, round(score::numeric, 6),
       row_number() OVER (PARTITION BY period ORDER BY round(score::numeric, 6) DESC, exercise_id)
FROM counted
"""  # noqa: S608  a number of ours
TOTALS = """
INSERT INTO exercises_usagetotals (id, counted_at, people, workouts, sets, ratings, rated)
SELECT 1, %(now)s, trained.people, trained.workouts, trained.sets, rated.ratings, rated.exercises
FROM (SELECT count(DISTINCT user_id) AS people, count(DISTINCT workout_id) AS workouts, coalesce(sum(sets), 0) AS sets
      FROM exercises_use) trained,
     (SELECT count(*) AS ratings, count(DISTINCT exercise_id) AS exercises FROM exercises_rating) rated
ON CONFLICT (id) DO UPDATE SET counted_at = EXCLUDED.counted_at, people = EXCLUDED.people,
    workouts = EXCLUDED.workouts, sets = EXCLUDED.sets, ratings = EXCLUDED.ratings, rated = EXCLUDED.rated
"""


@transaction.atomic
def count_popularity(now: datetime) -> None:
    """Count every window and the totals as of now; until the commit everybody reads the earlier count."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE exercises_popularity IN SHARE ROW EXCLUSIVE MODE")  # a second count waits
        cursor.execute("DELETE FROM exercises_popularity")
        cursor.execute(COUNTED, {"now": now})
        cursor.execute(TOTALS, {"now": now})
