"""The one way in: whatever changes a workout is a list of operations, and all of them pass here.

`apply` locks (clock, then workout), decides each operation over the state, folds it, and writes what changed, one event
an accepted operation and the answer, all in one transaction and a constant number of statements; then it rings.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fitai.common import jobs, meters
from fitai.common.actors import Actor
from fitai.common.clock import next_change_seq
from fitai.common.events import announce, publish_to_user
from fitai.common.models import Event as EventRow
from fitai.common.problems import IdTaken, Invalid, NotFound, Problem, error, not_found_in_body
from fitai.common.rendering import dumps, plain
from fitai.common.sql import insert
from templates_app.operations.enrolments import require_version, start_template, version_left
from workouts.core.clock import received_at
from workouts.core.decide import Rejected, decide, entry_id
from workouts.core.evolve import evolve, is_naive, replay
from workouts.core.lifecycle import TRANSITIONS, Impossible, require_possible
from workouts.core.operations import Event, Op, UnknownType, dump_payload, load_payload, parse_payload
from workouts.core.operations import Invalid as InvalidPayload
from workouts.core.records import Record
from workouts.core.state import WorkoutState
from workouts.errors import ImpossibleTransition, OpIdReused
from workouts.models import Workout
from workouts.operations.access import require_editable
from workouts.operations.records import Refreshed, refresh_records
from workouts.operations.requests import (
    ADDS,
    Request,
    chosen_ids,
    digest_of,
    exercise_ids,
    leaves_open,
    named_exercises,
    named_templates,
    node_ids,
)
from workouts.operations.results import Answer, Applied, Check, Result
from workouts.operations.store import (
    Exercise,
    Known,
    KnownOp,
    Stored,
    existing,
    load_locked,
    save,
)
from workouts.operations.uses import tell_of_uses

LIFECYCLE = frozenset({"workout.create", "rest.start", "rest.stop", "rest.end", *TRANSITIONS})
"""What decides of the status and the rest timer."""
EVENT_COLUMNS = (
    "stream", "seq", "type", "at", "device_id", "actor_id", "user_id", "op_id", "payload", "status", "reorders",
    "digest", "answer", "answer_status", "created_at",
)  # fmt: skip


def apply(
    actor: Actor,
    workout_id: UUID,
    requests: Sequence[Request],
    *,
    live: bool,
    sent_at: datetime | None = None,
    check: Check | None = None,
    answer: Answer | None = None,
    facts: Mapping[str, Exercise] | None = None,
) -> Applied:
    """Apply operations to a workout of the actor's.

    A `live` call is all or nothing: the first refusal is raised and nothing is stored, and where its first operation
    is a repeat, all of it is. A batch answers for each operation. Raises NotFound where the actor knows of no such
    workout (or it is deleted), Forbidden where they may only look at it, IdTaken where a chosen id is somebody else's.
    `check` is asked before the first operation that is new and acceptable; `facts` are of exercises that the actor has
    used, though the library offers them no longer.
    """
    with meters.timed(meters.OPERATION_SECONDS, "live" if live else "batch"), transaction.atomic():
        change_seq = next_change_seq(actor.user_id)
        stored, known = load_locked(
            actor,
            workout_id,
            op_ids=[request.op_id for request in requests],
            new_ids=chosen_ids(requests, workout_id),
            exercises=named_exercises(requests),
            templates=named_templates(requests),
        )
        _require_there(actor, stored, requests, known.ops, workout_id)
        known.facts.update(facts or {})
        run = _Run(actor, workout_id, stored, known, sent_at, check)
        results = []
        for request in requests:
            try:
                results.append(run.take(request, live=live))
            except (Problem, Impossible) as refusal:
                problem = _as_problem(refusal)
                if live:
                    raise problem from None
                results.append(Result(request.op_id, "rejected", problem=problem))
            if live and results[0].status == "duplicate":
                break
        return run.finish(results, change_seq, answer)


class _Run:
    """One call of `apply` under its locks."""

    def __init__(
        self,
        actor: Actor,
        workout_id: UUID,
        stored: Stored | None,
        known: Known,
        sent_at: datetime | None,
        check: Check | None,
    ) -> None:
        self.actor = actor
        self.workout_id = workout_id
        self.stream = f"workout:{workout_id}"
        self.stored = stored
        self.before = stored.state if stored is not None else None
        self.state = stored.state.copy() if stored is not None else None
        self.facts = known.facts | (stored.facts if stored is not None else {})
        self.known = known.ops
        self.taken = known.taken
        self.merged = known.merged
        self.templates = known.templates
        self.sent_at = sent_at
        self.check = check
        self.now = timezone.now()
        self.late = False
        self.history: list[Op] | None = None
        self.left: int | None = None
        """The version of a plan that its person trained by when the workout was made, and has left since."""
        self.accepted: list[tuple[Event, str, bytes]] = []

    def take(self, request: Request, *, live: bool) -> Result:
        digest = digest_of(request)
        known = self.known.get(request.op_id)
        if known is not None:
            return self._repeat(request, known, digest)
        payload = self._payload(request)
        if self.check is not None and self.stored is not None:
            self.check(self.stored)
            self.check = None
        op = Op(request.op_id, request.type, self._moment(request), request.device_id, payload)
        late = self.state is not None and self.state.is_late(op.stamp)
        before = self._as_it_stood(op) if (late or self.late) and op.type in LIFECYCLE else None
        if self.late and leaves_open(op):
            self._settle()
        if live and self.state is not None:
            require_possible((before or self.state).status, op.type)
        try:
            decision = decide(self.state, op, now=self.now, default_weight_unit=self.actor.weight_unit, before=before)
        except Rejected as rejected:
            if rejected.code == "id_taken":
                return self._same_id(request, digest)
            raise _refusal(request, rejected) from None
        for accepted in decision.events:
            event = self._fold(accepted, digest=digest, status=decision.status, by_server=request.from_server)
        self.late = self.late or late
        return Result(request.op_id, decision.status, event.seq, event=event)

    def _moment(self, request: Request) -> datetime:
        """When it counts as done. What the server stamps itself never comes before what it has taken in already:
        another server's clock may be ahead, or this one's may have been set back."""
        if request.at is not None:
            return received_at(request.at, self.sent_at, self.now)
        if self.state is not None and self.state.last_stamp is not None:
            last = self.state.last_stamp
            if (self.now, request.device_id, request.op_id) < last:
                return last[0] + timedelta(microseconds=1)
        return self.now

    def _payload(self, request: Request) -> dict[str, Any]:
        """The payload checked, with its exercises known to the actor and its ids free."""
        raw = self._resolved(request)
        try:
            payload = raw if request.from_server else parse_payload(request.type, raw)
        except UnknownType as unknown:
            raise Invalid(errors=unknown.errors) from None
        except InvalidPayload as invalid:
            raise Invalid(errors=invalid.errors) from None
        named = payload.get("exercise_id")
        payload = self._stood_in(payload)
        for pointer, exercise_id in exercise_ids(payload):
            if exercise_id not in self.facts:
                raise Invalid(errors=[error(pointer, "not_found", "There is no such exercise.")])
        if payload.get("template_id") is not None:
            payload["template_version"] = self._version(payload, self._moment(request))
        if self.taken and request.type in ADDS and not self.taken.isdisjoint(node_ids(payload, self.workout_id)):
            raise IdTaken()
        if request.to_last_entry and "exercise_id" in payload and self.state is not None:
            entries = [e.id for e in self.state.shown_exercises() if e.exercise_id == payload["exercise_id"]]
            if entries:
                del payload["exercise_id"]
                payload["workout_exercise_id"] = entries[-1]
        elif named in self.merged and request.type == "set.add" and self.state is not None:
            # A device that has not heard of it means the entry that the old id implies.
            implied = self.state.exercises.get(entry_id(self.state.id, named))
            if implied is not None and implied.added and implied.exercise_id == payload["exercise_id"]:
                del payload["exercise_id"]
                payload["workout_exercise_id"] = implied.id
        return payload

    def _stood_in(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with what stands for exercises that were merged in their place."""
        if not self.merged:
            return payload
        stood = {**payload}
        if stood.get("exercise_id") in self.merged:
            stood["exercise_id"] = self.merged[stood["exercise_id"]]
        if "exercises" in stood:
            stood["exercises"] = [
                {**node, "exercise_id": self.merged.get(node["exercise_id"], node["exercise_id"])}
                for node in stood["exercises"]
            ]
        return stood

    def _version(self, payload: Mapping[str, Any], at: datetime) -> int:
        """The version of a template that a workout is made from: by default the one its person trains by, or trained
        by at that moment."""
        known = self.templates.get(payload["template_id"])
        if known is None:
            raise not_found_in_body("/template_id", "template")
        version: int | None = payload.get("template_version")
        if known.enrolled is None:
            self.left = version_left(self.actor, UUID(payload["template_id"]), at)
        if version is None:
            return known.enrolled or self.left or known.version
        if not 1 <= version <= known.version:
            raise not_found_in_body("/template_version", "version")
        if known.enrolled is None and version not in (known.version, self.left):  # it will be begun
            require_version(self.actor, UUID(payload["template_id"]), version, pointer="/template_version")
        return version

    def _enrol(self, created: WorkoutState) -> None:
        """Who makes a workout from a template trains by it, from that workout on. A device that was offline may tell of
        one when its person has left the plan since: that begins nothing."""
        known = self.templates.get(created.template_id or "")
        if known is not None and known.enrolled is None and self.left is None:
            start_template(
                self.actor,
                UUID(created.template_id),
                version=created.template_version,
                at=created.created_at,
                is_new=True,
            )

    def _resolved(self, request: Request) -> Any:
        """The raw payload, with the id of the node that a REST path named by its place."""
        if request.index is None:
            return request.payload
        assert self.state is not None  # noqa: S101  a workout that is not there was refused before
        nodes = self.state.in_order() if request.type.startswith("set.") else self.state.shown_exercises()
        shown = [node.id for node in nodes]
        if not 0 <= request.index < len(shown):
            raise NotFound()
        return {**request.payload, "id": shown[request.index]}

    def _as_it_stood(self, op: Op) -> WorkoutState:
        """The status and the timer just before the place of a late operation in the order."""
        return replay([event for event in self._history() if event.type in LIFECYCLE], until=op.stamp)

    def _fold(self, accepted: Op, *, digest: bytes, status: str, by_server: bool) -> Event:
        """Fold an event as the last one. Where that is not its place, `_settle` puts it right, as late as it can: until
        then the state has every node there is, which is what an operation that leaves nothing open is decided by."""
        seq = (self.state.seq if self.state is not None else 0) + 1
        actor_id = None if by_server else str(self.actor.user_id)
        event = Event(accepted.op_id, accepted.type, accepted.at, accepted.device_id, accepted.payload, seq, actor_id)
        self.state = evolve(self.state, event)
        if self.history is not None:
            self.history.append(event)
        self.accepted.append((event, status, digest))
        self.known[event.op_id] = KnownOp(self.stream, seq, status, digest, None, None, self.now)
        return event

    def _history(self) -> list[Op]:
        """Every event of this workout, those of this call included."""
        if self.history is None:
            rows = EventRow.objects.filter(stream=self.stream).exclude(type="cue").order_by("seq")
            self.history = [
                Event(op_id or "", type, at, device, load_payload(payload), seq, str(actor) if actor else None)
                for op_id, type, at, device, payload, seq, actor in rows.values_list(
                    "op_id", "type", "at", "device_id", "payload", "seq", "actor_id"
                )
            ]
            self.history += [event for event, *_ in self.accepted]
        return self.history

    def _settle(self) -> None:
        """Make the state the fold in the order of the stamps."""
        if self.late and self.state is not None:
            settled = replay(self._history())
            settled.seq = self.state.seq  # cues have a number too, and are no part of the fold
            self.state, self.late = settled, False

    def _is_naive(self) -> bool:
        """Whether a client that folds this call's events onto what it was shown, one after the other, sees what there
        is now; else it needs a snapshot after the last of them."""
        assert self.state is not None  # noqa: S101
        return is_naive(self.before, [event for event, *_ in self.accepted], self.state)

    def _repeat(self, request: Request, known: KnownOp, digest: bytes) -> Result:
        if known.stream != self.stream or known.digest != digest:
            raise OpIdReused()
        return Result(request.op_id, "duplicate", known.seq, known=known)

    def _same_id(self, request: Request, digest: bytes) -> Result:
        """An add whose id is in use here: the same thing again is a repeat, anything else a clash."""
        for event, _, accepted in self.accepted:
            if event.type == request.type and accepted == digest:
                return Result(request.op_id, "duplicate", event.seq, known=self.known[event.op_id])
        first = (
            EventRow.objects.filter(stream=self.stream, type=request.type, digest=digest)
            .values_list("stream", "seq", "status", "digest", "answer", "answer_status", "created_at")
            .first()
        )
        if first is None:
            raise IdTaken()
        stream, seq, status, found, answer, answer_status, created_at = first
        body = None if answer is None else bytes(answer)
        known = KnownOp(stream, seq, status, bytes(found or b""), body, answer_status, created_at)
        return Result(request.op_id, "duplicate", seq, known=known)

    def finish(self, results: list[Result], change_seq: int, answer: Answer | None) -> Applied:
        """Write what changed, the events with their answer, and what follows from them."""
        user_id = self.actor.user_id
        if self.state is None:
            raise results[0].problem or NotFound()
        if not self.accepted:
            present = change_seq if self.stored is None else self.stored.change_seq
            return Applied(user_id, self.state, self.facts, present, results)
        self._settle()
        naive = self._is_naive()
        applied = Applied(user_id, self.state, self.facts, change_seq, results)
        changes = save(
            user_id,
            self.before,
            self.state,
            self.facts,
            change_seq=change_seq,
            now=self.now,
            deleted_at=None if self.stored is None else self.stored.deleted_at,
        )
        if self.before is None:
            self._enrol(self.state)
        if changes.exercises:
            refreshed = refresh_records(user_id, self.before, self.state, changes.exercises, self.facts)
            applied.refreshed = changes.exercises
            applied.records = dict(refreshed.standing)
            applied.withdrawn = [record for change in refreshed.changes for record in change.lost]
            self._tell_of_records(refreshed, change_seq)
        tell_of_uses(user_id, self.before, self.state)
        applied.answered = answer(applied) if answer is not None else None
        status, body = applied.answered or (None, None)
        encoded, last = None if body is None else dumps(body), len(self.accepted) - 1
        insert(
            "common_event",
            EVENT_COLUMNS,
            [
                (
                    self.stream,
                    event.seq,
                    event.type,
                    event.at,
                    event.device_id,
                    event.actor_id,
                    user_id,
                    event.op_id,
                    dumps(dump_payload(event.payload)).decode(),
                    verdict,
                    not naive and number == last,
                    digest,
                    encoded if number == 0 else None,
                    status if number == 0 else None,
                    self.now,
                )
                for number, (event, verdict, digest) in enumerate(self.accepted)
            ],
        )
        for number, (event, _, _) in enumerate(self.accepted):
            announce(self.stream, event.seq, event_wire(event, not naive and number == last))
        self._set_timer()
        return applied

    def _tell_of_records(self, refreshed: Refreshed, change_seq: int) -> None:
        """Records are outside the workout's own events: other workouts' rows move on, the person's stream tells."""
        others = refreshed.workouts - {str(self.workout_id)}
        if others:
            Workout.objects.filter(pk__in=others).update(change_seq=change_seq)
        if refreshed.changes:
            publish_to_user(
                self.actor.user_id,
                "records",
                {
                    "workout_id": str(self.workout_id),
                    "won": [_told(change.exercise_id, r) for change in refreshed.changes for r in change.won],
                    "lost": [_told(change.exercise_id, r) for change in refreshed.changes for r in change.lost],
                },
                at=self.now,
            )

    def _set_timer(self) -> None:
        """The deadline of a running rest is a job."""
        assert self.state is not None  # noqa: S101
        rest = self.state.rest
        if rest is not None and (self.before is None or self.before.rest != rest):
            jobs.enqueue(
                "workouts.end_rest",
                {"workout_id": self.state.id, "start_op_id": rest.op_id},
                dedupe_key=f"rest:{self.actor.user_id}:{rest.op_id}",
                user_id=self.actor.user_id,
                not_before=rest.ends_at,
            )


