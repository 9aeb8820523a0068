from django.urls import path

from analysis.form.api.views import CancelFormAnalysisView, FormAnalysesView, FormAnalysisView

urlpatterns = [
    path("form-analyses", FormAnalysesView.as_view()),
    path("form-analyses/<id:id>", FormAnalysisView.as_view()),
    path("form-analyses/<id:id>/cancel", CancelFormAnalysisView.as_view()),
]
