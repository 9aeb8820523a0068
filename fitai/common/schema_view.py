"""`/api/schema`: the OpenAPI document."""

from abc import abstractmethod
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.request import Request

from fitai.common.api import ApiView, etag_of, is_current
from fitai.common.problems import Invalid, error

RENDERERS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}


class DocumentView(ApiView):
    """A document about the product: YAML, or JSON with `?format=json`."""

    public = True
    authentication_classes = ()
    schema = None  # it is about others
    query = ("format",)
    media_types: ClassVar[Mapping[str, str]]

    @staticmethod
    @abstractmethod
    def document(form: str) -> tuple[str, str | bytes]:
        """The document's entity tag and text; made once a process, for it takes a second."""

    def get(self, request: Request) -> HttpResponse:
        form = request.query_params.get("format", "yaml")
        if form not in RENDERERS:
            raise Invalid(errors=[error("?format", "invalid_choice", f"Known formats: {', '.join(RENDERERS)}.")])
        etag, content = self.document(form)
        headers = {"ETag": etag}
        if is_current(request, etag):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(content, content_type=self.media_types[form], headers=headers)


def written(form: str, whole: Mapping[str, Any]) -> tuple[str, str | bytes]:
    """A document's entity tag and text."""
    content = RENDERERS[form]().render(whole, renderer_context={})
    return etag_of(content), content


class SchemaView(DocumentView):
    media_types = {form: renderer.media_type for form, renderer in RENDERERS.items()}

    @staticmethod
    @cache
    def document(form: str) -> tuple[str, str | bytes]:
        return written(form, SchemaGenerator().get_schema(public=True))
