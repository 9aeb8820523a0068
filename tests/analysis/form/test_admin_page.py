"""The page of a form analysis in a real browser."""

import pytest

from accounts.models import User
from tests.analysis.form.studio import Squatter, Studio
from tests.browser.conftest import Visitor, chromium, operator, visitor

__all__ = ["chromium", "operator", "visitor"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_time_leads_to_its_moment_of_the_video(
    transactional_db: None, visitor: Visitor, operator: User, studio: Studio
) -> None:
    studio.model = Squatter(depth=0.6)
    id = studio.ask(studio.film(size=(320, 240)))
    studio.work()
    studio.work()
    visitor.log_in("olga")
    visitor.choose("Form analyses")
    assert visitor.rows()[0][:5] == ["Barbell Back Squat", "Ada Athlete @athlete", "SUCCEEDED", "3", "3 minor"]
    visitor.page.click("#result_list a:has-text('Barbell Back Squat')")
    visitor.settle()
    film = visitor.page.locator("#film")
    assert film.evaluate("film => film.videoWidth") == 320
    assert film.evaluate("film => film.error") is None
    time = visitor.page.locator(".fit-cues [data-seek]").nth(1)
    time.click()
    assert film.evaluate("film => film.currentTime") == float(time.get_attribute("data-seek") or 0) > 1
    assert visitor.page.locator(".fit-chart svg").count() == 1
    pictures = visitor.page.locator(".fit-frames img")
    assert pictures.evaluate_all("images => images.map(image => image.complete && image.naturalWidth)") == [320, 320]
    assert visitor.page.locator(".fit-repetitions tbody tr").count() == 3
    for width in (800, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        assert visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    visitor.page.click("text=Delete")
    visitor.settle()
    visitor.page.click("#main form button[type=submit]")
    visitor.settle()
    assert "1 form analysis deleted." in visitor.reads()
    assert studio.device.get(f"/api/v1/form-analyses/{id}").status_code == 404
    assert visitor.complaints == []
