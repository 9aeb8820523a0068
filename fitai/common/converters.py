"""Ids in paths: `<id:...>` is a UUID in either case, as RFC 9562 lets clients write it."""

from django.urls import register_converter
from django.urls.converters import UUIDConverter
from drf_spectacular.plumbing import DJANGO_PATH_CONVERTER_MAPPING
from drf_spectacular.types import OpenApiTypes


class IdConverter(UUIDConverter):
    regex = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"


register_converter(IdConverter, "id")
DJANGO_PATH_CONVERTER_MAPPING["id"] = OpenApiTypes.UUID
