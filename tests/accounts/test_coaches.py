"""Who coaches whom: invited, accepted, narrowed, ended."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.errors import AlreadyInvited
from accounts.models import Block, Coaching, Notification, SecurityEvent, User
from accounts.operations import coaches, staff
from fitai.common.problems import Forbidden, IdTaken, Invalid, NotFound, TooManyRequests
from tests.cast import ApiClient, actor_of, client_of, codes, committed, let_see, make_person

COACHES, CLIENTS = "/api/v1/users/coaches", "/api/v1/users/clients"
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"
CHOSEN = "01890000-0000-7000-8000-00000000c0ac"
ALL = ["workouts", "metrics", "form_videos"]


@pytest.fixture
def ada(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def carl(coach: User) -> ApiClient:
    return client_of(coach)


def invite(client: ApiClient, coach: User, *areas: str, **more: Any) -> Any:
    return client.post(COACHES, {"user_id": str(coach.pk), "areas": areas or ["workouts"], **more})


def invited(client: ApiClient, coach: User, *areas: str) -> str:
    """The address of a new invitation."""
    response = invite(client, coach, *areas)
    assert response.status_code == 201, response.content
    return str(response["Location"])


def told(person: User) -> list[tuple[str, str | None]]:
    """(what, by whom) of what somebody was told about coaching, oldest first."""
    rows = Notification.objects.filter(user=person, kind="coach").order_by("created_at", "id")
    return list(rows.values_list("params__what", "actor__username"))


def written(person: User) -> list[tuple[str, dict[str, Any]]]:
    """What is written down about somebody's consents, oldest first."""
    rows = SecurityEvent.objects.filter(user=person, kind__startswith="consent").order_by("created_at", "id")
    return list(rows.values_list("kind", "detail"))


