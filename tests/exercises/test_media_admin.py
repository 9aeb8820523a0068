"""The queue of pictures and videos in the admin."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from exercises.enums import Status
from exercises.models import Exercise, Media
from tests.cast import client_of, committed, make_person
from tests.common.media.pictures import photo
from tests.exercises.conftest import MakeExercise
from tests.exercises.gallery import add, film, look, media_root, work

__all__ = ["media_root"]
pytestmark = pytest.mark.usefixtures("media_root")
URL = "/admin/exercises/media/"


@pytest.fixture
def desk(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


def act(desk: Client, name: str, *media: Media, **said: str) -> Any:
    chosen = {"action": name, "_selected_action": [str(one.pk) for one in media], **said}
    with committed():
        return desk.post(URL, chosen)


def test_the_queue_shows_what_waits_first(
    desk: Client, exercise: Exercise, athlete: User, make_exercise: MakeExercise, moderator: User
) -> None:
    device = client_of(athlete)
    first = add(device, exercise, photo())
    act(desk, "approve_all", first, confirmed="yes")
    second = add(device, exercise, film())
    add(device, make_exercise("My Draft", owner=athlete), photo())
    third = add(device, make_exercise("Squat"), photo("PNG"))
    page = desk.get(URL)
    rows = list(page.context["cl"].result_list)
    assert [one.pk for one in rows] == [third.pk, second.pk, first.pk]
    for one, row in zip((third, second), rows, strict=False):
        assert str(one.pk) == str(row.pk)
    previews = [part.split('"')[0] for part in page.content.decode().split('class="fit-thumb" src="')[1:]]
    assert (len(previews), {look(preview).status_code for preview in previews}) == (3, {200})
    found = {
        query: [one.pk for one in desk.get(f"{URL}?{query}").context["cl"].result_list]
        for query in ("q=squat", "q=athlete+press", "status__exact=approved", "kind__exact=video", "finding=duplicate")
    }
    assert found == {
        "q=squat": [third.pk],
        "q=athlete+press": [second.pk, first.pk],
        "status__exact=approved": [first.pk],
        "kind__exact=video": [second.pk],
        "finding=duplicate": [],
    }


def test_a_page_costs_the_same_however_long(
    desk: Client, exercise: Exercise, athlete: User, django_assert_num_queries: Any
) -> None:
    for number, kind in enumerate(("PNG", "JPEG", "WEBP")):
        add(client_of(athlete), exercise, photo(kind))
        if number != 1:
            with django_assert_num_queries(5):
                assert len(desk.get(URL).context["cl"].result_list) == number + 1


def test_several_are_approved_and_one_is_rejected_with_a_reason(
    desk: Client, exercise: Exercise, athlete: User, moderator: User
) -> None:
    media = [add(client_of(athlete), exercise, photo(kind)) for kind in ("PNG", "JPEG", "WEBP")]
    asked = act(desk, "approve_all", *media[:2])
    assert b"Take these into the library?" in asked.content
    assert Media.objects.filter(status="approved").count() == 0
    act(desk, "approve_all", *media[:2], confirmed="yes")
    again = act(desk, "reject_all", media[2], confirmed="yes")
    assert b"Why? Their authors read this." in again.content
    assert Media.objects.filter(status="rejected").count() == 0
    act(desk, "reject_all", media[2], confirmed="yes", reason=" The bar cannot be seen. ")
    work()
    rejected = Media.objects.get(status="rejected")
    assert (rejected.pk, rejected.reason, rejected.decided_by) == (media[2].pk, "The bar cannot be seen.", moderator)
    exercise.refresh_from_db()
    assert [one["id"] for one in exercise.media] == [str(one.pk) for one in media[:2]]
    act(desk, "show_all_first", media[1], confirmed="yes")
    exercise.refresh_from_db()
    assert [one["id"] for one in exercise.media] == [str(media[1].pk), str(media[0].pk)]
    act(desk, "take_all_down", media[1], confirmed="yes", reason="Out of date")
    exercise.refresh_from_db()
    assert [one["id"] for one in exercise.media] == [str(media[0].pk)]
    told = LogEntry.objects.filter(user=moderator).order_by("id").values_list("change_message", flat=True)
    assert list(told) == ["Approved", "Approved", "Rejected", "Shown first", "Taken down"]


def test_a_second_moderator_is_told_that_it_is_decided(desk: Client, exercise: Exercise, athlete: User) -> None:
    media = add(client_of(athlete), exercise, photo())
    other = Client()
    other.force_login(make_person("other", role="moderator", is_staff=True))
    page = f"{URL}{media.pk}/change/"
    assert [one in desk.get(page).content for one in (b"Approve", b"Reject", b"Take down")] == [True, True, False]
    with committed():
        desk.post(f"{URL}{media.pk}/approve/", {"confirmed": "yes"})
    answer = other.post(f"{URL}{media.pk}/reject/", {"confirmed": "yes", "reason": "Dark"}, follow=True)
    assert b"It is approved." in answer.content
    assert Media.objects.get().status == "approved"


def test_the_page_plays_a_video(desk: Client, exercise: Exercise, athlete: User) -> None:
    media = add(client_of(athlete), exercise, film())
    page = desk.get(f"{URL}{media.pk}/change/").content.decode()
    address = page.split('<video class="fit-video" src="')[1].split('"')[0]
    assert look(address)["Content-Type"] == "video/mp4"
    assert "It is small: 160 × 120 pixels." in page
    assert "Nothing says what it shows" in page


def test_what_is_nobodys_business_is_not_there(
    desk: Client, athlete: User, make_exercise: MakeExercise, stranger: User
) -> None:
    own = make_exercise("My Squat", owner=athlete)
    media = add(client_of(athlete), own, photo())
    page = f"{URL}{media.pk}/change/"
    assert desk.get(page).status_code == 302  # to the start: there is no such row
    Exercise.objects.filter(pk=own.pk).update(status=Status.PENDING)
    assert desk.get(page).status_code == 200
    refused = act(desk, "approve_all", media, confirmed="yes")
    assert refused.status_code == 302
    assert Media.objects.get().status == "pending"
    User.objects.filter(pk=stranger.pk).update(is_staff=False)
    visitor = Client()
    visitor.force_login(stranger)
    assert visitor.get(URL).status_code == 302
