"""The programs of a running FitAI: which roles there are, and how each is started on one machine."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from fitai.embedded.ports import LOOPBACK
from fitai.embedded.processes import Program

CHECKOUT = Path(__file__).resolve().parents[2]
CONNECTIONS = {"DATABASE_POOL": "10"}
"""Of a process that answers in threads that come and go; in the others each thread keeps a connection."""

# On one's own machine root is root; Celery warns for the sake of servers.
WORKER_QUIET = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


class Layout(StrEnum):
    """How HTTP and the live sockets are served."""

    TOGETHER = "together"  # one uvicorn for both
    SPLIT = "split"  # as in production: HTTP on granian, sockets on uvicorn


def manage(*arguments: str, name: str, env: Mapping[str, str]) -> Program:
    return Program(name, (sys.executable, str(CHECKOUT / "manage.py"), *arguments), CHECKOUT, env)


def asgi(name: str, port: int, env: Mapping[str, str]) -> Program:
    # The application reads X-Forwarded-For itself, behind the configured number of proxies only.
    argv = (
        *(sys.executable, "-m", "uvicorn", "fitai.asgi:application"),
        *("--host", LOOPBACK, "--port", str(port)),
        *("--ws-per-message-deflate", "false", "--ws-max-size", "131072", "--no-proxy-headers", "--no-server-header"),
        *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"),
    )
    return Program(name, argv, CHECKOUT, {**env, **CONNECTIONS})


def wsgi(name: str, port: int, env: Mapping[str, str]) -> Program:
    # A worker is one interpreter: beyond a few threads they only fight over it.
    argv = (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "fitai.wsgi:application"),
        *("--host", LOOPBACK, "--port", str(port), "--no-ws"),
        *("--workers", "2", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "3", "--no-access-log", "--log-level", "warning"),
    )
    return Program(name, argv, CHECKOUT, env)


def worker(name: str, queues: str, concurrency: int, env: Mapping[str, str], *, pool: str = "prefork") -> Program:
    argv = (
        *(sys.executable, "-m", "celery", "--quiet", "--app", "fitai", "worker"),
        *("--queues", queues, "--pool", pool, "--concurrency", str(concurrency), "--loglevel", "warning"),
        *("--without-mingle", "--without-gossip"),
    )
    return Program(name, argv, CHECKOUT, {**env, **WORKER_QUIET})


def doors(layout: Layout, port: int, live_port: int, env: Mapping[str, str]) -> list[Program]:
    """What answers people: one server for HTTP and sockets, or one each."""
    if layout is Layout.SPLIT:
        return [wsgi("web", port, env), asgi("live", live_port, env)]
    return [asgi("web", port, env)]


def background(env: Mapping[str, str]) -> list[Program]:
    """What works behind them."""
    return [
        worker("worker", "default", 2, env),
        worker("slow", "mail,ai", 2, env),  # what hangs here keeps nobody waiting for the end of a rest
        worker("push", "push", 16, env, pool="threads"),  # most of their time they wait for somebody's push service
        worker("vision", "vision", 1, env),
        manage("dispatch", name="beat", env=env),
    ]
