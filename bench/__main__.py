"""`python -m bench`, which is `make bench`: load the data if it is not there, measure, print, judge."""

import hashlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg

from bench import servers
from bench.marker import holds, unmark
from bench.options import Options, read_options
from bench.report import FanOut, Measured, Report, Sample
from bench.servers import SERVICES_LAST, cpu_seconds, module
from fitai.embedded.errors import CannotStart
from fitai.embedded.layout import CHECKOUT, manage
from fitai.embedded.locks import lock
from fitai.embedded.ports import LOOPBACK, free_port
from fitai.embedded.postgres import DATABASE
from fitai.embedded.processes import Pidfile, Program, end_what_was_left
from fitai.embedded.supervisor import Console, Stopped, Supervisor, has_exited

READY_SECONDS = 30
WARM_SECONDS = 0.25  # share of a route's time, spent before it counts
BARE = {
    "calls": ["GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    "once": False,
    "status": 200,
    "title": "bare view",
}
BARE_SHARE = 0.25  # of a route's time, spent on the baseline beside each route: both have the same neighbours
STRETCHES = 4  # in which two pages are measured in turn, so that what else the machine does hits both
QUIET = {"LOG_LEVEL": "WARNING"}


class Failed(Exception):
    """A step that did not do its work; its text is the whole message."""


def home_of_bench() -> Path:
    """Never that of `make run`: beside it in the checkout, or inside the one that the environment names."""
    named = os.environ.get("FITAI_HOME")
    return Path(named).expanduser().resolve() / "bench" if named else CHECKOUT / "var-bench"


class Bench:
    """One run: its processes and what it has found so far."""

    def __init__(self, options: Options, home: Path, supervisor: Supervisor) -> None:
        self.options = options
        self.home = home
        self.supervisor = supervisor
        self.say = supervisor.console.say
        self.ports = {name: free_port() for name in ("bare", "web", "live")}
        self.env: dict[str, str] = {}
        self.bare = Measured("bare", "bare view")
        self.size = [f"--{name}={value}" for name, value in options.size.as_json().items()]

    def run(self) -> Report:
        self.env = servers.start_services(self.supervisor, self.home)
        self.load()
        reading = self.plan("reading", f"--seconds={self.options.seconds}")
        for name, program in (("bare", servers.bare_web), ("web", servers.product_web), ("live", servers.product_live)):
            self.supervisor.start(program(self.ports[name], self.env))
        self.wait_until_ready()
        measured = self.measure(reading["routes"])
        training = self.plan("training", f"--rounds={self.options.rounds}")
        measured += self.measure(training["routes"])
        one, *others = training["followed"]
        fan_outs = [self.fan_out([one], self.options.sockets)]
        if self.options.crowd:
            fan_outs.append(self.fan_out(others, self.options.crowd))
        return Report(
            str(self.options.size), self.options.connections, self.bare, measured, fan_outs, training["record_sql"]
        )

    # ── data ──

    def load(self) -> None:
        """See that the database holds the data of this size, and nothing of earlier runs."""
        digest = digest_of_makers()
        known = holds(self.home, self.options.size, digest)
        if not known:
            unmark(self.home)
            url = self.env["DATABASE_URL"].rpartition("/")[0] + "/postgres"
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {DATABASE}")
        self.step(manage("prepare", name="prepare", env={**self.env, **QUIET}))
        if known:
            self.step(manage("bench_load", "tidy", name="tidy", env={**self.env, **QUIET}))
            return
        began = time.monotonic()
        self.say(f"loading {self.options.size}")
        for names in (["people"], ["part-0", "part-1"], ["settle"]):
            arguments = [*self.size, f"--digest={digest}"]
            self.together(
                [manage("bench_load", name, *arguments, name=name, env={**self.env, **QUIET}) for name in names]
            )
        self.say(f"loaded in {time.monotonic() - began:.0f} s")

    def plan(self, step: str, *arguments: str) -> dict[str, Any]:
        """What to send, prepared by the product itself."""
        file = self.home / f"{step}.json"
        self.say(f"preparing the requests: {step}")
        self.step(manage("bench_plan", step, str(file), *arguments, *self.size, name="plan", env={**self.env, **QUIET}))
        return orjson.loads(file.read_bytes())

    # ── steps ──

    def step(self, program: Program) -> None:
        if not self.supervisor.run_once(program):
            raise Failed(f"{program.name} failed.")

    def together(self, programs: Sequence[Program]) -> None:
        """Run programs side by side to their ends."""
        for program in programs:
            self.supervisor.start(program)
        for program in programs:
            process = self.supervisor.children[program.name].process
            while not has_exited(process):
                self.supervisor.check()
                time.sleep(0.05)
        for program in programs:
            if self.supervisor.children.pop(program.name).process.wait():
                raise Failed(f"{program.name} failed.")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        with httpx.Client(trust_env=False, timeout=5) as client:
            for name, path in (("bare", "/"), ("web", "/health/ready"), ("live", "/health/ready")):
                while not self._answers(client, f"http://{LOOPBACK}:{self.ports[name]}{path}"):
                    self.supervisor.check()
                    if has_exited(self.supervisor.children[name].process) or time.monotonic() > deadline:
                        raise Failed(f"{name} does not answer. See {self.home}/logs/{name}.log.")
                    time.sleep(0.1)

    def _answers(self, client: httpx.Client, url: str) -> bool:
        try:
            return client.get(url).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    # ── measuring ──

    def measure(self, routes: Sequence[dict[str, Any]]) -> list[Measured]:
        measured = {route["key"]: Measured(route["key"], route["title"], route["sql"]) for route in routes}
        in_turn = [route for route in routes if route["key"].startswith("history")]
        for route in routes:
            self.say(route["title"])
            self.send(self.bare, BARE, "bare", warm=not self.bare.samples, share=BARE_SHARE)
            if route not in in_turn:
                self.send(measured[route["key"]], route, "web")
        for turn in range(STRETCHES):
            for route in in_turn:
                self.send(measured[route["key"]], route, "web", warm=turn == 0, share=1 / STRETCHES)
        return list(measured.values())

    def send(
        self, measured: Measured, route: dict[str, Any], server: str, *, warm: bool = True, share: float = 1.0
    ) -> None:
        """One stretch of a route's requests; what is sent to warm up is sent once more where it may be."""
        calls = route["calls"]
        if warm:
            first = max(4, min(50, len(calls) // 10))
            heat, calls = (calls[:first], calls[first:]) if route["once"] else (calls, calls)
            self.requests(heat, route, server, self.options.seconds * WARM_SECONDS)
        pids = [self.supervisor.children[name].process.pid for name in (server, *SERVICES_LAST)]
        before = [cpu_seconds(pid) for pid in pids]
        result = self.requests(calls, route, server, self.options.seconds * share)
        web, *others = (cpu_seconds(pid) - start for pid, start in zip(pids, before, strict=True))
        measured.samples.append(Sample(result["took_us"], result["seconds"], web, sum(others)))

    def requests(self, calls: Sequence[str], route: dict[str, Any], server: str, seconds: float) -> dict[str, Any]:
        asked = {
            "port": self.ports[server],
            "requests": calls,
            "once": route["once"],
            "connections": self.options.connections,
            "seconds": seconds,
            "status": route["status"],
        }
        result = self.child("bench.client", asked)
        if result["wrong"] or not result["took_us"]:
            raise Failed(f"{route['title']} answered {result['wrong']}, not {route['status']}: {result['sample']}")
        return result

    def fan_out(self, followed: Sequence[dict[str, Any]], sockets: int) -> FanOut:
        self.say(f"{sockets:,} sockets on {len(followed):,} workouts")
        asked = {
            "followed": followed,
            "sockets": sockets,
            "rounds": self.options.rounds,
            "web_port": self.ports["web"],
            "live_port": self.ports["live"],
            "live_pid": self.supervisor.children["live"].process.pid,
            "redis_url": self.env["REDIS_URL"],
        }
        result = self.child("bench.fan_out", asked)
        return FanOut(sockets, len(followed), **result)

    def child(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What a measuring process of our own finds out."""
        plan, result = self.home / "asked.json", self.home / "found.json"
        plan.write_bytes(orjson.dumps(asked))
        result.unlink(missing_ok=True)
        self.step(module(name, str(plan), str(result), env={}))
        return orjson.loads(result.read_bytes())


def digest_of_makers() -> str:
    """Of the code that decides what the data is and which tables hold it."""
    makers = [CHECKOUT / "bench" / name for name in ("history.py", "rows.py", "loading.py")]
    makers += sorted(CHECKOUT.glob("*/migrations/*.py")) + sorted(CHECKOUT.glob("fitai/*/migrations/*.py"))
    makers += sorted((CHECKOUT / "workouts" / "core").glob("*.py"))
    return hashlib.blake2b(b"\n".join(path.read_bytes() for path in makers), digest_size=16).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    home = home_of_bench()
    home.mkdir(parents=True, exist_ok=True)
    own = lock(home / "bench.lock", wait=False)
    if own is None:
        print(f"A bench runs already in {home}.", file=sys.stderr)
        return 2
    with own:
        pidfile = Pidfile(home / "bench.processes.json")
        end_what_was_left(pidfile, home, last=SERVICES_LAST)
        supervisor = Supervisor(pidfile, Console(home / "logs"))
        with supervisor.signals():
            try:
                report = Bench(options, home, supervisor).run()
            except (Failed, CannotStart) as error:
                print(error, file=sys.stderr)
                return 2
            except Stopped:
                return 130
            finally:
                supervisor.stop(last=SERVICES_LAST)
    (home / "bench.json").write_bytes(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2))
    print("", *report.lines(), sep="\n")
    return 0 if all(gate.kept for gate in report.gates()) else 1


if __name__ == "__main__":
    sys.exit(main())