def event_wire(event: Event, reorders: bool) -> dict[str, Any]:
    """An event of this call as clients see it."""
    shown = {
        "seq": event.seq,
        "op_id": event.op_id,
        "type": event.type,
        "at": event.at,
        "device_id": event.device_id,
        "actor_id": event.actor_id,
        "payload": dump_payload(event.payload),
    }
    return {**shown, "reorders": True} if reorders else shown


def _told(exercise_id: str, record: Record) -> dict[str, Any]:
    return {
        "exercise_id": exercise_id,
        "set_id": record.set_id,
        "workout_id": record.workout_id,
        "kind": record.kind,
        "value": plain(record.value),
        "previous": plain(record.previous),
    }


def _require_there(
    actor: Actor, stored: Stored | None, requests: Sequence[Request], known: Mapping[str, KnownOp], workout_id: UUID
) -> None:
    """404 for what the actor does not know of, or is deleted and not being restored; 403 for what they may only look
    at; 409 for an id that is somebody else's."""
    if stored is None:
        if not requests or requests[0].type != "workout.create":
            require_editable(actor, workout_id)
            raise NotFound()
        if existing(workout_id):
            raise IdTaken()
    elif stored.state.deleted:
        welcome = (r.type == "workout.restore" or r.op_id in known or r.from_server for r in requests)
        if not all(welcome):
            raise NotFound()


def _refusal(request: Request, rejected: Rejected) -> Problem:
    """404 where the address of a simple route names what is not there, else 422 with a pointer."""
    unknown_row = rejected.pointer is None or (rejected.pointer == "/id" and request.addressed)
    if rejected.code == "not_found" and unknown_row:
        return NotFound()
    return Invalid(errors=[error(rejected.pointer or "", rejected.code, rejected.detail)])


def _as_problem(refusal: Problem | Impossible) -> Problem:
    if isinstance(refusal, Impossible):
        names = ", ".join(refusal.allowed) or "nothing"
        return ImpossibleTransition(
            f"The workout is {refusal.state}; possible now: {names}.", state=refusal.state, allowed=refusal.allowed
        )
    return refusal
