"""The fixed statements of the history against the querysets they stand for."""

from accounts.models import User
from tests.cast import actor_of
from tests.workouts.gym import Gym
from workouts.models import Workout
from workouts.rows.pages import read_summaries


def test_the_statement_shows_what_the_queryset_shows(gym: Gym, athlete: User, stranger: User) -> None:
    for _ in range(3):
        gym.train()
    gym.device.delete(f"/api/v1/workouts/{Workout.objects.first().pk}")
    for person, count in ((athlete, 2), (stranger, 0)):
        actor = actor_of(person)
        rows = read_summaries(actor, order=("performed_at", "id"))(None, False, 10)
        shown = Workout.objects.visible_to(actor).order_by("-performed_at", "-id")
        assert [row["id"] for row in rows] == list(shown.values_list("pk", flat=True))
        assert len(rows) == count
