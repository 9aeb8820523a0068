"""Removing a person: in batches, again after a kill, and again after an older backup."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import DeletedAccount, Notification, User
from analysis.form.models import FormAnalysis
from exercises.enums import Status
from exercises.models import Exercise, Media
from fitai.common import jobs
from fitai.common.ids import uuid7
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.privacy import removal
from fitai.privacy.jobs import remove_account
from fitai.privacy.removal import remove_person
from fitai.privacy.retention import REMOVE
from tests.cast import client_of, make_person
from tests.common.test_retention import purge
from tests.privacy.conftest import remove_deleted, run_removals
from tests.privacy.planting import Garden, everything, tables_with
from tests.workouts.gym import ok
from tests.workouts.together import GROUPS, befriend, group_of, names
from workouts.models import Group, Workout, WorkoutExercise


def over(person: User) -> None:
    User.objects.filter(pk=person.pk).update(deleted_at=timezone.now() - timedelta(days=31))


def test_it_is_done_in_batches_of_which_the_account_is_the_last(
    garden: Garden, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "BATCH", 1)
    monkeypatch.setattr(removal, "FILES_AT_ONCE", 1)
    for number in range(3):
        Notification.objects.create(user=garden.person, kind="news", dedupe_key=str(number))
    there = User.objects.filter(pk=garden.person.pk)
    batches = 0

    @contextmanager
    def writing() -> Iterator[None]:
        nonlocal batches
        batches += 1
        assert there.exists()
        with transaction.atomic():
            yield

    remove_person(garden.person.pk, writing)
    assert not there.exists()
    assert batches > len(garden.rows)
    assert tables_with(garden.traces) == {}
    remove_person(garden.person.pk, writing)
    assert len((home / "deletions.jsonl").read_text().splitlines()) == 1


class Killed(BaseException):
    """A process that was killed; what was not committed is not."""


@pytest.mark.parametrize(
    "step", ["_remove_rows 0", "_remove_rows 9", "_remove_rows 35", "remove_files 0", "write_down 0"]
)
def test_a_removal_that_was_killed_goes_on(garden: Garden, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, at = step.split()
    real, calls = getattr(removal, name), iter(range(99))

    def dying(*args: Any) -> Any:
        real(*args)
        if next(calls) == int(at):
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(removal, name, dying)
        with pytest.raises(Killed):
            remove_person(garden.person.pk)
    assert User.objects.filter(pk=garden.person.pk).exists()
    remove_person(garden.person.pk)
    assert tables_with(garden.traces) == {}


def test_rows_wait_for_files_that_cannot_be_removed(
    garden: Garden, home: Path, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody else waits for them."""
    over(garden.person), over(stranger)
    with monkeypatch.context() as patch:
        there = default_storage.delete
        away = lambda name: there(name) if str(stranger.pk) in name else unavailable(name)  # noqa: E731
        patch.setattr(default_storage._wrapped, "delete", away)
        remove_deleted()
    assert not User.objects.filter(pk=stranger.pk).exists()
    assert len([path for path in (home / "media").rglob("*") if path.is_file()]) == 7
    waiting = (FormAnalysis, Media, User)
    assert all(model.objects.filter(pk=garden.rows[model].pk).exists() for model in waiting)
    assert Job.objects.get(kind=REMOVE, status="queued").last_error.startswith("FilesRemain")
    Job.objects.filter(kind=REMOVE, status="queued").update(not_before=timezone.now())
    run_removals()
    assert tables_with(garden.traces) == {}
    assert [path for path in (home / "media").rglob("*") if path.is_file()] == []


def unavailable(name: str) -> None:
    raise OSError("the disk is away")


def test_what_is_in_the_library_stays_as_nobodys(garden: Garden, home: Path) -> None:
    """A picture that everybody sees, with its file; what waits for a moderator goes."""
    waiting: Any = garden.rows[Media]
    shown = Media.objects.get(pk=waiting.pk)
    shown.pk, shown.sha256, shown.alt = uuid7(), "another", "The bar on the chest"
    shown.status = "approved"
    shown.decided_at = shown.published_at = timezone.now()
    shown.save(force_insert=True)
    name = storage.store(shown.public_folder, b"a picture", "-8x6.webp")
    remove_person(garden.person.pk)
    assert list(Media.objects.values_list("pk", "author")) == [(shown.pk, None)]
    assert [path.name for path in (home / "media").rglob("*.webp")] == [Path(name).name]


def test_a_worker_that_lost_its_claim_removes_nothing_more(athlete: User) -> None:
    over(athlete)
    purge()
    job = Job.objects.get(kind=REMOVE)
    stale = jobs.claim(job.pk)
    assert stale is not None
    Job.objects.update(lease_token=99)
    with pytest.raises(jobs.Fenced):
        remove_account(stale)
    assert User.objects.filter(pk=athlete.pk).exists()


def test_an_account_is_begun_once_a_day_until_it_is_gone(athlete: User) -> None:
    over(athlete)
    assert (purge()["deleted_accounts"], purge()["deleted_accounts"]) == (1, 0)
    run_removals()
    assert not User.objects.filter(pk=athlete.pk).exists()
    assert purge()["deleted_accounts"] == 0
    assert Job.objects.get(kind=REMOVE).status == "succeeded"


def test_only_accounts_whose_grace_is_over_go(athlete: User, stranger: User) -> None:
    User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now() - timedelta(days=30, hours=1))
    User.objects.filter(pk=stranger.pk).update(deleted_at=timezone.now() - timedelta(days=29, hours=23))
    make_person("present")
    remove_deleted()
    assert set(User.objects.values_list("username", flat=True)) == {"stranger", "present"}


