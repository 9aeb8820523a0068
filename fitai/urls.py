"""Every address of the product."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from accounts.admin.passwords import own_password
from accounts.pages import ResetPasswordPage
from fitai.common.job_views import CancelJobView, JobView
from fitai.common.media.views import media, public_media
from fitai.common.problem_pages import problem_list, problem_page
from fitai.common.problems import InternalError, NotFound, render
from fitai.common.routing import ByFirstWord
from fitai.common.schema_view import SchemaView
from fitai.observability import health
from fitai.observability.metrics import metrics
from fitai.sockets.views import AsyncApiView

v1: list[URLPattern | URLResolver] = [
    path("jobs/<id:id>", JobView.as_view()),
    path("jobs/<id:id>/cancel", CancelJobView.as_view()),
    path("", include("accounts.api.urls")),
    path("", include("exercises.api.urls")),
    path("", include("templates_app.api.urls")),
    path("", include("workouts.api.urls")),
    path("", include("analysis.form.api.urls")),
    path("", include("analysis.planning.api.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(url="/api/docs")),
    ByFirstWord("api/v1/", v1),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/asyncapi", AsyncApiView.as_view()),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema")),
    path("api/redoc", SpectacularRedocView.as_view(url_name="schema")),
    re_path(r"^admin$", RedirectView.as_view(url="/admin/")),
    path("admin/password_change/", admin.site.admin_view(own_password)),
    path("admin/", admin.site.urls),
    path("account/reset-password", ResetPasswordPage.as_view()),
    re_path(r"^media/public/(?P<file>[a-z]+/[0-9a-f-]{36}/[\w-]+\.(?:webp|mp4))$", public_media),
    path("media/<str:signed>/<str:file>", media),
    path("problems", problem_list),
    path("problems/<slug:slug>", problem_page),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("health/status", health.status),
    path("metrics", metrics),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(NotFound(), request)


def handler500(request: HttpRequest) -> HttpResponse:
    return render(InternalError(), request)