class TestInviting:
    def test_the_coach_is_asked_and_both_see_it(
        self, ada: ApiClient, carl: ApiClient, athlete: User, coach: User
    ) -> None:
        response = invite(ada, coach, "form_videos", "workouts")
        row = Coaching.objects.get()
        shape = {
            "id": str(row.pk),
            "status": "invited",
            "areas": ["workouts", "form_videos"],
            "client": {"id": str(athlete.pk), "username": "athlete", "display_name": "Ada Athlete"},
            "coach": {"id": str(coach.pk), "username": "coach", "display_name": "Carl Coach"},
            "created_at": response.json()["created_at"],
            "accepted_at": None,
        }
        assert (response.status_code, response["Location"]) == (201, f"{COACHES}/{row.pk}")
        assert response.json() == shape
        for device in (ada, carl):
            again = device.get(response["Location"])
            assert (again.json(), again["ETag"]) == (shape, response["ETag"])
            assert device.get(response["Location"], HTTP_IF_NONE_MATCH=again["ETag"]).status_code == 304
        assert (ada.get(COACHES).json()["results"], ada.get(CLIENTS).json()["results"]) == ([shape], [])
        assert (carl.get(COACHES).json()["results"], carl.get(CLIENTS).json()["results"]) == ([], [shape])
        assert (told(coach), told(athlete)) == ([("invited", "athlete")], [])
        detail = {"by": str(athlete.pk), "coach": str(coach.pk), "areas": ["workouts", "form_videos"]}
        assert written(athlete) == [("consent_given", detail)]

    def test_a_repeated_invitation_is_the_same_row(self, ada: ApiClient, athlete: User, coach: User) -> None:
        first = invite(ada, coach, "workouts", "metrics")
        again = invite(ada, coach, "metrics", "workouts")
        assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
        assert (len(told(coach)), len(written(athlete))) == (1, 1)

        ada.put(first["Location"], {"areas": ["metrics"]})
        assert invite(ada, coach, "metrics", "workouts").json()["areas"] == ["metrics"]

        other = invite(ada, coach, "workouts")
        assert (other.status_code, other.json()["code"]) == (409, "already_invited")
        assert other.json()["coaching_id"] == first.json()["id"]
        assert Coaching.objects.get().areas == ["metrics"]

    def test_taking_back_and_asking_anew_rings_once_a_day(self, ada: ApiClient, athlete: User, coach: User) -> None:
        for _ in range(3):
            address = invited(ada, coach)
            ada.put(address, {"areas": ALL})
            ada.delete(address)
        assert told(coach) == [("invited", "athlete")]
        Notification.objects.update(dedupe_key=f"coach-invitation:{athlete.pk}:2026-03-08")
        invited(client_of(make_person("ben")), coach)
        invited(ada, coach)
        assert told(coach) == [("invited", "athlete"), ("invited", "ben"), ("invited", "athlete")]

    @pytest.mark.usefixtures("real_limits")
    def test_at_most_twenty_new_ones_a_day(self, ada: ApiClient, coach: User, settings: Any) -> None:
        settings.LIMITS_FACTOR = 0.1  # of twenty
        second, third = (make_person(name, role=Role.COACH) for name in ("second", "third"))
        actor = actor_of(ada.user)
        ask = partial(coaches.invite_coach, actor, areas=["workouts"])
        assert [ask(coach_id=one.pk).coach_id for one in (coach, second, second)] == [coach.pk, second.pk, second.pk]
        with pytest.raises(TooManyRequests, match="At most 20 in 86400 seconds"):
            ask(coach_id=third.pk)
        assert Coaching.objects.count() == 2

    def test_under_an_id_of_ones_own(self, ada: ApiClient, coach: User, stranger: User) -> None:
        first = invite(ada, coach, id=CHOSEN)
        assert (first.status_code, first.json()["id"]) == (201, CHOSEN)
        assert invite(ada, coach, id=CHOSEN).json() == first.json()
        second = make_person("second", role=Role.COACH)
        for taken in (
            invite(ada, coach, "metrics", id=CHOSEN),
            invite(ada, second, id=CHOSEN),
            invite(client_of(stranger), coach, id=CHOSEN),
        ):
            assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")
            assert CHOSEN not in str({**taken.json(), "instance": ""})
        ada.delete(f"{COACHES}/{CHOSEN}")
        assert invite(ada, coach, id=CHOSEN).json()["code"] == "id_taken"
        assert Coaching.objects.count() == 1

    def test_once_under_a_key(self, ada: ApiClient, coach: User) -> None:
        body = {"user_id": str(coach.pk), "areas": ["workouts"]}
        first = ada.post(COACHES, body, HTTP_IDEMPOTENCY_KEY="one")
        ada.delete(first["Location"])
        again = ada.post(COACHES, body, HTTP_IDEMPOTENCY_KEY="one")
        assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
        assert Coaching.objects.count() == 1

    def test_needs_a_verified_address(self, coach: User) -> None:
        response = client_of(make_person("new", verified=False)).post(COACHES, {"areas": "?"})
        assert (response.status_code, response.json()["code"]) == (403, "email_unverified")

    @pytest.mark.parametrize("why", ["unknown", "locked", "deleted", "blocked", "blocking"])
    def test_an_invisible_person_never_was(self, ada: ApiClient, athlete: User, coach: User, why: str) -> None:
        match why:
            case "locked":
                User.objects.filter(pk=coach.pk).update(is_active=False)
            case "deleted":
                User.objects.filter(pk=coach.pk).update(deleted_at=timezone.now())
            case "blocked":
                Block.objects.create(blocker=athlete, blocked=coach)
            case "blocking":
                Block.objects.create(blocker=coach, blocked=athlete)
        asked = UNKNOWN if why == "unknown" else str(coach.pk)
        response = ada.post(COACHES, {"user_id": asked, "areas": ["workouts"]})
        assert codes(response) == [("/user_id", "not_found")]
        assert not Coaching.objects.exists()

    def test_only_somebody_else_who_is_a_coach(self, ada: ApiClient, carl: ApiClient, stranger: User) -> None:
        assert codes(invite(ada, stranger)) == [("/user_id", "not_a_coach")]
        assert codes(invite(carl, carl.user)) == [("/user_id", "yourself")]  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("areas", "found"),
        [
            ([], ("/areas", "min_length")),
            (["workouts", "workouts"], ("/areas", "repeated")),
            (["diary"], ("/areas/0", "invalid_choice")),
            (None, ("/areas", "null")),
        ],
    )
    def test_says_what_may_be_seen(self, ada: ApiClient, coach: User, areas: Any, found: tuple[str, str]) -> None:
        assert codes(ada.post(COACHES, {"user_id": str(coach.pk), "areas": areas})) == [found]

    @pytest.mark.parametrize("areas", [[], ["diary"]])
    def test_no_code_writes_other_areas(self, athlete: User, coach: User, areas: list[str]) -> None:
        with pytest.raises(IntegrityError, match="coaching_areas"), transaction.atomic():
            Coaching.objects.create(client=athlete, coach=coach, areas=areas)


