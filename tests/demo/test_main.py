"""`python -m fitai.demo` from the outside, where there is nothing to tour."""

import argparse
from pathlib import Path

import pytest

from fitai.demo.__main__ import A_REAL_LOG, CHECKOUT, OWN_DAY, arguments, main, socket_address
from fitai.embedded.ports import free_port


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://localhost:8000", "ws://localhost:8000/ws/v1"),
        ("https://fit.example.org", "wss://fit.example.org/ws/v1"),
        ("ws://localhost:8001", "ws://localhost:8001/ws/v1"),
        ("ws://localhost:8001/", "ws://localhost:8001/ws/v1"),
        ("wss://fit.example.org/live/ws/v1", "wss://fit.example.org/live/ws/v1"),
    ],
)
def test_the_sockets_are_where_the_api_is_unless_told_otherwise(given: str, address: str) -> None:
    assert socket_address(given) == address


def test_the_environment_of_make_run_says_where_to_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORT", "8100")
    monkeypatch.setenv("FITAI_HOME", str(tmp_path))

    assert arguments([]) == argparse.Namespace(
        http="http://localhost:8100",
        ws="ws://localhost:8100/ws/v1",
        home=tmp_path,
        data=A_REAL_LOG if A_REAL_LOG.exists() else OWN_DAY,
    )


def test_without_an_environment_it_goes_where_make_run_is_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("FITAI_HOME", raising=False)

    options = arguments(["--data", "mine.csv", "--ws", "ws://localhost:8001"])

    assert options == argparse.Namespace(
        http="http://localhost:8000", ws="ws://localhost:8001/ws/v1", home=CHECKOUT / "var", data=Path("mine.csv")
    )


def test_nobody_at_the_address_ends_it_with_a_hint(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"

    assert main(["--http", address, "--home", str(tmp_path)]) == 1

    said = capsys.readouterr().err
    assert f"Expected an answer to POST /auth/register, but {address} gave none" in said
    assert "`make run` starts it" in said


@pytest.mark.parametrize("content", [None, "Date;Weight\n", b"\xff\xfe"])
def test_without_a_day_to_train_nothing_begins(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | bytes | None
) -> None:
    file = tmp_path / "mine.csv"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert main(["--data", str(file)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"✗ {file} cannot be used: ")
    assert said.out == ""
