"""Which templates somebody sees."""

from typing import Any, Self
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from fitai.common.actors import Actor
from fitai.common.problems import NotFound
from templates_app.enums import EnrolmentStatus, Visibility

# `visible_to` over the table `t` for the actor `me`, for the reads that are too hot to compose anew each time.
# Two halves, so that a list can read each by its index.
OWN = "t.deleted_at IS NULL AND t.owner_id = %(me)s"
SHARED = """t.deleted_at IS NULL AND t.visibility = 'public' AND t.owner_id <> %(me)s
  AND EXISTS (SELECT FROM accounts_user u WHERE u.id = t.owner_id AND u.is_active AND u.deleted_at IS NULL)
  AND NOT EXISTS (SELECT FROM accounts_block b WHERE (b.blocker_id = t.owner_id AND b.blocked_id = %(me)s)
    OR (b.blocker_id = %(me)s AND b.blocked_id = t.owner_id))"""
VISIBLE = f"(({OWN}) OR ({SHARED}))"


class TemplateQuerySet(QuerySet[Any, Any]):
    def own(self, actor: Actor) -> Self:
        """What the actor wrote, deleted or not."""
        return self.filter(owner_id=actor.user_id)

    def visible_to(self, actor: Actor) -> Self:
        """One's own, and the public ones of people one may know of."""
        shared = Q(visibility=Visibility.PUBLIC, owner__in=User.objects.visible_to(actor))
        return self.filter(Q(owner_id=actor.user_id) | shared, deleted_at=None)

    def lock(self, template_id: UUID) -> Any:
        """The template, locked for the rest of the transaction; 404 when it is not among these."""
        found = self.select_for_update(of=("self",)).filter(pk=template_id).first()
        if found is None:
            raise NotFound()
        return found


class EnrolmentQuerySet(QuerySet[Any, Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(user_id=actor.user_id)

    def active(self) -> Self:
        """Plans that are being trained."""
        return self.filter(status=EnrolmentStatus.ACTIVE)
