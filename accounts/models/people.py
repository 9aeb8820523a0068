"""People, and what they tell about themselves."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pghistory
import pgtrigger
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import preferences as defaults
from accounts.enums import (
    Audience,
    DistanceUnit,
    Experience,
    Injury,
    Language,
    LengthUnit,
    OwnedEquipment,
    Role,
    Sex,
    TrainingGoal,
    WeightUnit,
)
from accounts.querysets import UserQuerySet
from fitai.common.ids import uuid7

USERNAME = r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{1,28})[A-Za-z0-9]$"
STAFF = (Role.MODERATOR, Role.ADMIN)
CENTIMETRES_PER_INCH = Decimal("2.54")


def keep_history(model: type[models.Model]) -> type[models.Model]:
    """Keep each version of a row: what an update or a deletion replaces goes to the event table of its model."""
    return pghistory.track(
        pghistory.UpdateEvent("replaced", row=pghistory.Old),
        pghistory.DeleteEvent("deleted"),
        exclude=["password", "last_login"],
    )(model)


def index_names(*columns: str, user: str, insert: str | None = None) -> list[pgtrigger.Trigger]:
    """Write anew what a person is found by (`NameEntry`) when these columns change, or a row is inserted that `insert`
    holds for."""
    function = f"PERFORM accounts_index_names(NEW.{user}); RETURN NULL;"
    changed = pgtrigger.Trigger(
        name="index_names", when=pgtrigger.After, operation=pgtrigger.UpdateOf(*columns), func=function
    )
    if insert is None:
        return [changed]
    added = pgtrigger.Trigger(
        name="index_new_names",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition(insert) if insert else None,
        func=function,
    )
    return [changed, added]


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people whole: the account, its profile, its preferences and its address."""

    @transaction.atomic
    def create_person(self, *, username: str, email: str, verified: bool = False, **values: Any) -> "User":
        """The rows of a person; `values` are columns of the account, `password` already hashed."""
        user = self.create(username=username, email=email.lower(), **values)
        Profile.objects.create(user=user)
        Preferences.objects.create(user=user)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
        return user

    def create_superuser(self, username: str, email: str, password: str, **values: Any) -> "User":
        """An admin whose address needs no proof (`manage.py createsuperuser`)."""
        user = User(username=username, email=email)
        user.set_password(password)
        return self.create_person(
            username=username,
            email=email,
            verified=True,
            password=user.password,
            role=Role.ADMIN,
            is_staff=True,
            is_superuser=True,
            **values,
        )


@keep_history
class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account.

    `username` is public and unique whatever its case. `email` follows the primary `EmailAddress`; several accounts
    may claim one address until one of them proves it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=30, validators=[RegexValidator(USERNAME)])
    email = models.EmailField(max_length=254)
    display_name = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.USER)
    language = models.CharField(max_length=5, choices=Language, default=Language.ENGLISH)
    avatar = models.CharField(max_length=40, blank=True, help_text="what the files of the picture are called by")
    is_staff = models.BooleanField(default=False, help_text="may enter the admin")
    is_active = models.BooleanField(default=True, help_text="cleared while the account is locked")
    date_joined = models.DateTimeField(default=timezone.now)
    username_changed_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="since when the account waits to be removed")

    email_verified: bool  # these two only where a look-up annotates them (`for_log_in`)
    has_factor: bool

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.CheckConstraint(condition=Q(username__regex=USERNAME), name="user_username_form"),
            models.CheckConstraint(condition=~Q(role__in=STAFF) | Q(is_staff=True), name="user_staff_enter_admin"),
        ]
        indexes = [models.Index(fields=["email"], name="user_email")]
        triggers = index_names("username", "display_name", "is_active", "deleted_at", user="id")

    @property
    def roles(self) -> frozenset[str]:
        """The abilities beyond those of everybody."""
        return frozenset() if self.role == Role.USER else frozenset({self.role})

    @property
    def removed_from(self) -> datetime | None:
        """Until when the deletion of the account can be taken back."""
        grace = timedelta(days=settings.RETENTION_DAYS["deleted_accounts"])
        return None if self.deleted_at is None else self.deleted_at + grace

    @property
    def shown_name(self) -> str:
        return self.display_name or self.username


@keep_history
class Profile(models.Model):
    """What somebody tells about their body and training; all of it is optional."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="profile")
    bio = models.TextField(blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True)
    height = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="as entered")
    height_unit = models.CharField(max_length=2, choices=LengthUnit, default=LengthUnit.CENTIMETRE)
    experience = models.CharField(max_length=12, choices=Experience, blank=True)
    goals = ArrayField(models.CharField(max_length=20, choices=TrainingGoal), default=list, blank=True)
    equipment = ArrayField(models.CharField(max_length=20, choices=OwnedEquipment), default=list, blank=True)
    injuries = ArrayField(models.CharField(max_length=20, choices=Injury), default=list, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA name; what a day means to this person")
    city = models.CharField(max_length=80, blank=True)
    latitude = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True, help_text="about 1 km coarse")
    longitude = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, latitude__range=(-90, 90))
                & Q(longitude__isnull=False, longitude__range=(-180, 180)),
                name="profile_place",
            ),
            models.CheckConstraint(condition=Q(height=None) | Q(height__gt=0), name="profile_height"),
        ]
        indexes = [models.Index(Lower("city"), F("user").desc(), name="profile_city", condition=~Q(city=""))]
        triggers = index_names("latitude", "longitude", user="user_id", insert="NEW.latitude IS NOT NULL")

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class Preferences(models.Model):
    """How the product behaves for somebody, and who may see what of theirs."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="preferences")
    weight_unit = models.CharField(max_length=2, choices=WeightUnit, default=defaults.WEIGHT_UNIT)
    distance_unit = models.CharField(max_length=2, choices=DistanceUnit, default=defaults.DISTANCE_UNIT)
    height_unit = models.CharField(max_length=2, choices=LengthUnit, default=defaults.LENGTH_UNIT)
    notifications = models.JSONField(default=dict, blank=True, help_text="kind → channel → bool, where not the default")
    quiet_from = models.TimeField(null=True, blank=True, help_text="in the person's time zone")
    quiet_until = models.TimeField(null=True, blank=True)
    privacy_profile = models.CharField(max_length=8, choices=Audience, default=defaults.PRIVACY_PROFILE)
    privacy_workouts = models.CharField(max_length=8, choices=Audience, default=defaults.PRIVACY_WORKOUTS)
    privacy_metrics = models.CharField(max_length=8, choices=Audience, default=defaults.PRIVACY_METRICS)
    privacy_search = models.CharField(max_length=8, choices=Audience, default=defaults.PRIVACY_SEARCH)
    rest_timer_seconds = models.PositiveSmallIntegerField(default=defaults.REST_TIMER_SECONDS, help_text="0: none")
    plate_sizes_kg = ArrayField(models.DecimalField(max_digits=5, decimal_places=3), default=defaults.plate_sizes_kg)
    plate_sizes_lb = ArrayField(models.DecimalField(max_digits=5, decimal_places=3), default=defaults.plate_sizes_lb)
    first_weekday = models.PositiveSmallIntegerField(default=defaults.FIRST_WEEKDAY, help_text="ISO: 1 is Monday")

    class Meta:
        verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(condition=Q(first_weekday__range=(1, 7)), name="preferences_first_weekday"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="preferences_quiet_hours",
            ),
        ]
        triggers = index_names("privacy_profile", "privacy_search", user="user_id", insert="")

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"
