"""The second factor: whether somebody has one, and the page where staff logs in with theirs."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth import authenticate
from unfold.admin import TabularInline
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from accounts.admin.shared import ReadOnly


class FactorInline(ReadOnly, TabularInline):
    """What is on, without what its codes are made from."""

    model = Authenticator
    fields = ["type", "created_at", "last_used_at"]
    verbose_name_plural = "second factor"
    tab = True


class LoginForm(AuthenticationForm):
    """Username, password and, with a second factor, its code: all at once, and one answer for all that is wrong."""

    code = forms.CharField(
        required=False,
        max_length=20,
        label="Code of your authenticator app",
        help_text="or a recovery code; empty without a second factor",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": " ".join(BASE_INPUT_CLASSES)}
        ),
    )
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Please enter the correct username and password of a member of staff and, if a second factor "
        "is on, its code. After several wrong tries, wait a quarter of an hour.",
    }

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("username") is not None and given.get("password"):
            credentials = {name: given.get(name) or "" for name in ("username", "password", "code")}
            self.user_cache = authenticate(self.request, **credentials)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return given


admin.site.login_form = LoginForm
admin.site.login_template = "accounts/admin/login.html"
