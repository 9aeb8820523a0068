"""`python -m fitai.demo`, which is `make demo`."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from fitai.demo.day import Day, UnreadableData, choose_day, read_days
from fitai.demo.errors import Unexpected
from fitai.demo.local import Local
from fitai.demo.tour import Tour

CHECKOUT = Path(__file__).resolve().parents[2]
A_REAL_LOG = CHECKOUT.parent / "shared/data/hevy/hevy_2024-2025_kg_rpe_mit.csv"
OWN_DAY = Path(__file__).with_name("day.csv")
SECONDS = 240


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make demo",
        description=(
            "Trains a real workout on two devices against a running FitAI, films a set, has a plan made, "
            "and says what it sees."
        ),
    )
    port = os.environ.get("PORT") or "8000"
    home = os.environ.get("FITAI_HOME") or str(CHECKOUT / "var")
    parser.add_argument("--http", default=f"http://localhost:{port}", help="where the API is (%(default)s)")
    parser.add_argument("--ws", help="where the sockets are, if not there too")
    parser.add_argument("--home", type=Path, default=home, help="its FITAI_HOME, if on this machine (%(default)s)")
    parser.add_argument("--data", type=Path, help="an export of Hevy in kg to take a day from")
    options = parser.parse_args(given)
    options.http = options.http.rstrip("/")
    options.ws = socket_address(options.ws or options.http)
    options.home = options.home.expanduser().resolve()
    options.data = options.data or (A_REAL_LOG if A_REAL_LOG.exists() else OWN_DAY)
    return options


def socket_address(address: str) -> str:
    """`ws://host:port/ws/v1` from that, or from an address without the path, or from the API's."""
    parts = urlsplit(address)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}{parts.path if parts.path.strip('/') else '/ws/v1'}"


async def take_tour(options: argparse.Namespace, day: Day, source: str) -> None:
    tour = Tour(options.http, options.ws, Local.find(options.home, options.http))
    async with asyncio.timeout(SECONDS):
        await tour.take(day, source)


def main(given: list[str] | None = None) -> int:
    """Take the tour. 0 where all of it held, 1 where something did not, 2 where there is no day to train."""
    options = arguments(given)
    try:
        days = read_days(options.data)
        day = choose_day(days)
    except (OSError, UnreadableData) as error:
        print(f"✗ {options.data} cannot be used: {error}", file=sys.stderr)
        return 2
    try:
        asyncio.run(take_tour(options, day, f"{options.data.name}, one workout of {len(days):,}"))
    except Unexpected as failure:
        print(f"\n✗ Expected {failure.expected}, but {failure.seen}.", *failure.details, sep="\n    ", file=sys.stderr)
    except TimeoutError:
        print(f"\n✗ Expected the tour to be over within {SECONDS} s, but it is not.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nThe tour was interrupted.", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
