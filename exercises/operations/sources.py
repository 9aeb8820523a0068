"""Reading catalogues of others: what is new becomes a draft for moderators, what is known is left as it is.

A run goes page by page and batch by batch; each batch is one transaction, so whatever a source does in the middle,
whole exercises are there or none. A run that stopped goes on where it was. Reading twice is reading once.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from exercises.enums import EntryOutcome, MatchedBy, Status
from exercises.models import Exercise, Source, SourceEntry, Translation
from exercises.search.naming import match_names as recognise
from exercises.search.text import plain
from exercises.sources.entries import CONTENT, Entry, Unusable
from exercises.sources.fetching import SHAPES, NotModified, Pace, Page, SourceFailed, is_web, pages
from exercises.sources.matching import match_names
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.jobs import enqueue
from fitai.common.problems import Conflict

IMPORT: Final = "exercises.import"
BATCH: Final = 100
RUN_SECONDS: Final = 600  # then a run makes room for other work, and goes on later
RESUMED_WITHIN: Final = timedelta(days=1)
TEXTS: Final = ("name", "aliases", "instructions")
REMOVED: Final = frozenset({Status.REJECTED, Status.ARCHIVED})


class Hold(Protocol):
    """How a run holds on to its work: a claim of a job, or nothing where a person runs it."""

    def advance(self, progress: float, stage: str = "") -> None: ...

    def writing(self) -> AbstractContextManager[None]: ...


class Unclaimed:
    """Of a run that nobody else would take over."""

    def advance(self, progress: float, stage: str = "") -> None:
        """Nobody waits to hear of it."""

    def writing(self) -> AbstractContextManager[None]:
        return transaction.atomic()


class RunOver(SourceFailed):
    """The run has taken its time; the rest is for the next."""


@dataclass(slots=True)
class Report:
    """What a run did: entries by outcome (`unchanged` besides those of `EntryOutcome`), and those left out by why."""

    outcomes: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    trouble: str = ""
    not_modified: bool = False

    @property
    def read(self) -> int:
        return self.outcomes.total() - self.outcomes[EntryOutcome.GONE] + self.skipped.total()

    @property
    def words(self) -> str:
        if self.not_modified:
            return "Nothing has changed there."
        labels = {"unchanged": "unchanged", **dict(EntryOutcome.choices)}
        said = [f"{labels[name].lower()}: {count}" for name in labels if (count := self.outcomes[name])]
        left = [f"{count} {why}" for why, count in sorted(self.skipped.items())]
        parts = [f"Stopped: {self.trouble}"] if self.trouble else []
        parts.append(f"Read {_counted(self.read, 'exercise')} on {_counted(self.pages, 'page')}.")
        parts += [f"{', '.join(said).capitalize()}."] if said else []
        parts += [f"Left out: {', '.join(left)}."] if left else []
        return " ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(slots=True)
class Run:
    """A run under way. `drafted` are the names of what it made, by which what is said twice is found."""

    source: Source
    hold: Hold
    dry: bool
    report: Report
    began_at: datetime
    before: int
    """Pages that an earlier run has read, after which this one goes on."""
    entries_before: int
    seen: set[str] = field(default_factory=set)
    drafted: dict[str, UUID] = field(default_factory=dict)


# ── When ─────────────────────────────────────────────────────────────────────────────────────────


def enqueue_due(now: datetime) -> list[str]:
    """Have every source read whose turn it is, counted from the epoch as schedules are; the names of those."""
    asked = []
    for source in Source.objects.filter(enabled=True).exclude(every_hours=None).order_by("name"):
        assert source.every is not None  # noqa: S101  it is not excluded
        seconds = int(source.every.total_seconds())
        due = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
        if _enqueue(source.pk, due):
            asked.append(source.name)
    return asked


@transaction.atomic
def request_import(source_id: UUID) -> None:
    """Have a source read now. Asking twice in a minute is asking once."""
    source = Source.objects.select_for_update().get(pk=source_id)
    if not source.enabled:
        raise Conflict("it is switched off")
    if not _enqueue(source.pk, timezone.now().replace(second=0, microsecond=0)):
        raise Conflict("it was asked for a moment ago")


def _enqueue(source_id: UUID, due: datetime) -> bool:
    key = f"{IMPORT}:{source_id}:{due.isoformat()}"
    return enqueue(IMPORT, {"source_id": str(source_id)}, dedupe_key=key) is not None


# ── A run ────────────────────────────────────────────────────────────────────────────────────────


def import_source(
    source: Source, hold: Hold | None = None, *, dry: bool = False, sleep: Callable[[float], None] = time.sleep
) -> Report:
    """Read a source once, and take in what is usable. What happened is also written to its row, unless `dry`, when
    nothing is. Raises `SourceFailed` after what came before the failure was taken in."""
    hold = hold or Unclaimed()
    resumed = {} if dry else _resumed(source)
    began_at = datetime.fromisoformat(resumed["began_at"]) if resumed else timezone.now()
    run = Run(source, hold, dry, Report(), began_at, resumed.get("pages", 0), resumed.get("entries", 0))
    until = time.monotonic() + RUN_SECONDS
    usable = source.validators.get("address") == source.address and not dry and not resumed
    renew = partial(_advance, run)

    def wait(seconds: float) -> None:
        renew()
        sleep(seconds)

    try:
        for page in pages(
            source.kind,
            source.address,
            pace=Pace(before=renew, sleep=wait),
            validators=source.validators if usable else {},
            start=resumed.get("next"),
            before=run.before,
        ):
            _take_page(run, page)
            if page.following and time.monotonic() > until:
                raise RunOver("It takes long; the rest is read later.", passes=True, again_at=timezone.now())
        _finish(run, page)
    except NotModified:
        run.report.not_modified = True
        _record(run, failed=False)
    except SourceFailed as failure:
        run.report.trouble = str(failure)
        if not failure.passes:
            source.unfinished = None  # it would end in the same place
        _record(run, failed=True)
        raise
    return run.report


def _resumed(source: Source) -> dict[str, Any]:
    """Where the last run stopped, if that is of this address and not long ago."""
    left = source.unfinished or {}
    if left.get("address") != source.address:
        return {}
    recent = timezone.now() - datetime.fromisoformat(left["began_at"]) < RESUMED_WITHIN
    return left if recent else {}


def _advance(run: Run) -> None:
    read = run.report.read
    run.hold.advance(min(read / settings.EXERCISE_SOURCES["max_entries"], 0.99), f"{_counted(read, 'exercise')} read")


def _take_page(run: Run, page: Page) -> None:
    """Take in what a page holds, and keep where the next run would go on."""
    most = settings.EXERCISE_SOURCES["max_entries"]
    known, batch = len(run.seen), list[Entry]()
    for item in page.items:
        if run.entries_before + len(run.seen) >= most:
            _take(run, batch)
            raise SourceFailed(f"It has more than {most:,} exercises.")
        entry = _usable(run, item)
        if entry is not None:
            batch.append(entry)
        if len(batch) == BATCH:
            _take(run, batch)
            batch = []
    _take(run, batch)
    run.report.pages += 1
    if page.items and known == len(run.seen) > 0:
        raise SourceFailed("It says the same again and again.")
    if page.following and not run.dry:
        run.source.unfinished = {
            "address": run.source.address,
            "next": page.following,
            "pages": page.number,
            "entries": run.entries_before + len(run.seen),
            "began_at": run.began_at.isoformat(),
        }
        with run.hold.writing():
            run.source.save(update_fields=["unfinished"])


def _usable(run: Run, item: Any) -> Entry | None:
    """The entry that an item is, each id once; why it is none is counted."""
    try:
        entry: Entry = SHAPES[run.source.kind].entry(item)
        if entry.external_id in run.seen:
            raise Unusable("with an id that another one has")
    except Unusable as why:
        run.report.skipped[str(why)] += 1
        return None
    run.seen.add(entry.external_id)
    return entry


def _finish(run: Run, last: Page) -> None:
    """All was read: what was not there any more is gone, though its exercise stays."""
    if not run.report.outcomes and not run.before:
        raise SourceFailed("There is no exercise in it that could be used.")
    if not run.dry:
        with run.hold.writing():
            gone = SourceEntry.objects.filter(source=run.source, seen_at__lt=run.began_at)
            count = gone.exclude(outcome=EntryOutcome.GONE).update(outcome=EntryOutcome.GONE)
        run.report.outcomes[EntryOutcome.GONE] += count
        run.source.unfinished = None
        whole = last.number == 1 and last.validators  # of several pages only the first would be asked for
        run.source.validators = {**last.validators, "address": run.source.address} if whole else {}
    _record(run, failed=False)


def _record(run: Run, *, failed: bool) -> None:
    if run.dry:
        return
    source = run.source
    source.last_run_at, source.last_outcome, source.last_failed = timezone.now(), run.report.words, failed
    with run.hold.writing():
        source.save(update_fields=["last_run_at", "last_outcome", "last_failed", "unfinished", "validators"])


# ── A batch ──────────────────────────────────────────────────────────────────────────────────────


def _take(run: Run, batch: Sequence[Entry]) -> None:
    """Take in some entries, all or none."""
    if not batch:
        return
    likely = _likely(run, batch)
    if run.dry:
        with transaction.atomic():
            _decide(run, batch, likely)
        return
    with run.hold.writing():
        with connection.cursor() as cursor:
            # One batch at a time, of whatever run; edits wait, so that no name is taken meanwhile. Readers and those
            # who log sets go on.
            cursor.execute("LOCK TABLE exercises_exercise IN SHARE ROW EXCLUSIVE MODE")
        drafts, updates, rows = _decide(run, batch, likely)
        _write_drafts(drafts)
        for exercise, entry in updates:
            _rewrite(exercise, entry, run.source)
        SourceEntry.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["source", "external_id"],
            update_fields=[
                field.name
                for field in SourceEntry._meta.concrete_fields
                if field.name not in ("id", "source", "external_id")
            ],
        )
    _advance(run)


Drafts = list[tuple[Exercise, Entry]]


def _likely(run: Run, batch: Sequence[Entry]) -> Mapping[str, UUID]:
    """By name, the exercise that new entries mean though the library says it in other words. Before anything is locked,
    for it takes a search a name."""
    known = {row.external_id: row for row in _rows(run.source, batch)}
    new = _unplaced(batch, known)
    called = match_names(name for entry in new for name in entry.names)
    strange = [entry.names[0] for entry in new if not any(called[name] for name in entry.names)]
    meant = recognise(Actor(user_id=uuid7(), via="job"), strange)
    return {name: pk for name, pk in meant.items() if pk is not None}


def _unplaced(batch: Sequence[Entry], known: Mapping[str, SourceEntry]) -> list[Entry]:
    return [entry for entry in batch if entry.external_id not in known or known[entry.external_id].exercise is None]


def _decide(run: Run, batch: Sequence[Entry], likely: Mapping[str, UUID]) -> tuple[Drafts, Drafts, list[SourceEntry]]:
    """What to draft, what to bring up to date, and how the entries stand then."""
    known = {row.external_id: row for row in _rows(run.source, batch)}
    found = _match(_unplaced(batch, known), likely)
    drafts, updates, rows = Drafts(), Drafts(), list[SourceEntry]()
    for entry in batch:
        row = known.get(entry.external_id)
        if row is None:
            row = SourceEntry(source=run.source, external_id=entry.external_id, outcome="", digest="")
        was, digest = row.outcome, _digest_of(entry)
        if row.exercise is None:
            _place(run, row, entry, found)
        elif row.exercise.merged_into is not None:
            row.exercise, row.matched_by = row.exercise.merged_into, MatchedBy.ALIAS
        exercise = row.exercise
        if exercise is None:
            exercise = _drafted(run, entry)
            drafts.append((exercise, entry))
            row.exercise, row.outcome = exercise, EntryOutcome.DRAFTED
            row.drafted_digest = _digest(_said_by(entry))
        elif exercise.status in REMOVED or exercise.deleted_at is not None:
            row.outcome = EntryOutcome.IGNORED
        elif row.matched_by != MatchedBy.NONE:
            row.outcome = EntryOutcome.MATCHED
        elif digest == row.digest:
            stays = was in (EntryOutcome.DRAFTED, EntryOutcome.UPDATED, EntryOutcome.CHANGED)
            row.outcome = was if stays else EntryOutcome.DRAFTED
        elif _is_untouched(exercise, row):
            updates.append((exercise, entry))
            row.outcome, row.drafted_digest = EntryOutcome.UPDATED, _digest(_said_by(entry))
        else:
            row.outcome = EntryOutcome.CHANGED
        run.report.outcomes["unchanged" if (was, row.digest) == (row.outcome, digest) else row.outcome] += 1
        row.name, row.digest, row.seen_at = entry.content["name"], digest, timezone.now()
        credit = _attribution(entry, run.source)
        row.author, row.license = credit["author"], credit["license"]
        row.license_url, row.url = credit["license_url"], credit["url"]
        row.doubts = [doubt[:200] for doubt in entry.doubts]
        rows.append(row)
    return drafts, updates, rows


def _rows(source: Source, batch: Sequence[Entry]) -> Iterable[SourceEntry]:
    ids = [entry.external_id for entry in batch]
    rows = SourceEntry.objects.filter(source=source, external_id__in=ids)
    return rows.select_related("exercise__merged_into").prefetch_related("exercise__translations")


@dataclass(frozen=True, slots=True)
class Matches:
    """Exercises of the library that new entries may be: by address, and by name."""

    by_slug: Mapping[str, Exercise]
    by_name: Mapping[str, Exercise]
    likely: Mapping[str, Exercise]


def _match(new: Sequence[Entry], likely: Mapping[str, UUID]) -> Matches:
    if not new:
        return Matches({}, {}, {})
    ids = match_names(name for entry in new for name in entry.names)
    shared = Exercise.objects.filter(Q(owner=None) | Q(status=Status.APPROVED)).select_related("merged_into")
    wanted = Q(slug__in=[_slug(entry) for entry in new]) | Q(pk__in={*ids.values(), *likely.values()} - {None})
    exercises = {exercise.pk: exercise for exercise in shared.filter(wanted).prefetch_related("translations")}
    return Matches(
        by_slug={exercise.slug: exercise for exercise in exercises.values()},
        by_name={name: exercises[pk] for name, pk in ids.items() if pk in exercises},
        likely={name: exercises[pk] for name, pk in likely.items() if pk in exercises},
    )


def _place(run: Run, row: SourceEntry, entry: Entry, found: Matches) -> None:
    """Say which exercise an entry is, if the library or this run has it."""
    row.matched_by = MatchedBy.NONE
    named = next((name for name in entry.names if name in found.by_name), None)
    again = next((key for key in _keys(entry) if key in run.drafted), None)
    if (exercise := found.by_slug.get(_slug(entry))) is not None:
        row.matched_by = MatchedBy.SLUG
    elif named is not None:
        exercise = found.by_name[named]
        names = {plain(text.name) for text in (exercise, *exercise.translations.all())}
        row.matched_by = MatchedBy.NAME if plain(named) in names else MatchedBy.ALIAS
    elif again is not None:
        exercise = Exercise(pk=run.drafted[again], status=Status.PENDING)
        row.matched_by = MatchedBy.NAME
    elif (exercise := found.likely.get(entry.names[0])) is not None:
        row.matched_by = MatchedBy.LIKENESS
    row.exercise = exercise if exercise is None or exercise.merged_into is None else exercise.merged_into


def _keys(entry: Entry) -> list[str]:
    return [*(plain(name) for name in entry.names), f"/{_slug(entry)}"]


def _slug(entry: Entry) -> str:
    return slugify(entry.content["name"])[:80].strip("-") or f"exercise-{_digest(entry.external_id)[:8]}"


# ── Drafts ───────────────────────────────────────────────────────────────────────────────────────


def _drafted(run: Run, entry: Entry) -> Exercise:
    """A draft that waits for moderators, not yet stored; of nobody, so that nobody else sees it."""
    exercise = Exercise(
        id=uuid7(),
        slug=_slug(entry),
        status=Status.PENDING,
        submitted_at=timezone.now(),
        attribution=_attribution(entry, run.source),
        **entry.content,
    )
    run.drafted |= dict.fromkeys(_keys(entry), exercise.pk)
    return exercise


def _write_drafts(drafts: Drafts) -> None:
    Exercise.objects.bulk_create([exercise for exercise, _ in drafts])
    Translation.objects.bulk_create(
        [
            Translation(exercise=exercise, language=language, **texts)
            for exercise, entry in drafts
            for language, texts in entry.translations.items()
        ]
    )


def _rewrite(exercise: Exercise, entry: Entry, source: Source) -> None:
    """Let an untouched draft say what its source says now. It keeps its address."""
    values = {**entry.content, "attribution": _attribution(entry, source)}
    for name, value in values.items():
        setattr(exercise, name, value)
    exercise.save(update_fields=values)
    exercise.translations.all().delete()
    Translation.objects.bulk_create(
        [Translation(exercise=exercise, language=name, **texts) for name, texts in entry.translations.items()]
    )


def _is_untouched(exercise: Exercise, row: SourceEntry) -> bool:
    """Whether a draft waits and says what it said when it was made, locked. What somebody else has locked is being
    edited: it is not waited for, as they may wait for this."""
    waiting = Exercise.objects.filter(pk=exercise.pk, status=Status.PENDING)
    held = waiting.select_for_update(skip_locked=True).first()
    texts = exercise.translations.select_for_update(skip_locked=True)
    return held is not None and _digest(_said_by_draft(held, texts)) == row.drafted_digest


def _said_by(entry: Entry) -> Any:
    return [entry.content, entry.translations]


def _said_by_draft(exercise: Exercise, translations: Iterable[Translation]) -> Any:
    return [
        {name: getattr(exercise, name) for name in CONTENT},
        {one.language: {name: getattr(one, name) for name in TEXTS} for one in translations},
    ]


def _attribution(entry: Entry, source: Source) -> dict[str, str]:
    """Where it comes from and on which terms, as its licence asks to be said."""
    own = bool(entry.license)
    return {
        "author": entry.author,
        "license": entry.license if own else source.license,
        "license_url": entry.license_url if own else source.license_url,
        "source": source.name,
        "url": entry.url or (source.address if is_web(source.address) else ""),
    }


def _digest_of(entry: Entry) -> str:
    return _digest([_said_by(entry), entry.author, entry.license, entry.license_url, entry.url])


def _digest(said: Any) -> str:
    return hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
