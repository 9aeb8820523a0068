"""Addresses of the exercise library, below /api/v1/."""

from django.urls import path

from exercises.api.views import exercises, library, media, popularity, proposals, ratings, search, similar

urlpatterns = [
    path("exercises", exercises.ExercisesView.as_view()),
    path("exercises/search", search.SearchView.as_view()),
    path("exercises/search-analytics", search.SearchAnalyticsView.as_view()),
    path("exercises/filters", search.FiltersView.as_view()),
    path("exercises/stats", popularity.StatsView.as_view()),
    path("exercises/popular", popularity.PopularView.as_view()),
    path("exercises/by-slug/<slug:slug>", library.ExerciseBySlugView.as_view()),
    path("exercises/muscle/<str:muscle>", library.ExercisesOfMuscleView.as_view()),
    path("exercises/equipment/<str:equipment>", library.ExercisesWithEquipmentView.as_view()),
    path("exercises/proposals", proposals.ProposalsView.as_view()),
    path("exercises/proposals/<id:id>", proposals.ProposalView.as_view()),
    path("exercises/<id:id>", exercises.ExerciseView.as_view()),
    path("exercises/<id:id>/submit", exercises.SubmitView.as_view()),
    path("exercises/<id:id>/restore", exercises.RestoreView.as_view()),
    path("exercises/<id:id>/history", exercises.HistoryView.as_view()),
    path("exercises/<id:id>/revert/<int:n>", exercises.RevertView.as_view()),
    path("exercises/<id:id>/rate", ratings.RateView.as_view()),
    path("exercises/<id:id>/similar", similar.SimilarView.as_view()),
    path("exercises/<id:id>/media", media.ExerciseMediaView.as_view()),
    path("exercises/<id:id>/media/<id:media_id>", media.OneExerciseMediaView.as_view()),
]
