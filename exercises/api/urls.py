"""Addresses of the exercise library, below /api/v1/."""

from django.urls import path

from exercises.api.views import library, media, search

urlpatterns = [
    path("exercises", library.ExercisesView.as_view()),
    path("exercises/search", search.SearchView.as_view()),
    path("exercises/filters", search.FiltersView.as_view()),
    path("exercises/by-slug/<slug:slug>", library.ExerciseBySlugView.as_view()),
    path("exercises/muscle/<str:muscle>", library.ExercisesOfMuscleView.as_view()),
    path("exercises/equipment/<str:equipment>", library.ExercisesWithEquipmentView.as_view()),
    path("exercises/<id:id>/media", media.ExerciseMediaView.as_view()),
    path("exercises/<id:id>/media/<id:media_id>", media.OneExerciseMediaView.as_view()),
    path("exercises/<id:id>", library.ExerciseView.as_view()),
]
