from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from tests.cast import client_of
from tests.exercises.conftest import MakeExercise

URL = "/api/v1/exercises"


@pytest.mark.parametrize(
    ("method", "path", "component"),
    [
        ("get", "", "ExercisePage"),
        ("get", "/by-slug/squat", "ExerciseOutput"),
        ("get", "/by-slug/push-up", "ExerciseOutput"),
        ("get", "/filters", "FiltersOutput"),
        ("post", "/search", "SearchOutput"),
    ],
)
def test_what_is_shown_fits_the_schema(
    catalogue: None, make_exercise: MakeExercise, athlete: Any, method: str, path: str, component: str
) -> None:
    make_exercise("Squat", rating="4.50", rating_count=1)
    document = SchemaGenerator().get_schema(request=None, public=True)
    answer = getattr(client_of(athlete), method)(URL + path)
    assert answer.status_code == 200
    schema = {"$ref": f"#/components/schemas/{component}", "components": document["components"]}
    assert list(Draft202012Validator(schema).iter_errors(answer.json())) == []
