"""What the models do not say themselves: a line for each table whose treatment cannot be derived, with its reason.

A table needs no line when it refers to its person by one cascading foreign key, or hangs on a table that does: its rows
are exported to that person, without what looks secret, and go with them. References that are set to null are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat, Left

from accounts.models import DataExport, User
from accounts.operations import avatars
from accounts.session_cache import key_of
from analysis.form.media import files_of
from analysis.form.models import FormAnalysis
from exercises.enums import MediaStatus, Status
from exercises.models import Media
from templates_app.models import Template
from workouts.models import GroupMember, Record, Set, WorkoutExercise


@dataclass(frozen=True, slots=True)
class Stays:
    """Rows of a person that stay when they go, as nobody's: which, and what is changed of them."""

    which: Callable[[UUID], Q]
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """How a table is treated. Look-ups lead to a person's id, or compare with a text (`scope=user:{}`)."""

    reason: str
    owners: tuple[str, ...] | None = None
    """Look-ups to those whose row it is: it goes with each of them. Empty: nobody's."""
    hangs_on: str = ""
    """The foreign key that makes it somebody's, where there are several."""
    shown_to: tuple[str, ...] | None = None
    """Those of them who are given the row by an export; by default all."""
    named_in: tuple[str, ...] = ()
    """Members of JSON columns that name a person in rows of others: made null."""
    hidden: tuple[str, ...] = ()
    """Columns that no export holds, beyond those that look secret."""
    plain: tuple[str, ...] = ()
    """Columns that look secret, and are not."""
    title: str = ""
    """What people call the rows."""
    stays: Stays | None = None


def nobodys(reason: str) -> Line:
    return Line(reason, owners=())


def of_others(user_id: UUID) -> Q:
    """Exercises of a person that are in the library, were made part of one in it, or that others have trained or
    planned."""
    used = [
        WorkoutExercise.objects.filter(exercise=OuterRef("pk")).exclude(workout__user=user_id),
        Set.objects.filter(exercise=OuterRef("pk")).exclude(user=user_id),
        Record.objects.filter(exercise=OuterRef("pk")).exclude(user=user_id),
        FormAnalysis.objects.filter(exercise=OuterRef("pk")).exclude(user=user_id),
    ]
    planned = Template.objects.filter(exercise_ids__contains=[OuterRef("pk")]).exclude(owner=user_id)
    stays = Q(status=Status.APPROVED) | Q(merged_into__isnull=False)
    for rows in (*used, planned):
        stays |= Q(Exists(rows))
    return stays


def trained_in_by_others(user_id: UUID) -> Q:
    """Groups that others have joined."""
    return Q(Exists(GroupMember.objects.joined().filter(group=OuterRef("pk")).exclude(user=user_id)))


HEIR: Final = Subquery(
    GroupMember.objects.joined()
    .filter(group=OuterRef("pk"))
    .exclude(user=OuterRef("owner"))
    .order_by("joined_at", "pk")
    .values("user")[:1]
)
"""Of a group: who takes over when its owner goes."""

OWN_SLUG: Final = Concat(Left("slug", 43), Value("-"), Cast("id", CharField()))
"""For what was not in the library: slugs are unique among what is nobody's."""

