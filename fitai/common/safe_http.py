"""The one way out by HTTP: within a deadline, no more than so many bytes, no redirects, no credentials of ours.

Whatever goes wrong on the way is told in the same words, so that nobody learns what listens where.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx


class Unreachable(Exception):
    """No answer, none in time, or more than was asked for; says the kind of failure and no address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    deadline_seconds: float,
    max_bytes: int,
) -> Answer:
    """Ask an address that the settings name, wherever it is; never one that a caller chose.

    `deadline_seconds` are for all of it: looking up the name, connecting, and the last byte, however slowly they come.
    Waits in the calling thread: not inside a transaction, and not on an event loop.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(
            asyncio.wait_for(_ask(method, url, headers or {}, content, max_bytes), deadline_seconds)
        )
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as failure:
        raise Unreachable(type(failure).__name__) from None
    finally:
        loop.close()  # leaves a name server that hangs to its thread


async def _ask(method: str, url: str, headers: Mapping[str, str], content: bytes, max_bytes: int) -> Answer:
    sent = {**headers, "Accept-Encoding": "identity"}  # what is counted is what comes
    async with (
        httpx.AsyncClient(verify=_certificates(), timeout=None, trust_env=False) as client,  # noqa: S113  see above
        client.stream(method, url, content=content, headers=sent) as response,
    ):
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > max_bytes:
                raise Unreachable("TooLarge")
        return Answer(response.status_code, response.headers, bytes(body))


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
