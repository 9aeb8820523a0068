"""The password of a member of staff, on their own page: changed as through the API, so that wrong ones are counted and
devices are logged out."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from unfold.forms import AdminOwnPasswordChangeForm

from accounts.operations.passwords import put_password
from accounts.operations.reauth import check_own_password
from fitai.common.actors import Actor
from fitai.common.problems import Problem


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        try:
            check_own_password(self.user, old, pointer="/old_password")
        except Problem as refusal:
            raise ValidationError(str(refusal)) from None
        return old

    def save(self, commit: bool = True) -> Any:
        checked = self.user.password
        self.user.set_password(self.cleaned_data["new_password1"])
        put_password(Actor(user_id=self.user.pk, via="admin"), self.user, checked=checked)
        return self.user


def own_password(request: HttpRequest) -> HttpResponseBase:
    """`/admin/password_change/`, in the place of the page that knows nothing of devices."""
    view = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse("admin:password_change_done"),
        extra_context=admin.site.each_context(request),
    )
    return view(request)
