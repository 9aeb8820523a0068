"""How people want the product to behave."""

from django.db import transaction
from rest_framework.request import Request

from accounts.api.inputs import preferences as inputs
from accounts.api.outputs import preferences as outputs
from accounts.operations import preferences
from fitai.common.api import ApiView, check_if_match, respond, respond_tagged, tag_of
from fitai.common.openapi import IF_MATCH, IF_NONE_MATCH, describe
from fitai.common.rendering import Response


class PreferencesView(ApiView):
    @describe("My preferences", responses={200: outputs.PreferencesOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request) -> Response:
        shape = outputs.read_preferences(self.actor.user_id)
        return respond_tagged(request, tag_of(shape), shape)

    @describe(
        "Change my preferences",
        request=inputs.PreferencesInput,
        responses={200: outputs.PreferencesOutput},
        parameters=[IF_MATCH],
        tags=["users"],
    )
    def patch(self, request: Request) -> Response:
        """Changes what the body names, at any depth; lists are replaced whole, null brings the default back."""
        values = self.read(inputs.PreferencesInput, partial=True)
        with transaction.atomic():
            preferences.lock_preferences(self.actor)
            check_if_match(request, tag_of(outputs.read_preferences(self.actor.user_id)))
            preferences.update_preferences(self.actor, values=values)
        shape = outputs.read_preferences(self.actor.user_id)
        return respond(shape, headers={"ETag": tag_of(shape)})

    put = patch
