"""The addresses of accounts, below /api/v1/."""

from django.urls import path

from accounts.api.views import blocks, friends, people, preferences, profile, sessions, sign_up

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
    path("users/friends", friends.FriendsView.as_view()),
    path("users/friends/requests", friends.FriendRequestsView.as_view()),
    path("users/friends/request", friends.RequestFriendshipView.as_view()),
    path("users/friends/<id:user_id>", friends.FriendView.as_view()),
    path("users/blocks", blocks.BlocksView.as_view()),
    path("users/blocks/<id:user_id>", blocks.BlockView.as_view()),
    path("users/search", people.SearchView.as_view()),
    path("users/<id:id>", people.PersonView.as_view()),
    path("users/<id:id>/mute", blocks.MuteView.as_view()),
]
