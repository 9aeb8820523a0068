"""A gym that grows: the people of a small one once more and once more under other names, made inside PostgreSQL, and
what training in it costs.

The one who trains most is there once, with as many workouts as four a week are in twenty years.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.db import connection

from accounts.operations.sessions import tokens_of
from bench import loading, twins
from bench.calls import Call
from bench.history import athletes, days_of
from bench.loading import library, unchecked
from bench.options import Size
from bench.reading import history_routes, log_in
from bench.rows import TABLES
from bench.training import MORE_BY_ONE, begin, log

TWENTY_YEARS = 4_160
SETS_A_WORKOUT, SETS_A_PERSON = 20, 1_250
OF_PEOPLE = ("accounts_user", "accounts_profile", "accounts_preferences", "account_emailaddress", "common_clock")
IDS = ("id", "user_id", "workout_id", "workout_exercise_id", "set_id", "actor_id")
NAMES = {
    "username": "username || '-' || k",
    "email": "k || '-' || email",
    "stream": "'workout:' || bench_twin(split_part(stream, ':', 2)::uuid, k)",
}
# Its first half is the moment, so that the ids of a twin lie in the order of time as well.
TWIN = """
CREATE OR REPLACE FUNCTION bench_twin(id uuid, k int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (left(id::text, 19) || 'a' || substr(digest, 1, 3) || '-' || substr(digest, 4, 12))::uuid
    FROM md5(id::text || k) digest
$$
"""
COLUMNS = """
SELECT quote_ident(column_name), data_type FROM information_schema.columns
WHERE table_name = %s AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


def size_of(sets: int) -> Size:
    """A gym of so many sets."""
    workouts = max(4, sets // SETS_A_WORKOUT)
    return Size(max(2, sets // SETS_A_PERSON), workouts, sets, min(TWENTY_YEARS, workouts // 3), seed=1)


def load(size: Size) -> None:
    loading.load_people(size)
    for part in loading.parts(size):
        loading.load_training(size, part, lambda text: None)
    settle()


def grow(size: Size, sets: int) -> None:
    """Add twins of everybody but the one who trains most, until there are about so many sets."""
    heavy = athletes(size)[0].id
    with unchecked(), connection.cursor() as cursor:
        cursor.execute(TWIN)
        cursor.execute("SELECT count(*) FROM workouts_set WHERE user_id <> %s", [heavy])
        twins_of_each = (sets - size.sets) // cursor.fetchone()[0]
        for table in (*OF_PEOPLE, *TABLES):
            _add_twins(table, heavy, twins_of_each)
    settle()


def _add_twins(table: str, heavy: UUID, twins_of_each: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        columns = dict(cursor.fetchall())
        said = [
            f"bench_twin({name}, k)" if name in IDS and type == "uuid" else NAMES.get(name, name)
            for name, type in columns.items()
        ]
        whose = next((name for name in ("user_id", "workout_id") if name in columns), "id")
        kept = f"{whose} <> %s"
        if whose == "workout_id":
            kept = "workout_id IN (SELECT id FROM workouts_workout WHERE user_id <> %s)"
        at = next((name for name in ("performed_at", "created_at") if name in columns), next(iter(columns)))
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(said)}"
            f" FROM (SELECT * FROM {table} WHERE {kept} ORDER BY {at} OFFSET 0) one, generate_series(1, %s) k",
            [heavy, twins_of_each],
        )


def settle() -> None:
    """Statistics, and nothing left to write, as a night of autovacuum leaves it. Rows lie in the order of time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("CHECKPOINT")


def measure(databases: Sequence[str], size: Size, repeats: int) -> dict[str, list[dict[str, float]]]:
    """Each request is sent once, to a database in turn."""
    enough = repeats + twins.STRETCHES * twins.WARM
    calls = {}
    for database in databases:
        twins.use(database)
        calls[database] = {kind: iter(list(some)) for kind, some in _calls(size, enough).items()}
    kinds = {kind: range(repeats) for kind in calls[databases[0]]}
    return twins.measure(databases, kinds, lambda database, kind, _: next(calls[database][kind]))


def _calls(size: Size, enough: int) -> dict[str, Iterator[Call]]:
    chance = random.Random(1)
    lifts, _ = library()
    days = days_of(lifts, size.seed)
    heavy, *others = athletes(size)
    phones = [(log_in(person), days[n % len(days)]) for n, person in enumerate(others[:100])]
    several = [phones[n % len(phones)] for n in range(enough)]
    phone = log_in(heavy)
    alone = [(begin(phone, day), day) for day in days]
    logged = [(tokens_of(device).access, begin(device, day), day) for device, day in several]
    routes = {route.key: route.calls for route in history_routes(heavy)}
    tokens = [tokens_of(device).access for device, _ in phones]

    def verb(word: str) -> Iterator[Call]:
        return (Call("POST", f"/workouts/{workout}/{word}", token) for token, workout, _ in logged)

    def any_of(some: Sequence[Call]) -> Iterator[Call]:
        return (chance.choice(some) for _ in range(enough))

    return {
        "history of 20 years": any_of(routes["history_first"]),
        "history of 20 years, far down": any_of(routes["history_deep"]),
        "history": any_of([Call("GET", "/workouts", token) for token in tokens]),
        "workout": any_of(routes["workout_detail"]),
        "active": any_of([Call("GET", "/workouts/active", token) for token in tokens]),
        "log a set": (log(token, workout, day, 1) for token, workout, day in logged),
        "log a set, 20 years": islice(
            (log(tokens_of(phone).access, workout, day, n) for n in range(MORE_BY_ONE) for workout, day in alone),
            enough,
        ),
        "complete": verb("complete"),
    }
