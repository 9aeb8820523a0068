"""What people tell about themselves."""

from django.db import transaction
from rest_framework.request import Request

from accounts.api.inputs import profile as inputs
from accounts.api.outputs import profile as outputs
from accounts.operations import profile
from fitai.common.api import ApiView, check_if_match, respond, respond_tagged
from fitai.common.openapi import IF_MATCH, IF_NONE_MATCH, describe
from fitai.common.rendering import Response


class ProfileView(ApiView):
    @describe("My profile", responses={200: outputs.ProfileOutput}, parameters=[IF_NONE_MATCH], tags=["users"])
    def get(self, request: Request) -> Response:
        shape = outputs.read_profile(self.actor.user_id)
        return respond_tagged(request, outputs.profile_tag(shape), shape)

    @describe(
        "Change my profile",
        request=inputs.ProfileInput,
        responses={200: outputs.ProfileOutput},
        parameters=[IF_MATCH],
        tags=["users"],
    )
    def patch(self, request: Request) -> Response:
        """Changes what the body names; lists are replaced whole, null clears. The username changes once in 30 days."""
        values = self.read(inputs.ProfileInput, partial=True)
        with transaction.atomic():
            profile.lock_profile(self.actor)
            check_if_match(request, outputs.profile_tag(outputs.read_profile(self.actor.user_id)))
            profile.update_profile(self.actor, values=values)
        shape = outputs.read_profile(self.actor.user_id)
        return respond(shape, headers={"ETag": outputs.profile_tag(shape)})

    put = patch
