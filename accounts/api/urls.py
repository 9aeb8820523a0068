"""The addresses of accounts, below /api/v1/."""

from django.urls import path

from accounts.api.views import api_keys, coaches, google, mfa, passwords, preferences, profile, sessions, sign_up

urlpatterns = [
    path("auth/register", sign_up.RegisterView.as_view()),
    path("auth/verify-email", sign_up.VerifyEmailView.as_view()),
    path("auth/resend-verification", sign_up.ResendVerificationView.as_view()),
    path("auth/login", sessions.LoginView.as_view()),
    path("auth/refresh", sessions.RefreshView.as_view()),
    path("auth/logout", sessions.LogoutView.as_view()),
    path("auth/ws-ticket", sessions.TicketView.as_view()),
    path("auth/devices", sessions.DevicesView.as_view()),
    path("auth/devices/<id:id>", sessions.DeviceView.as_view()),
    path("auth/email", sign_up.ChangeEmailView.as_view()),
    path("auth/change-password", passwords.ChangePasswordView.as_view()),
    path("auth/forgot-password", passwords.ForgotPasswordView.as_view()),
    path("auth/reset-password", passwords.ResetPasswordView.as_view()),
    path("auth/google", google.GoogleView.as_view()),
    path("auth/google/callback", google.CallbackView.as_view()),
    path("auth/google/exchange", google.ExchangeView.as_view()),
    path("auth/google/link", google.LinkView.as_view()),
    path("auth/api-keys", api_keys.ApiKeysView.as_view()),
    path("auth/api-keys/<id:id>", api_keys.ApiKeyView.as_view()),
    path("auth/mfa/totp", mfa.TotpView.as_view()),
    path("auth/mfa/totp/confirm", mfa.ConfirmTotpView.as_view()),
    path("auth/mfa/recovery-codes", mfa.RecoveryCodesView.as_view()),
    path("auth/mfa/verify", mfa.VerifyView.as_view()),
    path("users/profile", profile.ProfileView.as_view()),
    path("users/preferences", preferences.PreferencesView.as_view()),
    path("users/coaches", coaches.CoachesView.as_view()),
    path("users/coaches/<id:id>", coaches.CoachingView.as_view()),
    path("users/clients", coaches.ClientsView.as_view()),
]
