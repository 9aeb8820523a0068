from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from exercises.models import Exercise
from exercises.operations.catalogue import SHIPPED


def load(**options: object) -> str:
    out = StringIO()
    call_command("load_catalogue", stdout=out, **options)
    return out.getvalue()


def test_it_says_what_it_did(db: None) -> None:
    count = len(list(SHIPPED.glob("*.json")))
    assert load() == f"Exercises: {count} created, 0 updated, 0 archived, 0 unchanged.\n"
    Exercise.objects.filter(slug="push-up").update(name="Press-Up")
    assert load() == f"Exercises: 0 created, 0 updated, 0 archived, {count} unchanged.\n"
    Exercise.objects.filter(slug="pull-up").update(catalogue_digest="of an older file")
    assert load(force=True) == (
        f"Exercises: 0 created, 0 updated, 0 archived, {count - 1} unchanged.\nKept as edited: pull-up.\n"
    )


def test_a_broken_file_and_a_missing_folder_are_said(db: None, tmp_path: Path) -> None:
    (tmp_path / "squat.json").write_text("{")
    with pytest.raises(CommandError, match=r"squat\.json"):
        load(directory=tmp_path)
    with pytest.raises(CommandError, match="is not a folder"):
        load(directory=tmp_path / "nowhere")