class TestAnswering:
    def test_accepting_once_or_twice(self, ada: ApiClient, carl: ApiClient, athlete: User, coach: User) -> None:
        address = invited(ada, coach)
        first = carl.put(address, {"action": "accept"})
        assert (first.status_code, first.json()["status"]) == (200, "active")
        assert carl.put(address, {"action": "accept"}).json() == first.json() == ada.get(address).json()
        assert told(athlete) == [("accepted", "coach")]

    def test_declining_ends_it(self, ada: ApiClient, carl: ApiClient, athlete: User, coach: User) -> None:
        address = invited(ada, coach)
        assert carl.patch(address, {"action": "decline"}).json()["status"] == "ended"
        assert [device.get(address).status_code for device in (ada, carl)] == [404, 404]
        assert carl.put(address, {"action": "accept"}).status_code == 404
        assert told(athlete) == [("declined", "coach")]
        assert [kind for kind, _ in written(athlete)] == ["consent_given", "consent_ended"]
        assert invited(ada, coach) != address

    def test_what_was_accepted_is_not_declined(self, carl: ApiClient, athlete: User, coach: User) -> None:
        coaching = let_see(athlete, coach)
        refused = carl.put(f"{COACHES}/{coaching.pk}", {"action": "decline"})
        assert (refused.status_code, refused.json()["code"]) == (409, "already_coaching")
        assert Coaching.objects.get().ended_at is None

    def test_each_says_their_own_part(
        self, ada: ApiClient, carl: ApiClient, coach: User, stranger: User, athlete: User
    ) -> None:
        address = invited(ada, coach)
        refused = [
            ada.put(address, {"action": "accept"}),
            carl.put(address, {"areas": ALL}),
            carl.put(address, {"action": "accept", "areas": ALL}),
            carl.put(address, {"areas": "?"}),
            client_of(stranger).put(address, {"areas": "?"}),
            ada.put(f"{COACHES}/{UNKNOWN}", {"areas": "?"}),
        ]
        assert [response.status_code for response in refused] == [403, 403, 403, 403, 404, 404]
        assert codes(ada.put(address, {"areas": ["diary"], "status": "active"})) == [
            ("/status", "unknown_field"),
            ("/areas/0", "invalid_choice"),
        ]
        assert codes(carl.put(address, {"action": "maybe"})) == [("/action", "invalid_choice")]
        row = Coaching.objects.get()
        assert (row.areas, row.accepted_at) == (["workouts"], None)
        with pytest.raises(Forbidden):  # whatever door it comes through
            coaches.change_coaching(actor_of(coach), row.pk, values={"areas": ALL})

    def test_the_client_changes_the_areas(self, ada: ApiClient, athlete: User, coach: User) -> None:
        address = f"{COACHES}/{let_see(athlete, coach, 'workouts', 'metrics').pk}"
        seen = ada.get(address)["ETag"]
        changed = ada.put(address, {"areas": ["form_videos", "metrics"]}, HTTP_IF_MATCH=seen)
        assert (changed.status_code, changed.json()["areas"]) == (200, ["metrics", "form_videos"])
        assert ada.put(address, {"areas": ["metrics"]}, HTTP_IF_MATCH=seen).status_code == 412
        assert ada.put(address, {}).json() == ada.put(address, {"areas": ["metrics", "form_videos"]}).json()
        assert told(coach) == [("changed", "athlete")]
        ((kind, detail),) = written(athlete)
        after = {"before": ["workouts", "metrics"], "after": ["metrics", "form_videos"]}
        assert (kind, detail) == ("consent_changed", {"by": str(athlete.pk), "coach": str(coach.pk), **after})

    def test_a_coach_hears_of_changes_once_a_day(self, ada: ApiClient, athlete: User, coach: User) -> None:
        row = let_see(athlete, coach, "workouts")
        for areas in (["metrics"], ALL, ["workouts"]):
            assert ada.put(f"{COACHES}/{row.pk}", {"areas": areas}).status_code == 200
        assert told(coach) == [("changed", "athlete")]
        Notification.objects.update(dedupe_key=f"coaching:{row.pk}:changed:2026-03-08")
        ada.put(f"{COACHES}/{row.pk}", {"areas": ["metrics"]})
        assert told(coach) == [("changed", "athlete")] * 2


