"""What people are found by."""

from django.db import models
from django.db.models import Q

from accounts.models.people import User

NEAR = Q(listed=True, cell__isnull=False)


class NameEntry(models.Model):
    """One way to begin writing somebody's name, in plain letters: each word of the username and of the display name
    with what comes after it, and then what comes before ("lovelace ada").

    Triggers write these from the account, the profile and the preferences, so that no writer forgets them. They find
    candidates fast; whether somebody may be shown is always read from the rows themselves.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="name_entries", db_index=False)
    text = models.CharField(max_length=150, db_collation="C")
    listed = models.BooleanField(help_text="a search by anybody may list this person")
    cell = models.IntegerField(null=True, help_text="of the map, where anybody may know roughly where the person is")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "text"], name="nameentry_once")]
        indexes = [
            models.Index(fields=["text", "user"], name="nameentry_listed", condition=Q(listed=True)),
            models.Index(fields=["cell", "text", "user"], name="nameentry_near", condition=NEAR),
            models.Index(fields=["cell", "-user"], name="nameentry_newest_near", condition=NEAR),
        ]

    def __str__(self) -> str:
        return self.text
