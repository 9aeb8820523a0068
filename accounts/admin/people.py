"""People: who they are, and what staff may do."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import InlineAdminFormSet
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.admin import acts
from accounts.admin.api_keys import ApiKeyInline
from accounts.admin.coaches import ClientsInline, CoachesInline
from accounts.admin.factors import FactorInline
from accounts.admin.metrics import MetricInline
from accounts.admin.notifications import NotificationInline, PushDeviceInline
from accounts.admin.relations import BlockInline, FriendshipHighInline, FriendshipLowInline
from accounts.admin.security import SecurityEventInline
from accounts.admin.sessions import SessionInline
from accounts.admin.shared import ReadOnly, by_staff, is_moderator, staff_actor
from accounts.api.outputs.avatars import avatar_paths
from accounts.enums import Role
from accounts.models import Preferences, Profile, User
from accounts.operations import staff
from fitai.common.admin import Acting, is_admin
from fitai.common.problems import Problem

for model in (Group, EmailAddress, EmailConfirmation, SocialAccount, SocialApp, SocialToken, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class EmailAddressInline(ReadOnly, TabularInline):
    model = EmailAddress
    fields = ["email", "verified", "primary"]
    verbose_name_plural = "e-mail addresses"
    tab = True


class SocialAccountInline(ReadOnly, TabularInline):
    model = SocialAccount
    fields = readonly_fields = ["provider", "uid", "date_joined", "last_login"]
    verbose_name_plural = "accounts elsewhere that log in here"
    tab = True


class ProfileInline(ReadOnly, StackedInline):
    """Body, health and place are for who runs the server, and not for who moderates."""

    model = Profile
    tab = True

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return super().get_fields(request, obj) if is_admin(request) else ["bio", "city", "experience", "goals"]


class PreferencesInline(ReadOnly, StackedInline):
    model = Preferences
    tab = True


class RoleForm(forms.ModelForm):
    """The one thing about a person that staff writes in a form."""

    class Meta:
        model = User
        fields = ["role"]


class VerifiedFilter(admin.SimpleListFilter):
    title = "address verified"
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        verified: Any = queryset  # annotated by the page
        return queryset if self.value() is None else verified.filter(has_verified=self.value() == "yes")


TABS: dict[str, list[type[InlineModelAdmin]]] = {
    "Profile": [ProfileInline, PreferencesInline],
    "Log-in": [EmailAddressInline, SocialAccountInline, FactorInline, ApiKeyInline],
    "Devices": [SessionInline, PushDeviceInline],
    "Security": [SecurityEventInline],
    "Friends": [FriendshipLowInline, FriendshipHighInline, BlockInline],
    "Coaching": [CoachesInline, ClientsInline],
    "Measurements": [MetricInline],
    "Notifications": [NotificationInline],
}
"""What is known of a person, by the tabs of their page."""
ROWS = {
    StackedInline.template: "unfold/helpers/edit_inline/stacked_list.html",
    TabularInline.template: "unfold/helpers/edit_inline/tabular_table.html",
}

STANDING = ["is_active", "deleted_at", "date_joined", "last_login"]


@admin.register(User)
class UserAdmin(Acting):
    """Everybody with an account."""

    form = RoleForm
    list_display = ["username", "shown_name", "email", "is_verified", "role", "is_active", "deleted_at", "date_joined"]
    list_filter = ["role", "is_active", VerifiedFilter, ("date_joined", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["username", "display_name", "email"]
    ordering = ["-date_joined"]
    list_per_page = 50
    show_full_result_count = False
    actions = [
        *("verify_addresses", "lock_accounts", "unlock_accounts", "log_out_everywhere", "remove_factors"),
        *("export_data", "delete_accounts", "take_deletions_back"),
    ]
    inlines = [kind for kinds in TABS.values() for kind in kinds]
    change_form_before_template = "admin/accounts/user/picture.html"
    fields = ["username", "display_name", "email", "role", "language", *STANDING]
    readonly_fields = ["username", "display_name", "email", "language", *STANDING]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], obj: User | None = None, **kwargs: Any
    ) -> HttpResponse:
        viewer: Any = request.user
        if obj is not None:
            context["picture"] = avatar_paths(obj.pk, obj.avatar, viewer.pk).get("256")
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_inline_formsets(self, *args: Any, **kwargs: Any) -> list[InlineAdminFormSet]:
        """Below each other with a heading each where they share a tab, which the first of them names."""
        formsets: list[InlineAdminFormSet] = super().get_inline_formsets(*args, **kwargs)
        for formset in formsets:
            formset.opts.hide_title = True  # which would say in ids what the columns say in names
        for title, kinds in TABS.items():
            together = [formset for formset in formsets if type(formset.opts) in kinds]
            for formset in together if len(kinds) > 1 else []:
                part = formset.opts
                one = formset.formset.max_num == 1
                part.heading = part.verbose_name if one else part.verbose_name_plural
                part.rows, part.template = ROWS[part.template], "admin/accounts/part.html"
                part.tab, part.shown_in = formset is together[0], together[0].formset.prefix
            for formset in together[:1]:
                formset.opts.verbose_name = formset.opts.verbose_name_plural = title
        return formsets

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        verified = EmailAddress.objects.filter(user_id=OuterRef("pk"), verified=True)
        return super().get_queryset(request).annotate(has_verified=Exists(verified))

    @display(description="verified", boolean=True)
    def is_verified(self, person: Any) -> bool:
        return person.has_verified

    @display(description="display name")
    def shown_name(self, person: User) -> str:
        return person.shown_name

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return is_moderator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return request.user.is_active and getattr(request.user, "role", "") == Role.ADMIN

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request)

    def has_leave_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """A role goes through its operation, so that devices that are logged in know of it."""
        try:
            staff.change_role(staff_actor(request), obj.pk, role=Role(form.cleaned_data["role"]))
        except Problem as refusal:
            self.message_user(request, str(refusal), messages.ERROR)

    @admin.action(description="Verify the e-mail address", permissions=["manage"])
    def verify_addresses(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.VERIFY(perform=by_staff(request, staff.verify_address)))

    @admin.action(description="Lock: log out and keep out", permissions=["manage"])
    def lock_accounts(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.LOCK(perform=by_staff(request, staff.lock_account)))

    @admin.action(description="Unlock", permissions=["manage"])
    def unlock_accounts(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.UNLOCK(perform=by_staff(request, staff.unlock_account)))

    @admin.action(description="Log out everywhere", permissions=["manage"])
    def log_out_everywhere(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.LOG_OUT(perform=by_staff(request, staff.log_out_everywhere)))

    @admin.action(description="Remove the second factor", permissions=["change"])
    def remove_factors(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.REMOVE_FACTOR(perform=by_staff(request, staff.remove_factor)))

    @admin.action(description="Export: everything about them, for them", permissions=["leave"])
    def export_data(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.EXPORT(perform=by_staff(request, staff.export_data)))

    @admin.action(description="Delete with grace", permissions=["leave"])
    def delete_accounts(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.DELETE(perform=by_staff(request, staff.delete_account)))

    @admin.action(description="Take the deletion back", permissions=["leave"])
    def take_deletions_back(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return self.carry_out(request, people, acts.KEEP(perform=by_staff(request, staff.take_back)))
