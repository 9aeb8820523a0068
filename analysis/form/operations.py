"""Every verb that changes a form analysis. Locks are taken in one order: its jobs, itself, the allowance."""

import hashlib
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from analysis.form.allowance import lock_allowance, reserve, settle
from analysis.form.models import FormAnalysis
from analysis.form.policies import can_edit
from analysis.vision.weights import find_weights
from exercises.rows import merged_into, standing
from fitai.common import jobs
from fitai.common.actors import Actor, require
from fitai.common.events import publish_to_user
from fitai.common.ids import uuid7
from fitai.common.job_views import JobEnded
from fitai.common.media import storage
from fitai.common.media.uploads import Upload
from fitai.common.models import Job
from fitai.common.problems import Conflict, NotFound, not_found_in_body
from workouts.models import Set

ANALYSE, DRAW = "form.analyse", "form.draw"
OURS_TO_MEND = ("failed", "gave_up", "model_unavailable")
"""Codes of failures that say nothing of the video: they cost nothing, the same video may be sent again, and staff may
try again."""

Status = Job.Status


@transaction.atomic
def request_analysis(
    actor: Actor,
    upload: Upload,
    *,
    exercise_id: UUID,
    set_id: UUID | None = None,
    view: str = "",
    person: int | None = None,
    keep_video: bool = False,
) -> FormAnalysis:
    """Have a filmed set analysed. The same video asked for in the same way is the same analysis, and costs nothing."""
    meant = standing(actor, exercise_id)
    if meant is None:
        raise not_found_in_body("/exercise_id", "exercise")
    if set_id is not None and not Set.objects.own(actor).filter(pk=set_id).exists():
        raise not_found_in_body("/set_id", "set")
    asked: dict[str, Any] = {
        "exercise_id": exercise_id,
        "set_id": set_id,
        "view": view,
        "person": person,
        "keep_video": keep_video,
    }
    same: dict[str, Any] = {
        "user_id": actor.user_id,
        "sha256": upload.sha256,
        "parameters_digest": hashlib.blake2b(orjson.dumps(asked), digest_size=16).hexdigest(),
        "model_digest": _model_digest(),
    }
    known = FormAnalysis.objects.filter(**same).first()
    if known is not None and can_begin_anew(known):
        try:
            return _begin_anew_with(upload, known)
        except NotFound:
            known = None  # deleted meanwhile
    allowance = lock_allowance(actor.user_id)
    known = known or FormAnalysis.objects.filter(**same).first()  # uploaded meanwhile
    if known is not None:
        return known
    values = {**asked, "exercise_id": meant, "charged_seconds": reserve(allowance)}
    analysis = FormAnalysis(id=uuid7(), **same, **values)
    analysis.original = _keep(analysis, upload)
    _enqueue(analysis)
    analysis.save(force_insert=True)
    return analysis


def _model_digest() -> str:
    """Of the pose model that this process sees; none where only the worker has one."""
    weights = find_weights()
    return "" if weights is None else weights.digest


def failed_through_us(analysis: FormAnalysis) -> bool:
    """Whether the failure says nothing of the video."""
    return analysis.error is not None and analysis.error["code"] in OURS_TO_MEND


def can_begin_anew(analysis: FormAnalysis) -> bool:
    """Whether the same video may be sent again: nothing is known of it yet."""
    return analysis.status == Status.CANCELLED or failed_through_us(analysis)


def _begin_anew_with(upload: Upload, known: FormAnalysis) -> FormAnalysis:
    """The video of an analysis that came to nothing was sent again. Raises `NotFound` where that is gone."""
    analysis = _lock(known.pk)
    if not can_begin_anew(analysis):
        return analysis  # begun by another request
    analysis.charged_seconds = reserve(lock_allowance(analysis.user_id))
    _remove(analysis.original)
    analysis.original = _keep(analysis, upload)
    _begin_anew(analysis)
    return analysis


@transaction.atomic
def rerun(analysis_id: UUID) -> FormAnalysis:
    """Staff: analyse again what failed through no fault of the video, while that is still there; at no charge."""
    analysis = _lock(analysis_id)
    if not failed_through_us(analysis):
        raise Conflict(f"it is {analysis.get_status_display().lower()}", state=analysis.status)
    if not analysis.original:
        raise Conflict("its video is gone", state=analysis.status)
    _begin_anew(analysis)
    return analysis


def _begin_anew(analysis: FormAnalysis) -> None:
    _clear(analysis)
    analysis.status, analysis.error, analysis.finished_at, analysis.video_seconds = Status.QUEUED, None, None, None
    job = Job.objects.filter(pk=analysis.pk).first()
    if job is None:
        _enqueue(analysis)
    else:
        jobs.retry(job)
    analysis.save()


def _enqueue(analysis: FormAnalysis) -> None:
    jobs.enqueue(ANALYSE, {}, dedupe_key=f"{ANALYSE}:{analysis.pk}", user_id=analysis.user_id, id=analysis.pk)
    analysis.job_id = analysis.pk


