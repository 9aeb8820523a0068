"""Reading a catalogue of others: what becomes of its exercises, once and again."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction

from exercises.enums import Status
from exercises.models import Catalogue, Exercise, Source, SourceEntry, Translation
from exercises.operations import sources
from exercises.operations.sources import import_source
from fitai.common import jobs
from fitai.common.models import Job
from fitai.common.problems import Conflict
from tests.cast import actor_of, run_jobs
from tests.common.servers import in_threads
from tests.exercises.conftest import MakeExercise
from tests.exercises.sources.conftest import MakeSource
from tests.exercises.sources.stand_in import LICENSE, StandIn, facts, info, listing, told
from tests.soak import only_in_soak

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "catalogue"


def outcomes() -> list[tuple[str, str, str]]:
    return list(SourceEntry.objects.order_by("name", "id").values_list("name", "outcome", "matched_by"))


def drafts() -> list[str]:
    return list(
        Exercise.objects.filter(status=Status.PENDING, owner=None).order_by("name").values_list("name", flat=True)
    )


def test_what_is_new_becomes_a_draft_and_what_is_known_is_left(
    there: StandIn, make_source: MakeSource, make_exercise: MakeExercise, athlete: Any
) -> None:
    by_name, by_alias, by_slug = (
        make_exercise("Barbell Squat"),
        make_exercise("Romanian Deadlift", aliases=["RDL"]),
        make_exercise("Press, overhead", slug="military-press"),
    )
    before = {exercise.pk: (exercise.version, exercise.name) for exercise in Exercise.objects.all()}
    names = ["Squats - Barbell", "RDL", "Military Press", "Svend Press"]
    address = there.say("/exercises.json", [facts(name, primaryMuscles=["chest"]) for name in names])
    report = import_source(make_source(address))
    assert report.outcomes == Counter(matched=3, drafted=1)
    assert report.words == "Read 4 exercises on 1 page. In the library already: 3, new draft: 1."
    assert outcomes() == [
        ("Military Press", "matched", "slug"),
        ("RDL", "matched", "alias"),
        ("Squats - Barbell", "matched", "alias"),
        ("Svend Press", "drafted", "none"),
    ]
    assert {
        exercise.pk: (exercise.version, exercise.name) for exercise in Exercise.objects.filter(pk__in=before)
    } == before
    assert set(SourceEntry.objects.filter(outcome="matched").values_list("exercise", flat=True)) == {
        by_name.pk,
        by_alias.pk,
        by_slug.pk,
    }
    draft = Exercise.objects.get(name="Svend Press")
    assert (draft.status, draft.owner, draft.slug, draft.media) == ("pending", None, "svend-press", [])
    assert draft.submitted_at is not None
    assert draft.attribution == {
        "author": "",
        "license": "Unlicense",
        "license_url": "https://unlicense.org/",
        "source": "Others",
        "url": address,
    }
    assert not Exercise.objects.visible_to(actor_of(athlete)).filter(pk=draft.pk).exists()
    draft.full_clean()


def test_pages_of_wger_with_author_and_licence(there: StandIn, make_source: MakeSource) -> None:
    press = info(1, told("Press"), told("Drücken", language=1, license_author="Berta"))
    first = there.say(
        "/api/v2/exerciseinfo/?limit=1", listing([press], f"{there.url}/api/v2/exerciseinfo/?limit=1&offset=1")
    )
    there.say(
        "/api/v2/exerciseinfo/?limit=1&offset=1", listing([info(2, told("Pull", license_object_url="https://x.org/2"))])
    )
    assert import_source(make_source(first, "wger")).words == "Read 2 exercises on 2 pages. New draft: 2."
    assert list(SourceEntry.objects.order_by("id").values_list("name", "author", "license", "license_url", "url")) == [
        ("Press", "Ann Author, Berta", "CC-BY-SA 4", LICENSE["url"], first),
        ("Pull", "Ann Author", "CC-BY-SA 4", LICENSE["url"], "https://x.org/2"),
    ]
    assert Exercise.objects.get(name="Press").attribution == {
        "author": "Ann Author, Berta",
        "license": "CC-BY-SA 4",
        "license_url": LICENSE["url"],
        "source": "Others",
        "url": first,
    }
    assert list(Translation.objects.values_list("exercise__name", "language", "name")) == [("Press", "de", "Drücken")]


def test_reading_twice_is_reading_once(there: StandIn, make_source: MakeSource, make_exercise: MakeExercise) -> None:
    make_exercise("Squat")
    source = make_source(there.say("/", [facts("Squat"), facts("Svend Press")]))
    import_source(source)
    version, count = Catalogue.objects.get().version, SourceEntry.objects.count()
    report = import_source(source)
    assert report.words == "Read 2 exercises on 1 page. Unchanged: 2."
    assert (Catalogue.objects.get().version, SourceEntry.objects.count()) == (version, count)
    assert outcomes() == [("Squat", "matched", "slug"), ("Svend Press", "drafted", "none")]


def test_a_draft_nobody_touched_follows_its_source(there: StandIn, make_source: MakeSource) -> None:
    german = told("Drücken", language=1)
    address = there.say("/", listing([info(1, told("Press"), german)]), listing([info(1, told("Floor Press"))]))
    source = make_source(address, "wger")
    import_source(source)
    assert import_source(source).outcomes == Counter(updated=1)
    draft = Exercise.objects.get()
    assert (draft.name, draft.slug, draft.instructions[0]) == ("Floor Press", "press", "Do the Floor Press.")
    assert not Translation.objects.exists()
    assert import_source(source).outcomes == Counter(unchanged=1)
    assert outcomes() == [("Floor Press", "updated", "none")]


@pytest.mark.parametrize("edit", ["text", "translation", "another translation", "approval"])
def test_an_edit_is_never_overwritten(there: StandIn, make_source: MakeSource, edit: str) -> None:
    address = there.say("/", [info(1, told("Press"), told("Drücken", language=1))], [info(1, told("Floor Press"))])
    source = make_source(address, "wger")
    import_source(source)
    draft = Exercise.objects.get()
    if edit == "text":
        Exercise.objects.update(mistakes=["Bouncing."], difficulty="advanced")
    elif edit == "translation":
        draft.translations.update(name="Bankdrücken")
    elif edit == "another translation":
        draft.translations.create(language="es", name="Press de banca")
    else:
        Exercise.objects.update(status=Status.APPROVED)
    said = list(Exercise.objects.values()), list(Translation.objects.values())
    report = import_source(source)
    assert report.words == "Read 1 exercise on 1 page. Changed there, edited here: 1."
    assert (list(Exercise.objects.values()), list(Translation.objects.values())) == said
    assert import_source(source).outcomes == Counter(unchanged=1)
    assert outcomes() == [("Floor Press", "changed", "none")]


@pytest.mark.parametrize("how", [{"status": "rejected"}, {"deleted_at": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_what_was_refused_is_not_drafted_again(there: StandIn, make_source: MakeSource, how: dict[str, Any]) -> None:
    there.say("/elsewhere", [facts("svend press", id="other")])
    source = make_source(there.say("/", [facts("Svend Press")], [facts("Svend Press", level="expert")]))
    import_source(source)
    Exercise.objects.update(**how)
    assert import_source(source).outcomes == Counter(ignored=1)
    assert import_source(make_source(there.url + "/elsewhere", name="More")).outcomes == Counter(ignored=1)
    assert list(Exercise.objects.values_list("name", "difficulty")) == [("Svend Press", "beginner")]


def test_a_merged_draft_is_the_exercise_that_stays(
    there: StandIn, make_source: MakeSource, make_exercise: MakeExercise
) -> None:
    source = make_source(there.say("/", [facts("Hex Press")], [facts("Hex Press", level="expert")]))
    import_source(source)
    stays = make_exercise("Squeeze Press")
    Exercise.objects.filter(name="Hex Press").update(status=Status.ARCHIVED, merged_into=stays)
    assert import_source(source).outcomes == Counter(matched=1)
    assert SourceEntry.objects.get().exercise == stays
    more = make_source(there.say("/more", [facts("Hex Press")]), name="More")
    assert import_source(more).outcomes == Counter(matched=1)
    assert set(SourceEntry.objects.values_list("exercise", flat=True)) == {stays.pk}


def test_what_is_gone_stays_here(there: StandIn, make_source: MakeSource) -> None:
    both, one = [facts("Svend Press"), facts("Hex Press")], [facts("Svend Press")]
    source = make_source(there.say("/", both, one, both))
    import_source(source)
    assert import_source(source).words == ("Read 1 exercise on 1 page. Unchanged: 1, gone from the source: 1.")
    assert drafts() == ["Hex Press", "Svend Press"]
    assert outcomes() == [("Hex Press", "gone", "none"), ("Svend Press", "drafted", "none")]
    import_source(source)
    assert outcomes() == [("Hex Press", "drafted", "none"), ("Svend Press", "drafted", "none")]


def test_a_source_that_did_not_change_is_not_sent_again(there: StandIn, make_source: MakeSource) -> None:
    tagged = (200, {"ETag": '"1"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}, [facts("Svend Press")])
    source = make_source(there.say("/", tagged, 304, tagged))
    import_source(source)
    source.refresh_from_db()
    assert import_source(source).words == "Nothing has changed there."
    _, headers = there.heard[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    source.refresh_from_db()
    assert (source.last_outcome, source.last_failed) == ("Nothing has changed there.", False)

    source.address = there.say("/moved", [facts("Svend Press")])
    import_source(source)
    assert "if-none-match" not in there.heard[-1][1]


def test_names_said_twice_make_one_draft(there: StandIn, make_source: MakeSource) -> None:
    said = [facts("Svend Press", id=f"{number}") for number in range(sources.BATCH + 20)]
    report = import_source(make_source(there.say("/", said)))
    assert report.outcomes == Counter(drafted=1, matched=sources.BATCH + 19)
    assert drafts() == ["Svend Press"]


def test_what_others_drafted_is_known(there: StandIn, make_source: MakeSource) -> None:
    import_source(make_source(there.say("/", [facts("Svend Press")])))
    report = import_source(make_source(there.say("/wger", [info(1, told("Press (Svend)"))]), "wger", name="wger"))
    assert report.outcomes == Counter(matched=1)


def test_names_without_letters_of_addresses(there: StandIn, make_source: MakeSource) -> None:
    import_source(
        make_source(there.say("/", [facts("卧推"), facts("深蹲"), facts("a" * 80), facts("a/b"), facts("ab")]))
    )
    slugs = set(Exercise.objects.values_list("slug", flat=True))
    assert {"a" * 80, "ab"} < slugs
    assert len([slug for slug in slugs if slug.startswith("exercise-")]) == 2


def test_a_batch_costs_the_same_whatever_it_holds(
    there: StandIn, make_source: MakeSource, make_exercise: MakeExercise, django_assert_num_queries: Any
) -> None:
    for path, names in (("/one", ["A one"]), ("/three", ["B one", "B two", "B three"])):
        for name in names:
            make_exercise(name)  # what has other names is searched for, name by name
        source = make_source(there.say(path, [facts(name) for name in names]), name=path)
        with django_assert_num_queries(16):
            import_source(source)


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_draft_once(there: StandIn, make_source: MakeSource) -> None:
    said = [facts(f"Press No {number}") for number in range(30)]
    one, other = make_source(there.say("/", said)), make_source(there.say("/other", said), name="More")
    reports = in_threads(3, lambda number: import_source(Source.objects.get(pk=(one, one, other)[number].pk)))
    assert len(drafts()) == 30
    assert SourceEntry.objects.count() == 60
    assert sum(report.outcomes["drafted"] for report in reports) == 30


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_being_edited_is_not_waited_for(there: StandIn, make_source: MakeSource) -> None:
    source = make_source(there.say("/", [facts("Svend Press")], [facts("Svend Press", level="expert")]))
    import_source(source)
    with transaction.atomic():
        Exercise.objects.select_for_update().get()
        (report,) = in_threads(1, lambda _: import_source(Source.objects.get(pk=source.pk)))
    assert report.outcomes == Counter(changed=1)


# ── When ─────────────────────────────────────────────────────────────────────────────────────────

NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_each_source_is_read_when_its_turn_comes(there: StandIn, make_source: MakeSource) -> None:
    address = there.say("/", [facts("Svend Press")])
    make_source(address, name="daily", every_hours=24)
    make_source(address, name="hourly", every_hours=1)
    make_source(address, name="when asked")
    make_source(address, name="off", every_hours=1, enabled=False)
    assert sources.enqueue_due(NOON) == ["daily", "hourly"]
    assert sources.enqueue_due(NOON + timedelta(minutes=20)) == []
    assert sources.enqueue_due(NOON + timedelta(hours=1)) == ["hourly"]
    assert sources.enqueue_due(NOON + timedelta(hours=12)) == ["daily", "hourly"]
    hourly = Source.objects.get(name="hourly")
    assert Job.objects.filter(dedupe_key=f"exercises.import:{hourly.pk}:2026-03-01T12:00:00+00:00").exists()


def test_the_schedule_reads(there: StandIn, make_source: MakeSource) -> None:
    source = make_source(there.say("/", [facts("Svend Press")]), every_hours=1)
    jobs.enqueue("exercises.sync_sources", {}, dedupe_key="now")
    run_jobs()
    run_jobs()
    source.refresh_from_db()
    assert (source.last_outcome, source.last_failed) == ("Read 1 exercise on 1 page. New draft: 1.", False)
    assert Job.objects.get(kind="exercises.import").result == {"outcome": source.last_outcome}
    assert drafts() == ["Svend Press"]


def test_asking_twice_in_a_minute_is_asking_once(make_source: MakeSource) -> None:
    source = make_source("http://example.org/")
    with time_machine.travel(NOON) as clock:
        sources.request_import(source.pk)
        with pytest.raises(Conflict, match="a moment ago"):
            sources.request_import(source.pk)
        clock.shift(60)
        sources.request_import(source.pk)
    assert Job.objects.count() == 2
    Source.objects.update(enabled=False)
    with pytest.raises(Conflict, match="switched off"):
        sources.request_import(source.pk)
    run_jobs()
    assert [job.result for job in Job.objects.all()] == [{"outcome": "It is switched off or gone."}] * 2


# ── All of it ────────────────────────────────────────────────────────────────────────────────────


@only_in_soak
@pytest.mark.skipif(not SHARED.is_dir(), reason="the facts (../shared/data) are not beside this checkout")
def test_all_of_free_exercise_db(make_source: MakeSource, catalogue: None) -> None:
    report = import_source(make_source(str(SHARED / "free-exercise-db-facts.json")))
    assert (report.read, report.skipped) == (873, Counter())
    assert set(report.outcomes) - {"gone"} == {"matched", "drafted"}
    assert report.outcomes["matched"] >= 40
    for draft in Exercise.objects.filter(status=Status.PENDING):
        draft.clean_fields()


def test_an_exercise_in_other_words_is_known(
    there: StandIn, make_source: MakeSource, make_exercise: MakeExercise
) -> None:
    fly = make_exercise("Dumbbell Fly", equipment=["dumbbell"])
    source = make_source(there.say("/", [facts("Alternating DB Flyes"), facts("Dumbbell Fly with Chains")]))
    import_source(source)
    assert dict(SourceEntry.objects.values_list("external_id", "matched_by")) == {
        "Alternating_DB_Flyes": "likeness",
        "Dumbbell_Fly_with_Chains": "none",
    }
    assert SourceEntry.objects.get(matched_by="likeness").exercise == fly
