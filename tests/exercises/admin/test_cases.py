"""The page of a case: what it shows, and what its buttons do."""

from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Notification, User
from exercises.models import Decision, Exercise, Proposal
from exercises.operations.exercises import update_exercise
from fitai.common.actors import Actor
from tests.cast import actor_of
from tests.exercises.admin.conftest import QUEUE, Propose, Submit, page_of, said
from tests.exercises.conftest import MakeExercise

NASTY = "<script>alert(1)</script>"


def rows(answer: Any, name: str) -> list[tuple[str, str | None, str | None]]:
    """The lines of a field of the diff, both sides with what came and went in brackets."""
    (found,) = [one for one in answer.context["differences"] if one.name == name]

    def text(pieces: Any) -> str | None:
        if pieces is None:
            return None
        return "".join(piece.text if piece.op == "same" else f"[{piece.text}]" for piece in pieces)

    return [(str(row.op), text(row.before), text(row.after)) for row in found.rows]


def decide(client: Client, case: Exercise | Proposal, verdict: str, seen: int, **values: Any) -> Any:
    return client.post(page_of(case), {"verdict": verdict, "seen_version": seen, **values})


# ── What it shows ────────────────────────────────────────────────────────────────────────────────


def test_a_new_exercise_is_read_with_its_findings(make_exercise: MakeExercise, desk: Client, submit: Submit) -> None:
    bench = make_exercise("Floor Presses")
    case = submit(
        "Floor Press",
        instructions=["Bounce the bar off your chest."],
        variations=[{"id": str(bench.pk), "relation": "easier"}],
    )
    page = desk.get(page_of(case))
    fields = {field.name: field.entries for field in page.context["fields"]}
    assert (fields["primary_muscles"], fields["variations"]) == (["Chest"], ["Floor Presses · easier"])
    shown = page.content.decode()
    assert "Bouncing takes the load off" in shown
    assert f'href="/admin/exercises/exercise/{bench.pk}/change/">Floor Presses</a>' in shown
    assert page.context["findings"][0]["colour"] == "danger"
    assert 'name="seen_version" value="2"' in shown


def test_an_edit_is_shown_beside_what_is_there(make_exercise: MakeExercise, desk: Client, propose: Propose) -> None:
    squat = make_exercise("Squat", instructions=["Sit down slowly.", "Stand up."], aliases=["A"])
    case = propose(squat, instructions=["Sit down at once.", "Stand up."], difficulty="advanced", note="Faster")
    page = desk.get(page_of(case))
    assert [one.name for one in page.context["differences"]] == ["instructions", "difficulty"]
    assert rows(page, "instructions") == [
        ("changed", "Sit down [slowly].", "Sit down [at once]."),
        ("same", "Stand up.", "Stand up."),
    ]
    assert rows(page, "difficulty") == [("changed", "[Beginner]", "[Advanced]")]
    assert {"instructions", "difficulty"}.isdisjoint(field.name for field in page.context["unchanged"])
    shown = page.content.decode()
    assert "<del>slowly</del>" in shown
    assert "<ins>at once</ins>" in shown
    assert "Faster" in shown
    assert "The same was edited since" not in shown


def test_what_was_edited_since_is_a_warning(
    make_exercise: MakeExercise, desk: Client, propose: Propose, moderator: User
) -> None:
    squat = make_exercise("Squat", aliases=["A"])
    case = propose(squat, aliases=["B"])
    update_exercise(actor_of(moderator), squat.pk, {"aliases": ["C"]})
    page = desk.get(page_of(case))
    assert "The same was edited since" in page.content.decode()
    assert rows(page, "aliases") == [("changed", "[C]", "[B]")]

    answer = decide(desk, case, "approve", 1)
    assert said(answer) == [
        "The same fields were edited since: Other names. Look at both, and confirm that the proposal replaces what is "
        "there now."
    ]
    assert answer.status_code == 200
    update_exercise(actor_of(moderator), squat.pk, {"aliases": ["D"]})
    assert decide(desk, case, "approve", 1, confirmed_over=2).status_code == 200  # that was not what is there now
    assert Exercise.objects.get().aliases == ["D"]
    assert decide(desk, case, "approve", 1, confirmed_over=3).status_code == 302
    assert Exercise.objects.get().aliases == ["B"]


