"""A crowd of made-up people who know each other, made inside PostgreSQL, and what looking for them costs.

The same number of people is the same crowd. What a search reads of friends is the same in a small crowd and in a large
one, which is the small one with others added.
"""

import random
from collections.abc import Iterator, Sequence
from hashlib import md5
from itertools import cycle
from urllib.parse import quote
from uuid import UUID

from django.db import connection

from accounts.models import User
from accounts.operations.sessions import Device, open_session, tokens_of
from bench import twins
from bench.calls import Call
from bench.loading import unchecked
from bench.twins import slipped, use

FIRST = [
    "Ada",
    "Adam",
    "Agnes",
    "Alba",
    "Alexander",
    "Amelie",
    "Ana",
    "Anders",
    "André",
    "Anna",
    "Ben",
    "Björn",
    "Carla",
    "Carlos",
    "Chloé",
    "Clara",
    "Daniel",
    "David",
    "Elena",
    "Emil",
    "Emma",
    "Eva",
    "Felix",
    "Finn",
    "Georg",
    "Hanna",
    "Hugo",
    "Ida",
    "Ingrid",
    "Jan",
    "Johanna",
    "Johannes",
    "Jonas",
    "José",
    "Julia",
    "Karl",
    "Katharina",
    "Lars",
    "Laura",
    "Lena",
    "Leo",
    "Lina",
    "Louis",
    "Luca",
    "Lucía",
    "Luis",
    "Maja",
    "Marco",
    "Maria",
    "Marie",
    "Marta",
    "Martin",
    "Matteo",
    "Max",
    "Mia",
    "Miguel",
    "Mila",
    "Mohammed",
    "Nadia",
    "Nils",
    "Nina",
    "Noah",
    "Nora",
    "Olga",
    "Oliver",
    "Omar",
    "Oskar",
    "Otto",
    "Pablo",
    "Paul",
    "Paula",
    "Peter",
    "Petra",
    "Pia",
    "Rafael",
    "Rosa",
    "Ruth",
    "Sara",
    "Sebastian",
    "Sofia",
    "Stefan",
    "Susanne",
    "Theo",
    "Thomas",
    "Tim",
    "Tom",
    "Uwe",
    "Valentina",
    "Vera",
    "Victor",
    "Werner",
    "Yara",
    "Yusuf",
    "Zoe",
]
ONSETS = [
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sch",
    "st",
    "t",
    "v",
    "w",
    "z",
]
RHYMES = [
    "ach",
    "ack",
    "ahn",
    "all",
    "ang",
    "ark",
    "auer",
    "ebel",
    "eck",
    "eder",
    "ein",
    "eld",
    "emann",
    "enz",
    "erg",
    "ert",
    "ich",
    "iel",
    "ing",
    "itz",
    "off",
    "olt",
    "ora",
    "ost",
    "uber",
    "und",
    "ürk",
]
ENDS = ["", "", "er", "mann", "son", "ez", "ski", "i"]
CITIES = (("52.52", "13.41"), ("48.14", "11.58"), ("40.42", "-3.70"), ("41.39", "2.17"), ("51.51", "-0.13"))
FRIENDS = range(1, 26)  # steps round the ring of those who know each other: fifty friends each
KNOWN = 10_000
VIEWERS = 20
PREFIXES = (1, 2, 3, 4, 5)

