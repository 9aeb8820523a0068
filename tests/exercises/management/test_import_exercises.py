from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command

from exercises.models import Exercise, Source, SourceEntry
from tests.exercises.conftest import MakeExercise
from tests.exercises.sources.stand_in import facts, info, listing, standing_in


def run(source: str, **options: Any) -> str:
    out = StringIO()
    call_command("import_exercises", source, stdout=out, **options)
    return out.getvalue()


def write(path: Path, said: Any) -> str:
    path.write_bytes(orjson.dumps(said))
    return str(path)


def test_a_file_is_read_and_known_by_name_from_then_on(make_exercise: MakeExercise, tmp_path: Path) -> None:
    make_exercise("Squat")
    file = write(tmp_path / "others.json", [facts("Squat"), facts("Svend Press"), {}])
    said = "Read 3 exercises on 1 page. In the library already: 1, new draft: 1. Left out: 1 without a name.\n"
    assert run(file, dry_run=True) == said
    assert (Source.objects.count(), SourceEntry.objects.count(), Exercise.objects.count()) == (0, 0, 1)
    assert run(file, license="CC0", license_url="https://example.org/cc0") == said
    again = "Read 3 exercises on 1 page. Unchanged: 2. Left out: 1 without a name.\n"
    assert (run(file), run("others"), run("others", dry_run=True)) == (again, again, again)
    source = Source.objects.get()
    assert (source.name, source.kind, source.address, source.every_hours) == ("others", "free_exercise_db", file, None)
    assert Exercise.objects.get(name="Svend Press").attribution == {
        "author": "",
        "license": "CC0",
        "license_url": "https://example.org/cc0",
        "source": "others",
        "url": "",
    }


def test_a_dry_run_knows_what_is_said_twice_and_what_is_edited(db: None, tmp_path: Path) -> None:
    file = write(tmp_path / "others.json", [facts("Svend Press"), facts("svend press", id="2")])
    assert run(file, dry_run=True) == "Read 2 exercises on 1 page. In the library already: 1, new draft: 1.\n"
    run(file)
    write(tmp_path / "others.json", [facts("Svend Press", level="expert"), facts("svend press", id="2")])
    assert run(file, dry_run=True) == "Read 2 exercises on 1 page. Unchanged: 1, draft brought up to date: 1.\n"
    assert Exercise.objects.get().difficulty == "beginner"


def test_an_address_of_wger(db: None, settings: Any) -> None:
    with standing_in() as there:
        settings.OUTBOUND_ALLOWED = [there.host]
        address = there.say("/api/v2/exerciseinfo/", listing([info(1)]))
        assert run(address) == "Read 1 exercise on 1 page. New draft: 1.\n"
    assert list(Source.objects.values_list("name", "kind")) == [("127.0.0.1", "wger")]


def test_what_cannot_be_read_is_said(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^nowhere: There is no such file\.$"):
        run(str(tmp_path / "nowhere.json"))
    file = write(tmp_path / "others.json", {})
    with pytest.raises(CommandError, match=r"^others: It sends no list of exercises\.$"):
        run(file)
    with pytest.raises(CommandError, match=r"^page: It sends no page of exercises\.$"):
        run(write(tmp_path / "page.json", {}), kind="wger", dry_run=True)
    Source.objects.filter(name="others").update(enabled=False)
    with pytest.raises(CommandError, match=r"^others is switched off\.$"):
        run("others")
    (tmp_path / "sub").mkdir()
    with pytest.raises(CommandError, match="another source named others"):
        run(write(tmp_path / "sub" / "others.json", []))
