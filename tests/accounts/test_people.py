"""What others see of somebody, and how they are found."""

import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Coaching, Friendship, Mute, NameEntry, Profile, User
from accounts.places import cell_of, cells_around
from accounts.rows.search import slips
from tests.accounts.relations import befriend, crowd, set_privacy
from tests.cast import ApiClient, client_of, codes, make_person

BERLIN = {"latitude": Decimal("52.52"), "longitude": Decimal("13.41")}
MUNICH = {"latitude": Decimal("48.14"), "longitude": Decimal("11.58")}


@pytest.fixture
def ada(athlete: User) -> ApiClient:
    return client_of(athlete)


def found(client: ApiClient, q: str, **query: Any) -> list[str]:
    page = client.get("/api/v1/users/search", {"q": q, **query})
    assert page.status_code == 200, page.content
    return [person["username"] for person in page.json()["results"]]


def relate(me: User, other: User, relation: str) -> None:
    """Make `other` this to me."""
    if relation == "friend":
        befriend(me, other)
    elif relation in ("requested", "asks_you"):
        requester = me if relation == "requested" else other
        Friendship.objects.create(**Friendship.pair(me.pk, other.pk), requester=requester)
    elif relation == "coach":
        Coaching.objects.create(client=other, coach=me, areas=["workouts"], accepted_at=timezone.now())


RELATIONS = ["none", "friend", "requested", "asks_you", "coach"]


@pytest.mark.parametrize("audience", ["everyone", "friends", "nobody"])
@pytest.mark.parametrize("relation", RELATIONS)
def test_the_profile_is_open_to_its_audience(ada: ApiClient, stranger: User, audience: str, relation: str) -> None:
    set_privacy(stranger, profile=audience, search="nobody")
    relate(ada.user, stranger, relation)
    values = {"bio": "Rows", "experience": "advanced", "goals": ["endurance"], "city": "Berlin", "injuries": ["knee"]}
    Profile.objects.filter(pk=stranger.pk).update(birth_date="1990-01-01", **values, **BERLIN)
    is_open = audience == "everyone" or (audience == "friends" and relation == "friend")
    profile = {
        **{name: values[name] for name in ("bio", "experience", "goals", "city")},
        "member_since": stranger.date_joined.date().isoformat(),
        "mutual_friends": 0,
    }
    assert ada.get(f"/api/v1/users/{stranger.pk}").json() == {
        "id": str(stranger.pk),
        "username": "stranger",
        "display_name": "Sam Stranger",
        "avatar": None,
        "relation": "none" if relation == "coach" else relation,
        "muted": False,
        "profile": profile if is_open else None,
    }


def test_oneself(ada: ApiClient) -> None:
    set_privacy(ada.user, profile="nobody")
    shown = ada.get(f"/api/v1/users/{ada.user.pk}").json()
    assert (shown["relation"], shown["profile"]["mutual_friends"]) == ("self", 0)


def test_a_person_takes_two_statements_and_has_a_tag(ada: ApiClient, stranger: User) -> None:
    befriend(stranger, *crowd("one", "two", "three"))
    path = f"/api/v1/users/{stranger.pk}"
    tag = ada.get(path)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert ada.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert len(captured) == 2
    Mute.objects.create(user=ada.user, muted=stranger)
    assert ada.get(path)["ETag"] != tag


@pytest.mark.parametrize("audience", ["everyone", "friends", "nobody"])
@pytest.mark.parametrize("relation", RELATIONS)
def test_search_lists_who_lets_it(ada: ApiClient, stranger: User, audience: str, relation: str) -> None:
    set_privacy(stranger, profile="nobody", search=audience)
    relate(ada.user, stranger, relation)
    listed = audience == "everyone" or (audience == "friends" and relation == "friend")
    for q in ("stranger", "sam", "strager"):  # the very username, a beginning, a slip
        expected = ["stranger"] if listed and (q != "strager" or audience == "everyone") else []
        assert found(ada, q) == expected, q


