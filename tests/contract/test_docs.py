"""The tables of the docs say what the code does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).parents[2]
APPS = ("fitai", "accounts", "exercises", "templates_app", "workouts", "analysis", "community")
NO_KEYS = {
    "fitai:": "of the broker; and before names that are spelt out beside it, as `worker:` and `pose_model`",
    "fitai:live": "a channel, which keeps nothing",
    "fitai:seed:": "what the ids of a seeded world are made from",
    "fitai:seed:weight:": "the same, of its measurements",
}


def cells(page: str) -> list[list[str]]:
    """The rows of a page's tables, without their heads."""
    tables = re.findall(r"(?m)^\|.*\n\|[-|]+\n((?:\|.*\n)+)", (ROOT / "docs" / page).read_text())
    lines = [line for table in tables for line in table.splitlines()]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def beginnings(tree: ast.Module) -> set[str]:
    """What the texts of a module that start with `fitai:` have before their first variable."""
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in found if re.fullmatch(r"fitai:[\w:]*", text)}


def keeps(tree: ast.Module) -> bool:
    """Whether a module has a function whose answers are kept."""
    decorators = [
        decorator.func if isinstance(decorator, ast.Call) else decorator
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
    ]
    return any(isinstance(name, ast.Name) and name.id in ("cache", "lru_cache") for name in decorators)


def test_what_is_kept_in_valkey_is_in_the_table() -> None:
    told = {key for row in cells("caching.md") for key in re.findall(r"`(fitai:[^`]*?)\*?`", row[1])}
    spelt = {"fitai:worker:", "fitai:pose_model"}  # their names come from `fitai.celery.says` and the queues
    used = {text for _, tree in modules() for text in beginnings(tree)} - NO_KEYS.keys()
    assert told - spelt == used
    assert spelt <= told


def test_what_is_kept_in_a_process_is_in_the_table() -> None:
    told = {path for row in cells("caching.md") for path in re.findall(r"`([\w/]+\.py)`", row[1])}
    assert {path for path, tree in modules() if keeps(tree)} - told == set()
    assert [path for path in told if not (ROOT / path).exists()] == []


def test_how_long_data_stays_is_in_the_table() -> None:
    lines = [row for row in cells("privacy.md") if row[-1].startswith("`RETENTION_")]
    told = {variable.strip("`"): int(days) for _, days, variable in lines}
    assert told == {f"RETENTION_{name.upper()}": days for name, days in settings.RETENTION_DAYS.items()}
