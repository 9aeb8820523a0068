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
    if required - {*PARTS, *SHORT}:
        detail = f"Known parts: {', '.join(sorted({*PARTS, *SHORT}))}."
        return render(Invalid(errors=[error("?require", "unknown_part", detail)]), request)
    degraded = [name for name, works in PARTS.items() if not works()]
    failing = not {"database", *(SHORT.get(name, name) for name in required)}.isdisjoint(degraded)
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


def said(name: str) -> Callable[[], bool]:
    """Whether a worker says that it has this: by a key in Valkey that lives for 15 s, said anew every 5 s."""
    return lambda: bool(redis.attempt(lambda client: client.exists(f"fitai:{name}"), 0))


PARTS: dict[str, Callable[[], bool]] = {
    "database": database_works,
    "cache": cache_works,
    "broker": cache_works,
    "worker:mail": said("worker:mail"),
    "worker:default": said("worker:default"),
    "worker:push": said("worker:push"),
    "worker:ai": said("worker:ai"),
    "worker:vision": said("worker:vision"),
    "pose_model": said("pose_model"),
}

SHORT = {"worker": "worker:default", "push": "worker:push", "ai": "worker:ai", "vision": "worker:vision"}
"""Short words for what may be required."""
