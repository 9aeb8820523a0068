"""Making an account and proving its address."""

import re
import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.authentication import authenticate_token
from accounts.enums import Role, SecurityEventKind
from accounts.errors import LinkInvalid
from accounts.models import Preferences, Profile, SecurityEvent, User
from accounts.operations import staff
from accounts.operations.sign_up import confirm_email, meet, sign_up
from fitai.common.models import Job
from fitai.common.problems import Invalid, NotFound
from tests.accounts.test_sessions import count_hashes
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, codes, make_person, run_jobs

REGISTER, VERIFY, RESEND = (
    "/api/v1/auth/register",
    "/api/v1/auth/verify-email",
    "/api/v1/auth/resend-verification",
)
ME = "/api/v1/users/profile"


def register(client: ApiClient, **changed: Any) -> Any:
    body = {"email": "ada@example.org", "username": "ada", "password": PASSWORD, **changed}
    return client.post(REGISTER, {name: value for name, value in body.items() if value is not None})


def link_in(message: Any) -> str:
    """The path and query of the one link that a mail holds, on a line of its own."""
    (link,) = re.findall(r"^https?://\S+$", message.body, re.MULTILINE)
    assert link.startswith(f"{settings.PUBLIC_URL}/")
    return link.removeprefix(settings.PUBLIC_URL)


