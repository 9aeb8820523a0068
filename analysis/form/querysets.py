"""Which form analyses an actor may know of."""

from typing import Any, Self

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from accounts.enums import ConsentArea
from accounts.querysets import own_or_coached
from fitai.common.actors import Actor


class FormAnalysisQuerySet(QuerySet[Any, Any]):
    def own(self, actor: Actor) -> Self:
        """Those that the actor asked for."""
        return self.filter(user_id=actor.user_id)

    def visible_to(self, actor: Actor) -> Self:
        """What the actor may look at: their own, and those of clients who let them, their coach, see form videos."""
        return self.filter(own_or_coached(actor, ConsentArea.FORM_VIDEOS))

    def as_they_stand(self) -> Self:
        """With `now_status`, `now_stage` and `now_progress`: of its job while that runs, its own once it has ended."""
        running = When(finished_at=None, then=F("job__status"))
        return self.annotate(
            now_status=Coalesce(Case(running, default=F("status")), F("status")),
            now_stage=Coalesce(F("job__stage"), Value("")),
            now_progress=Case(
                When(status="succeeded", then=Value(1.0)), default=Coalesce(F("job__progress"), Value(0.0))
            ),
        )
