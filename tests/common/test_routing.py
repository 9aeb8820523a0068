"""An address leads where Django's own search through all patterns leads."""

import pytest
from django.urls import Resolver404, URLPattern, get_resolver, include, path
from django.urls.resolvers import RegexPattern, URLResolver

from fitai.common.routing import ByFirstWord
from fitai.urls import v1

PLAIN = URLResolver(RegexPattern(r"^/"), [path("api/v1/", include(v1))])
SAMPLES = {"id": "0192f3d4-0000-7000-8000-000000000001", "str": "a", "slug": "a-b", "int": "7"}


def addresses() -> list[str]:
    """One for each route of the API, with something for each parameter."""
    found = next(one for one in get_resolver().url_patterns if isinstance(one, ByFirstWord))
    routes = [str(pattern.pattern) for patterns in found.branches.values() for pattern in patterns]
    return [f"/api/v1/{'/'.join(_filled(part) for part in route.split('/'))}" for route in routes]


def _filled(part: str) -> str:
    kind, _, rest = part.removeprefix("<").rpartition(":")
    return SAMPLES.get(kind or "str", "a") if part.startswith("<") and rest.endswith(">") else part


def test_every_route_is_found_as_django_finds_it() -> None:
    ours, theirs = get_resolver(), PLAIN
    for address in addresses():
        found, expected = ours.resolve(address), theirs.resolve(address)
        assert (found.func, found.kwargs, found.route) == (expected.func, expected.kwargs, expected.route)
    assert len(addresses()) == sum(len(group.url_patterns) for group in v1 if isinstance(group, URLResolver)) + sum(
        isinstance(one, URLPattern) for one in v1
    )


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nothing", "/api/v1/workouts/x/y/z", "/api/v2/workouts"])
def test_what_is_no_route_is_not_found(address: str) -> None:
    with pytest.raises(Resolver404):
        get_resolver().resolve(address)
