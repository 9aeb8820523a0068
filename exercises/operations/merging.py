"""Two exercises that are one: the duplicate steps back, and everything of it goes on under the one that stays.

Here is what lies in the library itself. Whatever else holds the duplicate follows by jobs (`fitai.reactions`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from exercises.enums import ProposalStatus, Status, Verdict
from exercises.errors import CannotMerge
from exercises.events import ExerciseMerged
from exercises.models import Exercise, Proposal, Translation, Variation
from exercises.operations import media_decisions, ratings
from exercises.operations.decisions import record, tell
from exercises.operations.saying import said_by
from exercises.policies import can_moderate
from exercises.search.text import plain
from fitai.common.actors import Actor, require
from fitai.common.ids import uuid7
from fitai.common.problems import NotFound
from fitai.common.reactions import publish

MAX_ALIASES: Final = 20
TEXTS: Final = ("name", "aliases", "instructions", "mistakes")
WRITTEN_DOWN: Final = ("tracking", "unilateral", "per_hand")
"""What the numbers of a set mean depends on these: histories that differ in them do not add up."""

Versions = tuple[int, int]
Texts = Mapping[str, Any]


def merge_exercises(
    actor: Actor, duplicate_id: UUID, into_id: UUID, *, note: str = "", seen_versions: Versions | None = None
) -> Exercise:
    """Let one exercise stand for another from now on; the one that stays.

    `seen_versions` are those of the duplicate and of the other that the moderator looked at. 404 for what they do not
    look after, 403 for who is no moderator, 409 (`cannot-merge`) where the two are not, or no longer, as that needs.
    Locks both in the order of their ids, with what was merged into the duplicate before.
    """
    with transaction.atomic(), said_by(actor.user_id, actor.via, note):
        duplicate, into = _lock(actor, duplicate_id, into_id)
        _require_fit(duplicate, into, seen_versions)
        for follow in FOLLOWING:
            follow(duplicate, into)
        Exercise.objects.filter(merged_into=duplicate).update(merged_into=into)  # no chains
        duplicate.status, duplicate.merged_into = Status.ARCHIVED, into
        duplicate.save(update_fields=["status", "merged_into"])
        publish(ExerciseMerged(uuid7(), duplicate.pk, into.pk))
        duplicate.refresh_from_db()
        _close_proposals(actor, duplicate, into)
        reason = f"{into.name}. {note}".strip()
        tell(record(actor, duplicate, Verdict.MERGED, reason=reason), duplicate.owner_id, "merged", duplicate)
    into.refresh_from_db()
    return into


def _lock(actor: Actor, duplicate_id: UUID, into_id: UUID) -> tuple[Exercise, Exercise]:
    """Both, for this transaction. Nobody who has looked the duplicate up under `FOR KEY SHARE` to write it down is
    still about to: what they wrote is there for the jobs to find, and whoever looks later finds what stands for it."""
    both = Q(pk__in=(duplicate_id, into_id)) | Q(merged_into=duplicate_id)
    list(Exercise.objects.filter(both).order_by("pk").select_for_update(no_key=True, of=("self",)))
    seen = Exercise.objects.to_merge(actor).in_bulk([duplicate_id, into_id])
    if seen.keys() != {duplicate_id, into_id}:
        raise NotFound()
    require(can_moderate, actor, seen[duplicate_id])
    list(Exercise.objects.filter(pk=duplicate_id).select_for_update(of=("self",)))
    return seen[duplicate_id], seen[into_id]


def _require_fit(duplicate: Exercise, into: Exercise, seen: Versions | None) -> None:
    """Refuse with 409 what is not, or no longer, as a merge needs it."""
    if duplicate.pk == into.pk:
        detail = "An exercise is no duplicate of itself."
    elif duplicate.merged_into_id is not None:
        detail = "The duplicate was merged already."
    elif into.status != Status.APPROVED:
        detail = "What is to stay is not in the library."
    elif seen is not None and seen != (duplicate.version, into.version):
        detail = "One of them has changed since you looked at it."
    elif any(getattr(duplicate, name) != getattr(into, name) for name in WRITTEN_DOWN):
        detail = "Sets of them are written down differently: make that the same first."
    else:
        return
    raise CannotMerge(detail, duplicate=_state(duplicate), into=_state(into))


def _close_proposals(actor: Actor, duplicate: Exercise, into: Exercise) -> None:
    """What was proposed of the duplicate was about a text that nobody reads any more."""
    reason = f"It was merged with {into.name}: propose it there."
    waiting = Proposal.objects.filter(exercise=duplicate, status=ProposalStatus.PENDING)
    for proposal in waiting.order_by("pk").select_for_update():
        proposal.status, proposal.reason = ProposalStatus.REJECTED, reason
        proposal.decided_by_id, proposal.decided_at = actor.user_id, timezone.now()
        proposal.save(update_fields=["status", "reason", "decided_by", "decided_at"])
        decision = record(actor, duplicate, Verdict.REJECTED, reason=reason, proposal=proposal)
        tell(decision, proposal.author_id, "edit_rejected", duplicate)


def _state(exercise: Exercise) -> dict[str, Any]:
    merged_into = exercise.merged_into_id
    return {
        "id": str(exercise.pk),
        "version": exercise.version,
        "status": exercise.status,
        "merged_into": None if merged_into is None else str(merged_into),
    }


# ── What follows in the library ──────────────────────────────────────────────────────────────────


def _names(duplicate: Exercise, into: Exercise) -> None:
    """In each language, what the duplicate is called is another name of the one that stays. A language that this lacks
    comes with all of its texts."""
    own = {one.language: one for one in into.translations.all()}
    for language, texts in _said(duplicate).items():
        present = into if language == into.language else own.get(language)
        if present is None:
            Translation.objects.create(exercise=into, language=language, **texts)
            continue
        names = _with(present, (texts["name"], *texts["aliases"]))
        if names != present.aliases:
            present.aliases = names
            present.save(update_fields=["aliases"])


def _said(exercise: Exercise) -> dict[str, Texts]:
    """Its texts by language."""
    found = {one.language: one for one in exercise.translations.all()} | {exercise.language: exercise}
    return {language: {name: getattr(one, name) for name in TEXTS} for language, one in found.items()}


def _with(present: Exercise | Translation, names: Iterable[str]) -> list[str]:
    """Its other names with those that it has not, as far as there is room."""
    aliases = [*present.aliases]
    known = {plain(name) for name in (present.name, *aliases)}
    for name in names:
        if plain(name) not in known and len(aliases) < MAX_ALIASES:
            aliases.append(name)
            known.add(plain(name))
    return aliases


def _variations(duplicate: Exercise, into: Exercise) -> None:
    """Its links, and those to it, lead from and to the one that stays, unless that has them already."""
    for here, there in (("exercise", "other"), ("other", "exercise")):
        links = Variation.objects.filter(**{here: duplicate})
        has = Variation.objects.filter(**{here: into, there: OuterRef(there)})
        links.exclude(**{there: into}).filter(~Exists(has)).update(**{here: into})
        links.delete()


Follow = Callable[[Exercise, Exercise], None]
FOLLOWING: Final[tuple[Follow, ...]] = (_names, _variations, ratings.follow_merge, media_decisions.follow_merge)
"""What goes from the duplicate to the one that stays, in the transaction of the merge and under the locks on both. A
table of the library that refers to exercises has its function here."""
