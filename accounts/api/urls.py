"""The addresses of accounts, below /api/v1/."""

from django.urls import path

from accounts.api.views import preferences, privacy, profile, sessions, sign_up

urlpatterns = [
    path("auth/register", sign_up.RegisterView.as_view()),
    path("auth/verify-email", sign_up.VerifyEmailView.as_view()),
    path("auth/resend-verification", sign_up.ResendVerificationView.as_view()),
    path("auth/login", sessions.LoginView.as_view()),
    path("auth/refresh", sessions.RefreshView.as_view()),
    path("auth/logout", sessions.LogoutView.as_view()),
    path("auth/devices", sessions.DevicesView.as_view()),
    path("auth/devices/<id:id>", sessions.DeviceView.as_view()),
    path("users/profile", profile.ProfileView.as_view()),
    path("users/preferences", preferences.PreferencesView.as_view()),
    path("users/account", privacy.AccountView.as_view()),
    path("users/export", privacy.ExportsView.as_view()),
    path("users/export/<id:id>", privacy.ExportView.as_view()),
]
