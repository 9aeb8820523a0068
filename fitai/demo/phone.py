"""The phone: speaks HTTP."""

from pathlib import Path
from typing import Any

import httpx

from fitai.demo.errors import Unexpected, expect

Json = dict[str, Any]
SECONDS = 15.0


class Phone:
    """A client of the API below `<url>/api/v1`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(
            base_url=f"{url}/api/v1", headers={"User-Agent": "FitAI tour"}, timeout=SECONDS, trust_env=False
        )

    async def get(self, path: str) -> Json:
        return (await self.ask("GET", path)).json()  # type: ignore[no-any-return]

    async def post(self, path: str, body: Json, *, status: int = 200, key: str | None = None) -> Json:
        return (await self.ask("POST", path, body, status=status, key=key)).json()  # type: ignore[no-any-return]

    async def upload(self, path: str, file: Path, fields: dict[str, str], *, key: str) -> Json:
        """A video with what is said of it, for a job."""
        with file.open("rb") as video:
            answer = await self.ask("POST", path, status=202, key=key, data=fields, files={"video": (file.name, video)})
        return answer.json()  # type: ignore[no-any-return]

    async def degraded(self) -> list[str]:
        """The parts that this server lacks now."""
        return (await self.ask("GET", f"{self.url}/health/status")).json()["degraded"]  # type: ignore[no-any-return]

    async def ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        status: int = 200,
        key: str | None = None,
        **sent: Any,
    ) -> httpx.Response:
        """One request, under an `Idempotency-Key` where there is one. Another status than this ends the tour."""
        headers = {} if key is None else {"Idempotency-Key": key}
        try:
            answer = await self.http.request(method, path, json=body, headers=headers, **sent)
        except httpx.TransportError as error:
            hint = "Is FitAI running there? `make run` starts it."
            raise Unexpected(f"an answer to {method} {path}", f"{self.url} gave none ({error!r})", [hint]) from None
        seen = f"it was {answer.status_code}"
        expect(answer.status_code == status, f"{status} for {method} {path}", seen, _problem(answer))
        return answer


def _problem(answer: httpx.Response) -> list[str]:
    """What a problem document says, for people."""
    try:
        document = answer.json()
    except ValueError:
        return [answer.text[:300]]
    if not isinstance(document, dict):
        return []
    said = [f"{document[name]}" for name in ("title", "detail") if document.get(name)]
    said += [f"{entry.get('pointer')}: {entry.get('detail')}" for entry in document.get("errors") or ()]
    return [*said, f"request {document.get('request_id') or answer.headers.get('X-Request-ID')}"]
