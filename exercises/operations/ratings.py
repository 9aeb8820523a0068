"""Rating exercises.

The rating that an exercise shows is a Bayesian average, (C·m + Σ weight·stars) / (C + Σ weight): as if C = 5 people who
have trained it had given it m = 3.5 stars before anybody did, so that one enthusiast does not lead the list. (Paul
Masurel, "Of Bayesian average and star ratings", 2013; the same as the weighted rating of IMDb.) The database function
`exercises_rate` works it out whenever a rating changes, comes or goes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from exercises.models import Exercise, Rating, Trained
from exercises.policies import can_moderate
from fitai.common.actors import Actor, require
from fitai.common.clock import hold_clock
from fitai.common.problems import NotFound

FULLY: Final = Decimal(1)
BARELY: Final = Decimal("0.25")
"""Of somebody who has not trained it: an opinion, four of which are worth one experience."""
HARDLY: Final = Decimal("0.05")
"""The same of an account that nothing vouches for yet: it is made in a minute, and a hundred of them too."""
VOUCHED_AFTER: Final = timedelta(days=1)
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Rated:
    """An exercise's rating, and the person's own part in it."""

    stars: int | None
    comment: str | None
    counts_fully: bool
    rating: Decimal | None
    rating_count: int


def read_rating(actor: Actor, exercise_id: UUID) -> Rated:
    """How an exercise that the actor sees is rated, and what they gave it themselves. One statement."""
    seen = Exercise.objects.visible_to(actor).filter(pk=exercise_id)
    own = Rating.objects.filter(user_id=actor.user_id, exercise_id=exercise_id)
    found = seen.values_list(
        *(Subquery(own.values(name)) for name in ("stars", "comment", "weight")), "rating", "rating_count"
    ).first()
    if found is None:
        raise NotFound()
    stars, comment, weight, rating, count = found
    return Rated(stars, comment or None, weight == FULLY, rating, count)


@transaction.atomic
def rate_exercise(actor: Actor, exercise_id: UUID, *, values: Mapping[str, Any]) -> Rated:
    """Give stars to an exercise that the actor sees, or other stars than before; a comment left out stays as it was.

    Holds the clock of the person, so that it does not miss that they train the exercise for the first time meanwhile.
    """
    hold_clock(actor.user_id)
    _lock(actor, exercise_id)
    weight = _weights(actor.user_id, [exercise_id])[exercise_id]
    Rating.objects.update_or_create(
        user_id=actor.user_id, exercise_id=exercise_id, defaults={**values, "weight": weight}
    )
    return read_rating(actor, exercise_id)


@transaction.atomic
def take_rating_back(actor: Actor, exercise_id: UUID) -> None:
    """Have no rating of an exercise any more. Having none already is no error."""
    hold_clock(actor.user_id)
    _lock(actor, exercise_id)
    Rating.objects.filter(user_id=actor.user_id, exercise_id=exercise_id).delete()


@transaction.atomic
def remove_rating(actor: Actor, rating_id: int) -> None:
    """Take away a rating that is spam. Its author may rate again."""
    require(can_moderate, actor, None)
    if not Rating.objects.filter(pk=rating_id).delete()[0]:
        raise NotFound()


def _lock(actor: Actor, exercise_id: UUID) -> None:
    """Hold an exercise that the actor sees; its rating is written under this lock."""
    seen = Exercise.objects.visible_to(actor).filter(pk=exercise_id)
    if not seen.select_for_update(no_key=True).values_list("pk", flat=True):
        raise NotFound()


@transaction.atomic
def reweigh(user_id: UUID, exercise_ids: Collection[UUID] | None = None) -> None:
    """Let a person's ratings (of these exercises) weigh what they should by now."""
    hold_clock(user_id)
    rated = Rating.objects.filter(user_id=user_id)
    ratings = list(rated if exercise_ids is None else rated.filter(exercise__in=exercise_ids))
    if not ratings:
        return
    weights = _weights(user_id, [rating.exercise_id for rating in ratings])
    changed = [rating for rating in ratings if rating.weight != weights[rating.exercise_id]]
    for rating in changed:
        rating.weight = weights[rating.exercise_id]
    Rating.objects.bulk_update(changed, ["weight"])


def reweigh_vouched() -> int:
    """Let ratings weigh more of people whose account something vouches for by now; how many people."""
    light = Rating.objects.filter(weight=HARDLY, user__in=_vouched()).order_by("user_id")
    people = list(light.values_list("user_id", flat=True).distinct()[:BATCH])
    for user_id in people:
        reweigh(user_id)
    return len(people)


def _weights(user_id: UUID, exercise_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """How much a person's stars for each of these exercises count."""
    trained = Trained.objects.filter(user_id=user_id, exercise__in=exercise_ids)
    otherwise = BARELY if _vouched().filter(pk=user_id).exists() else HARDLY
    return dict.fromkeys(exercise_ids, otherwise) | dict.fromkeys(trained.values_list("exercise_id", flat=True), FULLY)


def _vouched() -> QuerySet[User]:
    """Accounts that took some trouble: a verified address, and more than a day."""
    since = timezone.now() - VOUCHED_AFTER
    return User.objects.filter(date_joined__lte=since, emailaddress__verified=True)


def follow_merge(duplicate: Exercise, into: Exercise) -> None:
    """Ratings of a duplicate are of the exercise that stays. Who rated both keeps what they said of that."""
    both = Rating.objects.filter(exercise=into, user=OuterRef("user"))
    Rating.objects.filter(exercise=duplicate).filter(~Exists(both)).update(exercise=into)
    Rating.objects.filter(exercise=duplicate).delete()
