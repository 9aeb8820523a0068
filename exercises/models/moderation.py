"""How the library is looked after: what was said at each time, what people propose, what moderators decided."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from exercises.enums import ProposalStatus, Verdict
from exercises.models.library import Exercise
from exercises.querysets import ProposalQuerySet
from fitai.common.ids import uuid7

REASON_LENGTH = 500


class Edition(models.Model):
    """What an exercise said in other languages, and its variations, from a version on; written by triggers only.

    With the exercise's own history (pghistory) it says all that an exercise was at any version.
    """

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="editions", db_index=False)
    version = models.PositiveIntegerField()
    translations = models.JSONField(default=dict, help_text="the texts by their language")
    variations = models.JSONField(default=list, help_text="id and relation of each")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "version"], name="edition_version")]

    def __str__(self) -> str:
        return f"version {self.version}"


class Submission(models.Model):
    """An exercise of somebody's that waits to be let into the library, and what was found about it by itself."""

    exercise = models.OneToOneField(Exercise, models.CASCADE, primary_key=True, related_name="submission")
    version = models.PositiveIntegerField(help_text="of the exercise that was looked at")
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = "case that awaits review"
        verbose_name_plural = "awaiting review"

    def __str__(self) -> str:
        return f"version {self.version}"


class Proposal(models.Model):
    """An edit of an exercise of the library by somebody who may not edit it themselves."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="proposals")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="exercise_proposals", db_index=False
    )
    base_version = models.PositiveIntegerField(help_text="of the exercise, when this was proposed last")
    version = models.PositiveIntegerField(default=1, help_text="grows when its author adds to it")
    changes = models.JSONField(help_text="the new value of each field")
    before = models.JSONField(help_text="what its author saw in each of these fields")
    note = models.CharField(max_length=REASON_LENGTH, blank=True, help_text="why, in the author's words")
    status = models.CharField(max_length=10, choices=ProposalStatus, default=ProposalStatus.PENDING)
    findings = models.JSONField(default=list)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, help_text="of the decision")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["author", "exercise"], name="proposal_one_pending", condition=Q(status=ProposalStatus.PENDING)
            ),
            models.CheckConstraint(condition=Q(status__in=ProposalStatus.values), name="proposal_status_known"),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.PENDING, decided_at=None)
                | (~Q(status=ProposalStatus.PENDING) & Q(decided_at__isnull=False)),
                name="proposal_decided_at",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.REJECTED) | ~Q(reason=""), name="proposal_rejected_with_reason"
            ),
            models.CheckConstraint(condition=~Q(changes={}), name="proposal_changes_something"),
        ]
        indexes = [
            models.Index(fields=["author", "id"], name="proposal_author"),
            models.Index(fields=["status", "id"], name="proposal_status"),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.changes)} of {self.exercise}"


class Decision(models.Model):
    """What a moderator did to an exercise, and why. It is written once and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="decisions", db_index=False)
    proposal = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="decisions")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    version = models.PositiveIntegerField(help_text="of the exercise, after it")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="decision_verdict_known"),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.REJECTED) | ~Q(reason=""), name="decision_rejected_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["exercise", "id"], name="decision_exercise")]
        triggers = [
            # People and proposals may go; what was decided stays.
            pgtrigger.ReadOnly(name="keep_decision", exclude=["proposal", "moderator"])
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.exercise}"