class TestEnding:
    @pytest.mark.parametrize("by", ["client", "coach"])
    def test_either_ends_it(self, ada: ApiClient, carl: ApiClient, athlete: User, coach: User, by: str) -> None:
        address = f"{COACHES}/{let_see(athlete, coach).pk}"
        one, other = (ada, coach) if by == "client" else (carl, athlete)
        assert one.delete(address).status_code == 204
        assert [device.delete(address).status_code for device in (ada, carl)] == [404, 404]
        assert [ada.get(COACHES).json()["results"], carl.get(CLIENTS).json()["results"]] == [[], []]
        assert told(other) == [("ended", one.user.username)]  # type: ignore[union-attr]
        assert told(one.user) == []  # type: ignore[arg-type]
        assert written(athlete) == [("consent_ended", {"by": str(one.user.pk), "coach": str(coach.pk)})]  # type: ignore[union-attr]

    def test_an_invitation_is_taken_back_quietly(self, ada: ApiClient, carl: ApiClient, coach: User) -> None:
        address = invited(ada, coach)
        assert ada.delete(address).status_code == 204
        assert carl.put(address, {"action": "accept"}).status_code == 404
        assert told(coach) == [("invited", "athlete")]

    def test_a_client_ends_it_whatever_has_become_of_the_coach(
        self, ada: ApiClient, athlete: User, coach: User
    ) -> None:
        address = f"{COACHES}/{let_see(athlete, coach).pk}"
        User.objects.filter(pk=coach.pk).update(deleted_at=timezone.now())
        assert (ada.get(address).status_code, ada.get(COACHES).json()["results"]) == (404, [])
        assert ada.delete(address).status_code == 204

    @pytest.mark.parametrize("blocker", ["client", "coach"])
    def test_a_block_ends_what_there_is_either_way(self, athlete: User, coach: User, blocker: str) -> None:
        second = make_person("second", role=Role.COACH)
        let_see(athlete, coach)
        Coaching.objects.create(client=coach, coach=athlete, areas=["workouts"])
        kept = let_see(athlete, second)
        one, other = (athlete, coach) if blocker == "client" else (coach, athlete)
        coaches.end_coachings_between(actor_of(one), other.pk)
        assert list(Coaching.objects.open()) == [kept]
        assert told(athlete) == told(coach) == []
        assert [kind for kind, _ in written(athlete) + written(coach)] == ["consent_ended"] * 2


class TestWhatACoachSees:
    """The condition that every queryset of a client's rows uses."""

    @pytest.mark.parametrize("area", ALL)
    def test_the_areas_that_were_agreed_to(self, athlete: User, coach: User, area: str) -> None:
        let_see(athlete, coach, area)
        actor = actor_of(coach)
        seen = [name for name in ALL if User.objects.coached_by(actor, name).exists()]
        assert seen == [area]

    LOST: dict[str, Callable[[User, User], Any]] = {
        "ended": lambda athlete, coach: Coaching.objects.update(ended_at=timezone.now()),
        "not accepted": lambda athlete, coach: Coaching.objects.update(accepted_at=None),
        "role taken": lambda athlete, coach: User.objects.filter(pk=coach.pk).update(role=Role.USER),
        "coach deleted": lambda athlete, coach: User.objects.filter(pk=coach.pk).update(deleted_at=timezone.now()),
        "client locked": lambda athlete, coach: User.objects.filter(pk=athlete.pk).update(is_active=False),
        "client deleted": lambda athlete, coach: User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now()),
        "blocked": lambda athlete, coach: Block.objects.create(blocker=athlete, blocked=coach),
        "blocked back": lambda athlete, coach: Block.objects.create(blocker=coach, blocked=athlete),
    }

    @pytest.mark.parametrize("why", list(LOST))
    def test_and_nothing_once_that_is_over(self, athlete: User, coach: User, why: str) -> None:
        let_see(athlete, coach)
        actor = actor_of(coach)

        def seen() -> tuple[bool, bool]:
            return User.objects.coached_by(actor, "metrics").exists(), Coaching.objects.granting("metrics").exists()

        assert seen() == (True, True)
        self.LOST[why](athlete, coach)
        assert seen() == (False, False)

    def test_nothing_from_the_very_request_after_the_role_was_taken(
        self, ada: ApiClient, carl: ApiClient, athlete: User, coach: User
    ) -> None:
        address = f"{COACHES}/{let_see(athlete, coach).pk}"
        admin = actor_of(make_person("admin", role=Role.ADMIN, is_staff=True, is_superuser=True))
        assert len(carl.get(CLIENTS).json()["results"]) == 1
        with committed():
            staff.change_role(admin, coach.pk, role=Role.USER)
        assert (carl.get(CLIENTS).json()["results"], carl.get(address).status_code) == ([], 404)
        assert ada.get(address).json()["status"] == "active"  # it is the client's to end
        with committed():
            staff.change_role(admin, coach.pk, role=Role.COACH)
        assert carl.get(address).status_code == 200