class TestRegister:
    def test_answers_makes_the_rows_and_mails_the_link(self, anonymous: ApiClient, db: None) -> None:
        response = register(anonymous, email="Ada@Example.ORG", display_name="Ada L.")
        user = User.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": str(user.pk),
            "username": "ada",
            "email": "ada@example.org",
            "display_name": "Ada L.",
        }
        assert response["Location"] == f"/api/v1/users/{user.pk}"
        assert user.check_password(PASSWORD)
        assert list(EmailAddress.objects.values_list("user", "email", "verified", "primary")) == [
            (user.pk, "ada@example.org", False, True)
        ]
        assert (Profile.objects.count(), Preferences.objects.count()) == (1, 1)
        assert list(SecurityEvent.objects.values_list("kind", "user")) == [(SecurityEventKind.REGISTERED, user.pk)]
        run_jobs()
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["ada@example.org"], "Confirm your e-mail address")
        assert anonymous.get(link_in(message)).json() == {"email": "ada@example.org", "email_verified": True}

    def test_does_not_log_in(self, anonymous: ApiClient, db: None) -> None:
        response = register(anonymous)
        assert response.cookies == {}
        assert set(response.json()) == {"id", "username", "email", "display_name"}

    def test_a_name_is_shown_from_the_start(self, anonymous: ApiClient, db: None) -> None:
        assert register(anonymous).json()["display_name"] == "ada"

    def test_a_known_and_an_unknown_address_cannot_be_told_apart(
        self, athlete: User, anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        hashes = count_hashes(monkeypatch)
        seen = []
        for username, email in (("known", athlete.email), ("fresh", "fresh@example.org")):
            hashes.clear()
            before = Job.objects.count()
            with django_assert_num_queries(12) as statements:
                response = register(anonymous, username=username, email=email)
            verbs = [re.sub(r'"s\d+_x\d+"', "", query["sql"])[:40] for query in statements.captured_queries]
            headers = set(response.headers)
            seen.append((response.status_code, headers, len(hashes), Job.objects.count() - before, verbs))
        assert seen[0] == seen[1]
        assert (seen[0][0], seen[0][2], seen[0][3]) == (201, 1, 1)

    def test_the_owner_of_a_taken_address_is_told(self, athlete: User, anonymous: ApiClient) -> None:
        assert register(anonymous, email=athlete.email, username="double").status_code == 201
        run_jobs()
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["athlete@example.org"], "You have a FitAI account already")
        assert "http" not in message.body
        assert not EmailAddress.objects.get(user__username="double").verified
        key = EmailConfirmationHMAC(EmailAddress.objects.get(user__username="double")).key
        assert codes(anonymous.get(f"{VERIFY}?key={key}")) == [("?key", "taken")]

    @pytest.mark.parametrize(
        ("changed", "expected"),
        [
            ({"username": "athlete"}, [("/username", "taken")]),
            ({"username": "ATHLETE"}, [("/username", "taken")]),
            ({"username": "Admin"}, [("/username", "reserved")]),
            ({"username": "ad@a"}, [("/username", "invalid")]),
            ({"username": "ab"}, [("/username", "min_length"), ("/username", "invalid")]),
            ({"username": "-ada"}, [("/username", "invalid")]),
            ({"username": "ad\u0430m"}, [("/username", "invalid")]),
            ({"username": None}, [("/username", "required")]),
            ({"email": "ada"}, [("/email", "invalid")]),
            ({"email": "ada@example.org\nBcc: all@example.org"}, [("/email", "invalid")]),
            ({"password": "short"}, [("/password", "password_too_short")]),
            ({"password": "password123"}, [("/password", "password_too_common")]),
            ({"password": "8675309417"}, [("/password", "password_entirely_numeric")]),
            ({"password": "ada@example.org"}, [("/password", "password_too_similar")]),
            ({"password": "x" * 4097}, [("/password", "max_length")]),
            ({"display_name": "Ada\r\nBcc: all@example.org"}, [("/display_name", "control_character")]),
            ({"display_name": "evil\u202egpj.exe"}, [("/display_name", "control_character")]),
            ({"is_staff": True, "role": "admin"}, [("/is_staff", "unknown_field"), ("/role", "unknown_field")]),
        ],
        ids=str,
    )
    def test_refusals_change_nothing(
        self, athlete: User, anonymous: ApiClient, changed: dict[str, Any], expected: list[tuple[str, str]]
    ) -> None:
        assert codes(register(anonymous, **changed)) == expected
        assert (User.objects.count(), Job.objects.count()) == (1, 0)

    def test_every_fault_at_once(self, athlete: User, anonymous: ApiClient) -> None:
        assert codes(register(anonymous, username="athlete", password="short")) == [
            ("/username", "taken"),
            ("/password", "password_too_short"),
        ]

    def test_emoji_and_spaces_make_a_password(self, anonymous: ApiClient, db: None) -> None:
        assert register(anonymous, password=" 🏋️ heavy 🏋️ singles ").status_code == 201
        assert User.objects.get().check_password(" 🏋️ heavy 🏋️ singles ")

    def test_a_password_of_five_megabytes(
        self, anonymous: ApiClient, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashes = count_hashes(monkeypatch)
        assert register(anonymous, password="x" * 5_000_000).status_code == 413
        assert codes(register(anonymous, password="x" * 1_500_000)) == [("/password", "max_length")]
        assert hashes == []

    def test_look_alike_spellings_are_one_address_and_mail_goes_to_the_stored_one(
        self, athlete: User, anonymous: ApiClient
    ) -> None:
        for number, spelling in enumerate(("ATHLETE@EXAMPLE.ORG", "athlete@ｅxample.org")):
            assert register(anonymous, email=spelling, username=f"double{number}").status_code == 201
        run_jobs()
        assert [message.to for message in mail.outbox] == [["athlete@example.org"]] * 2
        assert set(EmailAddress.objects.values_list("email", flat=True)) == {"athlete@example.org"}

    def test_the_language_of_the_caller_is_the_language_of_the_mail(self, anonymous: ApiClient, db: None) -> None:
        for number, language in enumerate(("de-AT,de;q=0.9", "es", "fr")):
            anonymous.post(
                REGISTER,
                {"email": f"p{number}@example.org", "username": f"person{number}", "password": PASSWORD},
                HTTP_ACCEPT_LANGUAGE=language,
            )
        run_jobs()
        assert [message.subject for message in mail.outbox] == [
            "Bestätige deine E-Mail-Adresse",
            "Confirma tu dirección de correo",
            "Confirm your e-mail address",
        ]

    def test_the_host_header_is_not_in_the_link(self, anonymous: ApiClient, db: None) -> None:
        anonymous.post(
            REGISTER,
            {"email": "ada@example.org", "username": "ada", "password": PASSWORD},
            HTTP_HOST="localhost",
            HTTP_X_FORWARDED_HOST="evil.example",
        )
        run_jobs()
        assert link_in(mail.outbox[0]).startswith(f"{VERIFY}?key=")
        assert "evil.example" not in mail.outbox[0].message().as_string()

    def test_repeated_under_its_key_it_is_one_account(self, anonymous: ApiClient, db: None) -> None:
        body = {"email": "ada@example.org", "username": "ada", "password": PASSWORD}
        first, second = (anonymous.post(REGISTER, body, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2))
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert (User.objects.count(), second["Idempotent-Replayed"]) == (1, "true")

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("key", [{}, {"HTTP_IDEMPOTENCY_KEY": "once"}], ids=["without a key", "with a key"])
    def test_no_transaction_is_open_while_the_password_is_hashed(
        self, monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
    ) -> None:
        encode, seen = MD5PasswordHasher.encode, []

        def watched(self: MD5PasswordHasher, password: str, salt: str) -> str:
            seen.append((connection.in_atomic_block, connection.connection))
            return encode(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", watched)
        connection.close()
        body = {"email": "ada@example.org", "username": "ada", "password": PASSWORD}
        assert ApiClient().post(REGISTER, body, **key).status_code == 201
        assert seen == [(False, None)]

    @pytest.mark.parametrize("key", [{}, {"HTTP_IDEMPOTENCY_KEY": "once"}], ids=["without a key", "with a key"])
    def test_one_hash_whatever_happens(
        self, athlete: User, anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
    ) -> None:
        hashes = count_hashes(monkeypatch)
        made = {"email": "ada@example.org", "username": "ada", "password": PASSWORD}
        outcomes = []
        for changed in ({"username": "athlete"}, {"email": athlete.email, "username": "double"}, {}, {}):
            hashes.clear()
            answer = anonymous.post(REGISTER, made | changed, **key if not changed else {})
            outcomes.append((answer.status_code, len(hashes)))
        assert outcomes == [(422, 1), (201, 1), (201, 1), (201 if key else 422, 1)]

    def test_a_hundred_an_hour_an_address(self, anonymous: ApiClient, db: None, real_limits: None) -> None:
        outcomes = [register(anonymous, password="short").status_code for _ in range(101)]
        assert outcomes == [422] * 100 + [429]

    def test_a_mailbox_is_not_flooded(self, anonymous: ApiClient, db: None, real_limits: None) -> None:
        for number in range(5):
            assert register(anonymous, username=f"flood{number}").status_code == 201
        assert Job.objects.count() == 3

    @pytest.mark.django_db(transaction=True)
    def test_one_username_taken_by_eight_at_once(self) -> None:
        start = threading.Barrier(8)
        outcomes: list[str] = []

        def take(number: int) -> None:
            start.wait()
            try:
                newcomer = meet(email=f"p{number}@example.org", username="wanted", password=PASSWORD)
                sign_up(newcomer, address="10.0.0.1")
                outcomes.append("made")
            except Invalid as refusal:
                outcomes.append(refusal.errors[0]["code"])
            finally:
                connection.close()

        threads = [threading.Thread(target=take, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["made", *["taken"] * 7]
        assert (User.objects.count(), EmailAddress.objects.count(), Job.objects.count()) == (1, 1, 1)


class TestVerify:
    def key_of(self, user: User) -> str:
        return EmailConfirmationHMAC(user.emailaddress_set.get()).key

    def test_again_is_fine(self, anonymous: ApiClient, db: None) -> None:
        key = self.key_of(make_person("ada", verified=False))
        answers = [anonymous.get(f"{VERIFY}?key={key}") for _ in range(2)]
        assert [(a.status_code, a.json()["email_verified"]) for a in answers] == [(200, True), (200, True)]
        assert SecurityEvent.objects.count() == 1

    def test_devices_that_are_logged_in_know_it_at_once(self, anonymous: ApiClient, db: None) -> None:
        ada = make_person("ada", verified=False)
        device = client_of(ada)
        assert authenticate_token(device.tokens.access).email_verified is False
        anonymous.get(f"{VERIFY}?key={self.key_of(ada)}")
        assert authenticate_token(device.tokens.access).email_verified is True

    def test_for_three_days(self, anonymous: ApiClient, db: None) -> None:
        key = self.key_of(make_person("ada", verified=False))
        with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
            response = anonymous.get(f"{VERIFY}?key={key}")
            assert codes(response) == [("?key", "expired")]
            assert response.json()["type"].endswith("/problems/link-invalid")
        with time_machine.travel(timezone.now() + timedelta(days=2, hours=23)):
            assert anonymous.get(f"{VERIFY}?key={key}").status_code == 200

    @pytest.mark.parametrize("key", ["x", "a:b:c", "%F0%9F%92%AA", "MQ:1w:zzzz"])
    def test_unknown(self, anonymous: ApiClient, db: None, key: str) -> None:
        assert codes(anonymous.get(f"{VERIFY}?key={key}")) == [("?key", "unknown")]

    def test_missing(self, anonymous: ApiClient, db: None) -> None:
        assert codes(anonymous.get(VERIFY)) == [("?key", "required")]

    def test_the_head_of_a_mail_scanner_proves_nothing(self, anonymous: ApiClient, db: None) -> None:
        ada = make_person("ada", verified=False)
        assert anonymous.head(f"{VERIFY}?key={self.key_of(ada)}").status_code == 405
        assert not ada.emailaddress_set.get().verified

    def test_an_address_that_is_gone(self, anonymous: ApiClient, db: None) -> None:
        ada = make_person("ada", verified=False)
        key = self.key_of(ada)
        ada.emailaddress_set.all().delete()
        assert codes(anonymous.get(f"{VERIFY}?key={key}")) == [("?key", "unknown")]

    def test_proof_ends_what_others_did_under_the_address(self, anonymous: ApiClient, db: None) -> None:
        squatter = make_person("squatter", email="ada@example.org", verified=False)
        device = client_of(squatter)
        assert device.get(ME).status_code == 200
        ada = make_person("ada", verified=False)
        assert anonymous.get(f"{VERIFY}?key={self.key_of(ada)}").status_code == 200
        assert device.get(ME).status_code == 401
        login = {"login": "squatter", "password": PASSWORD}
        assert anonymous.post("/api/v1/auth/login", login).status_code == 401
        assert list(EmailAddress.objects.values_list("user__username", "verified")) == [("ada", True)]
        squatter.refresh_from_db()
        assert squatter.email == ""
        assert SecurityEvent.objects.filter(user=squatter, kind=SecurityEventKind.CLAIM_ENDED).count() == 1
        assert anonymous.post("/api/v1/auth/login", {**login, "login": "ada@example.org"}).status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_two_claims_proven_at_once_have_one_owner(self, meeting: Any) -> None:
        """The one who comes second finds the own claim gone."""
        people = [make_person(name, email="shared@example.org", verified=False) for name in ("one", "two")]
        with meeting() as met:
            for person in people:
                met.act(person.username, partial(self.prove, self.key_of(person)))
        assert met.outcomes == {"one": True, "two": [("?key", "taken")]}
        assert list(EmailAddress.objects.values_list("user__username", "verified")) == [("one", True)]

    @pytest.mark.django_db(transaction=True)
    def test_proven_by_link_and_by_staff_at_once(self, meeting: Any) -> None:
        ada, moderator = (
            make_person("ada", verified=False),
            make_person("moderator", role=Role.MODERATOR, is_staff=True),
        )
        key, staff_actor = self.key_of(ada), actor_of(moderator)
        with meeting() as met:
            met.act("ada", partial(self.prove, key))
            met.act("moderator", lambda: staff.verify_address(staff_actor, ada.pk).pk)
        assert met.outcomes == {"ada": True, "moderator": ada.pk}
        assert list(SecurityEvent.objects.values_list("kind", flat=True)) == [SecurityEventKind.EMAIL_VERIFIED]

    @pytest.mark.django_db(transaction=True)
    def test_two_claims_proven_by_staff_at_once_have_one_owner(self, meeting: Any) -> None:
        people = [make_person(name, email="shared@example.org", verified=False) for name in ("one", "two")]
        staff_actor = actor_of(make_person("moderator", role=Role.MODERATOR, is_staff=True))
        with meeting() as met:
            for person in people:
                met.act(person.username, lambda person=person: staff.verify_address(staff_actor, person.pk).pk)
        assert met.outcomes == {"one": people[0].pk, "two": NotFound}  # whose claim to it has ended

    def prove(self, key: str) -> bool | list[tuple[str, str]]:
        try:
            return confirm_email(key=key).verified
        except LinkInvalid as refusal:
            return [(entry["pointer"], entry["code"]) for entry in refusal.errors]


class TestResend:
    def test_known_unknown_and_verified_cannot_be_told_apart(
        self, athlete: User, anonymous: ApiClient, django_assert_num_queries: Any
    ) -> None:
        make_person("ada", verified=False)
        answers = []
        for email in ("ada@example.org", "nobody@example.org", athlete.email):
            with django_assert_num_queries(1):
                response = anonymous.post(RESEND, {"email": email})
            answers.append((response.status_code, response.content, set(response.headers)))
        assert answers == [(202, b"", answers[0][2])] * 3
        assert Job.objects.count() == 3
        run_jobs()
        (message,) = mail.outbox
        assert message.to == ["ada@example.org"]
        assert anonymous.get(link_in(message)).status_code == 200

    def test_the_newest_account_gets_the_link(self, anonymous: ApiClient, db: None) -> None:
        for days, name in ((2, "older"), (1, "newer")):
            joined = timezone.now() - timedelta(days=days)
            make_person(name, email="shared@example.org", verified=False, date_joined=joined)
        anonymous.post(RESEND, {"email": "Shared@Example.org"})
        run_jobs()
        anonymous.get(link_in(mail.outbox[0]))
        assert EmailAddress.objects.get(verified=True).user.username == "newer"

    def test_three_an_hour(self, anonymous: ApiClient, db: None, real_limits: None) -> None:
        outcomes = [anonymous.post(RESEND, {"email": "ada@example.org"}) for _ in range(4)]
        assert [response.status_code for response in outcomes] == [202, 202, 202, 429]
        assert 1 <= int(outcomes[3]["Retry-After"]) <= 3600
        assert anonymous.post(RESEND, {"email": "other@example.org"}).status_code == 202
