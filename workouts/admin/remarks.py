"""What the apps above this one say of sets on a workout's page: each registers a reader, which is asked once a page."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A thing to mind, under a label."""

    label: str
    colour: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A line below a set: a title that leads to more, what is to be said, and the points that matter most."""

    title: str
    link: str
    text: str
    points: tuple[Point, ...] = ()


Reader = Callable[[Collection[str]], Mapping[str, Sequence[Remark]]]
"""Of the ids of sets, those with something to say; in one statement."""
READERS: list[Reader] = []


def remarks_beside(set_ids: Collection[str]) -> dict[str, tuple[Remark, ...]]:
    """All that is said of these sets, by set."""
    read = [reader(set_ids) for reader in READERS]
    return {id: tuple(one for found in read for one in found.get(id, ())) for id in set_ids}
