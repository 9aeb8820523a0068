"""The vocabularies of the database, the API and the catalogue's files are one."""

from typing import Any

import orjson
import pytest

from exercises import enums
from exercises.operations.catalogue import SHIPPED

SCHEMA = orjson.loads((SHIPPED.parent / "catalogue.schema.json").read_bytes())
PROPERTIES = SCHEMA["properties"]


@pytest.mark.parametrize(
    ("vocabulary", "said"),
    [
        (enums.Muscle, SCHEMA["$defs"]["muscle"]["enum"]),
        (enums.Equipment, SCHEMA["$defs"]["equipment"]["enum"]),
        (enums.Kind, PROPERTIES["kind"]["enum"]),
        (enums.Pattern, PROPERTIES["pattern"]["enum"]),
        (enums.Mechanic, PROPERTIES["mechanic"]["enum"]),
        (enums.Force, PROPERTIES["force"]["enum"]),
        (enums.Difficulty, PROPERTIES["difficulty"]["enum"]),
        (enums.Tracking, PROPERTIES["tracking"]["enum"]),
        (enums.Contraindication, PROPERTIES["contraindications"]["items"]["enum"]),
        (enums.Relation, PROPERTIES["variations"]["items"]["properties"]["relation"]["enum"]),
    ],
)
def test_the_schema_of_the_files_says_the_same(vocabulary: Any, said: list[str]) -> None:
    assert set(vocabulary.values) == set(said)