@pytest.mark.parametrize("how", ["blocking", "blocked", "muted", "deleted", "deactivated", "oneself"])
def test_search_never_lists(ada: ApiClient, stranger: User, how: str) -> None:
    befriend(ada.user, stranger)
    if how in ("blocking", "blocked"):
        pair = (ada.user, stranger) if how == "blocked" else (stranger, ada.user)
        Block.objects.create(blocker=pair[0], blocked=pair[1])
    elif how == "muted":
        Mute.objects.create(user=ada.user, muted=stranger)
    elif how == "deleted":
        User.objects.filter(pk=stranger.pk).update(deleted_at=timezone.now())
    elif how == "deactivated":
        User.objects.filter(pk=stranger.pk).update(is_active=False)
    names = ("athlete", "ada", "atlhete") if how == "oneself" else ("stranger", "sam", "strnager")
    again = ["stranger"] if how == "muted" else []  # the very username: to be shown again
    assert [found(ada, q) for q in names] == [again, [], []]
    assert [found(ada, q) for q in (names[0][:4], f"{names[0]}x")] == [[], []]


WAYS = ["zoe", "ZOË", "zoë c", "zoe cohen", "lang zoe", "lang", "Cohen-Lang", "cohen", "zoe lang", "run", "mc.run"]


@pytest.mark.parametrize("q", [*WAYS, "mcrun"])
def test_any_word_of_a_name_finds_it_in_plain_letters(ada: ApiClient, q: str) -> None:
    make_person("mc.run", display_name="Zoë  Cohen-Lang")
    assert found(ada, q) == ["mc.run"]


@pytest.mark.parametrize("q", ["jnoas", "jonas schmdit", "jonas shmidt", "jonnas", "jomas", "schmit jon"])
def test_a_slip_is_forgiven(ada: ApiClient, q: str) -> None:
    make_person("someone", display_name="Jonas Schmidt")
    make_person("other", display_name="Peter Pan")
    assert found(ada, q) == ["someone"]


def test_slips_are_looked_for_only_when_little_begins_as_typed(ada: ApiClient) -> None:
    crowd("marta.one", "marta.two")
    make_person("mrata")
    found(ada, "marta")
    for limit, statements, names in ((2, 2, ["marta.one", "marta.two"]), (3, 3, ["marta.one", "marta.two", "mrata"])):
        with CaptureQueriesContext(connection) as captured:
            assert found(ada, "marta", limit=limit) == names
        assert len(captured) == statements
    with CaptureQueriesContext(connection) as captured:
        assert found(ada, "mar") == ["marta.one", "marta.two"]  # too short to have a slip
    assert len(captured) == 2


def test_slips_are_one_step_away() -> None:
    meant = slips("ada l")
    assert {"daa l", "ad l", "adda l", "adu l", "aada l"} <= set(meant)
    assert "ada l" not in meant
    assert [word for word in meant if word[0] == " "] == []


def test_the_order(ada: ApiClient) -> None:
    _, friend, mutual, double, _, near, bridge, other = crowd(
        "ann", "zz.ann", "yy.ann", "xx.ann", "ww.ann", "anna", "bridge", "bridge2"
    )
    befriend(ada.user, friend, bridge, other)
    befriend(bridge, mutual, double)
    befriend(other, double)
    names = ["ann", "zz.ann", "xx.ann", "yy.ann"]
    assert found(ada, "Ann") == [*names, "ww.ann", "anna"]
    set_privacy(near, profile="everyone")
    Profile.objects.filter(pk=near.pk).update(**BERLIN)
    assert found(ada, "Ann", near="52.4,13.2") == [*names, "anna", "ww.ann"]
    assert [person["relation"] for person in ada.get("/api/v1/users/search?q=ann").json()["results"]] == [
        "none", "friend", "none", "none", "none", "none",
    ]  # fmt: skip


def test_near_ranks_only_open_profiles_and_by_fields_of_the_map(ada: ApiClient) -> None:
    closed, near, far = crowd("ann.a", "ann.b", "ann.c")
    Profile.objects.filter(pk__in=[closed.pk, near.pk]).update(**BERLIN)
    Profile.objects.filter(pk=far.pk).update(**MUNICH)
    set_privacy(near, profile="everyone")
    set_privacy(far, profile="everyone")
    assert found(ada, "ann", near="52.52,13.41") == ["ann.b", "ann.a", "ann.c"]
    assert found(ada, "ann", near="52.3,13.7") == ["ann.b", "ann.a", "ann.c"]
    assert found(ada, "ann", near="48.1,11.6") == ["ann.c", "ann.a", "ann.b"]
    assert found(ada, "ann", near="me") == ["ann.a", "ann.b", "ann.c"]
    Profile.objects.filter(pk=ada.user.pk).update(**MUNICH)
    assert found(ada, "ann", near="me") == ["ann.c", "ann.a", "ann.b"]
    set_privacy(far, profile="friends")
    assert found(ada, "ann", near="me") == ["ann.a", "ann.b", "ann.c"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "?q"), ("?q=", "?q"), (f"?q={'a' * 101}", "?q"), ("?q=a&near=here", "?near"), ("?q=a&near=91,0", "?near"),
        ("?q=a&near=1,2,3", "?near"), ("?q=a&near=nan,0", "?near"), ("?q=a&limit=101", "?limit"), ("?q=a&of=b", "?of"),
    ],
)  # fmt: skip
def test_a_bad_query(ada: ApiClient, query: str, pointer: str) -> None:
    assert [at for at, _ in codes(ada.get(f"/api/v1/users/search{query}"))] == [pointer]


