"""Pictures and videos of exercises: the queue of what awaits review, what is in the library, what was decided."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet, UUIDField, Value
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from accounts.admin.shared import staff_actor
from exercises.api.outputs.media import paths_of
from exercises.enums import MediaKind, MediaStatus
from exercises.models import Media
from exercises.operations import media_decisions as decisions
from fitai.common.admin import Act, Acting, as_uuid, is_moderator, said_reason

STATUS_COLOURS: Final = {
    MediaStatus.PROCESSING: "info",
    MediaStatus.PENDING: "warning",
    MediaStatus.APPROVED: "success",
    MediaStatus.REJECTED: "danger",
    MediaStatus.REMOVED: "secondary",
}
OFFERED: Final = {
    MediaStatus.PENDING: ("approve_one", "reject_one"),
    MediaStatus.APPROVED: ("take_down_one", "show_first_one"),
}
"""What can be done to one, by where it stands."""

APPROVE: Final = partial(
    Act,
    question="Take these into the library?",
    consequence="Everybody sees them with their exercise in a moment, and their authors are told.",
    button="Approve",
    done="approved",
)
REJECT: Final = partial(
    Act,
    question="Reject these?",
    consequence="Their files are deleted at once, and their authors are told why.",
    button="Reject",
    done="rejected",
    asks="Why? Their authors read this.",
)
TAKE_DOWN: Final = partial(
    Act,
    question="Take these out of the library?",
    consequence="Their files are deleted at once, and their authors are told why. A CDN in front of this server may "
    "keep copies until it is told to forget them.",
    button="Take down",
    done="taken down",
    asks="Why? Their authors read this.",
)
SHOW_FIRST: Final = partial(
    Act,
    question="Show these first?",
    consequence="Each comes before all others of its exercise.",
    button="Show first",
    done="shown first",
)


class FindingFilter(DropdownFilter):
    title, parameter_name = "finding", "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = ("too_small", "extreme_aspect", "nearly_black", "no_description", "duplicate", "rejected_before")
        return [(code, code.replace("_", " ").capitalize()) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Media]) -> QuerySet[Media]:
        return queryset.filter(findings__contains=[{"code": self.value()}]) if self.value() else queryset


@admin.register(Media)
class MediaAdmin(Acting):
    """What awaits review first, then the newest."""

    list_display = [
        "preview",
        "shown_exercise",
        "shown_status",
        "kind",
        "shown_author",
        "shown_findings",
        "size",
        "sent",
    ]
    list_display_links = ["preview", "shown_exercise"]
    list_filter = [("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), FindingFilter]
    list_filter_submit = True
    list_select_related = ["exercise", "author"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["id"]  # shows the box; `get_search_results` says what it finds
    search_help_text = "Exercise, person, id"
    actions = ["approve_all", "reject_all", "take_all_down", "show_all_first"]
    actions_detail = ["approve_one", "reject_one", "take_down_one", "show_first_one"]
    change_form_template = "admin/exercises/media/page.html"
    fields = ["status"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)

    def has_decide_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_moderator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Media]:
        """Nothing of somebody's draft: that is theirs alone."""
        actor = staff_actor(request)
        rows: QuerySet[Media] = Media.objects.visible_to(actor)
        # Whoever looks is part of the addresses of the previews.
        rows = rows.annotate(viewer_id=Value(actor.user_id, UUIDField())).alias(waiting=Q(status=MediaStatus.PENDING))
        return rows.order_by("-waiting", "-id").select_related("exercise", "author")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Media], search_term: str
    ) -> tuple[QuerySet[Media], bool]:
        """Each word must be in the name of the exercise or in the person's."""
        identifier = as_uuid(search_term.strip())
        if identifier is not None:
            return queryset.filter(Q(pk=identifier) | Q(exercise=identifier) | Q(author=identifier)), False
        for word in search_term.split():
            person = Q(author__username__icontains=word) | Q(author__display_name__icontains=word)
            queryset = queryset.filter(person | Q(exercise__name__icontains=word))
        return queryset, False

    @display(description="")
    def preview(self, media: Any) -> SafeString | str:
        paths = paths_of(vars(media), media.viewer_id)
        small = next((path for seen, path in paths.items() if seen.endswith(".webp")), None)
        if small is None:
            return "–"
        return format_html('<img class="fit-thumb" src="{}" alt="{}" loading="lazy">', small, media.alt)

    @display(description="exercise", ordering="exercise__name")
    def shown_exercise(self, media: Media) -> str:
        return media.exercise.name

    @display(description="status", label=STATUS_COLOURS)
    def shown_status(self, media: Media) -> tuple[str, str]:
        return media.status, media.get_status_display()

    @display(description="sent by")
    def shown_author(self, media: Media) -> str:
        return "–" if media.author is None else f"@{media.author.username}"

    @display(description="findings")
    def shown_findings(self, media: Media) -> str:
        return ", ".join(one["code"].replace("_", " ") for one in media.findings) or "none"

    @display(description="size")
    def size(self, media: Media) -> SafeString | str:
        length = "" if media.seconds is None else f", {media.seconds:.0f} s"
        shown = f"{media.width} × {media.height}{length}"
        return format_html('<span class="fit-nowrap">{}</span>', shown) if media.width else "–"

    @display(description="sent", ordering="id")
    def sent(self, media: Media) -> SafeString:
        return format_html('<span class="fit-nowrap">{}</span>', f"{media.created_at:%d %b %Y, %H:%M}")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        context.update(
            title=str(obj),
            subtitle=None,
            shown=obj,
            status_colour=STATUS_COLOURS[obj.status],
            files=list(zip(obj.files, paths_of(vars(obj), obj.viewer_id).values(), strict=True)),
            is_video=obj.kind == MediaKind.VIDEO,
        )
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Only what is possible where it stands."""
        media = self.get_object(request, unquote(object_id))
        names = () if media is None else OFFERED.get(media.status, ())
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.action_name.endswith(names)] if names else []

    # Each act for the chosen rows, and for one.
    @admin.action(description="Approve", permissions=["decide"])
    def approve_all(self, request: HttpRequest, chosen: QuerySet[Media]) -> HttpResponse | None:
        return self.carry_out(request, chosen, approving(request))

    @admin.action(description="Reject", permissions=["decide"])
    def reject_all(self, request: HttpRequest, chosen: QuerySet[Media]) -> HttpResponse | None:
        return self.carry_out(request, chosen, rejecting(request))

    @admin.action(description="Take down", permissions=["decide"])
    def take_all_down(self, request: HttpRequest, chosen: QuerySet[Media]) -> HttpResponse | None:
        return self.carry_out(request, chosen, taking_down(request))

    @admin.action(description="Show first", permissions=["decide"])
    def show_all_first(self, request: HttpRequest, chosen: QuerySet[Media]) -> HttpResponse | None:
        return self.carry_out(request, chosen, showing_first(request))

    @action(description="Approve", url_path="approve", icon="check", permissions=["decide"])
    def approve_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, approving(request))

    @action(description="Reject", url_path="reject", icon="block", permissions=["decide"], variant=ActionVariant.DANGER)
    def reject_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, rejecting(request))

    @action(
        description="Take down", url_path="down", icon="delete", permissions=["decide"], variant=ActionVariant.DANGER
    )
    def take_down_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, taking_down(request))

    @action(description="Show first", url_path="first", icon="vertical_align_top", permissions=["decide"])
    def show_first_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.carry_out_one(request, object_id, showing_first(request))


def approving(request: HttpRequest) -> Act:
    return APPROVE(perform=_each(decisions.approve_media, request))


def rejecting(request: HttpRequest) -> Act:
    return REJECT(perform=_each(decisions.reject_media, request, reason=said_reason(request)))


def taking_down(request: HttpRequest) -> Act:
    return TAKE_DOWN(perform=_each(decisions.take_media_down, request, reason=said_reason(request)))


def showing_first(request: HttpRequest) -> Act:
    actor = staff_actor(request)
    return SHOW_FIRST(perform=lambda media: decisions.order_media(actor, media.exercise_id, [media.pk]))


def _each(operation: Callable[..., object], request: HttpRequest, **said: str) -> Callable[[Any], None]:
    """What the member of staff behind this page does to one row."""
    actor = staff_actor(request)

    def perform(media: Any) -> None:
        operation(actor, media.pk, **said)

    return perform
