"""Having a plan made: the wishes, the job, the template that comes of it, and the first workout."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.utils import timezone

from accounts.models import User
from analysis.planning import jobs as planning_jobs
from analysis.planning.gather import read_catalogue, read_snapshot
from analysis.planning.operations import GENERATE
from exercises.models import CATALOGUE_NAMESPACE, Exercise
from exercises.operations.merging import merge_exercises
from fitai.common import jobs
from fitai.common.models import Job
from fitai.common.throttling import take
from templates_app.models import Template, TemplateVersion
from templates_app.planner import PLANNER_VERSION, History, PlannerFault, Proposal, Statement, Undecided
from tests.cast import ApiClient, actor_of, client_of, codes, run_jobs
from tests.workouts.gym import UNKNOWN, V1, Gym, Json, counted, ok, sets_of

pytestmark = pytest.mark.django_db

HOME = {"days_per_week": 2, "minutes": 30, "weeks": 2, "equipment": ["dumbbell", "bench"]}
NOW = timezone.now


def exercise_id(slug: str) -> str:
    return str(uuid5(UUID(CATALOGUE_NAMESPACE), slug))


def ask(device: ApiClient, **body: Any) -> str:
    """The id of the job."""
    answer = device.post(f"{V1}/templates/ai-generate", body)
    accepted = ok(answer, 202)
    assert accepted == {"job_id": accepted["job_id"], "status": "queued"}
    assert answer["Location"] == f"/api/v1/templates/ai-jobs/{accepted['job_id']}"
    return str(accepted["job_id"])


def see(device: ApiClient, id: str) -> Json:
    return ok(device.get(f"{V1}/templates/ai-jobs/{id}"))


def payload(id: str) -> Json:
    return dict(Job.objects.values_list("payload", flat=True).get(pk=id))


def test_from_wishes_to_the_first_workout(phone: ApiClient) -> None:
    id = ask(phone, **HOME, goal="hypertrophy", level="beginner")
    waiting = see(phone, id)
    assert waiting == {
        "job_id": id,
        "status": "queued",
        "stage": "",
        "progress": 0,
        "error": None,
        "template_id": None,
        "source": None,
        "explanation": [],
        "trade_offs": [],
        "conflicts": [],
    }
    run_jobs()
    made = see(phone, id)
    assert (made["status"], made["progress"], made["source"], made["conflicts"]) == ("succeeded", 1, "solver", [])
    assert made["explanation"][0]["text"]

    template = ok(phone.get(f"{V1}/templates/{made['template_id']}"))
    assert (template["visibility"], template["source"], template["goal"]) == ("private", "generated", "hypertrophy")
    assert [len(week["days"]) for week in template["weeks"]] == [2, 2]
    assert template["generation"] == {name: made[name] for name in ("explanation", "trade_offs")}
    used = {entry["exercise_id"] for day in template["weeks"][0]["days"] for entry in day["exercises"]}
    needed = {word for each in Exercise.objects.filter(pk__in=used) for word in each.equipment}
    assert needed <= {"dumbbell", "bench", "bodyweight"}

    gym = Gym(phone)
    workout = gym.new(template_id=made["template_id"])
    assert workout["name"] == template["weeks"][0]["days"][0]["name"]
    gym.do(workout["id"], "start")
    for item in sets_of(workout):
        values = {"weight": 10, "weight_unit": "kg"} if "rir" in item["target"] else {}
        gym.correct(workout["id"], item["id"], reps=item["target"].get("reps"), completed=True, **values)
    gym.do(workout["id"], "complete")
    following = ok(phone.get(f"{V1}/templates/{made['template_id']}/next"))
    assert following["day"]["id"] == template["weeks"][0]["days"][1]["id"]


def test_the_same_wishes_and_the_same_history_give_the_same_plan(phone: ApiClient) -> None:
    ids = [ask(phone, **HOME, seed=3) for _ in range(2)]
    run_jobs()
    trees = [see(phone, id)["template_id"] for id in ids]
    assert payload(ids[0]) == payload(ids[1])
    assert trees[0] != trees[1]
    first, second = (TemplateVersion.objects.get(template=tree) for tree in trees)
    assert (first.name, first.tree, first.generation) == (second.name, second.tree, second.generation)


def test_wishes_that_exclude_each_other(phone: ApiClient) -> None:
    injuries = ["lower_back", "knee", "shoulder", "wrist", "elbow", "hip", "ankle", "neck"]
    id = ask(phone, **{**HOME, "equipment": [], "days_per_week": 7}, injuries=injuries)
    run_jobs()
    made = see(phone, id)
    assert (made["status"], made["template_id"], made["source"]) == ("succeeded", None, "solver")
    assert made["conflicts"]
    assert Template.objects.count() == 0


# ── The wishes ───────────────────────────────────────────────────────────────────────────────────


def test_what_is_left_open_comes_from_the_profile(lifter: ApiClient, athlete: User) -> None:
    profile = {"goals": ["strength", "power"], "experience": "advanced", "equipment": ["barbell"], "injuries": ["knee"]}
    ok(lifter.patch(f"{V1}/users/profile", profile))
    assert payload(ask(lifter))["request"] == {
        "goal": "strength",
        "level": "advanced",
        "days_per_week": 3,
        "minutes": 60,
        "weeks": 8,
        "equipment": ["barbell"],
        "injuries": ["knee"],
        "preferences": {"like": [], "avoid": [], "split": None},
        "seed": 0,
    }
    row, squat = exercise_id("barbell-row"), exercise_id("barbell-back-squat")
    wishes = {"like": [row.upper(), "chest"], "avoid": [squat], "split": "full_body"}
    given: Json = {"goal": "general", "level": "beginner", "equipment": [], "injuries": [], "preferences": wishes}
    asked = payload(ask(lifter, **given, days_per_week=1, minutes=15, weeks=1, seed=7))["request"]
    assert asked == {
        **given,
        "days_per_week": 1,
        "minutes": 15,
        "weeks": 1,
        "seed": 7,
        "preferences": {"like": sorted([row, "chest"]), "avoid": [squat], "split": "full_body"},
    }


def test_an_exercise_that_was_merged_means_what_stands_for_it(lifter: ApiClient, moderator: User) -> None:
    row = exercise_id("barbell-row")
    again = Exercise.objects.get(pk=row)
    again.pk, again.slug = uuid5(UUID(row), "again"), "row-again"
    again.save(force_insert=True)
    merge_exercises(actor_of(moderator), again.pk, UUID(row))
    asked = payload(ask(lifter, preferences={"like": [str(again.pk), "chest"], "avoid": []}))["request"]
    assert asked["preferences"]["like"] == sorted([row, "chest"])


def test_nothing_known(lifter: ApiClient) -> None:
    asked = payload(ask(lifter))
    assert [asked["request"][name] for name in ("goal", "level", "equipment", "injuries")] == [
        "general",
        "beginner",
        [],
        [],
    ]
    version = Exercise.objects.raw("SELECT 1 AS id, version FROM exercises_catalogue")[0].version
    assert asked == {
        "request": asked["request"],
        "history": {"e1rm_kg": {}, "recent": []},
        "catalogue_version": version,
        "planner_version": PLANNER_VERSION,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"days_per_week": 8}, [("/days_per_week", "max_value")]),
        ({"minutes": 14}, [("/minutes", "min_value")]),
        ({"weeks": 17}, [("/weeks", "max_value")]),
        ({"goal": "beach"}, [("/goal", "invalid_choice")]),
        ({"equipment": ["barbell", "sofa"]}, [("/equipment/1", "invalid_choice")]),
        ({"injuries": ["pride"]}, [("/injuries/0", "invalid_choice")]),
        ({"preferences": {"split": "bro"}}, [("/preferences/split", "invalid_choice")]),
        ({"preferences": {"like": ["bench press"]}}, [("/preferences/like/0", "invalid")]),
        ({"preferences": {"like": ["chest", UNKNOWN]}}, [("/preferences/like/1", "not_found")]),
        ({"preferences": {"avoid": [UNKNOWN]}}, [("/preferences/avoid/0", "not_found")]),
        ({"theme": "space"}, [("/theme", "unknown_field")]),
    ],
)
def test_what_is_no_wish(athlete: User, body: Json, expected: list[tuple[str, str]]) -> None:
    device = client_of(athlete)
    assert codes(device.post(f"{V1}/templates/ai-generate", body)) == expected
    assert Job.objects.count() == 0


def test_somebody_elses_exercise_is_not_there(athlete: User, stranger: User, exercise: Exercise) -> None:
    Exercise.objects.filter(pk=exercise.pk).update(owner=stranger, status="draft")
    answer = client_of(athlete).post(f"{V1}/templates/ai-generate", {"preferences": {"like": [str(exercise.pk)]}})
    assert codes(answer) == [("/preferences/like/0", "not_found")]


def test_sixty_a_day(athlete: User, settings: Any) -> None:
    settings.LIMITS_FACTOR = 1
    device = client_of(athlete)
    unknown = {"preferences": {"like": ["01890000-0000-7000-8000-0000000fffff"]}}
    assert device.post(f"{V1}/templates/ai-generate", unknown).status_code == 422  # and costs nothing
    assert device.post(f"{V1}/templates/ai-generate", {})["RateLimit-Remaining"] == "59"
    take("ai", str(athlete.pk), 59)
    refused = device.post(f"{V1}/templates/ai-generate", {})
    assert (refused.status_code, refused["RateLimit-Limit"]) == (429, "60")
    assert 1380 < int(refused["Retry-After"]) <= 1440  # a sixtieth of a day
    assert Job.objects.filter(kind=GENERATE).count() == 1


def test_a_repeated_request_is_one_job(athlete: User) -> None:
    device, headers = client_of(athlete), {"HTTP_IDEMPOTENCY_KEY": "plan-1"}
    first, again = (device.post(f"{V1}/templates/ai-generate", {}, **headers) for _ in range(2))
    assert first.content == again.content
    assert Job.objects.filter(kind=GENERATE).count() == 1


# ── What is known of the lifts ───────────────────────────────────────────────────────────────────


def lifted(gym: Gym, slug: str, weight: float, days_ago: int, **values: Any) -> None:
    at = NOW() - timedelta(days=days_ago)
    done = {"reps": 5, "weight": weight, "weight_unit": "kg", "rir": 0, **values}
    tree = [{"exercise_id": exercise_id(slug), "sets": [done]}]
    gym.new(started_at=at.isoformat(), ended_at=(at + timedelta(hours=1)).isoformat(), exercises=tree)


def test_a_snapshot_of_the_lifts(lifter: ApiClient, athlete: User) -> None:
    gym = Gym(lifter)
    lifted(gym, "barbell-bench-press", 100, 3)
    lifted(gym, "barbell-back-squat", 220.462, 40, weight_unit="lb")
    lifted(gym, "weighted-pull-up", 10, 3)
    lifted(gym, "barbell-row", 60, 200)
    found = read_snapshot(actor_of(athlete))
    bench, squat, pull_up = map(exercise_id, ("barbell-bench-press", "barbell-back-squat", "weighted-pull-up"))
    assert found.history == History(
        {bench: Decimal("115.573"), squat: Decimal("98.237")},  # the squat 15 % less after forty days
        frozenset({bench, pull_up}),
    )
    assert found.equipment == {"barbell", "bench", "rack", "weighted_bodyweight", "pull_up_bar"}
    assert payload(ask(lifter))["request"]["equipment"] == sorted(found.equipment)


def test_the_snapshot_is_what_the_plan_was_made_from(phone: ApiClient) -> None:
    id = ask(phone, **HOME)
    before = payload(id)
    lifted(Gym(phone), "dumbbell-bench-press", 30, 1)
    run_jobs()
    assert payload(id) == before
    assert payload(ask(phone, **HOME))["history"]["recent"] == [exercise_id("dumbbell-bench-press")]


def test_asking_costs_the_same_whatever_was_trained(lifter: ApiClient) -> None:
    ask(lifter, **HOME)
    costs = []
    for slugs in (["barbell-bench-press"], ["barbell-back-squat", "barbell-row"]):
        for slug in slugs:
            lifted(Gym(lifter), slug, 60, 2)
        with counted() as statements:
            ask(lifter, **HOME)
        costs.append(len(statements))
    assert costs[0] == costs[1] == 8, costs


def test_looking_costs_the_same_whatever_came_of_it(phone: ApiClient) -> None:
    costs = []
    for body in ({**HOME, "weeks": 1, "days_per_week": 1}, {**HOME, "weeks": 8}):
        id = ask(phone, **body)
        for _ in range(2):
            with counted() as statements:
                see(phone, id)
            costs.append(len(statements))
            run_jobs()
    assert costs == [1, 1, 1, 1], costs


def test_the_library_as_its_person_sees_it(lifter: ApiClient, athlete: User, stranger: User) -> None:
    own = Exercise.objects.get(slug="barbell-row")
    Exercise.objects.filter(pk=own.pk).update(owner=athlete, status="draft")
    assert own.pk in {UUID(each.id) for each in read_catalogue(actor_of(athlete))}
    assert own.pk not in {UUID(each.id) for each in read_catalogue(actor_of(stranger))}
    assert len(read_catalogue(actor_of(athlete))) == Exercise.objects.count()


# ── Once ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_that_died_leaves_one_plan(phone: ApiClient) -> None:
    id = ask(phone, **HOME)
    dead = jobs.claim(UUID(id))
    assert dead is not None
    Job.objects.filter(pk=id).update(lease_until=NOW() - timedelta(seconds=1))
    jobs.run(UUID(id))
    with pytest.raises(jobs.Fenced):
        planning_jobs.generate_plan(dead)
    assert see(phone, id)["status"] == "succeeded"
    assert Template.objects.count() == 1


def test_a_plan_is_written_with_its_job_or_not_at_all(phone: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies between the template and the end of the job: the second attempt finds the first one's."""
    id = ask(phone, **HOME)
    finish = jobs._finish
    monkeypatch.setattr(jobs, "_finish", lambda *args, **values: None)
    jobs.run(UUID(id))
    assert (Template.objects.count(), see(phone, id)["status"]) == (1, "processing")
    monkeypatch.setattr(jobs, "_finish", finish)
    Job.objects.filter(pk=id).update(lease_until=NOW() - timedelta(seconds=1))
    jobs.run(UUID(id))
    assert see(phone, id)["template_id"] == str(Template.objects.get().pk)


