"""JSON out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy

from fitai.common.rendering import dumps, plain
from tests.cast import ApiClient


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100", "100"),
        ("100.000", "100"),
        ("102.50", "102.5"),
        ("0.0", "0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("-2.50", "-2.5"),
        ("1200", "1200"),
        ("10.010", "10.01"),
    ],
)
def test_decimals_are_texts_as_people_write_them(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert dumps({"weight": Decimal(value)}) == f'{{"weight":"{text}"}}'.encode()


def test_nothing_is_null() -> None:
    assert plain(None) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 20, 7, 30, tzinfo=UTC), '"2026-11-20T07:30:00Z"'),
        (datetime(2026, 11, 20, 7, 30, 0, 120_000, tzinfo=UTC), '"2026-11-20T07:30:00.120000Z"'),
        (date(2026, 11, 20), '"2026-11-20"'),
        (UUID("01890000-0000-7000-8000-00000000e001"), '"01890000-0000-7000-8000-00000000e001"'),
        (gettext_lazy("Monday"), '"Monday"'),
        ("Rückzug 💪", '"Rückzug 💪"'),
    ],
)
def test_values(value: object, text: str) -> None:
    assert dumps(value).decode() == text


@pytest.mark.parametrize("accept", ["application/json", "text/html", "image/png", "*/*;q=0", "nonsense", ""])
def test_the_answer_is_json_whatever_is_asked_for(phone: ApiClient, accept: str) -> None:
    response = phone.get("/api/v1/tests/tagged", HTTP_ACCEPT=accept)
    assert (response.headers["Content-Type"], response.content) == ("application/json", b'{"bar_kg":20}')
