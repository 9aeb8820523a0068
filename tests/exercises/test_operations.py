from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection

from exercises.models import Catalogue, Exercise, Translation, Variation
from exercises.operations.catalogue import SHIPPED, Loaded, UnreadableCatalogue, catalogue_id, load_catalogue

APART = {"variations", "translations", "bodyweight_share", "met"}


class Files:
    """A folder of the catalogue with a few exercises."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, file: str, **values: Any) -> None:
        said = orjson.loads((SHIPPED / "push-up.json").read_bytes()) | {"variations": [], "translations": {}}
        said |= {"slug": file, "name": file.replace("-", " ").title(), **values}
        (self.directory / f"{file}.json").write_bytes(orjson.dumps(said))

    def remove(self, slug: str) -> None:
        (self.directory / f"{slug}.json").unlink()

    def load(self) -> Loaded:
        return load_catalogue(self.directory)


@pytest.fixture
def files(db: None, tmp_path: Path) -> Files:
    files = Files(tmp_path)
    files.write("push-up", variations=[{"slug": "knee-push-up", "relation": "easier"}])
    files.write(
        "knee-push-up",
        variations=[{"slug": "push-up", "relation": "harder"}],
        translations={"de": {"name": "Knieliegestütz"}},
    )
    return files


def test_the_shipped_catalogue_loads_whole(catalogue: None) -> None:
    slugs = {path.stem for path in SHIPPED.glob("*.json")}
    assert set(Exercise.objects.filter(status="approved", owner=None).values_list("slug", flat=True)) == slugs


def test_every_field_of_a_file_is_kept(files: Files) -> None:
    files.load()
    said = orjson.loads((files.directory / "push-up.json").read_bytes())
    exercise = Exercise.objects.get(slug="push-up")
    assert {name: getattr(exercise, name) for name in said.keys() - APART} == {
        name: said[name] or "" if name in ("form_profile",) else said[name] for name in said.keys() - APART
    }
    assert (float(exercise.bodyweight_share), float(exercise.met)) == (
        float(said["bodyweight_share"]),
        float(said["met"]),
    )
    assert list(Variation.objects.order_by("relation").values_list("exercise__slug", "other__slug", "relation")) == [
        ("push-up", "knee-push-up", "easier"),
        ("knee-push-up", "push-up", "harder"),
    ]
    assert list(Translation.objects.values_list("exercise__slug", "language", "name")) == [
        ("knee-push-up", "de", "Knieliegestütz")
    ]


def test_ids_are_the_same_on_every_installation(files: Files) -> None:
    files.load()
    assert Exercise.objects.get(slug="push-up").pk == catalogue_id("push-up")
    assert catalogue_id("push-up") == UUID("3a165645-7c70-5d64-abbc-00c78b85fc22")


def test_loading_twice_is_loading_once_and_reads_one_row(files: Files, django_assert_num_queries: Any) -> None:
    assert files.load() == Loaded(created=["knee-push-up", "push-up"])
    version = Catalogue.objects.get().version
    with django_assert_num_queries(3):  # SAVEPOINT, the catalogue's row, RELEASE
        assert files.load() == Loaded(unchanged=2)
    assert Catalogue.objects.get().version == version


def test_a_changed_file_changes_its_exercise_only(files: Files) -> None:
    files.load()
    files.write("push-up", name="Press-Up", variations=[])
    assert files.load() == Loaded(updated=["push-up"], unchanged=1)
    assert list(Exercise.objects.order_by("slug").values_list("slug", "name", "version")) == [
        ("knee-push-up", "Knee Push Up", 1),
        ("push-up", "Press-Up", 2),
    ]
    assert not Variation.objects.filter(exercise__slug="push-up").exists()


@pytest.mark.parametrize("edited", ["exercise", "translation", "variation"])
def test_what_somebody_edited_is_kept(files: Files, edited: str) -> None:
    files.load()
    if edited == "exercise":
        Exercise.objects.filter(slug="knee-push-up").update(difficulty="advanced")
    elif edited == "translation":
        Translation.objects.update(instructions=["Runter.", "Hoch."])
    else:
        Variation.objects.filter(exercise__slug="knee-push-up").delete()
    files.write("knee-push-up", name="Half Push-Up")
    assert files.load() == Loaded(kept=["knee-push-up"], unchanged=1)
    assert Exercise.objects.get(slug="knee-push-up").name == "Knee Push Up"
    files.write("push-up")
    assert files.load() == Loaded(updated=["push-up"], kept=["knee-push-up"])


def test_an_exercise_whose_file_is_gone_is_archived_until_it_comes_back(files: Files) -> None:
    files.load()
    files.write("push-up")
    files.remove("knee-push-up")
    assert files.load() == Loaded(updated=["push-up"], archived=["knee-push-up"])
    assert Exercise.objects.get(slug="knee-push-up").status == "archived"
    files.write("knee-push-up")
    assert files.load() == Loaded(updated=["knee-push-up"], unchanged=1)
    assert Exercise.objects.get(slug="knee-push-up").status == "approved"


def test_what_people_made_is_left_alone(files: Files, make_exercise: Any, athlete: Any) -> None:
    made = make_exercise("Push Up")
    make_exercise("Own Thing", owner=athlete)
    assert files.load() == Loaded(created=["knee-push-up"], kept=["push-up"])
    assert Exercise.objects.get(slug="push-up").pk == made.pk
    assert Variation.objects.get().other_id == made.pk


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"slug": "other"}, "its slug is other"),
        ({"variations": [{"slug": "nowhere", "relation": "easier"}]}, "there is no exercise nowhere"),
        ({"met": "much"}, "InvalidOperation"),
        ({"aliases": None}, "TypeError"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(files: Files, values: dict[str, Any], reason: str) -> None:
    files.write("push-up", **values)
    with pytest.raises(UnreadableCatalogue, match=reason):
        files.load()
    assert not Exercise.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_loads_at_the_same_time_are_one_after_the_other(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for number in range(20):
        files.write(f"push-up-{number}")

    def load(_: int) -> Loaded:
        try:
            return files.load()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        loads = list(pool.map(load, range(4)))
    assert sorted((len(loaded.created), loaded.unchanged) for loaded in loads) == [(0, 20)] * 3 + [(20, 0)]
