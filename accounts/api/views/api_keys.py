"""Keys for services."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from accounts.api.inputs import api_keys as inputs
from accounts.api.outputs import api_keys as outputs
from accounts.api.views.doors import SECRET
from accounts.errors import ReauthRequired, TooManyKeys
from accounts.models import ApiKey
from accounts.operations import api_keys
from accounts.operations.reauth import require_recent
from fitai.common.actors import require_verified
from fitai.common.api import ApiView, respond, respond_tagged, tag_of
from fitai.common.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, PAGING, describe
from fitai.common.pagination import paginate
from fitai.common.problems import EmailUnverified, NotFound
from fitai.common.rendering import Response
from fitai.common.throttling import request_address


class ApiKeysView(ApiView):
    idempotent = True
    query = ("cursor", "limit")
    values: dict[str, Any]
    password: str | None

    def prepare(self, request: Request) -> None:
        """Hashes the password, where there is one."""
        require_verified(self.actor)
        self.values = self.read(inputs.ApiKeyInput)
        self.password = self.values.pop("password", None)
        if self.password is not None:
            require_recent(self.actor, password=self.password)

    @describe("My API keys, newest first", responses={200: outputs.ApiKeyPage}, parameters=PAGING, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Those that were not revoked; expired ones too."""
        rows = ApiKey.objects.visible_to(self.actor).values(*outputs.COLUMNS)
        return respond(paginate(request, rows, order=("-created_at", "-id"), shape=outputs.key_shapes))

    @describe(
        "Make an API key",
        request=inputs.ApiKeyInput,
        responses={201: outputs.NewApiKeyOutput},
        parameters=[IDEMPOTENCY_KEY],
        problems=[EmailUnverified, ReauthRequired, TooManyKeys],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """The answer has the key, which nobody can read again. It never may more than its owner, and has none of their
        roles; its scopes do not change. Needs the password, or a log-in younger than 10 minutes. The id cannot be
        chosen: an answer with a key is repeated for its `Idempotency-Key` alone."""
        if self.password is None:
            require_recent(self.actor)
        key, text = api_keys.create_key(self.actor, values=self.values, address=request_address(request)[:64])
        shape = outputs.new_key_shape(key, text)
        return respond(shape, 201, location=f"/api/v1/auth/api-keys/{key.pk}", headers=SECRET)


class ApiKeyView(ApiView):
    @describe("An API key", responses={200: outputs.ApiKeyOutput}, parameters=[IF_NONE_MATCH], tags=["auth"])
    def get(self, request: Request, id: UUID) -> Response:
        row = ApiKey.objects.visible_to(self.actor).filter(pk=id).values(*outputs.COLUMNS).first()
        if row is None:
            raise NotFound()
        shape = outputs.key_shapes([row])[0]
        return respond_tagged(request, tag_of(shape), shape)

    @describe("Revoke an API key", responses={204: None}, tags=["auth"])
    def delete(self, request: Request, id: UUID) -> Response:
        """It is refused from now on."""
        api_keys.revoke_key(self.actor, id, address=request_address(request)[:64])
        return respond(None, 204)
