"""The one page that people without an app need: setting a new password by the link of a mail."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request
from django.views.generic import FormView

from accounts.operations.passwords import reset_password
from fitai.common.problems import Problem
from fitai.common.throttling import charge, request_address

TEXTS: Final = {
    "en": {
        "title": "Set a new password",
        "label": "New password, at least 10 characters",
        "button": "Set it",
        "done": "Your password is set, and every device is logged out. Log in with it.",
    },
    "de": {
        "title": "Neues Passwort setzen",
        "label": "Neues Passwort, mindestens 10 Zeichen",
        "button": "Setzen",
        "done": "Dein Passwort ist gesetzt, und alle Geräte sind abgemeldet. Melde dich damit an.",
    },
    "es": {
        "title": "Elige una contraseña nueva",
        "label": "Contraseña nueva, de 10 caracteres como mínimo",
        "button": "Guardar",
        "done": "Tu contraseña está guardada y se ha cerrado la sesión en todos los dispositivos. Entra con ella.",
    },
}


class NewPasswordForm(forms.Form):
    key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    password = forms.CharField(max_length=4096, strip=False)


class ResetPasswordPage(FormView):
    """`/account/reset-password?key=…`, where a front end has no page of its own (`RESET_PASSWORD_URL`)."""

    template_name = "accounts/pages/reset_password.html"
    form_class = NewPasswordForm

    def get_initial(self) -> dict[str, Any]:
        return {"key": self.request.GET.get("key", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = get_language_from_request(self.request)
        return super().get_context_data(**kwargs, language=language, texts=TEXTS[language])

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        address = request_address(self.request)[:64]
        try:
            charge("sign-in", address)
            reset_password(**form.cleaned_data, address=address)
        except Problem as refusal:
            for entry in refusal.errors or [{"detail": str(refusal)}]:
                form.add_error(None, entry["detail"])
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, done=True))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The address holds the key: it is neither kept nor told to whom a link leads."""
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
        return response
