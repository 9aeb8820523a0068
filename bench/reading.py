"""The routes that people use before they train and after: accounts, the library, the history."""

from collections.abc import Iterator
from itertools import islice

from accounts.models import Session, User
from accounts.operations.sessions import Device, open_session, tokens_of
from bench.calls import Call, Route
from bench.history import Athlete, athletes
from bench.loading import PASSWORD, library
from bench.options import Size
from fitai.common.ids import uuid7
from fitai.common.pagination import DEFAULT_LIMIT, encode
from workouts.models import Workout

QUERIES = (
    "bench press", "squat", "pecs", "RDL", "benchpres", "pull up", "dumbbell curl", "shoulder", "deadlft", "row", "OHP",
    "leg press (Machine)",
)  # fmt: skip
DEEP = 1_000
READERS = 50
ENOUGH = 4_000  # one-time requests: more than a fast machine sends in the time


def log_in(athlete: Athlete) -> Session:
    """A new device of theirs."""
    return open_session(User.objects.get(pk=athlete.id), Device("127.0.0.1", "FitAI bench", "phone"))


def reading_routes(size: Size, seconds: float) -> Iterator[Route]:
    everybody = athletes(size)
    heavy, others = everybody[0], everybody[1:]
    readers = [tokens_of(log_in(athlete)).access for athlete in others[:READERS]]
    yield Route("register", "register", 201, list(registrations(seconds)), once=True)
    yield Route(
        "log_in",
        "log in",
        200,
        [Call("POST", "/auth/login", body={"login": a.username, "password": PASSWORD}) for a in others],
    )
    yield Route("refresh", "refresh", 200, list(refreshes(others, seconds)), once=True)
    searches = [
        Call("POST", "/exercises/search", readers[n % len(readers)], {"query": QUERIES[n % len(QUERIES)]})
        for n in range(len(readers) * len(QUERIES))
    ]
    yield Route("exercise_search", "exercise search", 200, searches)
    yield Route("exercise_list", "exercise list", 200, [Call("GET", "/exercises", token) for token in readers])
    lifts, _ = library()
    details = [Call("GET", f"/exercises/{lift.id}", readers[n % len(readers)]) for n, lift in enumerate(lifts)]
    yield Route("exercise_detail", "exercise detail", 200, details)
    yield from history_routes(heavy)


def history_routes(heavy: Athlete) -> Iterator[Route]:
    """The history of the one who trains most: a workout of it, its first page, and one far down."""
    token = tokens_of(log_in(heavy)).access
    newest = Workout.objects.filter(user_id=heavy.id, deleted_at=None).order_by("-performed_at", "-id")
    some = newest.values_list("pk", flat=True)[: heavy.workouts : max(1, heavy.workouts // 200)]
    yield Route("workout_detail", "workout detail", 200, [Call("GET", f"/workouts/{pk}", token) for pk in some])
    page = max(1, min(DEEP, heavy.workouts // DEFAULT_LIMIT))
    yield Route("history_first", "history, page 1", 200, [Call("GET", "/workouts", token)])
    names = ("performed_at", "id")
    end_of_page_before = newest.values_list(*names)[max(0, (page - 1) * DEFAULT_LIMIT - 1)]
    deep = Call("GET", f"/workouts?cursor={encode(False, end_of_page_before, names)}", token)
    yield Route("history_deep", f"history, page {page:,}", 200, [deep], extra={"page": page})


def registrations(seconds: float) -> Iterator[Call]:
    """People who are new here."""
    for _ in range(min(ENOUGH, int(200 * seconds) + 20)):
        name = f"new-{uuid7().hex[-20:]}"
        body = {"email": f"{name}@example.org", "username": name, "password": PASSWORD}
        yield Call("POST", "/auth/register", body=body)


def refreshes(others: list[Athlete], seconds: float) -> Iterator[Call]:
    """Each refresh token works once, so each request has a device of its own."""
    users = list(User.objects.filter(pk__in=[athlete.id for athlete in others]))
    device = Device("127.0.0.1", "FitAI bench", "watch")
    made = (open_session(users[n % len(users)], device) for n in range(int(600 * seconds) + 20))
    for session in islice(made, ENOUGH):
        yield Call("POST", "/auth/refresh", body={"refresh": tokens_of(session).refresh})
