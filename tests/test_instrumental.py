"""The song without its singer: made once it is paid, or the money goes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.music.studio.provider import Studio
from integrations.music.studio.spool import Spool
from integrations.storage import storage
from jobs import clock
from jobs.payments.instrumental import make_instrumental
from jobs.privacy.personal_data import forget_person
from jobs.views.extras_view import read_extras
from models import ComposeForm, Variation, in_database
from tests.support.extras import extras, given_back, kept, press_keep, statuses
from tests.support.fakes import tones
from tests.support.payments import alerts
from tests.support.shop import Shop

ENDED = {"title": "A song", "style": "pop", "seconds": 12.0, "loudness": -16.0, "lines": [], "sections": []}


@pytest.fixture
def studio(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio in a folder of its own, whose engine is the test."""
    fresh = Studio(Spool(tmp_path / "spool"))
    monkeypatch.setattr("jobs.payments.instrumental.provider", lambda name: fresh)
    return fresh


def without_singer(shop: Shop) -> str:
    """A delivered order of a song that the studio sang, whose instrumental is bought."""
    form_id, _ = shop.sell()
    styles = {"variation_styles": [["pop", "soul", "jazz"]], "generated_prompts": ["a song"]}
    shop.change(ComposeForm.update(**styles).where(ComposeForm.id == form_id))
    shop.change(Variation.update(provider="studio").where(Variation.form == form_id))
    shop.press(press_keep(form_id, what="instrumental"))
    shop.await_events()
    assert kept(form_id) == [(0, "instrumental")]
    return form_id


def work_on(form_id: str) -> None:
    """What the sweep asks for every few seconds."""
    make_instrumental(extras(form_id)[0].id)


def test_the_song_without_its_singer_is_made_once_it_is_paid(shop: Shop, studio: Studio) -> None:
    form_id = without_singer(shop)
    work_on(form_id)
    (task_id,) = studio.spool.waiting()
    request = studio.spool.request(task_id)
    assert request is not None
    assert (request.instrumental, request.lyrics, request.style) == (True, "La la", "pop"), (
        "the chosen version, and nobody sings"
    )
    work_on(form_id)
    assert studio.spool.waiting() == [task_id], "asked for once"
    (view,) = in_database(read_extras, form_id).kept
    assert view.cells == (), "it is being made"
    studio.spool.finish(task_id, {**ENDED, "state": "succeeded"}, tones.song(12.0))
    work_on(form_id)
    (row,) = extras(form_id)
    (cell,) = in_database(read_extras, form_id).kept[0].cells
    assert row.key.startswith(f"{row.id}/")
    assert row.duration_ms > 10_000
    assert shop.api("GET", f"/media/extra/{row.id}.mp3").status_code == 404, "the API's own application has no media"
    assert str(cell.audio_url).startswith(f"/media/extra/{row.id}.mp3?")
    assert in_database(forget_person, "dad@example.com") == (1, 0)
    assert storage().size(row.key) is None, "forgotten with the order"
    assert extras(form_id)[0].amount_paid == 299, "and what was paid stays"


def test_what_cannot_be_made_gives_the_money_back(shop: Shop, studio: Studio) -> None:
    form_id = without_singer(shop)
    for _ in range(3):
        work_on(form_id)
        for task_id in studio.spool.waiting():
            studio.spool.finish(task_id, {"state": "failed", "reason": "provider_bug", "detail": "it broke"})
        work_on(form_id)
    in_database(clock.sweep)
    shop.await_events()
    assert (statuses(form_id), kept(form_id), given_back(shop)) == (["refunded"], [], [299])
    assert alerts() == ["extra_undelivered"]
    assert any("We could not make your song without its singer" in one.text for one in shop.post.messages)
