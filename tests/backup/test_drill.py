"""The drill: back everything up, put it back into an empty database, and compare every row and every file."""

import base64
import hashlib
import os
import re
import shutil
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg import sql

from accounts.models import DeletedAccount, Session, User
from accounts.operations.privacy import begin_grace
from fitai.backup import archive, programs, restoring
from fitai.backup.archive import MEDIA, Contents, Member
from fitai.backup.sealed import DAMAGED, NOT_OURS, OTHER_KEY
from fitai.common import redis
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.privacy.removal import remove_person
from tests.cast import client_of, make_person
from tests.common.media.buckets import bucket, names_in, store_address
from tests.workouts.conftest import stock_library
from tests.workouts.gym import BENCH, SQUAT, Gym
from workouts.models import Workout

__all__ = ["bucket", "store_address"]

pytestmark = pytest.mark.django_db(transaction=True)

KEY = base64.b64encode(b"k" * 32).decode()
Rows = dict[str, list[Any]]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.FITAI_HOME, settings.MEDIA_ROOT = tmp_path / "home", tmp_path / "home" / "media"
    settings.BACKUP_KEY, settings.BACKUP_KEY_FILE = KEY, ""
    return tmp_path / "home"


def server() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """All that follows is about another database of the suite's server."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


@contextmanager
def new_database(*, like: str | None = None) -> Iterator[str]:
    """A database of its own: empty, or a copy of another."""
    name = f"drill_{os.getpid()}_{os.urandom(3).hex()}"
    connection.close()
    with server() as admin:
        template = sql.SQL(" TEMPLATE {}").format(sql.Identifier(like)) if like else sql.SQL("")
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + template)
        try:
            yield name
        finally:
            connection.close()
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty() -> Iterator[str]:
    with new_database() as name:
        yield name


def rows() -> Rows:
    """Every row of every table, and where every sequence is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        named = [(name, kind) for name, kind in cursor.fetchall() if kind in ("r", "S", b"r", b"S")]
        found = {}
        for name, kind in sorted(named):
            column = "t::text" if kind in ("r", b"r") else "t.last_value"
            cursor.execute(f'SELECT {column} FROM "{name}" t ORDER BY 1')  # noqa: S608  names of our own tables
            found[name] = [value for (value,) in cursor.fetchall()]
        return found


