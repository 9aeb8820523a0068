"""`/api/schema`: the OpenAPI document."""

from functools import cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.request import Request

from fitai.common.api import ApiView, etag_of, is_current
from fitai.common.problems import Invalid, error

RENDERERS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}


class SchemaView(ApiView):
    """YAML, or JSON with `?format=json`."""

    public = True
    authentication_classes = ()
    schema = None  # the document does not describe itself
    query = ("format",)

    def get(self, request: Request) -> HttpResponse:
        name = request.query_params.get("format", "yaml")
        if name not in RENDERERS:
            raise Invalid(errors=[error("?format", "invalid_choice", f"Known formats: {', '.join(RENDERERS)}.")])
        etag, content = document(name)
        headers = {"ETag": etag}
        if is_current(request, etag):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(content, content_type=RENDERERS[name].media_type, headers=headers)


@cache
def document(name: str) -> tuple[str, str | bytes]:
    """The document's entity tag and text; made once a process, for it takes a second."""
    content = RENDERERS[name]().render(SchemaGenerator().get_schema(public=True), renderer_context={})
    return etag_of(content), content
