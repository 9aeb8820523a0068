"""`.env.example` names every variable that the settings read, and no other."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
OF_TESTS = {"FITAI_TEST_DB"}
OF_COMPOSE = {"SITE", "POSTGRES_PASSWORD"}
OF_THE_SUPERVISOR = {"LIVE_PORT"}


def test_every_variable_of_the_settings_is_in_the_example() -> None:
    read = set()
    for path in (CHECKOUT / "fitai" / "settings").glob("*.py"):
        read |= set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", path.read_text()))
    shown = re.findall(r"^#?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(shown) == sorted(read - OF_TESTS | OF_COMPOSE | OF_THE_SUPERVISOR)
