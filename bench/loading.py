"""Putting the made-up gym into the real tables with COPY, and taking away what earlier runs added to it."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import Preferences, Profile, User
from bench.history import Athlete, Lift, athletes, days_of, workouts_of
from bench.options import Size
from bench.rows import TABLES, Book, Row
from exercises.enums import Status
from exercises.models import Exercise as CatalogueExercise
from fitai.common.models import Clock
from workouts.operations.store import Exercise

PASSWORD = "correct horse battery"
WORKOUTS_A_COPY = 400
ADDED = {"workouts_workout": "created_at", "common_event": "created_at", "common_job": "created_at",
         "common_idempotencykey": "created_at", "accounts_session": "created_at",
         "accounts_securityevent": "created_at"}  # fmt: skip
Say = Callable[[str], object]


def library() -> tuple[list[Lift], dict[str, Exercise]]:
    """The exercises that everybody sees, in a fixed order, and what numbers depend on of each."""
    rows = CatalogueExercise.objects.filter(owner=None, status=Status.APPROVED, deleted_at=None).order_by("slug")
    lifts, facts = [], {}
    for id, tracking, share, muscles in rows.values_list("pk", "tracking", "bodyweight_share", "primary_muscles"):
        lifts.append(Lift(str(id), tracking))
        facts[str(id)] = Exercise(tracking, share, tuple(muscles))
    return lifts, facts


@transaction.atomic
def load_people(size: Size) -> None:
    """Everybody with all their rows; they share one hash, because a thousand would take a minute."""
    password = make_password(PASSWORD)
    people = [
        User(id=a.id, username=a.username, email=f"{a.username}@example.org", password=password) for a in athletes(size)
    ]
    User.objects.bulk_create(people)
    Profile.objects.bulk_create([Profile(user=user) for user in people])
    Preferences.objects.bulk_create([Preferences(user=user) for user in people])
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in people]
    )
    Clock.objects.bulk_create(
        [Clock(user_id=a.id, change_seq=a.workouts, stream_seq=0) for a in athletes(size) if a.workouts]
    )


def load_training(size: Size, who: Sequence[Athlete], say: Say) -> None:
    """All workouts of these athletes."""
    lifts, facts = library()
    days = days_of(lifts, size.seed)
    total, done, said = sum(athlete.workouts for athlete in who), 0, time.monotonic()
    waiting: dict[str, list[Row]] = defaultdict(list)
    with unchecked():
        for athlete in who:
            book = Book(athlete.id, facts)
            for raw in workouts_of(athlete, size, days):
                for table, rows in book.rows(raw).items():
                    waiting[table] += rows
                done += 1
                if done % WORKOUTS_A_COPY == 0:
                    copy(waiting)
                if time.monotonic() - said > 5:
                    say(f"{done:,} of {total:,} workouts")
                    said = time.monotonic()
        copy(waiting)


@contextmanager
def unchecked() -> Iterator[None]:
    """Without triggers and syncing: the rows are right by construction, and a power cut means loading again."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("RESET session_replication_role; RESET synchronous_commit")


def copy(waiting: dict[str, list[Row]]) -> None:
    """Write the waiting rows of all tables, and forget them."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
                for row in waiting[table]:
                    stream.write_row(row)
    waiting.clear()


def settle() -> None:
    """Leave the tables as months of use and a night of autovacuum would: in the order of time, with statistics."""
    with connection.cursor() as cursor:
        for table in ("workouts_workout", "workouts_set"):
            cursor.execute(f"CREATE INDEX bench_time ON {table} (performed_at)")
            cursor.execute(f"CLUSTER {table} USING bench_time")
            cursor.execute("DROP INDEX bench_time")
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("CHECKPOINT")


def tidy(since: datetime) -> None:
    """Take away what runs since then added, what refers to another row before that row."""
    newcomers = list(User.objects.filter(date_joined__gt=since).values_list("pk", flat=True))
    with unchecked(), connection.cursor() as cursor:
        for table in ("workouts_record", "workouts_set", "workouts_workoutexercise"):
            cursor.execute(
                f"DELETE FROM {table} WHERE workout_id IN (SELECT id FROM workouts_workout WHERE created_at > %s)",
                [since],
            )
        for table, column in ADDED.items():
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [since])
        User.objects.filter(pk__in=newcomers).delete()


def parts(size: Size) -> Iterable[list[Athlete]]:
    """Who is loaded beside whom: the one who trains most is about half of the work."""
    everybody = athletes(size)
    return everybody[:1], everybody[1:]
