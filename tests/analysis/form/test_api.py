"""The routes of form analysis: what comes in, what is answered, and to whom."""

import os
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import MULTIPART_CONTENT
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from accounts.models import User
from analysis.form import operations
from analysis.form.models import FormAnalysis
from fitai.common.media.decoding import ACCEPTED
from fitai.common.models import Event, Job
from tests.analysis.form.studio import UNKNOWN, V1, Squatter, Studio, stored
from tests.cast import client_of, codes, make_person

pytestmark = pytest.mark.django_db


def incoming(studio: Studio) -> list[str]:
    folder = studio.home / "media" / "incoming"
    return os.listdir(folder) if folder.exists() else []


class TestUpload:
    def test_is_a_job_and_a_file(self, studio: Studio, athlete: User) -> None:
        video = studio.roll()
        answer = studio.send(video, view="side", person=0, keep_video="true")
        id = answer.json()["job_id"]
        assert (answer.status_code, answer.json(), answer["Location"]) == (
            202,
            {"job_id": id, "status": "queued"},
            f"{V1}/{id}",
        )
        analysis = stored(id)
        assert (analysis.user_id, analysis.exercise_id, analysis.set_id) == (athlete.pk, studio.squat.pk, None)
        assert (analysis.view, analysis.person, analysis.keep_video, analysis.charged_seconds) == ("side", 0, True, 180)
        assert (studio.home / "media" / analysis.original).read_bytes() == video
        assert analysis.original.startswith(f"form/{id}/")
        assert incoming(studio) == []
        job = Job.objects.get()
        assert (str(job.pk), job.kind, job.queue, job.visible, job.payload) == (id, "form.analyse", "vision", True, {})
        assert studio.see(id) == {
            "job_id": id,
            "status": "queued",
            "stage": "",
            "progress": 0.0,
            "error": None,
            "result": None,
            "exercise_id": str(studio.squat.pk),
            "set_id": None,
            "created_at": studio.see(id)["created_at"],
        }

    def test_the_same_asked_in_the_same_way_is_the_same_job(
        self, studio: Studio, stranger: User, settings: Any
    ) -> None:
        video = studio.roll()
        first = studio.ask(video)
        assert studio.ask(video, view="", keep_video="false") == first
        others = {studio.ask(video, view="side"), studio.ask(video, person=1), studio.ask(studio.roll())}
        others.add(studio.send(video, client_of(stranger)).json()["job_id"])
        settings.POSE_MODEL = str(studio.home / "pose.onnx")
        (studio.home / "pose.onnx").write_bytes(b"another model")
        others.add(studio.ask(video))
        assert len(others | {first}) == FormAnalysis.objects.count() == 6

    def test_what_was_analysed_is_answered_again(self, studio: Studio) -> None:
        video = studio.film()
        first = studio.ask(video)
        studio.work()
        again = studio.send(video)
        assert (again.status_code, again.json()) == (202, {"job_id": first, "status": "succeeded"})

    def test_what_is_deleted_while_it_is_sent_again_is_made_anew(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = studio.roll()
        first = studio.ask(video)
        studio.device.post(f"{V1}/{first}/cancel")

        def deleted_meanwhile(analysis: FormAnalysis) -> bool:
            FormAnalysis.objects.filter(pk=analysis.pk).delete()
            return True

        monkeypatch.setattr(operations, "can_begin_anew", deleted_meanwhile)
        answer = studio.send(video)
        assert (answer.status_code, answer.json()["status"], answer.json()["job_id"] != first) == (202, "queued", True)
        assert (FormAnalysis.objects.count(), stored(answer.json()["job_id"]).charged_seconds) == (1, 180)

    def test_the_filmed_set_is_ones_own(self, studio: Studio, stranger: User) -> None:
        def a_set(user: User) -> str:
            device = client_of(user)
            workout = device.post("/api/v1/sessions", {}).json()["id"]
            logged = {"exercise_id": str(studio.squat.pk), "reps": 3}
            return str(device.post(f"/api/v1/workouts/{workout}/sets", logged).json()["id"])

        own = a_set(studio.device.user)  # type: ignore[arg-type]
        assert studio.see(studio.ask(studio.roll(), set_id=own))["set_id"] == own
        video = studio.roll()
        refusals = [studio.send(video, set_id=foreign) for foreign in (a_set(stranger), UNKNOWN)]
        assert [codes(refusal) for refusal in refusals] == [[("/set_id", "not_found")]] * 2
        assert refusals[0].json()["detail"] == refusals[1].json()["detail"]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"exercise_id": UNKNOWN}, [("/exercise_id", "not_found")]),
            ({"exercise_id": "squat"}, [("/exercise_id", "invalid")]),
            ({"view": "above"}, [("/view", "invalid_choice")]),
            ({"person": "-1"}, [("/person", "min_value")]),
            ({"person": "the left one"}, [("/person", "invalid")]),
            ({"keep_video": "perhaps"}, [("/keep_video", "invalid")]),
            ({"user_id": UNKNOWN}, [("/user_id", "unknown_field")]),
            ({"video_url": "https://example.org/squat.mp4"}, [("/video_url", "not_offered")]),
            ({"live": "true"}, [("/live", "not_offered")]),
        ],
    )
    def test_what_is_asked_must_make_sense(self, studio: Studio, body: Any, expected: Any) -> None:
        assert codes(studio.send(studio.roll(), **body)) == expected
        assert (FormAnalysis.objects.count(), Job.objects.count(), studio.files(), incoming(studio)) == (0, 0, [], [])

    def test_there_must_be_a_video(self, studio: Studio) -> None:
        asked = {"exercise_id": str(studio.squat.pk)}
        assert codes(studio.send(None)) == [("/video", "required")]
        assert codes(studio.send(b"")) == [("/video", "empty")]
        named = studio.device.post(V1, {**asked, "video": "squat.mp4"}, MULTIPART_CONTENT)
        assert codes(named) == [("/video", "invalid")]
        assert codes(studio.device.post(V1, asked)) == [("/video", "required")]
        assert codes(studio.device.post(V1, {**asked, "video_url": "http://10.0.0.1"})) == [
            ("/video_url", "not_offered")
        ]
        assert codes(studio.device.post(V1, [])) == [("", "invalid")]
        assert studio.device.post(V1, "x", "text/plain").status_code == 415
        assert studio.device.post(V1, b"--x\r\n", "multipart/form-data; boundary=x").status_code == 422
        assert studio.device.post(V1, b"video", "multipart/form-data").status_code == 400

    def test_a_member_given_twice_is_malformed(self, studio: Studio) -> None:
        part = '--x\r\nContent-Disposition: form-data; name="view"\r\n\r\nside\r\n'
        body = f"{part}{part}--x--\r\n".encode()
        assert studio.device.post(V1, body, "multipart/form-data; boundary=x").status_code == 400

    def test_an_upload_that_breaks_off_is_malformed_and_leaves_nothing(self, studio: Studio) -> None:
        body = b'--x\r\nContent-Disposition: form-data; name="video"; filename="a"\r\n\r\n' + bytes(200_000)
        answer = studio.device.post(V1, body, "multipart/form-data; boundary=x")
        assert (answer.status_code, answer.json()["detail"]) == (400, "The upload broke off.")
        assert incoming(studio) == []

    def test_200_megabytes_are_accepted_and_no_more(self, studio: Studio, settings: Any) -> None:
        assert settings.UPLOAD_BYTES[V1] == ACCEPTED.bytes == 200_000_000
        settings.UPLOAD_BYTES = {V1: 100_000}
        assert studio.send(bytes(100_000)).status_code == 202
        refused = studio.send(bytes(100_001))
        assert (refused.status_code, refused.json()["detail"]) == (413, "At most 100000 bytes.")
        assert studio.send(bytes(300_000)).status_code == 413
        two = {"video": bytes_named("a", 60_000), "other": bytes_named("b", 60_000)}
        assert studio.device.post(V1, two, MULTIPART_CONTENT).status_code == 413
        assert (studio.files(), incoming(studio)) == ([".video"], [])

    def test_a_key_is_for_one_video(self, studio: Studio) -> None:
        one, other, key = studio.roll(), studio.roll(), {"Idempotency-Key": "film-1"}
        first, again = studio.send(one, headers=key), studio.send(one, headers=key)
        assert (first.status_code, again.content) == (202, first.content)
        assert (again["Idempotent-Replayed"], again["Location"]) == ("true", first["Location"])
        assert studio.send(other, headers=key).status_code == 422
        assert (FormAnalysis.objects.count(), incoming(studio)) == (1, [])

    def test_who_is_not_verified_may_send_one(self, studio: Studio) -> None:
        assert studio.send(studio.roll(), client_of(make_person("newcomer", verified=False))).status_code == 202


