"""How each kind of notification is told. What a kind says stands in `accounts/texts.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accounts.enums import NotificationKind


@dataclass(frozen=True, slots=True)
class Manner:
    """`fresh_for`: how long a push about it is of use. `urgent`: it may wake a device. `waits`: quiet hours hold it
    back. `listed`: it is kept in the list of the app; open apps are told of it either way. `topic`: of several on a
    device the latest replaces the others."""

    fresh_for: timedelta = timedelta(days=1)
    urgent: bool = False
    waits: bool = True
    listed: bool = True
    topic: str = ""


# A rest is over now or never, and whoever trains at night has asked for it. A list of past ones is of no use.
REST_OVER: Final = Manner(timedelta(seconds=60), urgent=True, waits=False, listed=False, topic="rest")

MANNERS: Final[Mapping[str, Manner]] = {NotificationKind.REST_OVER: REST_OVER}
USUAL: Final = Manner()


def manner_of(kind: str) -> Manner:
    return MANNERS.get(kind, USUAL)
