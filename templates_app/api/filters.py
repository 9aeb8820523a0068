"""From what a client asked for to what is read: the filters of the list of templates."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from accounts.enums import Experience, TrainingGoal
from accounts.models import User
from exercises.enums import Equipment, Muscle
from exercises.search.match import tsquery
from exercises.search.text import plain, understand
from fitai.common.actors import Actor
from fitai.common.problems import NotFound
from templates_app.content import MAX_TAG

CONDITIONS = {
    "goal": "t.goal = %(goal)s",
    "level": "t.level = %(level)s",
    "days": "t.days_per_week = %(days)s",
    "minutes": "t.minutes <= %(minutes)s",
    "equipment": "t.equipment <@ %(equipment)s::varchar[]",
    "muscles": "t.muscles @> %(muscles)s::varchar[]",
    "tags": "t.tags @> %(tags)s::varchar[]",
    "author": "t.owner_id = %(author)s",
}


class Several(serializers.Field):
    """Words with commas between them, each once."""

    def __init__(self, vocabulary: type[TextChoices] | None = None, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.child = (
            serializers.CharField(max_length=MAX_TAG)
            if vocabulary is None
            else serializers.ChoiceField(vocabulary.choices)
        )

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(self.child.run_validation(word.strip()) for word in data.split(",")))


class TemplateListInput(serializers.Serializer):
    """The filters of the list."""

    goal = serializers.ChoiceField(TrainingGoal.choices, required=False)
    level = serializers.ChoiceField(Experience.choices, required=False)
    days = serializers.IntegerField(required=False, min_value=1, max_value=7)
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=1440)
    equipment = Several(Equipment)
    muscles = Several(Muscle)
    tags = Several()
    author = serializers.UUIDField(required=False)
    q = serializers.CharField(required=False, max_length=200)


def several(name: str, description: str, vocabulary: type[TextChoices] | None = None) -> OpenApiParameter:
    word: dict[str, Any] = {"type": "string"} if vocabulary is None else {"type": "string", "enum": vocabulary.values}
    schema = {"type": "array", "items": word, "minItems": 1}
    return OpenApiParameter(name, schema, style="form", explode=False, description=description)


PARAMETERS = [
    OpenApiParameter("goal", str, enum=TrainingGoal.values),
    OpenApiParameter("level", str, enum=Experience.values),
    OpenApiParameter("days", {"type": "integer", "minimum": 1, "maximum": 7}, description="Days in its fullest week."),
    OpenApiParameter(
        "minutes", {"type": "integer", "minimum": 1, "maximum": 1440}, description="Its longest day takes no more."
    ),
    several("equipment", "Needs nothing else; body weight is always at hand.", Equipment),
    several("muscles", "Is aimed at all of these.", Muscle),
    several("tags", "Has all of these."),
    OpenApiParameter("author", {"type": "string", "format": "uuid"}),
    OpenApiParameter("q", {"type": "string", "maxLength": 200}, description="Words of its name and tags, or nearly."),
]
NAMES = tuple(TemplateListInput().fields)


NEWEST = {"created_at": "t.created_at", "id": "t.id"}


def order(asked: Mapping[str, Any], language: str) -> dict[str, str]:
    """The order of a list as SQL over `t`: of what `q` finds, first what has the words in its name, not in its tags or
    nearly."""
    if "q" not in asked or not understand(asked["q"]).terms:
        return NEWEST
    return {"named": f"(ts_filter(t.search, '{{a}}') @@ ({tsquery('words', language)}))", **NEWEST}


def conditions(asked: Mapping[str, Any], actor: Actor, language: str) -> tuple[list[str], dict[str, Any]]:
    """The filters of a list as SQL over `t`, and its values. An author whom the actor may not know of is 404."""
    where = [CONDITIONS[name] for name in asked if name in CONDITIONS]
    values = dict(asked)
    if "equipment" in asked:
        values["equipment"] = [*asked["equipment"], Equipment.BODYWEIGHT.value]
    if "tags" in asked:
        values["tags"] = [tag.lower() for tag in asked["tags"]]
    if "author" in asked and not User.objects.visible_to(actor).filter(pk=asked["author"]).exists():
        raise NotFound()
    if "q" in asked:
        words = understand(asked["q"])
        if words.terms:
            where.append(f"t.search @@ ({tsquery('words', language)}) OR %(typed)s <%% t.words")
            values |= {"words": words.every_word, "typed": plain(asked["q"])}
        else:
            where.append("false")
    return where, values
