"""The baseline of every ratio: a bare Django function view with a constant body of 20 bytes and no middleware.

The module is its own settings, addresses and WSGI application.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET_KEY = "only-for-the-baseline-0123456789-0123456789-0123"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = __name__
MIDDLEWARE: list[str] = []
BODY = b'{"answer":"tonnage"}'


def bare(request: HttpRequest) -> HttpResponse:
    """Twenty bytes, always the same."""
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [path("", bare)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", __name__)
application = get_wsgi_application()
