"""Addresses of templates, below /api/v1/."""

from django.urls import path

from templates_app.api import suggestions, views

urlpatterns = [
    path("users/friends/suggestions", suggestions.SuggestionsView.as_view()),
    path("templates", views.TemplatesView.as_view()),
    path("templates/<id:id>", views.TemplateView.as_view()),
    path("templates/<id:id>/restore", views.RestoreView.as_view()),
    path("templates/<id:id>/versions", views.VersionsView.as_view()),
    path("templates/<id:id>/versions/<int:n>", views.VersionView.as_view()),
    path("templates/<id:id>/diff", views.DifferenceView.as_view()),
    path("templates/<id:id>/revert/<int:n>", views.RevertView.as_view()),
]
