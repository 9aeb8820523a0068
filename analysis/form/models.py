"""A filmed set and what it says, and how much video a person may still have analysed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from analysis.core.results import View
from analysis.form.querysets import FormAnalysisQuerySet
from fitai.common.models import Job


class FormAnalysis(models.Model):
    """A filmed set: what was asked, how it went, and the result once it stands. Its id is that of its first job.

    `original` to `frames` name its files in the storage, all of them in `folder`.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="form_analyses")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="+", help_text="gone after some weeks")
    exercise = models.ForeignKey("exercises.Exercise", models.PROTECT, related_name="+")
    set = models.ForeignKey("workouts.Set", models.SET_NULL, null=True, blank=True, related_name="+")
    view = models.CharField(max_length=15, blank=True, choices=[(view.value, view.value) for view in View])
    person = models.PositiveSmallIntegerField(null=True, blank=True, help_text="whom of `people` to look at")
    keep_video = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, help_text="of the video")
    parameters_digest = models.CharField(max_length=32)
    model_digest = models.CharField(max_length=64, blank=True, help_text="of the pose model it was asked of")

    status = models.CharField(max_length=10, choices=Job.Status, default=Job.Status.QUEUED)
    error = models.JSONField(null=True, blank=True, help_text="{code, detail} once it has failed")
    result = models.JSONField(null=True, blank=True, help_text="all but the media")
    profile = models.CharField(max_length=30, blank=True, help_text="what it was counted and judged as")
    core_version = models.PositiveIntegerField(null=True, blank=True)
    rubric_version = models.PositiveIntegerField(null=True, blank=True)
    video_seconds = models.FloatField(null=True, blank=True, help_text="length of what was decoded")
    charged_seconds = models.FloatField(default=0, help_text="taken from the person's allowance of video")

    original = models.CharField(max_length=200, blank=True)
    keypoints = models.CharField(max_length=200, blank=True)
    chart = models.CharField(max_length=200, blank=True)
    video = models.CharField(max_length=200, blank=True, help_text="the annotated one, once it is drawn")
    frames = models.JSONField(
        default=list, blank=True, help_text="[{file, name}]: as people see it, and in the storage"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = FormAnalysisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "form analyses"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "sha256", "parameters_digest", "model_digest"], name="form_analysis_once"
            ),
            models.CheckConstraint(condition=Q(status__in=Job.Status.values), name="form_analysis_status"),
            models.CheckConstraint(
                condition=Q(view__in=["", *(view.value for view in View)]), name="form_analysis_view"
            ),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(result__isnull=False), name="form_analysis_result"
            ),
            models.CheckConstraint(
                condition=Q(status="failed", error__isnull=False) | (~Q(status="failed") & Q(error__isnull=True)),
                name="form_analysis_error",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "processing"], finished_at__isnull=True)
                | (~Q(status__in=["queued", "processing"]) & Q(finished_at__isnull=False)),
                name="form_analysis_finished",
            ),
            models.CheckConstraint(
                condition=Q(charged_seconds__gte=0) & (Q(video_seconds=None) | Q(video_seconds__gte=0)),
                name="form_analysis_seconds",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="form_analysis_history"),
            models.Index(fields=["-created_at", "-id"], name="form_analysis_latest"),
            models.Index(
                fields=["finished_at"], name="form_analysis_original", condition=~Q(original="") & Q(keep_video=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise} · {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def folder(self) -> str:
        return f"{FOLDER}/{self.pk}"


FOLDER = "form"
"""Of the storage: in it a folder for each analysis, by its id."""


class VideoAllowance(models.Model):
    """What a person may still have analysed: seconds of video, a bucket that fills up over a day."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    seconds = models.FloatField()
    at = models.DateTimeField(help_text="when there were so many")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(seconds__gte=0), name="video_allowance")]

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s"