def test_a_job_of_an_account_that_was_taken_back_removes_nothing(athlete: User) -> None:
    """Where the grace was made longer meanwhile."""
    over(athlete)
    purge()
    User.objects.update(deleted_at=None)
    run_removals()
    assert User.objects.filter(pk=athlete.pk).exists()


# ── What others use ──────────────────────────────────────────────────────────────────────────────


def test_exercises_of_the_library_and_of_others_stay_as_nobodys(athlete: User, stranger: User) -> None:
    def made(slug: str, **values: Any) -> Exercise:
        body = {"primary_muscles": ["chest"], "equipment": ["barbell"], "kind": "strength", **values}
        return Exercise.objects.create(slug=slug, name=slug, owner=athlete, **body)

    made("unused")
    approved, used = made("approved", status=Status.APPROVED), made("used")
    mine, trained = made("mine"), made("trained")
    Exercise.objects.filter(pk=used.pk).update(slug="taken")
    body = {"primary_muscles": ["chest"], "equipment": ["barbell"], "kind": "strength"}
    Exercise.objects.create(slug="taken", name="Taken", status=Status.APPROVED, **body)
    now = timezone.now()
    for number, (person, exercise) in enumerate(((stranger, used), (stranger, trained), (athlete, mine))):
        workout = Workout.objects.create(
            user=person, last_at=now, last_op=str(number), created_at=now, performed_at=now, touched_at=now
        )
        WorkoutExercise.objects.create(id=workout.pk, workout=workout, exercise=exercise)
    before = {row for row in everything()["workouts_workoutexercise"] if str(mine.pk) not in row}

    remove_person(athlete.pk)

    left = {row.pk: (row.owner_id, row.slug) for row in Exercise.objects.exclude(name="Taken")}
    assert left == {
        approved.pk: (None, "approved"),
        used.pk: (None, f"taken-{used.pk}"),
        trained.pk: (None, f"trained-{trained.pk}"),
    }
    assert set(everything()["workouts_workoutexercise"]) == before
    assert tables_with([str(athlete.pk), str(mine.pk), "unused"]) == {}


# ── The deletion list ────────────────────────────────────────────────────────────────────────────


def put_back(backup: dict[str, list[str]]) -> None:
    """The database as it was, as a restored dump makes it: without triggers, and in any order."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in backup.items():
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
            for row in rows:
                cursor.execute(
                    f'INSERT INTO "{table}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns}'  # noqa: S608
                    f' FROM jsonb_populate_record(NULL::"{table}", %s::jsonb)',
                    [row],
                )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_backup_that_is_put_back_does_not_bring_anybody_back(
    garden: Garden, his: Garden, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = everything()
    remove_person(garden.person.pk)
    listed = (home / "deletions.jsonl").read_text()
    assert [json.loads(line)["account"] for line in listed.splitlines()] == [DeletedAccount.of(garden.person.pk).digest]
    call_command("deletions")
    assert capsys.readouterr().out == listed

    put_back(backup)
    assert everything() == backup
    assert not DeletedAccount.objects.exists()
    assert len(tables_with(garden.traces)) > 30

    call_command("replay_deletions")
    assert capsys.readouterr().out == "1 of 1 listed accounts were back, and are removed.\n"
    assert tables_with(garden.traces) == {}
    assert DeletedAccount.objects.get().digest == DeletedAccount.of(garden.person.pk).digest
    assert User.objects.filter(pk=his.person.pk, deleted_at=None).exists()

    call_command("replay_deletions", home / "deletions.jsonl")
    assert capsys.readouterr().out == "0 of 1 listed accounts were back, and are removed.\n"


def test_a_list_that_is_none_is_refused(home: Path, db: None) -> None:
    (home / "list").write_text('{"account": "1"}\n\nnonsense\n')
    with pytest.raises(CommandError, match="line 3"):
        call_command("replay_deletions", home / "list")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("replay_deletions", home / "nowhere")


def test_the_list_is_for_its_owner_alone(athlete: User, home: Path) -> None:
    remove_person(athlete.pk)
    assert (home / "deletions.jsonl").stat().st_mode & 0o777 == 0o600
    assert str(athlete.pk) not in (home / "deletions.jsonl").read_text()


def test_whom_somebody_trained_with_keeps_no_trace_of_them(transactional_db: None, home: Path) -> None:
    """Groups in which others train go on; of one's own the next one takes over."""
    ada, ben, cleo = (make_person(name) for name in ("ada.lifts", "ben.rows", "cleo.runs"))
    befriend(ada, ben)
    befriend(ben, cleo)
    theirs, own = client_of(ada), client_of(ben)
    groups = [group_of(theirs, own, name="Monday"), group_of(own, client_of(cleo), theirs), group_of(own)]
    ok(own.post(f"{GROUPS}/{groups[0]}/invite", {"user_ids": [str(cleo.pk)]}))
    remove_person(ben.pk)
    assert tables_with([str(ben.pk), "ben.rows"]) == {}
    left = {one["id"]: one for one in ok(theirs.get(GROUPS))["results"]}
    assert {id: (names(one), one["owner_id"]) for id, one in left.items()} == {
        groups[0]: (["ada.lifts", "cleo.runs"], str(ada.pk)),
        groups[1]: (["ada.lifts", "cleo.runs"], str(cleo.pk)),
    }
    assert ok(client_of(cleo).get(GROUPS))["results"][0]["owner_id"] == str(cleo.pk)
    assert [str(id) for id in Group.objects.order_by("pk").values_list("pk", flat=True)] == groups[:2]
