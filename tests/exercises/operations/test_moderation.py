"""What moderators decide: on what they saw, once, written down and told."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connections, transaction

from accounts.enums import Role
from accounts.models import Notification, User
from exercises.errors import AlreadyDecided, ChangedSince, FieldsChanged, WrongStatus
from exercises.models import Decision, Exercise, Proposal, Submission, Variation
from exercises.operations.exercises import create_exercise, revert_exercise, submit_exercise, update_exercise
from exercises.operations.moderation import (
    approve_exercise,
    approve_proposal,
    archive_exercise,
    edit_exercise,
    edit_many,
    reject_exercise,
    reject_proposal,
)
from fitai.common.actors import Actor
from fitai.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.cast import actor_of, client_of, make_person
from tests.exercises.conftest import MakeExercise

PRESS = {"name": "Floor Press", "primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength"}


@pytest.fixture
def author(athlete: Any) -> Actor:
    return actor_of(athlete)


@pytest.fixture
def judge(moderator: Any) -> Actor:
    return actor_of(moderator)


@pytest.fixture
def submitted(author: Actor) -> Exercise:
    return submit_exercise(author, create_exercise(author, PRESS).pk)


def told(user_id: UUID) -> list[tuple[str, str, str]]:
    client = client_of(User.objects.get(pk=user_id))
    listed = client.get("/api/v1/users/notifications").json()["results"]
    return [(one["kind"], one["title"], one["body"]) for one in listed]


def propose(actor: Actor, exercise: Exercise, **values: Any) -> Proposal:
    proposal = update_exercise(actor, exercise.pk, values)
    assert isinstance(proposal, Proposal)
    return proposal


# ── Exercises ────────────────────────────────────────────────────────────────────────────────────


def test_approving_lets_it_in_under_an_address_of_its_own(
    make_exercise: MakeExercise, author: Actor, judge: Actor, stranger: Any
) -> None:
    bench = make_exercise("Bench Press")
    mine = create_exercise(author, PRESS | {"variations": [{"id": str(bench.pk), "relation": "easier"}]})
    submit_exercise(author, mine.pk)
    make_exercise("Other", slug="floor-press")
    decision = approve_exercise(judge, mine.pk, seen_version=2, reason="Well described")
    mine.refresh_from_db()
    assert (mine.status, mine.slug, mine.version) == ("approved", "floor-press-2", 3)
    assert (decision.verdict, decision.version, decision.moderator_id) == ("approved", 3, judge.user_id)
    assert not Submission.objects.exists()
    assert set(Variation.objects.values_list("exercise__slug", "relation")) == {
        ("floor-press-2", "easier"),
        ("bench-press", "harder"),
    }
    assert client_of(stranger).get(f"/api/v1/exercises/{mine.pk}").status_code == 200
    assert told(author.user_id) == [("moderation", "“Floor Press” is in the exercise library now", "Well described")]


def test_rejecting_says_why_and_it_may_come_again(author: Actor, judge: Actor, submitted: Exercise) -> None:
    with pytest.raises(Invalid):
        reject_exercise(judge, submitted.pk, seen_version=2, reason="  ")
    assert not Decision.objects.exists()
    reject_exercise(judge, submitted.pk, seen_version=2, reason="It has no steps.")
    assert told(author.user_id) == [
        ("moderation", "“Floor Press” was not taken into the exercise library", "It has no steps.")
    ]
    assert submit_exercise(author, submitted.pk).status == "pending"


def test_a_decision_is_about_what_was_seen(author: Actor, judge: Actor, submitted: Exercise) -> None:
    update_exercise(author, submitted.pk, {"name": "Another Thing"})
    with pytest.raises(ChangedSince) as refused:
        approve_exercise(judge, submitted.pk, seen_version=2)
    assert refused.value.members["version"] == 3
    assert refused.value.members["changed_by"]["username"] == "athlete"
    assert refused.value.members["changed_at"] is not None
    assert Exercise.objects.get().status == "pending"


def test_what_somebody_decided_already_says_who_and_when(judge: Actor, submitted: Exercise) -> None:
    second = actor_of(make_person("second", role=Role.MODERATOR, is_staff=True))
    decision = reject_exercise(judge, submitted.pk, seen_version=2, reason="No steps")
    with pytest.raises(AlreadyDecided) as refused:
        approve_exercise(second, submitted.pk, seen_version=2)
    assert refused.value.members["state"] == "rejected"
    assert refused.value.members["decided_by"]["username"] == "moderator"
    assert refused.value.members["decided_at"] == decision.at
    assert Decision.objects.count() == 1


def test_who_may_not_decide(author: Actor, submitted: Exercise, stranger: Any) -> None:
    with pytest.raises(Forbidden):
        approve_exercise(author, submitted.pk, seen_version=2)
    with pytest.raises(NotFound):
        approve_exercise(actor_of(stranger), submitted.pk, seen_version=2)
    assert Exercise.objects.get().status == "pending"


def test_nobody_but_admins_lets_in_their_own(judge: Actor) -> None:
    boss = actor_of(make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True))
    for actor, allowed in ((judge, False), (boss, True)):
        mine = create_exercise(actor, PRESS)
        submit_exercise(actor, mine.pk)
        if allowed:
            assert approve_exercise(actor, mine.pk, seen_version=2).verdict == "approved"
        else:
            with pytest.raises(Forbidden):
                approve_exercise(actor, mine.pk, seen_version=2)
    assert not Notification.objects.exists()  # nobody is told what they did


def test_a_draft_cannot_be_decided_on(author: Actor, judge: Actor, make_exercise: MakeExercise) -> None:
    draft = create_exercise(author, PRESS)
    with pytest.raises(NotFound):
        approve_exercise(judge, draft.pk, seen_version=1)
    with pytest.raises(WrongStatus):
        approve_exercise(judge, make_exercise("Squat").pk, seen_version=1)


def race(*calls: Callable[[], Any]) -> list[str]:
    """What came of each, all begun at once: the name of the refusal, or nothing."""
    start, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        try:
            start.wait()
            call()
            outcomes.append("")
        except Conflict as refused:
            outcomes.append(refused.code())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_approving_and_rejecting_at_once_is_one_decision(judge: Actor, submitted: Exercise) -> None:
    second = actor_of(make_person("second", role=Role.MODERATOR, is_staff=True))
    assert race(
        lambda: approve_exercise(judge, submitted.pk, seen_version=2),
        lambda: reject_exercise(second, submitted.pk, seen_version=2, reason="No steps"),
        lambda: approve_exercise(second, submitted.pk, seen_version=2),
        lambda: reject_exercise(judge, submitted.pk, seen_version=2, reason="No steps"),
    ) == ["", "already_decided", "already_decided", "already_decided"]
    assert Notification.objects.count() == Decision.objects.count() == 1
    assert Decision.objects.get().verdict == Exercise.objects.get().status


# ── Proposals ────────────────────────────────────────────────────────────────────────────────────


def test_an_accepted_edit_is_its_authors_in_history(
    make_exercise: MakeExercise, author: Actor, judge: Actor, stranger: Any
) -> None:
    squat, box = make_exercise("Squat"), make_exercise("Box Squat")
    proposal = propose(
        author,
        squat,
        difficulty="advanced",
        variations=[{"id": str(box.pk), "relation": "easier"}],
        note="It is hard",
    )
    german = propose(author, squat, language="de", name="Kniebeuge", instructions=["Hinsetzen."])
    assert german.pk == proposal.pk
    decision = approve_proposal(judge, proposal.pk, seen_version=2)
    squat.refresh_from_db()
    assert (squat.difficulty, squat.version, decision.version) == ("advanced", 2, 2)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by_id, decision.proposal_id) == ("approved", judge.user_id, proposal.pk)
    client = client_of(stranger)
    (latest, _) = client.get(f"/api/v1/exercises/{squat.pk}/history").json()["results"]
    assert (latest["by"]["username"], latest["via"], latest["note"]) == ("athlete", "proposal", "It is hard")
    assert [one["field"] for one in latest["changes"]] == [
        "difficulty",
        "variations",
        "de.name",
        "de.aliases",
        "de.instructions",
        "de.mistakes",
    ]
    assert client.get(f"/api/v1/exercises/{squat.pk}", HTTP_ACCEPT_LANGUAGE="de").json()["name"] == "Kniebeuge"
    assert told(author.user_id) == [("moderation", "Your edit of “Squat” was accepted", "")]


def test_a_rejected_edit_leaves_everything_as_it_was(make_exercise: MakeExercise, author: Actor, judge: Actor) -> None:
    squat = make_exercise("Squat")
    proposal = propose(author, squat, name="Deep Squat")
    with pytest.raises(Invalid):
        reject_proposal(judge, proposal.pk, seen_version=1, reason="")
    reject_proposal(judge, proposal.pk, seen_version=1, reason="It is not deep.")
    squat.refresh_from_db()
    assert (squat.name, squat.version) == ("Squat", 1)
    assert told(author.user_id) == [("moderation", "Your edit of “Squat” was not accepted", "It is not deep.")]
    with pytest.raises(AlreadyDecided) as refused:
        approve_proposal(judge, proposal.pk, seen_version=1)
    assert refused.value.members["decided_by"]["username"] == "moderator"


def test_what_its_author_added_meanwhile_has_to_be_seen(
    make_exercise: MakeExercise, author: Actor, judge: Actor
) -> None:
    squat = make_exercise("Squat")
    proposal = propose(author, squat, difficulty="advanced")
    propose(author, squat, kind="mobility")
    with pytest.raises(ChangedSince) as refused:
        approve_proposal(judge, proposal.pk, seen_version=1)
    assert (refused.value.members["version"], refused.value.members["changed_by"]["username"]) == (2, "athlete")
    assert approve_proposal(judge, proposal.pk, seen_version=2).verdict == "approved"


def test_the_same_field_edited_since_is_a_conflict_until_confirmed(
    make_exercise: MakeExercise, author: Actor, judge: Actor
) -> None:
    squat = make_exercise("Squat", aliases=["A"])
    proposal = propose(author, squat, difficulty="advanced", aliases=["B"], kind="mobility")
    update_exercise(judge, squat.pk, {"aliases": ["C"], "kind": "mobility", "tracking": "time"})
    with pytest.raises(FieldsChanged) as refused:
        approve_proposal(judge, proposal.pk, seen_version=1)
    assert refused.value.members == {"fields": ["aliases"], "version": 2}
    assert Proposal.objects.get().status == "pending"
    with pytest.raises(FieldsChanged):  # what was confirmed was about another version
        approve_proposal(judge, proposal.pk, seen_version=1, confirmed_over=1)
    approve_proposal(judge, proposal.pk, seen_version=1, confirmed_over=2)
    squat.refresh_from_db()
    assert (squat.aliases, squat.kind, squat.difficulty, squat.tracking) == (["B"], "mobility", "advanced", "time")


def test_moderators_and_their_own_proposals(make_exercise: MakeExercise, author: Actor, stranger: Any) -> None:
    proposal = propose(author, make_exercise("Squat"), difficulty="advanced")
    promoted = Actor(author.user_id, roles=frozenset({"moderator"}), email_verified=True)
    with pytest.raises(Forbidden):
        approve_proposal(promoted, proposal.pk, seen_version=1)
    with pytest.raises(Forbidden):
        approve_proposal(author, proposal.pk, seen_version=1)
    with pytest.raises(NotFound):
        approve_proposal(actor_of(stranger), proposal.pk, seen_version=1)
    assert Proposal.objects.get().status == "pending"


@pytest.mark.django_db(transaction=True)
def test_one_decision_on_a_proposal_whoever_else_decides(
    make_exercise: MakeExercise, author: Actor, judge: Actor
) -> None:
    second = actor_of(make_person("second", role=Role.MODERATOR, is_staff=True))
    proposal = propose(author, make_exercise("Squat"), difficulty="advanced")
    assert race(
        lambda: approve_proposal(judge, proposal.pk, seen_version=1),
        lambda: approve_proposal(second, proposal.pk, seen_version=1),
        lambda: reject_proposal(second, proposal.pk, seen_version=1, reason="No"),
    ) == ["", "already_decided", "already_decided"]
    assert Decision.objects.count() == 1
    accepted = Decision.objects.get().verdict == "approved"
    assert Exercise.objects.get().version == (2 if accepted else 1)


# ── Many at once, archiving, and the log ─────────────────────────────────────────────────────────


def test_many_are_edited_at_once_and_each_has_its_version(make_exercise: MakeExercise, judge: Actor) -> None:
    one, two = make_exercise("Squat"), make_exercise("Lunge", difficulty="advanced")
    edit_many(judge, {one.pk: 1, two.pk: 1}, changes={"difficulty": "advanced"}, reason="Too hard")
    assert list(Exercise.objects.order_by("slug").values_list("difficulty", "version")) == [
        ("advanced", 1),
        ("advanced", 2),
    ]
    assert list(Decision.objects.values_list("exercise__slug", "verdict", "reason")) == [
        ("squat", "edited", "Too hard")
    ]


def test_many_are_all_or_none(make_exercise: MakeExercise, judge: Actor, author: Actor) -> None:
    one, two = make_exercise("Squat"), make_exercise("Lunge")
    update_exercise(judge, two.pk, {"kind": "mobility"})
    with pytest.raises(ChangedSince):
        edit_many(judge, {one.pk: 1, two.pk: 1}, changes={"difficulty": "advanced"})
    for changes in ({"name": "X"}, {"difficulty": "odd"}, {"status": "draft"}, {"equipment": []}, {}):
        with pytest.raises(Invalid):
            edit_many(judge, {one.pk: 1}, changes=changes)
    with pytest.raises(Forbidden):
        edit_many(author, {one.pk: 1}, changes={"difficulty": "advanced"})
    assert set(Exercise.objects.values_list("difficulty", flat=True)) == {"beginner"}


def test_many_are_decided_at_once(author: Actor, judge: Actor) -> None:
    seen = {}
    for name in ("Floor Press", "Wall Sit"):
        mine = create_exercise(author, PRESS | {"name": name})
        seen[mine.pk] = submit_exercise(author, mine.pk).version
    edit_many(judge, seen, changes={"status": "approved", "kind": "bodyweight"})
    assert set(Exercise.objects.values_list("status", "kind", "version")) == {("approved", "bodyweight", 3)}
    assert Notification.objects.count() == 2
    archived = dict.fromkeys(seen, 3)
    edit_many(judge, archived, changes={"status": "archived"}, reason="Merged by hand")
    assert set(Exercise.objects.values_list("status", flat=True)) == {"archived"}


def test_archiving_what_changed_since_is_refused(make_exercise: MakeExercise, judge: Actor, author: Actor) -> None:
    squat = make_exercise("Squat")
    with pytest.raises(ChangedSince):
        archive_exercise(judge, squat.pk, seen_version=7)
    with pytest.raises(Forbidden):
        archive_exercise(author, squat.pk, seen_version=1)
    assert archive_exercise(judge, squat.pk, seen_version=1, reason="Unsafe").status == "archived"


def test_a_revert_by_a_moderator_is_written_down(make_exercise: MakeExercise, judge: Actor, author: Actor) -> None:
    squat = make_exercise("Squat")
    update_exercise(judge, squat.pk, {"name": "Wrong"})
    with pytest.raises(Forbidden):
        revert_exercise(author, squat.pk, 1)
    with pytest.raises(NotFound):
        revert_exercise(judge, squat.pk, 9)
    assert revert_exercise(judge, squat.pk, 1).name == "Squat"
    assert list(Decision.objects.order_by("pk").values_list("verdict", "version")) == [("edited", 2), ("reverted", 3)]


def test_a_decision_never_changes(judge: Actor, submitted: Exercise, moderator: Any) -> None:
    decision = reject_exercise(judge, submitted.pk, seen_version=2, reason="No")
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(reason="Yes")
    Decision.objects.update(moderator=None)  # people may go
    decision.refresh_from_db()
    assert (decision.reason, decision.moderator) == ("No", None)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "lost"},
        {"status": "approved"},
        {"status": "rejected", "reason": ""},
        {"changes": {}},
    ],
)
def test_the_database_refuses_proposals_that_cannot_be(
    make_exercise: MakeExercise, author: Actor, values: dict[str, Any]
) -> None:
    propose(author, make_exercise("Squat"), difficulty="advanced")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(**values)


def test_somebody_has_one_proposal_that_waits(make_exercise: MakeExercise, author: Actor) -> None:
    squat = make_exercise("Squat")
    propose(author, squat, difficulty="advanced")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(
            exercise=squat, author_id=author.user_id, base_version=1, changes={"kind": "cardio"}, before={}
        )
    assert apps.get_model("exercises", "Proposal").objects.count() == 1


def test_an_edit_by_hand_is_about_what_was_seen_and_takes_no_address(
    make_exercise: MakeExercise, judge: Actor, stranger: Any
) -> None:
    squat, _ = make_exercise("Squat"), make_exercise("Other")
    with pytest.raises(ChangedSince):
        edit_exercise(judge, squat.pk, {"aliases": ["A"]}, seen_version=2)
    with pytest.raises(Forbidden):
        edit_exercise(actor_of(stranger), squat.pk, {"aliases": ["A"]}, seen_version=1)
    with pytest.raises(Invalid):
        edit_exercise(judge, squat.pk, {"aliases": ["A"]}, seen_version=1, circumstances={"slug": "other"})
    squat.refresh_from_db()
    assert (squat.aliases, squat.version, Decision.objects.count()) == ([], 1, 0)
    edited = edit_exercise(judge, squat.pk, {"aliases": ["A"]}, seen_version=1, note="Known as that")
    assert (edited.version, Decision.objects.get().reason) == (2, "Known as that")
