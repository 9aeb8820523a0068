"""A source to read, that nobody waits for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exercises.models import Source
from fitai.common import outbound
from tests.exercises.sources.stand_in import StandIn, standing_in

MakeSource = Callable[..., Source]


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setattr(outbound, "jitter", lambda state: 0.0)
    with standing_in() as stand_in:
        settings.OUTBOUND_ALLOWED = [stand_in.host]
        yield stand_in


@pytest.fixture
def make_source(db: None) -> MakeSource:
    def make(address: str, kind: str = "free_exercise_db", **values: Any) -> Source:
        ordinary = {"name": "Others", "license": "Unlicense", "license_url": "https://unlicense.org/"}
        return Source.objects.create(address=address, kind=kind, **{**ordinary, **values})

    return make
