"""The pages that the `type` of a problem points at."""

import inspect

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fitai.common.problems import Problem


def problem_list(request: HttpRequest) -> HttpResponse:
    kinds = sorted(Problem.registry.values(), key=lambda kind: (kind.status, kind.slug))
    return render(request, "fitai/problems.html", {"kinds": [page_of(kind) for kind in kinds]})


def problem_page(request: HttpRequest, slug: str) -> HttpResponse:
    kind = Problem.registry.get(slug)
    if kind is None:
        raise Http404
    return render(request, "fitai/problems.html", {"kinds": [page_of(kind)], "one": True})


def page_of(kind: type[Problem]) -> dict[str, object]:
    """What a person reads about a kind of problem."""
    return {"slug": kind.slug, "title": kind.title, "status": kind.status, "text": inspect.getdoc(kind) or kind.title}