def structure() -> set[tuple[str, ...]]:
    """Indexes, constraints, triggers and extensions, as the database spells them, but for casts of texts, which it
    spells anew whenever it reads them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
            "SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "  WHERE connamespace = 'public'::regnamespace UNION ALL "
            "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT 'extension', extname, '' FROM pg_extension ORDER BY 1, 2, 3"
        )
        casts = re.compile(r"::(?:character varying|text)(?:\[\])?|[()]")
        return {(kind, name, casts.sub("", spelt)) for kind, name, spelt in cursor.fetchall()}


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def people(home: Path) -> tuple[User, User]:
    """Somebody who trains, and somebody who will leave; each with a picture."""
    stock_library()
    ada, bob = make_person("ada"), make_person("bob")
    for person in (ada, bob):
        gym = Gym(client_of(person))
        workout = gym.train()
        gym.log(workout, BENCH, reps=5, weight="102.5", weight_unit="kg", notes="It's \\ a ☃\tnote")
        gym.log(workout, SQUAT, reps=3, weight="225", weight_unit="lb")
        gym.do(workout, "complete")
        storage.store(f"avatars/{person.pk}", os.urandom(3_000_000), ".webp")
    default_storage.save("public/exercises/empty.webp", ContentFile(b""))
    (storage.incoming_folder() / "1.upload").write_bytes(b"still coming in")
    return ada, bob


def backup(capsys: Any) -> Path:
    call_command("backup")
    path = Path(capsys.readouterr().out.split(" is made and proven")[0])
    assert path.exists()
    return path


def refused(*arguments: Any, **options: Any) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command(*arguments, **options)
    return str(refusal.value)


def test_the_drill(people: tuple[User, User], empty: str, home: Path, capsys: Any) -> None:
    before, spelt, kept = rows(), structure(), files(home / "media")
    del kept["incoming/1.upload"]
    path = backup(capsys)
    assert (path.stat().st_mode & 0o777, sorted(p.name for p in path.parent.iterdir())) == (
        0o600,
        ["deletions.jsonl", path.name],
    )
    content = path.read_bytes()
    assert not any(secret in content for secret in (b"ada@", b"note", b"common_job", b"about.json", b"avatars"))
    call_command("backup", verify=path)
    assert " is whole: made at 20" in capsys.readouterr().out

    ada, bob = people
    remove_person(bob.pk)  # after the backup
    shutil.rmtree(home / "media")
    redis.client.set("fitai:session:of-before", "x")
    with in_database(empty):
        call_command("restore", path, no_deletions=True)
        assert capsys.readouterr().out.splitlines()[-1] == "0 accounts of the deletion list were back, and are removed."
        assert redis.client.keys("fitai:*") == []
        after = rows()
        assert sum(map(len, after.values())) > 500
        assert after.keys() == before.keys()
        assert {name for name in before if after[name] != before[name]} == set()
        assert structure() ^ spelt == set()
        assert files(home / "media") == kept
        assert Workout.objects.filter(user=ada, status="completed").count() == 1
        assert Gym(client_of(ada)).train()  # and life goes on


def test_who_left_after_the_backup_stays_away(people: tuple[User, User], empty: str, home: Path, capsys: Any) -> None:
    ada, bob = people
    path = backup(capsys)
    assert (path.parent / "deletions.jsonl").read_text() == ""
    remove_person(bob.pk)
    shutil.rmtree(home / "media")
    with in_database(empty):
        call_command("restore", path)
        assert capsys.readouterr().out.splitlines()[-1] == "1 accounts of the deletion list were back, and are removed."
        assert list(User.objects.values_list("username", flat=True)) == ["ada"]
        assert not Workout.objects.filter(user=bob.pk).exists()
        assert DeletedAccount.objects.get().digest == DeletedAccount.of(bob.pk).digest
    assert {name.split("/")[1] for name in files(home / "media") if name.startswith("avatars")} == {str(ada.pk)}


def test_the_list_of_a_later_backup_serves_an_earlier_one(
    people: tuple[User, User], empty: str, home: Path, capsys: Any
) -> None:
    client_of(make_person("carol"))
    earlier = backup(capsys)
    earlier = earlier.rename(earlier.with_name("earlier.backup"))
    remove_person(people[1].pk)
    carol_left = User.objects.filter(username="carol")
    with transaction.atomic():
        begin_grace(carol_left.get())
    (since,) = carol_left.values_list("deleted_at", flat=True)
    backup(capsys)
    (home / "deletions.jsonl").unlink()  # the machine is lost
    shutil.rmtree(home / "media")
    with in_database(empty):
        call_command("restore", earlier)
        assert list(User.objects.values_list("username", "deleted_at").order_by("username")) == [
            ("ada", None),
            ("carol", since),
        ]
        assert not Session.objects.filter(user__username="carol", revoked_at=None).exists()


def test_files_in_an_object_store(bucket: Any, home: Path, empty: str, capsys: Any) -> None:
    picture = os.urandom(9_000_000)
    name = storage.store("avatars/x", picture, ".webp")
    path = backup(capsys)
    bucket.objects.all().delete()
    with in_database(empty):
        call_command("restore", path, no_deletions=True)
    assert names_in(bucket) == [name]
    with default_storage.open(name) as file:
        assert file.read() == picture
    call_command("backup")  # of what was put back
    with new_database() as another, in_database(another):
        call_command("restore", path, no_deletions=True)  # beside the same files


class TestRefusals:
    """Each in a sentence, and nothing is changed."""

    @pytest.fixture
    def small(self, home: Path, capsys: Any) -> Path:
        make_person("ada")
        storage.store("avatars/x", os.urandom(2_000_000), ".webp")
        path = backup(capsys)
        shutil.rmtree(home / "media")
        return path

    @pytest.fixture
    def target(self, empty: str, home: Path) -> Iterator[str]:
        """An empty database, which is still empty after the test, as is the folder of files."""
        with in_database(empty):
            yield empty
            assert rows() == {}
        assert files(home / "media") == {}

    def test_damaged_cut_and_foreign_files(self, small: Path, target: str, settings: Any, tmp_path: Path) -> None:
        content = small.read_bytes()
        for damaged, sentence in [
            (content[:-100], DAMAGED),
            (content[:1_000_000] + b"x" + content[1_000_001:], DAMAGED),
            (b"x" * 1000, NOT_OURS),
        ]:
            path = tmp_path / "damaged"
            path.write_bytes(damaged)
            expected = f"{path}: {sentence}"
            assert refused("restore", path, no_deletions=True) == refused("backup", verify=path) == expected
        assert "No such file" in refused("restore", tmp_path / "nowhere", no_deletions=True)
        settings.BACKUP_KEY = base64.b64encode(b"o" * 32).decode()
        assert refused("restore", small, no_deletions=True) == f"{small}: {OTHER_KEY}"

    def test_a_disk_that_is_full(self, small: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
        usage = namedtuple("usage", "free")(1000)
        with monkeypatch.context() as patch:
            patch.setattr(restoring.shutil, "disk_usage", lambda path: usage)
            assert "need 2000000 bytes" in refused("restore", small, no_deletions=True)
        full = OSError(28, "No space left on device")

        def save(name: str, content: Any) -> str:
            raise full

        monkeypatch.setattr(restoring.default_storage, "save", save)
        assert "cannot be stored: No space left on device. Nothing was restored." in refused(
            "restore", small, no_deletions=True
        )

    def test_a_dump_that_postgresql_does_not_take(
        self, small: Path, target: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(restoring, "DATABASE", MEDIA)  # the picture in place of the dump
        assert "pg_restore failed: " in refused("restore", small, no_deletions=True)

    def test_no_deletion_list(self, small: Path, target: str, tmp_path: Path) -> None:
        alone = shutil.move(small, tmp_path / "alone.backup")
        assert "--no-deletions" in refused("restore", alone)
        (tmp_path / "list").write_text("nonsense")
        assert "line 1 is not of a deletion list" in refused("restore", alone, deletions=[tmp_path / "list"])

    def test_other_files_of_the_same_names(self, small: Path, empty: str, home: Path) -> None:
        (name,) = [n for n, _ in archive.entries(small, b"k" * 32) if n.startswith(MEDIA)]
        default_storage.save(name.removeprefix(MEDIA), ContentFile(b"another"))
        with in_database(empty):
            assert "Another file is stored as" in refused("restore", small, no_deletions=True)
            assert rows() == {}
        assert list(files(home / "media").values()) == [hashlib.sha256(b"another").hexdigest()]

    def test_a_database_with_something_in_it(self, small: Path) -> None:
        before = rows()
        assert "The database is not empty" in refused("restore", small, no_deletions=True)
        assert rows() == before

    def test_a_newer_release_and_a_newer_postgresql(self, target: str) -> None:
        def refusal(**about: Any) -> str:
            with pytest.raises(restoring.Refused) as refusal:
                restoring.require_fitting(Contents({"postgres": 15, "migrations": [], **about}))
            return str(refusal.value)

        assert "common.9999_future" in refusal(migrations=[["common", "0001_initial"], ["common", "9999_future"]])
        assert "It was made on PostgreSQL 99" in refusal(postgres=99)
        restoring.require_fitting(Contents({"postgres": 15, "migrations": [["common", "0001_initial"]]}))

    @pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"k" * 31).decode(), "é" * 44])
    def test_a_key_that_is_none(self, settings: Any, home: Path, key: str) -> None:
        settings.BACKUP_KEY = key
        assert "openssl rand -base64 32" in refused("backup")
        assert not (home / "backups").exists()

    def test_a_key_in_a_file(self, settings: Any, small: Path, tmp_path: Path) -> None:
        settings.BACKUP_KEY, settings.BACKUP_KEY_FILE = "", str(tmp_path / "key")
        assert "BACKUP_KEY_FILE cannot be read" in refused("backup", verify=small)
        (tmp_path / "key").write_text(KEY + "\n")
        call_command("backup", verify=small)


def test_a_backup_that_fails_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(programs, "environment", lambda: {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": "1"})
        assert "pg_dump failed: " in refused("backup")
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "PORT", "1")
        assert "The database does not answer" in refused("backup")
    assert list((home / "backups").iterdir()) == []
    (home / "file").write_text("")
    assert "No backup was made" in refused("backup", to=home / "file")


def test_an_older_backup_is_migrated(people: tuple[User, User], empty: str, home: Path, capsys: Any) -> None:
    own = connection.settings_dict["NAME"]
    before = rows()
    with new_database(like=own) as older, in_database(older):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE common_job DROP COLUMN traceparent")
            cursor.execute("DELETE FROM django_migrations WHERE app = 'common' AND name = '0003_job_traceparent'")
        path = backup(capsys)
    shutil.rmtree(home / "media")
    with in_database(empty):
        call_command("restore", path, no_deletions=True)
        assert "It was of an older release and has been migrated." in capsys.readouterr().out
        assert set(Job.objects.values_list("traceparent", flat=True)) == {""}
        after = rows()
    assert {name for name in before if len(after[name]) != len(before[name])} <= {"django_migrations"}


def test_the_manifest_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the seal cannot see: a fault of whoever wrote it."""
    path = tmp_path / "faulty"
    with archive.written(path, b"k" * 32, {}) as writer:
        writer.add_json("media/a", 1)
        writer.members["media/a"] = Member(1, "0" * 64)
    with pytest.raises(restoring.Refused, match="damaged"):
        archive.proven(path, b"k" * 32)
