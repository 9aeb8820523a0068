"""The addresses of accounts, below /api/v1/."""

from django.urls import path

from accounts.api.views import notifications, preferences, profile, sessions, sign_up

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
    path("users/notifications", notifications.NotificationsView.as_view()),
    path("users/notifications/read", notifications.ReadNotificationsView.as_view()),
    path("users/push-devices", notifications.PushDevicesView.as_view()),
    path("users/push-devices/<id:id>", notifications.PushDeviceView.as_view()),
]