def test_signs_find_nobody(ada: ApiClient) -> None:
    make_person("dots", display_name="...")
    assert [found(ada, q) for q in ("...", "%", "_", "\U0010ffff")] == [[]] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_two_statements(ada: ApiClient, count: int) -> None:
    for number, person in enumerate(crowd(*["bob.one", "bob.two", "bob.three"][:count])):
        befriend(person, *crowd(*(f"friend{number}{other}" for other in range(number + 1))))
    found(ada, "bob")
    with CaptureQueriesContext(connection) as captured:
        assert len(found(ada, "bob")) == count
    assert len(captured) == 2


def test_pages(ada: ApiClient) -> None:
    names = [f"bob{letter}" for letter in "abcde"]
    crowd(*names)
    seen, url = [], "/api/v1/users/search?q=bob&limit=2"
    while url:
        page = ada.get(url).json()
        seen.append([person["username"] for person in page["results"]])
        url = page["next"]
    assert seen == [names[:2], names[2:4], names[4:]]
    back = ada.get(page["previous"]).json()
    assert [person["username"] for person in back["results"]] == names[2:4]


def entries(user: User) -> set[tuple[str, bool, int | None]]:
    return set(NameEntry.objects.filter(user=user).values_list("text", "listed", "cell"))


def test_what_finds_somebody_follows_every_change(athlete: User) -> None:
    texts = {"athlete", "ada athlete", "athlete ada", "adaathlete"}
    assert entries(athlete) == {(text, True, None) for text in texts}
    User.objects.filter(pk=athlete.pk).update(username="ada.l", display_name="")
    texts = {"ada l", "l ada", "adal"}
    assert entries(athlete) == {(text, True, None) for text in texts}
    Profile.objects.filter(pk=athlete.pk).update(**BERLIN)
    assert entries(athlete) == {(text, True, None) for text in texts}
    set_privacy(athlete, profile="everyone")
    cell = cell_of(**BERLIN)
    assert entries(athlete) == {(text, True, cell) for text in texts}
    set_privacy(athlete, search="friends")
    assert entries(athlete) == {(text, False, cell) for text in texts}
    set_privacy(athlete, search="everyone")
    User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
    assert entries(athlete) == {(text, False, cell) for text in texts}


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("52.52", "13.41"), ("-0.01", "-0.01"), ("90", "180"), ("-90", "-180"), ("89.99", "179.99"), ("0", "0.25")],
)
def test_the_database_and_we_mean_the_same_field(db: None, latitude: str, longitude: str) -> None:
    place = Decimal(latitude), Decimal(longitude)
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_cell(%s::numeric, %s::numeric)", place)
        assert cursor.fetchone()[0] == cell_of(*place)
    assert cell_of(*place) in cells_around(*place)


def test_fields_around_go_round_the_world() -> None:
    west, east = cells_around(Decimal(0), Decimal("-179.9")), cells_around(Decimal(0), Decimal("179.9"))
    assert len(set(west) & set(east)) == 6
    assert len(cells_around(Decimal(90), Decimal(0))) == 6


@pytest.mark.django_db(transaction=True)
def test_a_name_and_a_privacy_changed_at_once_both_count(athlete: User) -> None:
    """The second writer waits for the first and sees what it wrote."""

    def hide() -> None:
        try:
            set_privacy(User.objects.get(pk=athlete.pk), search="nobody")
        finally:
            connection.close()

    with transaction.atomic():
        User.objects.filter(pk=athlete.pk).update(username="ada.l", display_name="")
        thread = threading.Thread(target=hide)
        thread.start()
        deadline = time.monotonic() + 10
        waiting = 0
        while not waiting and time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
                waiting = cursor.fetchone()[0]
    thread.join()
    assert waiting == 1
    assert entries(athlete) == {(text, False, None) for text in ("ada l", "l ada", "adal")}
