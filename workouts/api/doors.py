"""From a REST call to operations and back: the simple routes are a thin skin over `apply`."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from fitai.common.api import ApiView, check_if_match, etag_of, respond
from fitai.common.idempotency import requested_key
from fitai.common.ids import uuid7
from fitai.common.problems import Invalid, NotFound, Problem, error
from workouts.operations.access import require_editable
from workouts.operations.apply import apply
from workouts.operations.requests import Request
from workouts.operations.results import REPEATABLE, Answer, Applied, Check
from workouts.operations.store import Exercise, Stored

Step = tuple[str, Any]


def workout_etag(workout_id: UUID | str, change_seq: int, *, whole: bool = True) -> str:
    """A workout's version: its number changes with its events and with its records. What guests see of it is another
    representation."""
    return etag_of("workout", workout_id, change_seq, *(() if whole else ("guest",)))


def stored_etag(stored: Stored) -> str:
    """The same of a workout that was loaded."""
    return workout_etag(stored.state.id, stored.change_seq, whole=stored.whole)


def nth_op_id(key: str, number: int) -> str:
    """The id of the further operations of one call (UUIDv5 of the key)."""
    try:
        namespace = UUID(key)
    except ValueError:
        namespace = uuid5(NAMESPACE_URL, key)
    return str(uuid5(namespace, str(number)))


def place_or_id(reference: str) -> dict[str, Any]:
    """How a path names a node: by its place in the workout, counted from 0, or by its id."""
    if reference.isascii() and reference.isdigit() and len(reference) < 6:
        return {"index": int(reference)}
    try:
        return {"id": str(UUID(reference))}
    except ValueError:
        raise NotFound() from None


class WorkoutDoor(ApiView):
    """A route that changes one workout. Its `Idempotency-Key` is the operation's id."""

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Whose row it is comes before what is wrong with the body."""
        if isinstance(exc, Invalid) and "id" in self.kwargs and not self.creates():
            try:
                self.require_row(self.kwargs["id"])
            except Problem as refusal:
                exc = refusal
        return super().handle_exception(exc)

    def require_row(self, workout_id: UUID) -> None:
        """Refuse a call about a workout that the actor does not know of, or may only look at."""
        require_editable(self.actor, workout_id)

    def creates(self) -> bool:
        """Whether the call may be about a workout that is not there yet."""
        return False

    def act(
        self,
        workout_id: UUID,
        *steps: Step,
        answer: Answer,
        node: str | None = None,
        sent: Any = None,
        location: str | None = None,
        to_last_entry: bool = False,
        check: Check | None = None,
        facts: Mapping[str, Exercise] | None = None,
    ) -> HttpResponseBase:
        """Do the steps, all or none, as the server's clock tells them; answer once for each key.

        `check` may refuse what does not fit the workout as it stands; a repeat is not asked again.
        """
        key = requested_key(self.request) or str(uuid7())
        reference = place_or_id(node) if node is not None else {}
        requests = []
        for number, (type, payload) in enumerate(steps):
            if not isinstance(payload, dict):
                raise Invalid(errors=[error("", "invalid", "Send a JSON object.")])
            if node is not None and "id" in payload:
                raise Invalid(errors=[error("/id", "read_only", "The address names it; it cannot be changed.")])
            if "id" in reference:
                payload = {**payload, **reference}
            requests.append(
                Request(
                    key if number == 0 else nth_op_id(key, number),
                    type,
                    payload,
                    self.actor.device_id,
                    index=reference.get("index"),
                    addressed=node is not None,
                    to_last_entry=to_last_entry,
                    sent=sent if number == 0 else None,
                )
            )

        def acceptable(stored: Stored) -> None:
            check_if_match(self.request, workout_etag(workout_id, stored.change_seq))
            if check is not None:
                check(stored)

        applied = apply(self.actor, workout_id, requests, live=True, check=acceptable, answer=answer, facts=facts)
        return self.answered(applied, answer, location)

    def answered(self, applied: Applied, answer: Answer, location: str | None = None) -> HttpResponseBase:
        """The answer; for a repeat the stored one, byte for byte, for a day, then the present row."""
        known = applied.replayed
        headers = {} if location is None else {"Location": location}
        if known is not None:
            headers["Idempotent-Replayed"] = "true"
            if known.answer_status is not None and timezone.now() - known.created_at < REPEATABLE:
                return HttpResponse(
                    known.answer or b"", status=known.answer_status, content_type="application/json", headers=headers
                )
        headers["ETag"] = workout_etag(applied.state.id, applied.change_seq)  # of what is answered, so not of a replay
        status, body = applied.answered if applied.answered is not None else answer(applied)
        return respond(body, status, headers=headers)


def body_of(request: Any) -> dict[str, Any]:
    """The body as it was sent: the core checks it."""
    data = request.data
    if not isinstance(data, dict):
        raise Invalid(errors=[error("", "invalid", "Send a JSON object.")])
    return data


def taken_search_id(body: dict[str, Any]) -> UUID | None:
    """`search_id` of a body, taken out of it: it says how the exercise was found, and is no part of the workout."""
    given = body.pop("search_id", None)
    try:
        return None if given is None else UUID(given)
    except (ValueError, TypeError, AttributeError):
        raise Invalid(errors=[error("/search_id", "invalid", "Send a UUID.")]) from None


def chosen_id(body: dict[str, Any], key: str | None, user_id: UUID) -> str:
    """The id of what a body creates: the client's, else one that a repeat under the same key makes again."""
    given = body.get("id")
    if given is None:
        return str(uuid7() if key is None else uuid5(user_id, key))
    try:
        return str(UUID(given))
    except (ValueError, TypeError, AttributeError):
        raise Invalid(errors=[error("/id", "invalid", "Must be a UUID.")]) from None