LINES: Final[Mapping[str, Line]] = {
    # People and how they stand to each other
    "accounts.Session": Line(
        "the ids of tokens are half of a secret", hidden=("refresh_jti", "previous_jti"), title="devices"
    ),
    "accounts.Friendship": Line(
        "it belongs to both; nobody learns that they were declined",
        owners=("low", "high"),
        hidden=("declined_at", "withdrawn"),
    ),
    "accounts.Coaching": Line("it belongs to both", owners=("client", "coach"), title="coachings"),
    "accounts.Block": Line("who is blocked does not learn of it", owners=("blocker", "blocked"), shown_to=("blocker",)),
    "accounts.Mute": Line("who is muted does not learn of it", owners=("user", "muted"), shown_to=("user",)),
    "accounts.SecurityEvent": Line(
        "what staff did to others and what others let a coach see stays, without their name",
        named_in=("detail.by", "detail.coach"),
    ),
    "accounts.DeletedAccount": nobodys("the deletion list, which names nobody"),
    "accounts.NameEntry": Line("what search reads of names, derived from them", shown_to=(), title="words of names"),
    "accounts.GoogleTicket": nobodys("log-ins through Google that are under way, for minutes"),
    # Training
    "exercises.Exercise": Line(
        "what is in the library or used by others stays, as nobody's",
        owners=("owner",),
        plain=("met_code",),
        stays=Stays(
            of_others,
            {"owner": None, "slug": Case(When(status=Status.APPROVED, then=F("slug")), default=OWN_SLUG)},
        ),
    ),
    "exercises.Variation": Line("it goes with either exercise, and is of the first", hangs_on="exercise"),
    "exercises.Decision": Line("it hangs on the exercise, whoever decided", title="decisions about exercises"),
    "exercises.Submission": Line("what was found about an exercise by itself", title="submitted exercises"),
    "exercises.Edition": Line("an exercise in its other languages at each version, derived from it", shown_to=()),
    "exercises.Proposal": Line("what somebody proposed is theirs, whoever decided on it", title="proposed edits"),
    "exercises.SearchDocument": Line("what search reads of an exercise, derived from it", shown_to=()),
    "exercises.Media": Line(
        "what is in the library stays, as nobody's",
        owners=("author",),
        title="pictures and videos of exercises",
        stays=Stays(lambda user_id: Q(status=MediaStatus.APPROVED), {"author": None}),
    ),
    "exercises.Catalogue": nobodys("a version number"),
    "exercises.Word": nobodys("words of the shared names"),
    "exercises.Use": Line("what is counted of completed workouts", title="uses of exercises"),
    "exercises.Trained": Line("the sums of them", title="trained exercises"),
    "exercises.UsedDay": nobodys("how much everybody together trained an exercise on a day"),
    "exercises.Popularity": nobodys("how popular an exercise is"),
    "exercises.UsageTotals": nobodys("how much everybody together trained"),
    "exercises.LoggedSearch": nobodys("what was searched for, without who searched"),
    "exercises.Source": nobodys("catalogues of others that exercises are read from"),
    "exercises.SourceEntry": nobodys("what catalogues of others hold; they name its authors, as its licence asks"),
    "templates_app.TemplateVersion": Line("named by what it is a version of", title="template versions"),
    "workouts.Set": Line("read through its workout, which has the index for it", owners=("workout__user",)),
    "workouts.Record": Line("the key is a weight", plain=("key",)),
    "workouts.Group": Line(
        "a group in which others train goes on, and whoever joined first takes over",
        owners=("owner",),
        title="training groups",
        stays=Stays(trained_in_by_others, {"owner": HEIR}),
    ),
    "workouts.GroupMember": Line("named by what they are members of", title="members of training groups"),
    "analysis.FormAnalysis": Line("an error is public", plain=("error",)),
    # The platform
    "common.Job": Line(
        "an error is public; the last one is for who runs the server", hidden=("last_error",), plain=("error",)
    ),
    "common.IdempotencyKey": Line("copies of answers, kept for a day", owners=("scope=user:{}",), shown_to=()),
    "admin.LogEntry": Line("what staff did in the admin", title="admin actions"),
    "auth.Permission": nobodys("names of permissions"),
    "auth.Group": nobodys("names of groups"),
    "auth.Group_permissions": nobodys("permissions of groups"),
    "contenttypes.ContentType": nobodys("names of tables"),
    "sessions.Session": Line(
        "log-ins of staff in the admin, sealed; found by opening them", owners=(), title="admin sessions"
    ),
    "account.EmailConfirmation": Line("keys of verification links", shown_to=()),
    "mfa.Authenticator": Line("secrets of second factors", hidden=("data",)),
    "socialaccount.SocialApp": nobodys("providers of log-ins"),
    "socialaccount.SocialToken": Line("tokens of the provider", shown_to=()),
    "pghistory.Context": Line("who made a change, kept with it", owners=("metadata__user={}",), shown_to=()),
    "pghistory.Events": nobodys("a view of the tables of earlier versions"),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """Files of a row: a folder that goes with it, and those that its owner is given, (as people see it, in the
    storage)."""

    folder: str
    files: list[tuple[str, str]] = field(default_factory=list)


def _of_analysis(analysis: Any) -> Stored:
    row = {"video": analysis.video, "chart": analysis.chart, "frames": analysis.frames}
    raw = [("original.video", analysis.original), ("keypoints.npz", analysis.keypoints)]
    return Stored(analysis.folder, [*((shown, name) for shown, name in raw if name), *files_of(row)])


def _of_person(person: Any) -> Stored:
    pictures = zip(avatars.SIZES, avatars.names_of(person.pk, person.avatar), strict=False)
    return Stored(avatars.folder_of(person.pk), [(f"picture-{size}.webp", name) for size, name in pictures])


FILES: Final[Mapping[type[Model], Callable[[Any], Stored]]] = {
    User: _of_person,
    FormAnalysis: _of_analysis,
    Media: lambda media: Stored(media.folder, list(media.stored.items())),
    DataExport: lambda export: Stored(export.folder),  # an export holds no earlier one
}
"""Files that columns of text name. Those of a `FileField` are found without a line."""

CACHED: Final[Mapping[str, Callable[[Any], str]]] = {"accounts.Session": key_of}
"""Keys of Valkey that are named by a row's id. Those that hold the person's own id are found without a line."""