class TestReading:
    def test_a_result_has_all_that_was_found(self, studio: Studio) -> None:
        shown = studio.result()
        assert (shown["status"], shown["progress"], shown["error"]) == ("succeeded", 1.0, None)
        result = shown["result"]
        assert set(result) == {
            *("repetitions", "count", "strict_count", "confidence", "guess", "metrics", "cues", "not_judged"),
            *("visibility", "view", "people", "model", "core_version", "rubric_version", "media"),
        }
        assert (result["count"], result["strict_count"], result["view"]) == (3, 3, "side")
        assert result["model"] == {"name": "stand-in", "digest": "d" * 64}
        assert set(result["media"]) == {"video", "chart", "frames"}
        assert result["media"]["chart"].startswith("http://testserver/media/")

    @pytest.mark.parametrize("seen", ["a set with faults", "nobody"])
    def test_it_fits_its_schema(self, studio: Studio, seen: str) -> None:
        studio.model = Squatter(reps=0) if seen == "nobody" else Squatter(depth=0.6)
        id = studio.ask()
        studio.work()
        studio.work()
        result = studio.see(id)["result"]
        assert (bool(result["cues"]), result["view"]) == ((False, None) if seen == "nobody" else (True, "side"))
        assert result["media"]["video"]
        document = SchemaGenerator().get_schema(public=True)
        registry = Registry().with_resource("urn:api", Resource(contents=document, specification=DRAFT202012))
        schema = {"$ref": "urn:api#/components/schemas/FormAnalysisOutput"}
        checker = Draft202012Validator(schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert [f"{list(wrong.path)}: {wrong.message}" for wrong in checker.iter_errors(studio.see(id))] == []

    def test_a_view_is_a_word_or_null_however_often_the_schema_is_written(self) -> None:
        for _ in range(2):
            schemas = SchemaGenerator().get_schema(public=True)["components"]["schemas"]
            kinds = schemas["FormResultOutput"]["properties"]["view"]["oneOf"]
            assert [kind["type"] for kind in kinds] == ["string", "null"]

    def test_nobody_in_the_video_is_a_result(self, studio: Studio) -> None:
        studio.model = Squatter(reps=0)
        shown = studio.result()
        assert (shown["status"], shown["result"]["count"]) == ("succeeded", 0)
        assert [one["code"] for one in shown["result"]["not_judged"]] == ["no_person"]

    def test_while_it_runs_its_stage_and_progress_move(self, studio: Studio, athlete: User) -> None:
        seen: list[tuple[str, str]] = []

        def look(frame: int) -> None:
            if frame in (0, 40):
                now = studio.see(id)
                seen.append((now["status"], now["stage"]))
                assert now["result"] is None

        studio.model = Squatter(before=look)
        id = studio.ask()
        studio.work()
        assert seen == [("processing", "watching"), ("processing", "watching")]
        events = Event.objects.filter(stream=f"user:{athlete.pk}", type="job").order_by("seq")
        told = [(event.payload["status"], event.payload["stage"]) for event in events]
        del told[: told.index(("processing", ""))]
        slow = told.count(("processing", "watching")) - 2  # it is told once a second
        del told[2 : 2 + slow]
        assert told == [
            ("processing", ""),
            ("processing", "loading"),
            ("processing", "watching"),
            ("processing", "watching"),
            ("processing", "judging"),
            ("processing", "judging"),
            ("succeeded", "judging"),
        ]
        href = f"{V1}/{id}"
        assert studio.device.get(f"/api/v1/jobs/{id}").json()["result"] == {"href": href}

    def test_the_list_is_ones_own_newest_first(self, studio: Studio, stranger: User) -> None:
        ids = [studio.ask(studio.roll()) for _ in range(3)]
        studio.send(studio.roll(), client_of(stranger))
        page = studio.device.get(f"{V1}?limit=2").json()
        assert [one["job_id"] for one in page["results"]] == [ids[2], ids[1]]
        assert page["results"][0] == studio.see(ids[2])
        rest = studio.device.get(page["next"]).json()
        assert ([one["job_id"] for one in rest["results"]], rest["next"]) == ([ids[0]], None)

    def test_the_list_costs_the_same_for_one_and_for_three(self, studio: Studio) -> None:
        counts = []
        for films in (1, 2):
            for _ in range(films):
                studio.ask()
            studio.work()
            studio.device.get(V1)
            with CaptureQueriesContext(connection) as statements:
                studio.device.get(V1)
            counts.append(len(statements))
        assert counts == [1, 1]

    def test_reading_one_costs_one_statement(self, studio: Studio) -> None:
        id = studio.ask()
        studio.work()
        studio.see(id)
        with CaptureQueriesContext(connection) as statements:
            studio.see(id)
        assert len(statements) == 1

    def test_what_has_not_changed_is_not_sent_again_until_its_links_grow_old(self, studio: Studio) -> None:
        id = studio.ask()
        studio.work()
        with time_machine.travel(timezone.now().replace(second=5) + timedelta(minutes=1), tick=False) as clock:
            tag = studio.device.get(f"{V1}/{id}")["ETag"]

            def again() -> int:
                return int(studio.device.get(f"{V1}/{id}", headers={"If-None-Match": tag}).status_code)

            assert again() == 304
            clock.shift(60)
            assert again() == 200

    def test_foreign_ones_are_not_there(self, studio: Studio, stranger: User) -> None:
        id, device = studio.ask(studio.roll()), client_of(stranger)
        answers = [
            method(f"{V1}/{which}{verb}")
            for which in (id, UNKNOWN)
            for method, verb in ((device.get, ""), (device.post, "/cancel"), (device.delete, ""))
        ]
        assert [answer.status_code for answer in answers] == [404] * 6
        assert stored(id).status == "queued"


class TestCancelling:
    def test_what_waits_is_cancelled_at_once(self, studio: Studio) -> None:
        id = studio.ask(studio.roll())
        answer = studio.device.post(f"{V1}/{id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        studio.work()
        assert (studio.see(id)["status"], studio.files(), studio.model.frames) == ("cancelled", [], 0)
        assert stored(id).charged_seconds == 0
        again = studio.device.post(f"{V1}/{id}/cancel")
        assert (again.status_code, again.json()["state"]) == (409, "cancelled")

    def test_what_runs_stops_and_writes_nothing_back(self, studio: Studio) -> None:
        def cancel(frame: int) -> None:
            if frame == 0:
                answer = studio.device.post(f"{V1}/{id}/cancel")
                assert (answer.status_code, answer.json()["status"]) == (200, "processing")

        studio.model = Squatter(before=cancel)
        id = studio.ask()
        studio.work()
        assert (studio.see(id)["status"], studio.see(id)["result"], studio.files()) == ("cancelled", None, [])
        assert studio.model.frames < 40

    def test_through_the_jobs_route_as_well(self, studio: Studio) -> None:
        id = studio.ask(studio.roll())
        studio.device.post(f"/api/v1/jobs/{id}/cancel")
        assert (studio.see(id)["status"], stored(id).status) == ("cancelled", "cancelled")

    def test_the_same_video_may_be_sent_again(self, studio: Studio) -> None:
        video = studio.film()
        id = studio.ask(video)
        studio.device.post(f"{V1}/{id}/cancel")
        assert studio.send(video).json() == {"job_id": id, "status": "queued"}
        assert stored(id).charged_seconds == 180
        studio.work()
        assert studio.see(id)["result"]["count"] == 3


class TestDeleting:
    def test_everything_goes(self, studio: Studio) -> None:
        id = studio.ask(keep_video="true")
        studio.work()
        link = studio.see(id)["result"]["media"]["chart"].removeprefix("http://testserver")
        assert studio.device.get(link).status_code == 200
        assert studio.device.delete(f"{V1}/{id}").status_code == 204
        assert (FormAnalysis.objects.count(), Job.objects.count(), studio.files()) == (0, 0, [])
        assert list((studio.home / "media" / "form").iterdir()) == []
        gone = [studio.device.get(f"{V1}/{id}"), studio.device.get(link), studio.device.delete(f"{V1}/{id}")]
        assert [answer.status_code for answer in gone] == [404] * 3

    def test_what_runs_stops_and_writes_nothing_back(self, studio: Studio) -> None:
        def delete(frame: int) -> None:
            if frame == 0:
                assert studio.device.delete(f"{V1}/{id}").status_code == 204

        studio.model = Squatter(before=delete)
        id = studio.ask()
        studio.work()
        assert studio.model.frames < 40
        assert (FormAnalysis.objects.count(), Job.objects.count(), studio.files()) == (0, 0, [])

    def test_what_was_not_begun_costs_nothing(self, studio: Studio, settings: Any) -> None:
        settings.LIMITS_FACTOR = 0.1  # one video
        first = studio.ask(studio.roll())
        assert studio.send(studio.roll()).status_code == 429
        studio.device.delete(f"{V1}/{first}")
        assert studio.send(studio.roll()).status_code == 202


def bytes_named(name: str, size: int) -> Any:
    return SimpleUploadedFile(name, bytes(size))
