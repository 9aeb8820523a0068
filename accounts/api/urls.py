"""The addresses of accounts, below /api/v1/."""

from django.urls import path

from accounts.api import views

urlpatterns = [
    path("auth/register", views.RegisterView.as_view()),
    path("auth/verify-email", views.VerifyEmailView.as_view()),
    path("auth/resend-verification", views.ResendVerificationView.as_view()),
    path("auth/login", views.LoginView.as_view()),
    path("auth/refresh", views.RefreshView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
    path("auth/devices", views.DevicesView.as_view()),
    path("auth/devices/<id:id>", views.DeviceView.as_view()),
    path("users/profile", views.ProfileView.as_view()),
    path("users/preferences", views.PreferencesView.as_view()),
]