def test_everything_is_text(make_exercise: MakeExercise, desk: Client, submit: Submit, propose: Propose) -> None:
    athlete = User.objects.get(username="athlete")
    athlete.display_name = NASTY
    athlete.save()
    case = submit(NASTY, instructions=[NASTY], aliases=[NASTY], mistakes=[NASTY])
    squat = make_exercise(NASTY, slug="nasty", instructions=["x"])
    edit = propose(squat, instructions=[NASTY], note=NASTY)
    update = {"_selected_action": [str(squat.pk)], "action": "edit_together", "step": "preview", "kind": "mobility"}
    pages = [
        desk.get(QUEUE),
        desk.get(page_of(case)),
        desk.get(page_of(edit)),
        desk.post(QUEUE, {"case": f"exercise:{case.pk}:2", "verdict": "reject"}),
        desk.post("/admin/exercises/exercise/", update),
        *(desk.get(f"/admin/exercises/exercise/{squat.pk}/{act}/") for act in ("change", "archive", "revert/1")),
        decide(desk, edit, "approve", 1, reason=NASTY),
        desk.get(f"/admin/exercises/exercise/{squat.pk}/change/"),
        desk.get("/admin/exercises/decision/"),
        desk.get("/admin/exercises/proposal/"),
        desk.get(page_of(edit)),
    ]
    assert [page.status_code for page in pages] == [200] * 8 + [302] + [200] * 4
    for page in pages:
        assert NASTY not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_an_edit_costs_a_constant_number_of_statements(
    make_exercise: MakeExercise, desk: Client, propose: Propose, django_assert_num_queries: Any, count: int
) -> None:
    others = [make_exercise(f"Squat {number}") for number in range(count)]
    variations = [{"id": str(one.pk), "relation": "easier"} for one in others]
    case = propose(make_exercise("Squat"), variations=variations, difficulty="advanced")
    # session, user, proposal, two times translations and variations, names now and then, order, badge
    with django_assert_num_queries(10):
        assert rows(desk.get(page_of(case)), "variations") == [("added", None, f"[{o.name} · easier]") for o in others]


@pytest.mark.parametrize("count", [1, 3])
def test_a_new_exercise_costs_a_constant_number_of_statements(
    make_exercise: MakeExercise, desk: Client, submit: Submit, django_assert_num_queries: Any, count: int
) -> None:
    others = [make_exercise(f"Squat {number}") for number in range(count)]
    case = submit(variations=[{"id": str(one.pk), "relation": "easier"} for one in others])
    with django_assert_num_queries(8):  # session, user, exercise, translations, variations, names, order, badge
        assert desk.get(page_of(case)).status_code == 200


def test_only_moderators_look(make_exercise: MakeExercise, clerk: Client, submit: Submit, propose: Propose) -> None:
    for case in (submit(), propose(make_exercise("Squat"), difficulty="advanced")):
        assert clerk.get(page_of(case)).status_code == 403
        assert decide(clerk, case, "approve", 1).status_code == 403
    assert not Decision.objects.exists()


def test_what_is_not_there(desk: Client, make_exercise: MakeExercise) -> None:
    squat = make_exercise("Squat")
    answer = desk.get(page_of(squat))
    assert (answer.status_code, answer.url) == (302, QUEUE)
    assert said(answer) == ["It does not await review any more."]
    for address in ("proposal/nonsense", f"proposal/{squat.pk}", "submission/nonsense"):
        assert desk.get(f"/admin/exercises/{address}/change/").status_code == 404


# ── What its buttons do ──────────────────────────────────────────────────────────────────────────


def test_after_a_decision_the_next_case_opens(
    make_exercise: MakeExercise, desk: Client, submit: Submit, propose: Propose
) -> None:
    first = submit("First")
    edit = propose(make_exercise("Squat"), difficulty="advanced")
    last = submit("Last")
    answer = decide(desk, edit, "approve", 1)
    assert (answer.url, said(answer)) == (page_of(last), ["Approved: Squat. 2 left to review."])
    answer = decide(desk, last, "reject", 2, canned="This is no exercise.", reason="Sorry.")
    assert answer.url == page_of(first)
    assert Decision.objects.latest("pk").reason == "This is no exercise.\nSorry."
    assert Notification.objects.latest("pk").params["reason"] == "This is no exercise.\nSorry."
    answer = decide(desk, first, "approve", 2, canned="This is no exercise.")
    assert (answer.url, said(answer)[-1]) == (QUEUE, "Approved: First. Nothing left to review.")
    assert Decision.objects.latest("pk").reason == ""  # the canned words are for rejections


