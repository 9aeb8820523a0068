"""Groups in the admin: who trains together, and in which workouts; ended in the name of their owner."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from fitai.common.actors import Actor
from fitai.common.admin import Act, AdminsOnly, as_uuid
from workouts.admin.timeline import STATUS_COLOURS
from workouts.enums import Status
from workouts.models import Group, GroupMember
from workouts.operations.groups import delete_group


def end_group(group: Group) -> None:
    """As its owner would: nobody sees anything of the others from now on. The history says who of the staff it was."""
    delete_group(Actor(user_id=group.owner_id, via="admin"), group.pk)


END = Act(
    question="End these groups?",
    consequence="Their members see nothing of each other's training from now on. Each keeps their own workouts.",
    button="End",
    done="ended",
    perform=end_group,
)


def members_of(group: Group) -> list[dict[str, Any]]:
    """Everybody in a group, first who came first, then who is invited and has not answered."""
    rows = GroupMember.objects.filter(group=group).select_related("user", "invited_by", "workout")
    return [
        {
            "member": member,
            "host": member.user_id == group.owner_id,
            "workout": member.workout,
            "colour": STATUS_COLOURS[Status(member.workout.status)] if member.workout is not None else "",
        }
        for member in rows.order_by("joined_at", "invited_at", "pk")
    ]


@admin.register(Group)
class GroupAdmin(AdminsOnly):
    """Who trains together, the liveliest groups first."""

    list_display = ["shown_name", "host", "joined", "invited", "made", "touched"]
    list_display_links = ["shown_name"]
    search_fields = ["name"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Person, name of the group"
    ordering = ["-touched_at", "-id"]
    actions = ["end_groups"]
    actions_detail = ["end_one"]
    change_form_template = "admin/workouts/group/page.html"
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        members = GroupMember.objects.filter(group=OuterRef("pk")).order_by().values("group")

        def counted(joined: bool) -> Coalesce:
            number = members.filter(joined_at__isnull=not joined).annotate(n=Count("pk")).values("n")
            return Coalesce(Subquery(number), 0, output_field=IntegerField())

        rows = super().get_queryset(request).select_related("owner")
        return rows.annotate(joined_count=counted(True), invited_count=counted(False))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Group], search_term: str
    ) -> tuple[QuerySet[Group], bool]:
        """Each word must be in the group's name, or in the names or the address of somebody in it."""
        identifier = as_uuid(search_term.strip())
        if identifier is not None:
            members = GroupMember.objects.filter(group=OuterRef("pk"), user=identifier)
            return queryset.filter(Q(pk=identifier) | Exists(members)), False
        for word in search_term.split():
            people = get_user_model().objects.filter(
                Q(username__icontains=word) | Q(display_name__icontains=word) | Q(email__icontains=word)
            )
            members = GroupMember.objects.filter(group=OuterRef("pk"), user__in=people)
            queryset = queryset.filter(Q(name__icontains=word) | Exists(members))
        return queryset, False

    @display(description="group")
    def shown_name(self, group: Group) -> str:
        return str(group)

    @display(description="host", header=True)
    def host(self, group: Group) -> tuple[str, str]:
        return group.owner.shown_name, f"@{group.owner.username}"

    @display(description="joined")
    def joined(self, group: Any) -> int:
        return group.joined_count

    @display(description="invited")
    def invited(self, group: Any) -> str:
        return str(group.invited_count or "–")

    @display(description="made", ordering="created_at")
    def made(self, group: Group) -> str:
        return f"{group.created_at:%d %b %Y, %H:%M}"

    @display(description="last touched", ordering="touched_at")
    def touched(self, group: Group) -> str:
        return f"{group.touched_at:%d %b %Y, %H:%M}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], obj: Group | None = None, **kwargs: Any
    ) -> HttpResponse:
        assert obj is not None  # noqa: S101  nobody adds a group here
        log_query = urlencode({"q": obj.stream})
        context.update(title=str(obj), subtitle=None, group=obj, members=members_of(obj), log_query=log_query)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @admin.action(description="End", permissions=["manage"])
    def end_groups(self, request: HttpRequest, chosen: QuerySet[Group]) -> HttpResponse | None:
        return self.carry_out(request, chosen, END)

    @action(
        description="End group",
        url_path="end",
        icon="group_off",
        permissions=["manage"],
        variant=ActionVariant.DANGER,
    )
    def end_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        answer = self.carry_out_one(request, object_id, END)
        gone = self.get_object(request, unquote(object_id)) is None
        return redirect("admin:workouts_group_changelist") if gone else answer
