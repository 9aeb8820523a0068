"""The door of suggestions."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.outputs.cards import CARD_COLUMNS, CardOutput, card_shape, page_of
from accounts.enums import Relation
from accounts.rows.relations import Standing
from fitai.common.api import ApiView, respond
from fitai.common.openapi import PAGING, describe
from fitai.common.pagination import paginate_sequence
from fitai.common.rendering import Response
from templates_app.enums import SuggestionReason
from templates_app.suggestions import Suggested, suggest_people


class SharedTemplateOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ReasonOutput(serializers.Serializer):
    """One thing in common; the members that its kind does not have are null."""

    kind = serializers.ChoiceField(SuggestionReason.choices)
    count = serializers.IntegerField(allow_null=True, help_text="of mutual friends")
    template = SharedTemplateOutput(allow_null=True, help_text="that both train by")


class SuggestionOutput(CardOutput):
    reasons = ReasonOutput(many=True)


SuggestionPage = page_of(SuggestionOutput, "SuggestionPage")
STRANGER = Standing(Relation.NONE, muted=False, mutual_friends=0)


def reason(kind: SuggestionReason, *, count: int | None = None, template: Any = None) -> dict[str, Any]:
    return {"kind": kind.value, "count": count, "template": template}


def suggestion_shape(person: Suggested, viewer_id: UUID) -> dict[str, Any]:
    """A card with what the reader and the person have in common."""
    reasons = []
    if person.mutual:
        reasons.append(reason(SuggestionReason.MUTUAL_FRIENDS, count=person.mutual))
    reasons += [reason(SuggestionReason.SAME_TEMPLATE, template=template) for template in person.templates]
    if person.is_near:
        reasons.append(reason(SuggestionReason.NEAR))
    card = card_shape({name: getattr(person, name) for name in CARD_COLUMNS}, STRANGER, viewer_id)
    return {**card, "reasons": reasons}


class SuggestionsView(ApiView):
    query = ("cursor", "limit")

    @describe("People I may know", responses={200: SuggestionPage}, parameters=PAGING, tags=["users"])
    def get(self, request: Request) -> Response:
        """Friends of friends, people who train by the same public template, people of the same city or around, as far
        as they show everybody how they train and their profile; most in common first, at most a hundred, each with the
        reasons. Nobody who is a friend, was asked or asked, or is muted; who does not want to be found is left out."""
        people = suggest_people(self.actor)
        page = paginate_sequence(request, people, key=lambda person: (f"{person.place:03}", str(person.id)))
        return respond(
            {**page, "results": [suggestion_shape(person, self.actor.user_id) for person in page["results"]]}
        )