@transaction.atomic
def cancel_analysis(actor: Actor, analysis_id: UUID) -> None:
    """Stop it: at once while it waits, at its next write while it runs. 409 once it has ended."""
    _require_editable(actor, analysis_id)
    job = Job.objects.select_for_update().filter(pk=analysis_id).first()
    if job is None or job.finished_at is not None:
        analysis = FormAnalysis.objects.own(actor).filter(pk=analysis_id).first()
        raise JobEnded(state=analysis.status) if analysis else NotFound()
    jobs.cancel(job)


@transaction.atomic
def delete_analysis(actor: Actor, analysis_id: UUID) -> None:
    """Remove it with its video, pictures, keypoints and result. What runs for it stops and writes nothing back."""
    _require_editable(actor, analysis_id)
    remove(analysis_id)


@transaction.atomic
def remove(analysis_id: UUID) -> None:
    """The same for staff, who see everybody's."""
    analysis = _lock(analysis_id)
    if analysis.finished_at is None:
        settle(analysis, analysis.video_seconds or 0)
    _jobs_of(analysis_id).delete()
    folder = analysis.folder
    analysis.delete()
    transaction.on_commit(partial(storage.delete_folder, folder))


def follow_merge(duplicate_id: UUID, count: int) -> int:
    """So many analyses of an exercise that was merged are of the one that stands for it; how many there were."""
    into_id = merged_into([duplicate_id]).get(duplicate_id)
    if into_id is None:
        return 0
    found = list(FormAnalysis.objects.filter(exercise=duplicate_id).values_list("pk", flat=True)[:count])
    return FormAnalysis.objects.filter(pk__in=found).update(exercise=into_id)


def end(job: Job) -> None:
    """The job of an analysis has ended: keep how, give back the video that was not watched, and let the original go.

    The original of a failure that is ours stays until the purge, so that staff may try again.
    """
    if job.status != Status.SUCCEEDED:
        _jobs_of(job.pk).exclude(pk=job.pk).delete()
    analysis = FormAnalysis.objects.select_for_update(of=("self",)).filter(pk=job.pk).first()
    if analysis is None:
        return
    analysis.status, analysis.error, analysis.finished_at = job.status, job.error, timezone.now()
    if job.status != Status.SUCCEEDED:
        _clear(analysis)  # what an attempt wrote that was stopped just before its end
        settle(analysis, 0 if failed_through_us(analysis) else analysis.video_seconds or 0)
        if not (analysis.keep_video or failed_through_us(analysis)):
            _let_go(analysis)
    analysis.save()


def end_drawing(job: Job) -> None:
    """The pictures are drawn, or never will be, which the owner is told: the original was needed for them alone."""
    analysis = FormAnalysis.objects.select_for_update(of=("self",)).filter(pk=job.payload["analysis_id"]).first()
    if analysis is not None and job.status != Status.SUCCEEDED:
        publish_to_user(analysis.user_id, "form_analysis", {"job_id": str(analysis.pk), "drawn": False})
    if analysis is not None and not analysis.keep_video:
        _let_go(analysis)
        analysis.save(update_fields=["original"])


def _clear(analysis: FormAnalysis) -> None:
    """Take back all that was found and drawn."""
    _remove(analysis.keypoints, analysis.chart, analysis.video, *(frame["name"] for frame in analysis.frames))
    analysis.result, analysis.frames = None, []
    analysis.keypoints = analysis.chart = analysis.video = ""


def _let_go(analysis: FormAnalysis) -> None:
    """Remove the original, at once unless this installation keeps originals for some days."""
    if not settings.RETENTION_DAYS["form_originals"]:
        _remove(analysis.original)
        analysis.original = ""


def _keep(analysis: FormAnalysis, upload: Upload) -> str:
    """Keep the upload. What fails after this leaves a file without a row, which the purge finds."""
    return storage.store(analysis.folder, upload, ".video")


def _remove(*names: str) -> None:
    """Once it is committed that nobody needs the files."""
    transaction.on_commit(partial(storage.delete, *names))


def _jobs_of(analysis_id: UUID) -> QuerySet[Job]:
    """That which analyses, and that which draws."""
    return Job.objects.filter(Q(pk=analysis_id) | Q(dedupe_key=f"{DRAW}:{analysis_id}")).order_by("pk")


def _require_editable(actor: Actor, analysis_id: UUID) -> None:
    """404 for an analysis that the actor does not know of, 403 for one they may only look at."""
    analysis = FormAnalysis.objects.visible_to(actor).filter(pk=analysis_id).only("user_id").first()
    if analysis is None:
        raise NotFound()
    require(can_edit, actor, analysis)


def _lock(analysis_id: UUID) -> FormAnalysis:
    list(_jobs_of(analysis_id).select_for_update())
    analysis = FormAnalysis.objects.select_for_update(of=("self",)).filter(pk=analysis_id).first()
    if analysis is None:
        raise NotFound()
    return analysis
