from django.urls import path

from workouts.api import groups, next_step, sessions, shares, views

VERBS = ("start", "pause", "resume", "cancel")

urlpatterns = [
    path("templates/<id:id>/next", next_step.NextView.as_view()),
    path("templates/<id:id>/start", next_step.StartView.as_view()),
    path("workouts", views.WorkoutsView.as_view()),
    path("workouts/active", views.ActiveWorkoutsView.as_view()),
    path("workouts/shared", shares.SharedView.as_view()),
    path("workouts/groups", groups.GroupsView.as_view()),
    path("workouts/groups/<id:id>", groups.GroupView.as_view()),
    path("workouts/groups/<id:id>/invite", groups.InviteView.as_view()),
    path("workouts/groups/<id:id>/join", groups.JoinView.as_view()),
    path("workouts/groups/<id:id>/leave", groups.LeaveView.as_view()),
    path("workouts/<id:id>", views.WorkoutView.as_view()),
    path("workouts/<id:id>/restore", views.RestoreView.as_view()),
    *(path(f"workouts/<id:id>/{verb}", views.TransitionView.as_view(verb=verb)) for verb in VERBS),
    path("workouts/<id:id>/complete", views.CompleteView.as_view()),
    path("workouts/<id:id>/exercises", views.ExercisesView.as_view()),
    path("workouts/<id:id>/exercises/reorder", views.ReorderView.as_view()),
    path("workouts/<id:id>/exercise/<str:reference>", views.ExerciseView.as_view()),
    path("workouts/<id:id>/sets", views.SetsView.as_view()),
    path("workouts/<id:id>/set/<str:reference>", views.SetView.as_view()),
    path("workouts/<id:id>/rest", views.RestView.as_view()),
    path("workouts/<id:id>/share", shares.ShareView.as_view()),
    path("workouts/<id:id>/events", views.EventsView.as_view()),
    path("workouts/<id:id>/ops", views.OpsView.as_view()),
    path("sessions", sessions.SessionsView.as_view()),
    path("sessions/<id:id>", sessions.SessionView.as_view()),
    path("sets", sessions.SessionSetsView.as_view()),
]