PEOPLE = """
INSERT INTO accounts_user (id, password, is_superuser, username, email, display_name, role, language, is_staff,
                           is_active, date_joined, avatar)
SELECT id, '!', false, name || n, name || n || '@example.org', first || ' ' || last, 'user', 'en', false,
  true, now(), ''
FROM (
  SELECT n, md5('person ' || n)::uuid AS id, first, last, left(lower(translate(
    translate(first, 'éíö', 'eio') || '.' || translate(last, 'ü', 'u'), ' ', '')), 22) AS name
  FROM (
    SELECT n, (%(first)s::text[])[1 + floor(power(hash(n, 1), 2) * cardinality(%(first)s::text[]))::int] AS first,
      initcap((%(onsets)s::text[])[1 + floor(hash(n, 2) * cardinality(%(onsets)s::text[]))::int]
        || (%(rhymes)s::text[])[1 + floor(hash(n, 3) * cardinality(%(rhymes)s::text[]))::int]
        || (%(rhymes)s::text[])[1 + floor(power(hash(n, 4), 3) * cardinality(%(rhymes)s::text[]))::int]
        || (%(ends)s::text[])[1 + floor(hash(n, 5) * cardinality(%(ends)s::text[]))::int]) AS last
    FROM generate_series(%(begin)s::int, %(end)s::int) n
  ) named
) person
"""
HASH = """
CREATE OR REPLACE FUNCTION pg_temp.hash(n int, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE RETURN
    (hashint8extended(n, salt) & 9007199254740991)::float8 / 9007199254740992
"""
# A fifth show everyone their profile, a third say where they train, by one of a few cities.
PROFILES = """
INSERT INTO accounts_profile (user_id, bio, sex, height_unit, experience, goals, equipment, injuries, time_zone, city,
                              latitude, longitude)
SELECT md5('person ' || n)::uuid, '', '', 'cm', '', '{}', '{}', '{}', 'UTC', '',
  CASE WHEN n %% 3 = 0 THEN (%(latitudes)s::numeric[])[1 + n %% 5] END,
  CASE WHEN n %% 3 = 0 THEN (%(longitudes)s::numeric[])[1 + n %% 5] END
FROM generate_series(%(begin)s::int, %(end)s::int) n
"""
PREFERENCES = """
INSERT INTO accounts_preferences (user_id, weight_unit, distance_unit, height_unit, notifications, privacy_profile,
  privacy_workouts, privacy_metrics, privacy_search, rest_timer_seconds, plate_sizes_kg, plate_sizes_lb, first_weekday)
SELECT md5('person ' || n)::uuid, 'kg', 'km', 'cm', '{}', CASE WHEN n %% 5 = 0 THEN 'everyone' ELSE 'friends' END,
  'friends', 'nobody', CASE WHEN n %% 50 = 0 THEN 'friends' ELSE 'everyone' END, 120, '{}', '{}', 1
FROM generate_series(%(begin)s::int, %(end)s::int) n
"""
FRIENDSHIPS = """
INSERT INTO accounts_friendship (low_id, high_id, requester_id, created_at, accepted_at, withdrawn)
SELECT least(one, other), greatest(one, other), one, now(), now() - n * interval '1 minute', false
FROM (
  SELECT n, md5('person ' || n)::uuid AS one, md5('person ' || 1 + (n + step - 1) %% %(known)s)::uuid AS other
  FROM generate_series(1, %(known)s::int) n, unnest(%(steps)s::int[]) step
) pair
"""
NAMES = """
INSERT INTO accounts_nameentry (user_id, text, listed, cell)
SELECT user_id, text, listed, cell FROM accounts_named(),
  LATERAL (SELECT accounts_name_texts(username) UNION SELECT accounts_name_texts(display_name)) said(text)
WHERE user_id IN (SELECT md5('person ' || n)::uuid FROM generate_series(%(begin)s::int, %(end)s::int) n)
"""


def load(begin: int, end: int) -> None:
    """Add the people of these numbers; the first of all bring their friendships."""
    latitudes, longitudes = zip(*CITIES, strict=True)
    values = {"first": FIRST, "onsets": ONSETS, "rhymes": RHYMES, "ends": ENDS, "begin": begin, "end": end}
    values |= {"latitudes": list(latitudes), "longitudes": list(longitudes)}
    with unchecked(), connection.cursor() as cursor:
        cursor.execute(HASH)
        cursor.execute(PEOPLE.replace("hash(n", "pg_temp.hash(n"), values)
        for statement in (PROFILES, PREFERENCES, NAMES):
            cursor.execute(statement, values)
        if begin == 1:
            cursor.execute(FRIENDSHIPS, {"known": min(end, KNOWN), "steps": list(FRIENDS)})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("CHECKPOINT")


def measure(databases: Sequence[str], repeats: int, known: int, seed: int = 1) -> dict[str, list[dict[str, float]]]:
    """What is typed differs, and who searches. It finds some of the first `known`."""
    use(databases[0])
    searches = dict(_searches(random.Random(seed), repeats, known))
    tokens = {database: cycle(_tokens(database)) for database in databases}

    def call(database: str, kind: str, text: str) -> Call:
        near = "&near=52.52,13.41" if "near" in kind else ""
        return Call("GET", f"/users/search?q={quote(text)}{near}", next(tokens[database]))

    return twins.measure(databases, searches, call)


def _tokens(database: str) -> list[str]:
    use(database)
    users = User.objects.filter(pk__in=[_id(number) for number in range(1, VIEWERS + 1)])
    device = Device("127.0.0.1", "FitAI bench", "phone")
    return [tokens_of(open_session(user, device)).access for user in users]


def _searches(chance: random.Random, repeats: int, known: int) -> Iterator[tuple[str, list[str]]]:
    """What is typed, by kind: of people who are in the small crowd already."""
    ids = [_id(chance.randrange(1, known + 1)) for _ in range(repeats)]
    people = User.objects.in_bulk(ids)
    some = [people[id] for id in ids]
    yield "exact username", [user.username for user in some]
    for length in PREFIXES:
        yield f"prefix, {length} letter{'s' * (length > 1)}", [user.display_name[:length] for user in some]
    yield "prefix, 3 letters, near", [user.display_name[:3] for user in some]
    yield "whole name", [user.display_name for user in some]
    yield "whole name, one slip", [slipped(user.username, chance) for user in some]


def _id(number: int) -> UUID:
    return UUID(md5(f"person {number}".encode(), usedforsecurity=False).hexdigest())
