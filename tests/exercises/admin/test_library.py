"""The page of an exercise: its form, what it said and who decided, and what can be done to it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from exercises.models import Decision, Exercise, Submission, Translation, Variation
from exercises.operations.exercises import create_exercise, update_exercise
from exercises.operations.saying import said_by
from fitai.common.actors import Actor
from tests.cast import actor_of
from tests.exercises.admin.conftest import PRESS, Submit, said
from tests.exercises.conftest import MakeExercise

URL = "/admin/exercises/exercise"
PARTS = ("translations", "variations")
MANAGED = {f"{part}-{name}": 0 for part in PARTS for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


def filled(page: Any, **values: Any) -> dict[str, Any]:
    """The form as it was opened, with these values instead."""
    form = page.context["adminform"].form
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for formset in page.context["inline_admin_formsets"]:
        for one in [formset.formset.management_form, *formset.formset.initial_forms]:
            given |= {one.add_prefix(name): one[name].value() for name in one.fields if one[name].value() is not None}
    return {**given, **values}


def save(client: Client, exercise: Exercise, page: Any, **values: Any) -> Any:
    return client.post(f"{URL}/{exercise.pk}/change/", filled(page, **values))


# ── The form ─────────────────────────────────────────────────────────────────────────────────────


def test_a_press_of_the_button_is_one_version_in_its_moderators_name(
    make_exercise: MakeExercise, desk: Client, moderator: User
) -> None:
    squat, other, old = make_exercise("Squat"), make_exercise("Other"), make_exercise("Old")
    with said_by(None, "catalogue"):
        Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
        Variation.objects.create(exercise=squat, other=old, relation="easier")
        Variation.objects.create(exercise=old, other=squat, relation="harder")
    squat.refresh_from_db()
    page = desk.get(f"{URL}/{squat.pk}/change/")
    answer = save(
        desk,
        squat,
        page,
        **{
            "name": "Back Squat",
            "note": "Its usual name",
            "translations-0-name": "Hohe Kniebeuge",
            "variations-0-other": str(other.pk),
            "variations-0-relation": "harder",
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    before = squat.version
    squat.refresh_from_db()
    assert (squat.name, squat.version) == ("Back Squat", before + 1)
    assert Translation.objects.get().name == "Hohe Kniebeuge"
    assert set(Variation.objects.values_list("exercise__name", "other__name", "relation")) == {
        ("Back Squat", "Other", "harder"),
        ("Other", "Back Squat", "easier"),  # and what is no variation any more points back no more
    }
    decision = Decision.objects.get()
    assert (decision.moderator, decision.verdict, decision.reason) == (moderator, "edited", "Its usual name")
    tab = desk.get(f"{URL}/{squat.pk}/change/").content.decode()
    assert "by Mo Moderator" in tab
    assert "through the admin" in tab
    assert "<ins>Hohe Kniebeuge</ins>" in tab


def test_a_language_is_taken_away(make_exercise: MakeExercise, desk: Client) -> None:
    squat = make_exercise("Squat")
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    page = desk.get(f"{URL}/{squat.pk}/change/")
    assert save(desk, squat, page, **{"translations-0-DELETE": "on"}).status_code == 302
    assert not Translation.objects.exists()


def test_what_changed_since_the_form_was_opened_is_not_overwritten(
    make_exercise: MakeExercise, desk: Client, second: Client
) -> None:
    squat = make_exercise("Squat")
    opened = [client.get(f"{URL}/{squat.pk}/change/") for client in (desk, second)]
    assert save(desk, squat, opened[0], name="Back Squat").status_code == 302
    answer = save(second, squat, opened[1], name="Front Squat")
    assert answer.status_code == 200
    assert "Mo Moderator changed this on " in answer.content.decode()
    assert 'value="Front Squat"' in answer.content.decode()
    squat.refresh_from_db()
    assert (squat.name, squat.version) == ("Back Squat", 2)
    without = filled(opened[1])
    del without["seen_version"]
    assert second.post(f"{URL}/{squat.pk}/change/", without).status_code == 200
    assert Decision.objects.count() == 1


def test_an_address_belongs_to_one(make_exercise: MakeExercise, desk: Client) -> None:
    squat, _ = make_exercise("Squat"), make_exercise("Other")
    page = desk.get(f"{URL}/{squat.pk}/change/")
    assert "Another exercise has this address." in save(desk, squat, page, slug="other").content.decode()
    assert save(desk, squat, page, slug="back-squat").status_code == 302
    squat.refresh_from_db()
    assert (squat.slug, squat.version, Decision.objects.get().verdict) == ("back-squat", 2, "edited")


def test_pressing_the_button_without_a_change_is_no_version(make_exercise: MakeExercise, desk: Client) -> None:
    squat = make_exercise("Squat")
    assert save(desk, squat, desk.get(f"{URL}/{squat.pk}/change/")).status_code == 302
    squat.refresh_from_db()
    assert (squat.version, Decision.objects.count()) == (1, 0)


def test_what_waits_is_looked_at_again_and_where_it_stands_is_not_for_the_form(desk: Client, submit: Submit) -> None:
    press = submit(mistakes=["Haste."])
    page = desk.get(f"{URL}/{press.pk}/change/")
    assert save(desk, press, page, mistakes="", status="approved", owner="").status_code == 302
    press.refresh_from_db()
    noted = Submission.objects.get()
    assert (press.status, press.owner_id is None, noted.version) == ("pending", False, press.version)
    assert "no_mistakes" in [finding["code"] for finding in noted.findings]
    assert f"{press.pk}/review/" in page.content.decode()
    assert desk.get(f"{URL}/{press.pk}/review/").url == f"/admin/exercises/submission/{press.pk}/change/"


def test_a_new_one_is_added(make_exercise: MakeExercise, desk: Client) -> None:
    other = make_exercise("Other")
    row = {"other": str(other.pk), "relation": "easier"}
    values = {
        **MANAGED,
        **{"name": "Squat", "slug": "squat", "status": "approved", "language": "en", "kind": "strength"},
        **{"primary_muscles": ["quads"], "equipment": ["barbell"], "difficulty": "beginner", "tracking": "reps"},
        "bodyweight_share": "0",
        "variations-TOTAL_FORMS": 1,
        **{f"variations-0-{name}": value for name, value in row.items()},
    }
    assert desk.post(f"{URL}/add/", {**values, "status": "draft"}).status_code == 200
    answer = desk.post(f"{URL}/add/", values)
    assert answer.status_code == 302, answer.context["errors"]
    squat = Exercise.objects.get(name="Squat")
    assert (squat.version, squat.owner) == (1, None)
    assert Variation.objects.get(exercise=other).relation == "harder"


def test_drafts_are_their_owners_alone(desk: Client, author: Actor) -> None:
    draft = create_exercise(author, {"name": "Secret", **PRESS})
    assert desk.get(f"{URL}/").context["cl"].result_count == 0
    assert desk.get(f"{URL}/{draft.pk}/change/").status_code == 302  # to the list: there is none
    assert desk.get(f"{URL}/{draft.pk}/archive/").status_code == 404


# ── What it said, and who decided ────────────────────────────────────────────────────────────────


def test_every_version_is_told_and_one_may_go_back(make_exercise: MakeExercise, desk: Client, moderator: User) -> None:
    squat = make_exercise("Squat", aliases=["A"])
    update_exercise(actor_of(moderator), squat.pk, {"aliases": ["B"], "note": "Better"})
    page = desk.get(f"{URL}/{squat.pk}/change/").content.decode()
    assert "Version 2" in page
    assert "Version 1" in page
    assert "Better" in page
    assert "<ins>B</ins>" in page
    assert f'href="{URL}/{squat.pk}/revert/1/"' in page
    assert f'href="{URL}/{squat.pk}/revert/2/"' not in page

    asked = desk.get(f"{URL}/{squat.pk}/revert/1/")
    assert [one.name for one in asked.context["differences"]] == ["aliases"]
    assert desk.post(f"{URL}/{squat.pk}/revert/1/").status_code == 200  # without what was seen it is asked again
    update_exercise(actor_of(moderator), squat.pk, {"kind": "mobility"})
    refused = desk.post(f"{URL}/{squat.pk}/revert/1/", {"seen_version": 2})
    assert said(refused)[0].startswith("Mo Moderator changed this on ")
    assert Exercise.objects.get().aliases == ["B"]
    done = desk.post(f"{URL}/{squat.pk}/revert/1/", {"seen_version": 3})
    assert said(done)[-1] == "Squat is back to version 1."
    squat.refresh_from_db()
    assert (squat.aliases, squat.kind, squat.version) == (["A"], "strength", 4)
    assert desk.get(f"{URL}/{squat.pk}/revert/9/").status_code == 404
    decisions = desk.get(f"{URL}/{squat.pk}/change/").content.decode()
    assert "Back to version 1" in decisions
    assert "Reverted" in decisions
    assert desk.get(f"{URL}/{squat.pk}/history/").url == f"{URL}/{squat.pk}/change/#dataset-exerciseevent"


def test_old_versions_are_pages_away(make_exercise: MakeExercise, desk: Client, moderator: User) -> None:
    squat, actor = make_exercise("Squat"), actor_of(moderator)
    for number in range(22):
        update_exercise(actor, squat.pk, {"aliases": [f"A{number}"]})
    page = desk.get(f"{URL}/{squat.pk}/change/").content.decode()
    assert "Version 23" in page
    assert "Version 4<" in page
    assert "Version 3<" not in page
    assert "?before=4#" in page
    older = desk.get(f"{URL}/{squat.pk}/change/?before=4").content.decode()
    assert "Version 3<" in older
    assert "Version 4<" not in older


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_a_constant_number_of_statements(
    make_exercise: MakeExercise, desk: Client, moderator: User, django_assert_num_queries: Any, count: int
) -> None:
    squat, actor = make_exercise("Squat"), actor_of(moderator)
    for number in range(count):
        update_exercise(actor, squat.pk, {"aliases": [f"A{number}"]})
    with django_assert_num_queries(12):
        assert desk.get(f"{URL}/{squat.pk}/change/").status_code == 200


def test_archiving_and_bringing_back(make_exercise: MakeExercise, desk: Client) -> None:
    squat = make_exercise("Squat")
    asked = desk.get(f"{URL}/{squat.pk}/archive/")
    assert "Archive this exercise?" in asked.content.decode()
    assert Exercise.objects.get().status == "approved"
    answer = desk.post(f"{URL}/{squat.pk}/archive/", {"seen_version": 1, "reason": "Nobody does it"})
    assert said(answer) == ["Squat is archived."]
    refused = desk.post(f"{URL}/{squat.pk}/restore/", {"seen_version": 1})
    assert said(refused)[-1].startswith("Mo Moderator changed this on ")
    assert Exercise.objects.get().status == "archived"
    desk.post(f"{URL}/{squat.pk}/restore/", {"seen_version": 2, "reason": "Somebody does"})
    assert Exercise.objects.get().status == "approved"
    assert list(Decision.objects.order_by("pk").values_list("verdict", "reason")) == [
        ("archived", "Nobody does it"),
        ("restored", "Somebody does"),
    ]
    page = desk.get(f"{URL}/{squat.pk}/change/").content.decode()
    assert f"{squat.pk}/archive/" in page
    assert f"{squat.pk}/restore/" not in page


def test_only_moderators_act(make_exercise: MakeExercise, clerk: Client) -> None:
    squat = make_exercise("Squat")
    pages = [f"{URL}/", *(f"{URL}/{squat.pk}/{act}/" for act in ("change", "archive", "restore", "revert/1"))]
    assert [clerk.get(page).status_code for page in pages] == [403] * 5
    assert clerk.post(f"{URL}/{squat.pk}/archive/", {"seen_version": 1}).status_code == 403
    assert Exercise.objects.get().status == "approved"


# ── The audit trail ──────────────────────────────────────────────────────────────────────────────

DECISIONS = "/admin/exercises/decision/"


def test_decisions_are_found_and_never_changed(
    make_exercise: MakeExercise, desk: Client, second: Client, moderator: User
) -> None:
    squat, press = make_exercise("Squat"), make_exercise("Press")
    desk.post(f"{URL}/{squat.pk}/archive/", {"seen_version": 1, "reason": "Old"})
    second.post(f"{URL}/{press.pk}/archive/", {"seen_version": 1})
    desk.post(f"{URL}/{squat.pk}/restore/", {"seen_version": 2})

    def found(query: str) -> list[tuple[str, str]]:
        listed = desk.get(f"{DECISIONS}?{query}").context["cl"].result_list
        return [(row.verdict, row.exercise.name) for row in listed]

    everything = [("restored", "Squat"), ("archived", "Press"), ("archived", "Squat")]
    assert found("") == everything
    assert found(f"moderator__id__exact={moderator.pk}") == [everything[0], everything[2]]
    assert found("verdict__exact=restored") == everything[:1]
    assert found(f"exercise__id__exact={press.pk}") == everything[1:2]
    assert found("q=old") == everything[2:]
    one = Decision.objects.latest("pk")
    assert desk.get(f"{DECISIONS}{one.pk}/change/").status_code == 200
    assert desk.post(f"{DECISIONS}{one.pk}/change/", {"reason": "x"}).status_code == 403
    assert desk.post(f"{DECISIONS}{one.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"{DECISIONS}add/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_trail_costs_a_constant_number_of_statements(
    make_exercise: MakeExercise, desk: Client, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        squat = make_exercise(f"Squat {number}")
        desk.post(f"{URL}/{squat.pk}/archive/", {"seen_version": 1})
    with django_assert_num_queries(4):  # session, user, the page, the badge
        desk.get(DECISIONS)