def test_a_cancelled_job_makes_nothing(lifter: ApiClient) -> None:
    id = ask(lifter, **HOME)
    ok(lifter.post(f"{V1}/jobs/{id}/cancel"))
    run_jobs()
    assert (see(lifter, id)["status"], Template.objects.count()) == ("cancelled", 0)


def test_a_job_that_is_cancelled_while_the_plan_is_judged_makes_nothing(
    phone: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, honest = ask(phone, **HOME), planning_jobs.lint

    def judged(*args: Any) -> Any:
        ok(phone.post(f"{V1}/jobs/{id}/cancel"))
        return honest(*args)

    monkeypatch.setattr(planning_jobs, "lint", judged)
    run_jobs()
    assert (see(phone, id)["status"], Template.objects.count()) == ("cancelled", 0)


def refused(*_: Any) -> Proposal:
    raise PlannerFault([Statement("minutes", "Monday takes 200 minutes.")])


def test_a_plan_that_the_linter_refuses_is_never_kept(phone: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning_jobs, "plan", refused)
    id = ask(phone, **HOME)
    run_jobs()
    made = see(phone, id)
    assert (made["status"], made["template_id"]) == ("failed", None)
    assert made["error"] == {"code": "invalid_plan", "detail": "Monday takes 200 minutes."}
    assert Template.objects.count() == 0


def test_a_search_that_came_to_no_end_is_told_apart(phone: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: Any) -> Proposal:
        raise Undecided()

    monkeypatch.setattr(planning_jobs, "plan", endless)
    id = ask(phone, **HOME)
    run_jobs()
    assert see(phone, id)["error"] == {
        "code": "undecided_plan",
        "detail": "No plan was found in time, nor that there is none.",
    }
    assert Template.objects.count() == 0


def test_what_is_kept_is_judged_again(phone: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made the plan, and whatever they said of it."""
    honest = planning_jobs.plan

    def careless(request: Any, catalogue: Any, history: Any) -> Proposal:
        return honest(replace(request, equipment=frozenset({"barbell", "rack", "bench"})), catalogue, history)

    monkeypatch.setattr(planning_jobs, "plan", careless)
    id = ask(phone, **{**HOME, "equipment": []})
    run_jobs()
    assert see(phone, id)["error"]["code"] == "invalid_plan"
    assert Template.objects.count() == 0


# ── Whose it is ──────────────────────────────────────────────────────────────────────────────────


def test_only_plans_are_seen_here(athlete: User, stranger: User) -> None:
    device = client_of(athlete)
    id = ask(device)
    assert client_of(stranger).get(f"{V1}/templates/ai-jobs/{id}").status_code == 404
    other = jobs.enqueue("tests.visible", {}, dedupe_key="other", user_id=athlete.pk)
    assert device.get(f"{V1}/jobs/{other}").status_code == 200
    assert device.get(f"{V1}/templates/ai-jobs/{other}").status_code == 404


def test_a_client_that_has_it_is_told_so(athlete: User) -> None:
    device = client_of(athlete)
    id = ask(device)
    first = device.get(f"{V1}/templates/ai-jobs/{id}")
    assert device.get(f"{V1}/templates/ai-jobs/{id}", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


@jobs.handles("tests.visible", visible=True)
def visible_job(claim: jobs.Claim) -> None:
    """A job that is no plan."""