class TestLists:
    def test_newest_first_a_page_at_a_time(self, ada: ApiClient, athlete: User) -> None:
        for number in range(3):
            row = let_see(athlete, make_person(f"coach-{number}", role=Role.COACH))
            Coaching.objects.filter(pk=row.pk).update(created_at=timezone.now() + timedelta(seconds=number))
        first = ada.get(f"{COACHES}?limit=2").json()
        second = ada.get(first["next"]).json()
        names = [[one["coach"]["username"] for one in page["results"]] for page in (first, second)]
        assert (names, second["next"]) == ([["coach-2", "coach-1"], ["coach-0"]], None)

    @pytest.mark.parametrize("count", [1, 3])
    def test_cost_the_same_for_one_and_for_three(
        self, ada: ApiClient, carl: ApiClient, athlete: User, coach: User, count: int, django_assert_num_queries: Any
    ) -> None:
        for number in range(count):
            let_see(athlete, make_person(f"coach-{number}", role=Role.COACH))
            let_see(make_person(f"client-{number}"), coach)
        for device, path in ((ada, COACHES), (carl, CLIENTS)):
            device.get(path)
            with django_assert_num_queries(1):
                assert len(device.get(path).json()["results"]) == count


class TestStaff:
    PAGE = "/admin/accounts/coaching/"

    def entered(self, role: Role = Role.MODERATOR) -> Client:
        client = Client()
        client.force_login(make_person(f"some-{role}", role=role, is_staff=role != Role.COACH))
        return client

    def test_the_pages_open(self, athlete: User, coach: User, django_assert_num_queries: Any) -> None:
        moderator, row = self.entered(), let_see(athlete, coach)
        for page in (f"{self.PAGE}{row.pk}/change/", f"{self.PAGE}?open=yes&q=athlete"):
            assert "athlete" in moderator.get(page).content.decode()
        pages = ((athlete, "coachings_as_client", "coach"), (coach, "coachings_as_coach", "athlete"))
        for person, shown, other in pages:
            page = moderator.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
            assert (shown in page, other in page) == (True, True)
        for rows in (1, 3):
            while Coaching.objects.count() < rows:
                let_see(make_person(f"client-{Coaching.objects.count()}"), coach)
            with django_assert_num_queries(5):  # session, user, count, page, what awaits review
                moderator.get(self.PAGE)

    def test_end_one_for_somebody(self, carl: ApiClient, athlete: User, coach: User) -> None:
        row = let_see(athlete, coach)
        moderator = self.entered()
        for _ in range(2):
            body = {"action": "end_coachings", "_selected_action": [str(row.pk)], "confirmed": "yes"}
            page = moderator.post(self.PAGE, body, follow=True).content.decode()
        assert "Not found" in page  # the second time
        assert carl.get(CLIENTS).json()["results"] == []
        assert told(athlete) == told(coach) == [("ended_by_staff", None)]
        (entry,) = carl.get("/api/v1/users/notifications").json()["results"]
        assert (entry["title"], entry["actors"]) == ("The people who run this server ended a coaching of yours", [])
        ((kind, detail),) = written(athlete)
        assert (kind, detail["by"]) == ("consent_ended", str(User.objects.get(username="some-moderator").pk))

    def test_only_staff_does(self, athlete: User, coach: User, stranger: User) -> None:
        row = let_see(athlete, coach)
        assert self.entered(Role.COACH).get(self.PAGE).status_code == 302
        with pytest.raises(Forbidden):
            coaches.end_any_coaching(actor_of(stranger), row.pk)
        assert Coaching.objects.open().exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two people, or two devices of one, act in the same moment."""

    def test_two_invitations_are_one(self, meeting: Any) -> None:
        athlete, coach = make_person("athlete"), make_person("coach", role=Role.COACH)
        actor = actor_of(athlete)
        with meeting() as met:
            for name, areas in (("phone", ["workouts"]), ("watch", ["workouts"]), ("laptop", ["metrics"])):
                met.act(name, lambda areas=areas: coaches.invite_coach(actor, coach_id=coach.pk, areas=areas).pk)
        row = Coaching.objects.get()
        assert met.outcomes == {"phone": row.pk, "watch": row.pk, "laptop": AlreadyInvited}

    def test_two_people_choose_one_id(self, meeting: Any) -> None:
        ada, ben = make_person("ada"), make_person("ben")
        second, third = (make_person(name, role=Role.COACH) for name in ("second", "third"))
        with meeting() as met:
            for client, coach in ((ada, second), (ben, third)):
                asked: Any = {"coach_id": coach.pk, "areas": ["workouts"], "id": UUID(CHOSEN)}
                met.act(client.username, partial(coaches.invite_coach, actor_of(client), **asked))
        assert met.outcomes == {"ada": Coaching.objects.get(client=ada, pk=CHOSEN), "ben": IdTaken}

    @pytest.mark.parametrize("second", ["accept", "end", "narrow"])
    def test_what_is_ended_takes_nothing_more(self, meeting: Any, second: str) -> None:
        athlete, coach = make_person("athlete"), make_person("coach", role=Role.COACH)
        row = Coaching.objects.create(client=athlete, coach=coach, areas=ALL)
        client, other = actor_of(athlete), actor_of(coach)
        late: dict[str, Callable[[], Any]] = {
            "accept": partial(coaches.change_coaching, other, row.pk, values={"action": "accept"}),
            "end": partial(coaches.end_coaching, other, row.pk),
            "narrow": partial(coaches.change_coaching, client, row.pk, values={"areas": ["metrics"]}),
        }
        with meeting() as met:
            met.act("end", partial(coaches.end_coaching, client, row.pk))
            met.act("late", late[second])
        row.refresh_from_db()
        assert met.outcomes == {"end": None, "late": NotFound}
        assert (row.accepted_at, row.areas, row.ended_at is None) == (None, ALL, False)
        assert [kind for kind, _ in written(athlete)] == ["consent_ended"]

    def test_nobody_is_invited_as_a_coach_who_is_none(self, meeting: Any) -> None:
        athlete, coach = make_person("athlete"), make_person("coach", role=Role.COACH)
        admin = actor_of(make_person("admin", role=Role.ADMIN, is_staff=True, is_superuser=True))
        actor = actor_of(athlete)
        with meeting() as met:
            met.act("admin", lambda: staff.change_role(admin, coach.pk, role=Role.USER).role)
            met.act("ada", partial(coaches.invite_coach, actor, coach_id=coach.pk, areas=ALL))
        assert met.outcomes == {"admin": Role.USER, "ada": Invalid}
        assert not Coaching.objects.exists()


@pytest.mark.parametrize("act", ["accept", "decline", "taken back"])
def test_an_invitation_that_is_over_is_told_no_more(ada: ApiClient, carl: ApiClient, coach: User, act: str) -> None:
    row = invited(ada, coach, "workouts")
    assert carl.get("/api/v1/users/notifications").json()["unread"] == 1
    if act == "taken back":
        assert ada.delete(row).status_code == 204
    else:
        assert carl.put(row, {"action": act}).status_code in (200, 204)
    assert carl.get("/api/v1/users/notifications").json()["unread"] == 0
