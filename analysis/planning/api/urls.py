from django.urls import path

from analysis.planning.api.views import GenerateView, PlanJobView

urlpatterns = [
    path("templates/ai-generate", GenerateView.as_view()),
    path("templates/ai-jobs/<id:id>", PlanJobView.as_view()),
]
