"""/status: real figures, what staff wrote, and nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import ui.site.status
from jobs.monitoring.public_status import SLOW_AFTER, PublicStatus, read_public_status
from jobs.staff.action_request import Request
from jobs.staff.incidents import end_incident, publish_incident
from models import ComposeForm, Incident, ProviderPause, Variation, WrongMomentError, in_database, new_form_id, new_id, now
from tests.support.shop import database_of_its_own
from tests.support.stack import example_form_data


@pytest.fixture(autouse=True)
def empty(migrated: None) -> Iterator[None]:
    with database_of_its_own("status"):
        yield


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(ui.site.status, "_KEPT", 0.0)
    app = FastAPI()
    app.include_router(ui.site.status.router)
    return TestClient(app)


def an_order(variation: dict[str, Any], **form: Any) -> None:
    """A form with one variation."""

    def insert() -> None:
        values = {"package_type": "solo-serenade", "song_count": 1, "form_data": example_form_data(), "submitted_at": now()}
        form_id = new_form_id()
        ComposeForm.insert(id=form_id, **values | form).execute()
        Variation.insert(id=new_id("task"), form=form_id, song_index=0, variation=1, **variation).execute()

    in_database(insert)


def status() -> PublicStatus:
    return in_database(read_public_status)


def states() -> dict[str, str]:
    return {part.name: part.state for part in status().parts}


def test_an_empty_shop_invents_nothing(web: TestClient) -> None:
    assert (status().made_today, status().first_play, status().incidents) == (0, None, ())
    page = web.get("/status")
    assert page.status_code == 200
    assert "0 versions of songs made today" in page.text
    assert "Nothing was asked for in the last day" in page.text
    assert "None." in page.text
    assert page.headers["cache-control"] == "public, max-age=0"
    assert "<script" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_songs_of_today_and_the_median_wait_are_counted_without_demos() -> None:
    asked = now()  # ready a little later: five minutes after midnight, too, they are songs of today
    for seconds, demo in ((30, False), (60, False), (90, False), (1, True)):
        ready = {"status": "ready", "ready_at": asked + timedelta(seconds=seconds), "master_key": "m", "preview_key": "p"}
        an_order(ready | {"duration_ms": 1000}, submitted_at=asked, demo=demo, status="variations_ready")
    found = status()
    assert (found.made_today, found.first_play) == (3, 60.0)


@pytest.mark.parametrize(("seconds", "state"), [(SLOW_AFTER - 60, "works"), (SLOW_AFTER + 60, "slow")])
def test_work_that_waits_too_long_is_said(seconds: float, state: str) -> None:
    an_order({"status": "queued", "queued_at": now() - timedelta(seconds=seconds)}, status="variations_generating")
    assert states() == {"lyrics": "works", "songs": state, "payments": "works", "emails": "works"}


def test_without_any_provider_songs_are_stopped() -> None:
    in_database(lambda: ProviderPause.insert(provider="studio", reason="x", until=now() + timedelta(hours=1)).execute())
    assert states()["songs"] == "stopped"
    assert not status().all_works


def ask(text: str = "", about: str = "") -> Request:
    return Request(about=about, values={"text": text}, by="ann@example.com")


def test_what_staff_publish_is_read_by_everybody_until_it_is_over_and_after(web: TestClient) -> None:
    publish_incident(ask("Songs take <b>longer</b> today.\x00"))
    assert "Songs take &lt;b&gt;longer&lt;/b&gt; today." in web.get("/status").text
    assert "Not everything is as it should be" in web.get("/status").text
    assert "ann@" not in web.get("/status").text
    number = str(status().incidents[0].id)
    assert end_incident(ask(about=number)) == "It is over, and /status says so."
    assert end_incident(ask(about=number)) == "It was over already."
    assert "Everything works." in web.get("/status").text
    in_database(lambda: Incident.update(began_at=now() - timedelta(days=31)).execute())
    assert status().incidents == ()


@pytest.mark.parametrize("text", ["", "short", "x" * 501, "\x00" * 40])
def test_a_text_that_says_nothing_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(WrongMomentError):
        publish_incident(ask(text))
    assert status().incidents == ()


@pytest.mark.parametrize("about", ["", "x", "-1", "9" * 40 + "x", "12ab"])
def test_an_incident_that_there_is_not_ends_nothing(about: str) -> None:
    assert end_incident(ask(about=about)) == "It was over already."


def test_a_database_that_is_away_is_said(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise ui.site.status.OperationalError

    monkeypatch.setattr(ui.site.status, "in_database", away)
    page = web.get("/status")
    assert (page.status_code, page.headers["cache-control"]) == (503, "no-store")
    assert "The database does not answer." in page.text
