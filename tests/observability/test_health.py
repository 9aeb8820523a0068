"""Health for machines."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from fitai.common import redis
from fitai.observability import health
from tests.cast import ApiClient, codes
from tests.common.servers import free_port, in_threads, silent_server, valkey_at, without_database

QUEUES = ("mail", "default", "push", "ai", "vision")
WORKERS = [*(f"worker:{queue}" for queue in QUEUES), "pose_model"]


def asked(client: ApiClient, path: str) -> tuple[int, Any]:
    response = client.get(f"/health/{path}")
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, response.json()


def work(*queues: str, pose_model: bool = True) -> None:
    """What workers of these queues say every five seconds."""
    for name in [*(f"worker:{queue}" for queue in queues), *["pose_model"] * pose_model]:
        redis.client.set(f"fitai:{name}", 1, ex=15)


class TestLive:
    def test_the_process_answers(self, anonymous: ApiClient) -> None:
        assert asked(anonymous, "live") == (200, {"ok": True})

    def test_it_needs_nothing(self, anonymous: ApiClient, db: None) -> None:
        with valkey_at(free_port()):
            assert without_database(lambda: asked(anonymous, "live")) == (200, {"ok": True})

    def test_head(self, anonymous: ApiClient) -> None:
        assert anonymous.head("/health/live").status_code == 200


class TestReady:
    @pytest.fixture(autouse=True)
    def not_asked_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "_migrated", False)

    def test_database_and_migrations(self, anonymous: ApiClient, db: None) -> None:
        assert asked(anonymous, "ready") == (200, {"ok": True})

    def test_valkey_is_not_needed(self, anonymous: ApiClient, db: None) -> None:
        with valkey_at(free_port()):
            assert asked(anonymous, "ready") == (200, {"ok": True})

    def test_without_database(self, anonymous: ApiClient, db: None) -> None:
        assert without_database(lambda: asked(anonymous, "ready")) == (503, {"ok": False})

    def test_a_migration_is_missing(self, anonymous: ApiClient, db: None) -> None:
        applied = MigrationRecorder.Migration.objects.filter(app="workouts")
        kept = list(applied)
        applied.latest("id").delete()
        assert asked(anonymous, "ready") == (503, {"ok": False})
        MigrationRecorder.Migration.objects.bulk_create(kept, ignore_conflicts=True)
        assert asked(anonymous, "ready") == (200, {"ok": True})

    def test_migrations_are_looked_up_once(self, anonymous: ApiClient, db: None) -> None:
        asked(anonymous, "ready")
        with CaptureQueriesContext(connection) as captured:
            asked(anonymous, "ready")
        assert [query["sql"] for query in captured] == ["SELECT 1"]

    def test_a_connection_that_was_closed_under_us(self, anonymous: ApiClient, db: None) -> None:
        def ask() -> tuple[int, Any]:
            connection.ensure_connection()
            connection.connection.close()
            return asked(anonymous, "ready")

        assert in_a_thread(ask) == (503, {"ok": False})


def in_a_thread(work: Any) -> Any:
    """With a connection of its own that works."""
    return in_threads(1, lambda _: work())[0]


class TestStatus:
    def test_all_is_well(self, anonymous: ApiClient, db: None) -> None:
        work(*QUEUES)
        assert asked(anonymous, "status") == (200, {"ok": True, "degraded": []})

    def test_no_worker(self, anonymous: ApiClient, db: None) -> None:
        assert asked(anonymous, "status") == (200, {"ok": True, "degraded": WORKERS})
        assert asked(anonymous, "status?require=worker") == (503, {"ok": False, "degraded": WORKERS})

    def test_a_worker_of_one_queue(self, anonymous: ApiClient, db: None) -> None:
        work("default", "push", "ai", "vision")
        degraded = ["worker:mail"]
        assert asked(anonymous, "status?require=worker") == (200, {"ok": True, "degraded": degraded})
        assert asked(anonymous, "status?require=worker:mail") == (503, {"ok": False, "degraded": degraded})
        both = "status?require=worker,worker:mail,database"
        assert asked(anonymous, both) == (503, {"ok": False, "degraded": degraded})

    def test_the_parts_of_form_analysis(self, anonymous: ApiClient, db: None) -> None:
        work("mail", "default", "push", "ai", pose_model=False)
        degraded = ["worker:vision", "pose_model"]
        assert asked(anonymous, "status?require=worker,ai") == (200, {"ok": True, "degraded": degraded})
        assert asked(anonymous, "status?require=vision") == (503, {"ok": False, "degraded": degraded})
        work("vision", pose_model=False)
        assert asked(anonymous, "status?require=vision") == (200, {"ok": True, "degraded": ["pose_model"]})
        assert asked(anonymous, "status?require=pose_model") == (503, {"ok": False, "degraded": ["pose_model"]})

    def test_without_valkey(self, anonymous: ApiClient, db: None) -> None:
        degraded = ["cache", "broker", *WORKERS]
        with valkey_at(free_port()):
            assert asked(anonymous, "status") == (200, {"ok": True, "degraded": degraded})
            assert asked(anonymous, "status?require=cache") == (503, {"ok": False, "degraded": degraded})
            assert asked(anonymous, "status?require=broker") == (503, {"ok": False, "degraded": degraded})

    def test_with_a_valkey_that_is_silent(self, anonymous: ApiClient, db: None) -> None:
        with silent_server() as port, valkey_at(port):
            assert asked(anonymous, "status") == (200, {"ok": True, "degraded": ["cache", "broker", *WORKERS]})

    def test_without_database(self, anonymous: ApiClient, db: None) -> None:
        work(*QUEUES)
        assert without_database(lambda: asked(anonymous, "status")) == (503, {"ok": False, "degraded": ["database"]})

    def test_an_unknown_part(self, anonymous: ApiClient, db: None) -> None:
        response = anonymous.get("/health/status?require=worker,moon")
        assert codes(response) == [("?require", "unknown_part")]
        known = "ai, broker, cache, database, pose_model, push, vision, worker"
        queues = "worker:ai, worker:default, worker:mail, worker:push, worker:vision"
        assert response.json()["detail"] == f"Known parts: {known}, {queues}."
