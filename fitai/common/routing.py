"""Which view answers an address, found by the first word of the path: a hundred patterns are not tried one by one."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Patterns = Sequence[URLPattern | URLResolver]


class ByFirstWord(URLResolver):
    """What `path(prefix, include(patterns))` is, where each pattern begins with a word that stands in the address as it
    is: `workouts`, `workouts/<id:id>`."""

    def __init__(self, prefix: str, patterns: Patterns) -> None:
        super().__init__(RoutePattern(prefix), list(patterns))

    @cached_property
    def branches(self) -> dict[str, list[URLPattern]]:
        """The patterns of each first word, in their order."""
        branches: dict[str, list[URLPattern]] = {}
        for pattern in _leaves(self.url_patterns):
            branches.setdefault(_first_word(str(pattern.pattern)), []).append(pattern)
        return branches

    def resolve(self, path: Any) -> ResolverMatch:
        matched = self.pattern.match(path)
        rest = "" if matched is None else matched[0]
        for pattern in self.branches.get(_first_word(rest), ()):
            found = pattern.resolve(rest)
            if found is not None:
                return found
        raise Resolver404({"path": path})


def _first_word(route: str) -> str:
    return route.partition("/")[0]


def _leaves(patterns: Patterns) -> Iterator[URLPattern]:
    """The patterns of the apps, which are all included at ""."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _leaves(pattern.url_patterns)
