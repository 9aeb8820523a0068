"""Health for machines: the process, whether it can serve, and what is missing around it."""

from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from fitai.common import redis
from fitai.common.problems import Invalid, error, render

_migrated = False


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The process, its database and migrations: what a load balancer asks."""
    ok = database_works() and is_migrated()
    return JsonResponse({"ok": ok}, status=200 if ok else 503)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What is degraded; 503 when the database or anything in `?require=` is missing."""
    required = {name for name in request.GET.get("require", "").split(",") if name}
    unknown = required - set(PARTS) - OPTIONAL - {"worker"}
    if unknown:
        detail = f"Known parts: {', '.join(sorted({*PARTS, *OPTIONAL, 'worker'}))}."
        return render(Invalid(errors=[error("?require", "unknown_part", detail)]), request)
    degraded = [name for name, works in PARTS.items() if not works()] + sorted(required & OPTIONAL)
    missing = required & set(degraded)
    if "worker" in required and "worker:default" in degraded:
        missing.add("worker")
    failing = bool(missing) or "database" in degraded
    return JsonResponse({"ok": not failing, "degraded": degraded}, status=503 if failing else 200)


def database_works() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def is_migrated() -> bool:
    """Whether no migration is missing; asked of the database until the answer is yes."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def cache_works() -> bool:
    return bool(redis.attempt(lambda client: client.ping(), False))


def consumed(queue: str) -> Callable[[], bool]:
    """Whether a worker takes messages of this queue: each says so in Valkey by a key that lives for 15 s."""
    return lambda: bool(redis.attempt(lambda client: client.exists(f"fitai:worker:{queue}"), 0))


OPTIONAL = {"ai", "vision", "pose_model"}
"""Parts that an installation may do without and that this one does: missing only to whom requires them."""

PARTS: dict[str, Callable[[], bool]] = {
    "database": database_works,
    "cache": cache_works,
    "broker": cache_works,
    "worker:mail": consumed("mail"),
    "worker:default": consumed("default"),
}
