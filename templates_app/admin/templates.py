"""Templates in the admin: found by person, name or exercise, read as a coach reads a plan, deleted and brought back."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RadioFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.admin import Act, AdminsOnly, as_uuid
from fitai.common.problems import Conflict
from templates_app.admin.page import page_of
from templates_app.enums import EnrolmentStatus, Source, Visibility
from templates_app.models import Enrolment, Template
from templates_app.operations.templates import delete_template, restore_template

SOURCE_COLOURS = {Source.WRITTEN: "default", Source.GENERATED: "info"}
VISIBILITY_COLOURS = {
    Visibility.PRIVATE: "default",
    Visibility.FRIENDS: "info",
    Visibility.LINK: "warning",
    Visibility.PUBLIC: "success",
}
EXERCISES_NAMED = 50


def delete_one_template(template: Template) -> None:
    """As its owner would: it leaves every list; workouts and who trains by it keep their version."""
    if template.deleted_at is not None:
        raise Conflict("it is deleted already")
    delete_template(Actor(user_id=template.owner_id, via="admin"), template.pk)


def restore_one_template(template: Template) -> None:
    """Everything is as it was before the deletion."""
    if template.deleted_at is None:
        raise Conflict("it is not deleted")
    restore_template(Actor(user_id=template.owner_id, via="admin"), template.pk)


DELETE = Act(
    question="Delete these templates?",
    consequence="They leave every list. Workouts keep their version, and so do people who train by them.",
    button="Delete",
    done="deleted",
    perform=delete_one_template,
)
RESTORE = Act(
    question="Bring these templates back?",
    consequence="Their owner sees them again, and so does everybody if they are public.",
    button="Bring back",
    done="brought back",
    perform=restore_one_template,
)


class DeletedFilter(RadioFilter):
    """Deleted templates are out of sight until asked for."""

    title, parameter_name = "deletion", "deleted"
    all_option = ["", "Kept"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Deleted"), ("all", "Both")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Template]) -> QuerySet[Template]:
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


@admin.register(Template)
class TemplateAdmin(AdminsOnly):
    """Every plan, newest first."""

    list_display = ["name", "person", "aim", "shown_source", "shown_visibility", "shape", "time", "trained_by", "saved"]
    list_filter = [
        ("goal", ChoicesDropdownFilter),
        ("level", ChoicesDropdownFilter),
        ("source", ChoicesDropdownFilter),
        ("visibility", ChoicesDropdownFilter),
        DeletedFilter,
    ]
    list_select_related = ["owner"]
    search_fields = ["name"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Person, name or tag of the plan, exercise"
    ordering = ["-created_at", "-id"]
    actions = ["delete_templates", "restore_templates"]
    actions_detail = ["delete_one", "restore_one"]
    change_form_template = "admin/templates_app/template/page.html"
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Template]:
        counted = (
            Enrolment.objects.filter(template=OuterRef("pk"), status=EnrolmentStatus.ACTIVE)
            .order_by()
            .values("template")
            .annotate(n=Count("pk"))
            .values("n")
        )
        people = Coalesce(Subquery(counted), 0, output_field=IntegerField())
        return super().get_queryset(request).select_related("owner").annotate(people=people).defer("search", "words")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Template], search_term: str
    ) -> tuple[QuerySet[Template], bool]:
        """Each word must be in the person's names or address, the plan's name or tags, or an exercise of it."""
        identifier = as_uuid(search_term.strip())
        if identifier is not None:
            return queryset.filter(Q(pk=identifier) | Q(owner=identifier)), False
        for word in search_term.split():
            people = get_user_model().objects.filter(
                Q(username__icontains=word) | Q(display_name__icontains=word) | Q(email__icontains=word)
            )
            meant = Exercise.objects.filter(name__icontains=word).values_list("pk", flat=True)[:EXERCISES_NAMED]
            found = Q(words__icontains=word) | Q(name__icontains=word) | Q(owner__in=people)
            queryset = queryset.filter(found | Q(exercise_ids__overlap=list(meant)))
        return queryset, False

    @display(description="person", header=True)
    def person(self, template: Template) -> tuple[str, str]:
        return template.owner.shown_name, f"@{template.owner.username}"

    @display(description="goal", ordering="goal")
    def aim(self, template: Template) -> str:
        return f"{template.get_goal_display()}, {template.get_level_display().lower()}"

    @display(description="source", ordering="source", label=SOURCE_COLOURS)
    def shown_source(self, template: Template) -> tuple[str, str]:
        return template.source, template.get_source_display()

    @display(description="visible to", ordering="visibility", label=VISIBILITY_COLOURS)
    def shown_visibility(self, template: Template) -> tuple[str, str]:
        return template.visibility, template.get_visibility_display()

    @display(description="weeks × days", ordering="week_count")
    def shape(self, template: Template) -> str:
        return f"{template.week_count} × {template.days_per_week}"

    @display(description="a session", ordering="minutes")
    def time(self, template: Template) -> str:
        return f"{template.minutes} min"

    @display(description="train by it", ordering="people")
    def trained_by(self, template: Any) -> str:
        return str(template.people or "–")

    @display(description="saved", ordering="updated_at")
    def saved(self, template: Template) -> str:
        return f"{template.updated_at:%d %b %Y}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], obj: Template | None = None, **kwargs: Any
    ) -> HttpResponse:
        assert obj is not None  # noqa: S101  nobody adds a template here
        asked = request.GET.get("version", "")
        context.update(
            title=obj.name,
            subtitle=None,
            template=obj,
            source_colour=SOURCE_COLOURS[Source(obj.source)],
            visibility_colour=VISIBILITY_COLOURS[Visibility(obj.visibility)],
            page=page_of(obj, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None),
        )
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Delete what is there, bring back what is not."""
        template = self.get_object(request, unquote(object_id))
        if template is None:
            return []
        wanted = "delete_one" if template.deleted_at is None else "restore_one"
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.action_name.endswith(wanted)]

    @admin.action(description="Delete", permissions=["manage"])
    def delete_templates(self, request: HttpRequest, chosen: QuerySet[Template]) -> HttpResponse | None:
        return self.carry_out(request, chosen, DELETE)

    @admin.action(description="Bring back", permissions=["manage"])
    def restore_templates(self, request: HttpRequest, chosen: QuerySet[Template]) -> HttpResponse | None:
        return self.carry_out(request, chosen, RESTORE)

    @action(
        description="Delete", url_path="remove", icon="delete", permissions=["manage"], variant=ActionVariant.DANGER
    )
    def delete_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, DELETE)

    @action(description="Bring back", url_path="restore", icon="restore_from_trash", permissions=["manage"])
    def restore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, RESTORE)
