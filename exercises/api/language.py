"""The language of an answer: the first of `Accept-Language` that the library has texts in, else English."""

from functools import lru_cache

from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from exercises.enums import Language
from fitai.common.rendering import Response

ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="Texts come in en (default), de or es."
)


def asked_language(request: Request) -> str:
    return _first_known(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1000)
def _first_known(header: str) -> str:
    for tag, _ in parse_accept_lang_header(header):
        language = tag.partition("-")[0]
        if language in Language.values:
            return language
    return Language.ENGLISH.value


def in_language(response: Response, language: str) -> Response:
    """Say which language the texts are in, as far as they are translated."""
    response["Content-Language"] = language
    patch_vary_headers(response, ("Accept-Language",))
    return response
