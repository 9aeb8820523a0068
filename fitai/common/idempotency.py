"""`Idempotency-Key` on POST: the same request under the same key has one effect and one answer.

The key is locked, the view runs and its answer is stored in one transaction, so there is no moment in which the effect
is committed and the answer is not. A refusal stores nothing. An answer with a secret in it (`Cache-Control: no-store`)
is stored sealed.
"""

import hashlib
from collections.abc import Callable, Mapping

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from fitai.common.actors import Actor
from fitai.common.ids import is_key
from fitai.common.models import IdempotencyKey
from fitai.common.problems import InFlight, Invalid, KeyReused, error
from fitai.common.sealing import seal, unseal
from fitai.common.throttling import request_address

KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Cache-Control")
PURPOSE = "idempotency"  # of what is sealed


def requested_key(request: Request) -> str | None:
    """The caller's key, checked."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not is_key(key):
        detail = "Send 1 to 64 printable ASCII characters."
        raise Invalid(errors=[error("!Idempotency-Key", "invalid", detail)])
    return key


def answer_once(request: Request, key: str, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The stored answer of this key, or the view's, stored."""
    actor: Actor | None = request.user  # type: ignore[assignment]
    scope = f"user:{actor.user_id}" if actor else f"address:{request_address(request)}"
    digest = _digest(request)
    with transaction.atomic():
        if not _lock(scope, key):
            raise InFlight(headers={"Retry-After": "1"})
        stored = IdempotencyKey.objects.filter(scope=scope, key=key).first()
        if stored is not None:
            if bytes(stored.digest) != digest:
                raise KeyReused()
            body = bytes(stored.body)
            return HttpResponse(
                unseal(body, PURPOSE) if _is_secret(stored.headers) else body,
                status=stored.status,
                headers={**stored.headers, "Idempotent-Replayed": "true"},
            )
        response = view()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
        IdempotencyKey.objects.create(
            scope=scope,
            key=key,
            digest=digest,
            status=response.status_code,
            headers=headers,
            body=seal(response.content, PURPOSE) if _is_secret(headers) else response.content,
        )
        return response


def _is_secret(headers: Mapping[str, str]) -> bool:
    return headers.get("Cache-Control") == "no-store"


def _digest(request: Request) -> bytes:
    sent = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS, default=str)
    said = f"{request.method} {request.get_full_path()}\n".encode() + sent
    return salted_hmac("fitai.idempotency", said, algorithm="sha256").digest()  # a body may hold a password


def _lock(scope: str, key: str) -> bool:
    """An advisory lock to the end of the transaction; false while another request holds it."""
    number = int.from_bytes(hashlib.blake2b(f"{scope}\n{key}".encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
