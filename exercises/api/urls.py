"""Addresses of the exercise library, below /api/v1/."""

from django.urls import path

from exercises.api import views

urlpatterns = [
    path("exercises", views.ExercisesView.as_view()),
    path("exercises/search", views.SearchView.as_view()),
    path("exercises/filters", views.FiltersView.as_view()),
    path("exercises/by-slug/<slug:slug>", views.ExerciseBySlugView.as_view()),
    path("exercises/muscle/<str:muscle>", views.ExercisesOfMuscleView.as_view()),
    path("exercises/equipment/<str:equipment>", views.ExercisesWithEquipmentView.as_view()),
    path("exercises/<id:id>", views.ExerciseView.as_view()),
]