def test_the_filters_go_along(desk: Client, submit: Submit) -> None:
    first, _, last = submit("First"), submit("Legs", primary_muscles=["quads"]), submit("Last")
    page = desk.get(f"{page_of(first)}?muscle=chest")
    assert page.context["place"].following == f"{page_of(last)}?muscle=chest"
    answer = desk.post(f"{page_of(first)}?muscle=chest", {"verdict": "approve", "seen_version": 2})
    assert answer.url == f"{page_of(last)}?muscle=chest"


def test_a_rejection_needs_a_reason(desk: Client, submit: Submit) -> None:
    case = submit()
    answer = decide(desk, case, "reject", 2, reason=" ")
    assert said(answer) == ["Say why, so that its author can do better."]
    too_long = decide(desk, case, "reject", 2, canned="This is no exercise.", reason="x" * 490)
    assert "Together with the reason above these are 511 of 500 letters." in too_long.content.decode()
    assert (Exercise.objects.get().status, Decision.objects.count()) == ("pending", 0)


def test_two_moderators_at_once(
    make_exercise: MakeExercise, desk: Client, second: Client, submit: Submit, propose: Propose
) -> None:
    case, edit, waiting = submit(), propose(make_exercise("Squat"), difficulty="advanced"), submit("Waiting")
    for one, seen in ((case, 2), (edit, 1)):
        assert decide(desk, one, "reject", seen, reason="No.").status_code == 302
        at = f"{Decision.objects.latest('pk').at:%d %b at %H:%M} UTC"
        answer = decide(second, one, "approve", seen)
        assert said(answer)[-1] == f"Mo Moderator rejected this on {at}. Nothing was done."
    assert Decision.objects.count() == 2
    assert (Exercise.objects.get(pk=case.pk).status, waiting.status) == ("rejected", "pending")


def test_what_its_author_changed_is_shown_before_it_is_decided(desk: Client, submit: Submit, author: Actor) -> None:
    case = submit()
    update_exercise(author, case.pk, {"mistakes": ["Bouncing."]})
    answer = decide(desk, case, "approve", 2, reason="Fine")
    assert said(answer)[0].startswith("Ada Athlete changed this on ")
    shown = answer.content.decode()
    assert "Bouncing." in shown
    assert answer.context["form"]["reason"].value() == "Fine"
    assert 'name="seen_version" value="3"' in shown
    assert Exercise.objects.get().status == "pending"


def test_one_moderator_does_not_approve_their_own(desk: Client, submit: Submit, moderator: User, athlete: User) -> None:
    case = submit()
    athlete.role, athlete.is_staff = Role.MODERATOR, True
    athlete.save()
    own = Client()
    own.force_login(athlete)
    page = own.get(page_of(case)).content.decode()
    assert "This is your own" in page
    assert 'value="approve"' not in page
    assert said(decide(own, case, "approve", 2)) == ["Not allowed"]
    assert decide(desk, case, "approve", 2).status_code == 302


def test_a_decided_edit_says_how_it_ended(make_exercise: MakeExercise, desk: Client, propose: Propose) -> None:
    case = propose(make_exercise("Squat"), difficulty="advanced")
    decide(desk, case, "reject", 1, reason="It is for beginners.")
    page = desk.get(page_of(case))
    shown = page.content.decode()
    assert "Rejected by Mo Moderator" in shown
    assert "It is for beginners." in shown
    assert rows(page, "difficulty") == [("changed", "[Beginner]", "[Advanced]")]
    assert 'name="verdict"' not in shown


def test_an_edit_of_what_is_archived_can_only_be_rejected(
    make_exercise: MakeExercise, desk: Client, propose: Propose
) -> None:
    squat = make_exercise("Squat")
    case = propose(squat, difficulty="advanced")
    Exercise.objects.filter(pk=squat.pk).update(status="archived")
    assert "can only be rejected" in desk.get(page_of(case)).content.decode()
    assert said(decide(desk, case, "approve", 1)) == ["Where it stands now, this cannot be done: it is archived."]


def test_what_was_imported_is_looked_at_when_it_is_opened(make_exercise: MakeExercise, desk: Client) -> None:
    case = make_exercise("Imported", status="pending")
    assert [finding["code"] for finding in desk.get(page_of(case)).context["findings"]][:2] == [
        "no_steps",
        "no_mistakes",
    ]
