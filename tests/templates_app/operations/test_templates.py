"""Writing, saving, reverting, deleting: what each does to the rows."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from accounts.models import User
from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.clock import next_change_seq
from fitai.common.problems import EmailUnverified, Forbidden, IdTaken, Invalid, NotFound
from templates_app.errors import PrivateExercises
from templates_app.models import Template, TemplateVersion
from templates_app.operations.templates import (
    create_template,
    delete_template,
    restore_template,
    revert_template,
    update_template,
)
from tests.cast import actor_of, make_person
from tests.exercises.conftest import MakeExercise
from tests.templates_app.plans import Json, day, entry, kept_rule, kept_set, template, working


@pytest.fixture
def ada(athlete: User) -> Actor:
    return actor_of(athlete)


@pytest.fixture
def sam(stranger: User) -> Actor:
    return actor_of(stranger)


@pytest.fixture
def body(bench: Exercise, row: Exercise) -> Json:
    return template(
        [
            day("Push", entry(bench, working(), working(rest_seconds=60), substitutes=[str(row.pk)])),
            day("Pull", entry(row)),
        ],
        [day("Push", entry(bench))],
        tags=["gym"],
    )


@pytest.fixture
def written(ada: Actor, body: Json) -> Template:
    return create_template(ada, body)


def codes_of(refused: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in refused.value.errors]


def versions(one: Template) -> list[tuple[int, str, str]]:
    return list(TemplateVersion.objects.filter(template=one).order_by("number").values_list("number", "name", "note"))


class TestCreate:
    def test_it_is_version_1_with_its_figures(
        self, written: Template, ada: Actor, bench: Exercise, row: Exercise
    ) -> None:
        one = Template.objects.get()
        expected = {
            "owner_id": ada.user_id,
            "name": "Push and pull",
            "visibility": "private",
            "source": "written",
            "version": 1,
            "tags": ["gym"],
            "week_count": 2,
            "days_per_week": 2,
            # 3 minutes to warm up, a set of 32 s, 60 s or the rest timer's 120 s behind it, 75 s to change over
            "minutes": 8,
            "set_count": 4,
            "equipment": ["barbell", "bench"],
            "muscles": ["chest", "lats", "upper_back"],
            "exercise_ids": sorted([bench.pk, row.pk], key=str),
            "deleted_at": None,
        }
        assert {name: getattr(one, name) for name in expected} == expected
        version = TemplateVersion.objects.get()
        assert (version.template_id, version.number, version.created_by_id, version.note, version.generation) == (
            one.pk, 1, ada.user_id, "", None,
        )  # fmt: skip
        assert version.tree[1] == {
            "number": 2,
            "days": [
                {
                    "id": version.tree[1]["days"][0]["id"],
                    "name": "Push",
                    "exercises": [
                        {
                            "id": version.tree[1]["days"][0]["exercises"][0]["id"],
                            "exercise_id": str(bench.pk),
                            "superset": None,
                            "substitutes": [],
                            "progression": kept_rule(),
                            "sets": [kept_set(reps=8, load={"type": "absolute", "value": "60", "unit": "kg"})],
                        }
                    ],
                }
            ],
        }
        assert version.plan.to_json() == version.tree

    def test_a_generated_one_keeps_what_the_planner_said(self, ada: Actor, body: Json) -> None:
        said: Json = {"explanation": [{"code": "x", "text": "X", "pointer": None, "figures": {}}], "trade_offs": []}
        one = create_template(ada, body, source="generated", generation=said)
        assert (one.source, TemplateVersion.objects.get().generation) == ("generated", said)

    def test_the_same_id_and_body_again_is_the_same(self, ada: Actor, body: Json) -> None:
        body["id"] = str(uuid4())
        first = create_template(ada, body)
        assert create_template(ada, body) == first
        update_template(ada, first.pk, {"name": "Other"})
        assert create_template(ada, body).name == "Other"
        assert TemplateVersion.objects.count() == 2

    @pytest.mark.parametrize("change", [{"name": "Other"}, {"visibility": "public"}, {"tags": []}])
    def test_the_same_id_with_another_body_is_taken(self, ada: Actor, body: Json, change: Json) -> None:
        body["id"] = str(uuid4())
        create_template(ada, body)
        with pytest.raises(IdTaken):
            create_template(ada, {**body, **change})
        assert TemplateVersion.objects.count() == 1

    def test_a_foreign_or_deleted_id_is_taken(self, ada: Actor, sam: Actor, body: Json) -> None:
        body["id"] = str(uuid4())
        one = create_template(ada, body)
        with pytest.raises(IdTaken):
            create_template(sam, body)
        delete_template(ada, one.pk)
        with pytest.raises(IdTaken):
            create_template(ada, body)

    def test_unknown_and_foreign_exercises_look_alike(
        self, ada: Actor, stranger: User, bench: Exercise, make_exercise: MakeExercise
    ) -> None:
        foreign = make_exercise("Sam's Own", owner=stranger)
        unknown = {"exercise_id": str(uuid4()), "sets": [working()]}
        plan = template([day("A", entry(bench), unknown), day("B", entry(bench, substitutes=[str(foreign.pk)]))])
        with pytest.raises(Invalid) as refused:
            create_template(ada, plan)
        assert codes_of(refused) == [
            ("/weeks/0/days/0/exercises/1/exercise_id", "not_found"),
            ("/weeks/0/days/1/exercises/0/substitutes/0", "not_found"),
        ]
        assert len({error["detail"] for error in refused.value.errors}) == 1  # type: ignore[union-attr]
        assert not Template.objects.exists()

    def test_public_needs_a_proven_address(self, body: Json) -> None:
        new = actor_of(make_person("new", verified=False))
        with pytest.raises(EmailUnverified):
            create_template(new, {**body, "visibility": "public"})
        one = create_template(new, body)
        with pytest.raises(EmailUnverified):
            update_template(new, one.pk, {"visibility": "public"})
        assert Template.objects.get().visibility == "private"

    def test_public_holds_no_private_exercise(
        self, ada: Actor, athlete: User, bench: Exercise, make_exercise: MakeExercise
    ) -> None:
        own = make_exercise("Own", owner=athlete)
        plan = template([day("A", entry(bench), entry(own))])
        with pytest.raises(Invalid) as refused:
            create_template(ada, {**plan, "visibility": "public"})
        assert codes_of(refused) == [("/weeks/0/days/0/exercises/1/exercise_id", "private")]
        one = create_template(ada, plan)
        with pytest.raises(PrivateExercises):
            update_template(ada, one.pk, {"visibility": "public"})
        update_template(ada, one.pk, {"visibility": "public", "weeks": template([day("A", entry(bench))])["weeks"]})
        with pytest.raises(Invalid):
            update_template(ada, one.pk, {"weeks": plan["weeks"]})
        with pytest.raises(PrivateExercises):
            revert_template(ada, one.pk, 1)
        assert Template.objects.get().version == 2


class TestUpdate:
    def test_each_save_is_a_version(self, ada: Actor, written: Template) -> None:
        before = Template.objects.get()
        update_template(ada, written.pk, {"name": "Push", "tags": ["home"]})
        update_template(ada, written.pk, {"description": "Twice a week"})
        after = Template.objects.get()
        assert versions(written) == [(1, "Push and pull", ""), (2, "Push", ""), (3, "Push", "")]
        assert (after.name, after.description, after.tags, after.version) == ("Push", "Twice a week", ["home"], 3)
        assert after.change_seq > before.change_seq
        assert after.updated_at > before.updated_at
        assert after.created_at == before.created_at
        trees = list(TemplateVersion.objects.values_list("tree", flat=True))
        assert trees == [trees[0]] * 3
        update_template(ada, written.pk, {"description": None})
        assert Template.objects.get().description is None

    def test_weeks_are_replaced_whole_and_the_figures_follow(
        self, ada: Actor, written: Template, row: Exercise
    ) -> None:
        first = TemplateVersion.objects.get().tree
        pull = first[0]["days"][1]
        new_day = {**pull, "exercises": [{**pull["exercises"][0], "sets": [working()] * 5}]}
        update_template(ada, written.pk, {"weeks": [{"days": [new_day]}]})
        one = Template.objects.get()
        assert (one.week_count, one.days_per_week, one.set_count, one.muscles, one.exercise_ids) == (
            1, 1, 5, ["lats", "upper_back"], [row.pk],
        )  # fmt: skip
        tree = TemplateVersion.objects.get(number=2).tree
        assert [tree[0]["days"][0]["id"], tree[0]["days"][0]["exercises"][0]["id"]] == [
            pull["id"], pull["exercises"][0]["id"],
        ]  # fmt: skip

    def test_without_ids_a_day_is_the_one_that_stood_in_its_place(
        self, ada: Actor, body: Json, bench: Exercise, row: Exercise
    ) -> None:
        """Whoever gave it its id: a client, or the planner."""
        monday, press = str(uuid4()), str(uuid4())
        body["weeks"][0]["days"][0] |= {"id": monday}
        body["weeks"][0]["days"][0]["exercises"][0] |= {"id": press}
        one = create_template(ada, body)
        _, thursday = TemplateVersion.objects.get().tree[0]["days"]
        days = [day("Press", entry(bench, working(reps=5)), entry(row)), day("Pull", entry(row))]
        update_template(ada, one.pk, {"weeks": [{"days": days}]})
        first, second = TemplateVersion.objects.get(number=2).tree[0]["days"]
        assert (first["id"], first["exercises"][0]["id"]) == (monday, press)
        assert (second["id"], second["exercises"][0]["id"]) == (thursday["id"], thursday["exercises"][0]["id"])
        days = [day("Row", entry(row)), {**day("Press", entry(bench)), "id": monday}]
        update_template(ada, one.pk, {"weeks": [{"days": days}]})
        first, second = TemplateVersion.objects.get(number=3).tree[0]["days"]
        assert second["id"] == monday
        assert first["id"] not in {monday, thursday["id"]}  # what stood in its place is elsewhere now

    @pytest.mark.parametrize("named", ["nothing", "the name", "everything", "the tree without its ids"])
    def test_saving_what_is_there_changes_nothing(self, ada: Actor, written: Template, body: Json, named: str) -> None:
        before = Template.objects.values().get()
        tree = TemplateVersion.objects.get().tree
        said: dict[str, Json] = {
            "nothing": {},
            "the name": {"name": " Push and pull "},
            "everything": {**body, "weeks": tree},
            "the tree without its ids": {"weeks": body["weeks"]},
        }
        update_template(ada, written.pk, said[named])
        assert Template.objects.values().get() == before
        assert TemplateVersion.objects.count() == 1

    def test_who_may_see_it_is_outside_of_versions(self, ada: Actor, written: Template) -> None:
        before = Template.objects.get()
        update_template(ada, written.pk, {"visibility": "public"})
        one = Template.objects.get()
        assert (one.visibility, one.version) == ("public", 1)
        assert one.change_seq > before.change_seq

    def test_an_exercise_that_is_gone_stays_in_the_plan_and_comes_into_no_other(
        self, ada: Actor, written: Template, body: Json, bench: Exercise
    ) -> None:
        Exercise.objects.filter(pk=bench.pk).update(status="archived")
        body["weeks"][0]["days"][0]["name"] = "Chest"
        update_template(ada, written.pk, {"weeks": body["weeks"]})
        assert Template.objects.get().version == 2
        with pytest.raises(Invalid):
            create_template(ada, body)

    def test_only_its_author_saves_it(self, ada: Actor, sam: Actor, written: Template) -> None:
        change = {"name": "Mine"}
        for act in (
            lambda: update_template(sam, written.pk, change),
            lambda: revert_template(sam, written.pk, 1),
            lambda: delete_template(sam, written.pk),
        ):
            with pytest.raises(NotFound):
                act()
        update_template(ada, written.pk, {"visibility": "public"})
        for act in (
            lambda: update_template(sam, written.pk, change),
            lambda: revert_template(sam, written.pk, 1),
            lambda: delete_template(sam, written.pk),
        ):
            with pytest.raises(Forbidden):
                act()
        with pytest.raises(NotFound):
            restore_template(sam, written.pk)
        assert versions(written) == [(1, "Push and pull", "")]

    def test_it_costs_a_constant_number_of_statements(
        self, ada: Actor, bench: Exercise, django_assert_num_queries: Any
    ) -> None:
        for count in (1, 5):
            plan = template(*[[day("A", *[entry(bench)] * count)]] * count)
            with django_assert_num_queries(9):
                # SAVEPOINT, clock, the id, exercises, SAVEPOINT, template, RELEASE, version, RELEASE
                one = create_template(ada, plan)
            plan["weeks"][0]["days"][0]["name"] = "B"
            with django_assert_num_queries(9):
                # whose it is, SAVEPOINT, clock, lock, current version, exercises, template, version, RELEASE
                update_template(ada, one.pk, {"weeks": plan["weeks"]})


class TestRevert:
    def test_it_says_again_what_it_said(self, ada: Actor, written: Template, row: Exercise) -> None:
        figures = ("name", "tags", "week_count", "set_count", "minutes", "muscles", "exercise_ids")
        before = Template.objects.values(*figures).get()
        update_template(ada, written.pk, {"name": "x", "tags": [], "weeks": template([day("A", entry(row))])["weeks"]})
        Exercise.objects.update(status="archived")
        revert_template(ada, written.pk, 1)
        assert Template.objects.values(*figures).get() == before
        assert versions(written) == [(1, "Push and pull", ""), (2, "x", ""), (3, "Push and pull", "Back to version 1")]
        trees = dict(TemplateVersion.objects.values_list("number", "tree"))
        assert trees[3] == trees[1] != trees[2]

    def test_to_the_present_is_no_change(self, ada: Actor, written: Template) -> None:
        revert_template(ada, written.pk, 1)
        assert versions(written) == [(1, "Push and pull", "")]

    def test_to_what_never_was(self, ada: Actor, written: Template) -> None:
        with pytest.raises(NotFound):
            revert_template(ada, written.pk, 2)


def test_deleting_and_restoring(ada: Actor, written: Template) -> None:
    delete_template(ada, written.pk)
    deleted = Template.objects.get()
    assert deleted.deleted_at is not None
    with pytest.raises(NotFound):
        update_template(ada, written.pk, {"name": "x"})
    with pytest.raises(NotFound):
        delete_template(ada, written.pk)
    restore_template(ada, written.pk)
    restored = Template.objects.get()
    assert (restored.deleted_at, restored.version) == (None, 1)
    assert restored.change_seq > deleted.change_seq > written.change_seq
    restore_template(ada, written.pk)
    assert Template.objects.get().change_seq == restored.change_seq


@pytest.mark.django_db(transaction=True)
def test_saves_at_once_are_versions_in_a_row(athlete: User, bench: Exercise) -> None:
    """All wait for the same clock; without it, two would take one number."""
    ada = actor_of(athlete)
    one = create_template(ada, template([day("A", entry(bench))]))
    ready = threading.Barrier(5)

    def save(number: int) -> None:
        try:
            ready.wait()
            update_template(ada, one.pk, {"name": f"Plan {number}"})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        with transaction.atomic():
            next_change_seq(ada.user_id)
            saves = [pool.submit(save, number) for number in range(4)]
            ready.wait()
        for each in saves:
            each.result()
    numbers = [number for number, _, _ in versions(one)]
    assert numbers == [1, 2, 3, 4, 5]
    one.refresh_from_db()
    assert (one.version, one.name) == (5, versions(one)[-1][1])


@pytest.mark.django_db(transaction=True)
def test_one_id_made_at_once_by_two_people(athlete: User, stranger: User, bench: Exercise) -> None:
    plan = {**template([day("A", entry(bench))]), "id": str(UUID(int=7 << 76 | 8 << 60 | 1))}
    actors = [actor_of(athlete), actor_of(stranger)]
    ready = threading.Barrier(2)

    def make(actor: Actor) -> str:
        try:
            ready.wait()
            create_template(actor, plan)
        except IdTaken:
            return "taken"
        else:
            return "made"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, actors)) == ["made", "taken"]
    assert (Template.objects.count(), TemplateVersion.objects.count()) == (1, 1)
