"""How a scene of the demo begins: a complete draft, staff's presets, who may see it, how many there may be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jobs.demo import director, forms, presets
from jobs.demo.scenes import SCENES
from jobs.forms.form_data import check_form_data
from jobs.rate_limits import TooManyError
from models import ComposeForm, Demo, NotFoundError, Preset, database, new_id, now
from settings import SettingsError, read_settings, settings
from tests.support.demo_forms import STRANGER, VISITOR, a_demo
from tests.support.overrides import Override
from tests.support.rows import forget_rows
from tests.support.shop import ready_form
from tests.support.stack import example_form_data


@pytest.fixture(autouse=True)
def tables(migrated: None) -> Iterator[None]:
    with database.connection_context():
        forget_rows("compose_forms", "stripe_events", "alerts", "form_events")
        yield


def test_a_scene_begins_with_a_complete_draft_that_expires_in_a_day() -> None:
    form = ComposeForm.find(a_demo())
    assert form.demo
    assert form.status == "created"
    assert form.form_data["songs"][0]["recipientName"] == "Mia"
    assert form.expires_at < now() + timedelta(days=1, minutes=1)


@pytest.mark.parametrize("scene", list(SCENES))
@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_scene_could_be_composed_as_it_is(scene: str, lang: str) -> None:
    assert check_form_data(SCENES[scene].form_data(lang, ""), 1)["songs"][0]["language"] == lang


def test_a_preset_of_staff_is_a_scene_for_whoever_has_its_link() -> None:
    song = {**example_form_data()["songs"][0], "recipientName": "Noor", "style": "smooth-jazz"}
    preset = Preset.create(
        id=new_id("preset"), name="Sister", form_data={**example_form_data(), "songs": [song]}, columns=[], made_by="ann"
    )
    form = forms.begin_demo(preset.id, VISITOR, address="10.0.0.9", name="Zoe", lang="es")
    assert (form.form_data["songs"][0]["recipientName"], form.form_data["songs"][0]["style"]) == ("Zoe", "smooth-jazz")
    assert form.form_data["senderEmail"] == "demo@example.com", "nobody of the brief is ever written to"
    assert form.locale == "es"
    bar = director.demo_state(form.id, VISITOR)
    assert bar.title == "Sister"
    assert bar.typed["songs.0.favoriteMemory"] == song["favoriteMemory"]
    assert check_form_data(presets.find_scene(preset.id).form_data("en", ""), 1)["songs"][0]["recipientName"] == "Noor"
    with pytest.raises(NotFoundError):
        forms.begin_demo(new_id("preset"), VISITOR, address="10.0.0.9")


def test_a_form_is_its_visitors_and_nobody_elses() -> None:
    form_id = a_demo()
    assert forms.own(form_id, VISITOR).form_id == form_id
    for visitor in (STRANGER, "", VISITOR[:-1]):
        with pytest.raises(NotFoundError):
            forms.own(form_id, visitor)


def test_an_order_has_no_director_even_if_somebody_wrote_a_demo_row_for_it() -> None:
    form_id = ready_form()
    Demo.insert(form=form_id, visitor_sha256=forms._hash(VISITOR), scene="birthday", speed=1).execute()
    with pytest.raises(NotFoundError):
        forms.own(form_id, VISITOR)


def test_scenes_are_counted_by_address(override_settings: Override) -> None:
    override_settings(rate_limits={**settings.rate_limits, "demo": 2})
    address = f"192.0.2.{time.time_ns() % 250}"
    for _ in range(2):
        forms.begin_demo("birthday", VISITOR, address=address)
    with pytest.raises(TooManyError):
        forms.begin_demo("birthday", VISITOR, address=address)


def test_one_browser_keeps_a_dozen_forms_and_the_oldest_makes_room() -> None:
    visitor = "m" * 32
    first = forms.begin_demo("birthday", visitor, address="127.0.0.1").id
    for _ in range(forms.MOST_OPEN):
        forms.begin_demo("birthday", visitor, address="127.0.0.1")
    assert not ComposeForm.select().where(ComposeForm.id == first).exists()


def test_production_shows_nothing_unless_it_is_asked_to() -> None:
    whole = {
        "ENV": "production", "SECRET_KEY": "k" * 32, "DATABASE_URL": "postgresql://h/d", "REDIS_URL": "redis://h",
        "PUBLIC_URL": "https://songs.example.com", "STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_WEBHOOK_SECRET": "whsec_x",
        "MAIL_FROM": "a@example.com", "SMTP_URL": "smtp://mail.example.com", "MUSIC_PROVIDERS": "studio",
    }  # fmt: skip
    try:
        assert not read_settings(whole).demo
        assert read_settings({**whole, "DEMO": "true"}).demo
    except SettingsError as error:  # pragma: no cover
        pytest.fail(str(error))
    assert read_settings({}).demo
