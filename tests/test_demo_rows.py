"""A demo form is shown, and never counted: no money, no mail, no figure, no other studio than its own. No browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import jobs.generation.dispatching
import jobs.generation.submitting
from api.metrics import OrderCollector
from integrations import payments
from integrations.music.demo import DemoStudio
from integrations.payments import demo_account
from integrations.payments.demo_keys import demo_key, demo_webhook_secret
from integrations.payments.sandbox import sandbox_of
from integrations.storage import storage
from integrations.writer.lyricist import Lyricist
from jobs.accounts.login import claim_forms
from jobs.demo import director, forms, presets
from jobs.demo.scenes import SCENES
from jobs.forms.form_data import check_form_data
from jobs.forms.told_story import FoundAnswer, fill_from_story
from jobs.generation import demo_pacing
from jobs.generation.providers import provider_for, writer
from jobs.mail import reminders, sending
from jobs.monitoring.invariants import findings, lost_songs
from jobs.payments.credits import pay_with_credits
from jobs.payments.delivery_guarantee import undelivered
from jobs.payments.refunds import refund_form
from jobs.rate_limits import TooManyError
from models import (
    Alert,
    CheckoutSession,
    ComposeForm,
    Demo,
    Email,
    FormEvent,
    NotFoundError,
    Preset,
    Variation,
    WrongMomentError,
    database,
    new_id,
    now,
)
from settings import SettingsError, read_settings, settings
from tests.support.overrides import Override
from tests.support.rows import forget_rows
from tests.support.shop import ready_form
from tests.support.stack import example_form_data

VISITOR, STRANGER = "v" * 32, "s" * 32


@pytest.fixture(autouse=True)
def tables(migrated: None) -> Iterator[None]:
    with database.connection_context():
        forget_rows("compose_forms", "stripe_events", "alerts", "form_events")
        yield


def a_demo(**columns: Any) -> str:
    form_id = forms.begin_demo("birthday", VISITOR, address="127.0.0.1", name="Mia").id
    if columns:
        ComposeForm.update(**columns).where(ComposeForm.id == form_id).execute()
    return form_id


def paid(form_id: str, **columns: Any) -> str:
    """A counted payment whose figures do not fit: of an order, every alarm would go off."""
    row = new_id("checkout")
    CheckoutSession.create(
        id=row, form=form_id, stripe_session_id=f"cs_test_{row}", attempt=1, idempotency_key=row, amount=999, currency="usd",
        selected_variations={}, selected_task_ids={}, status="fulfilled", amount_paid=1, fulfilled_at=now(), expires_at=now(),
        payment_intent_id=f"pi_{row}", **columns,
    )  # fmt: skip
    return row


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
    assert bar["title"] == "Sister"
    assert bar["typed"]["songs.0.favoriteMemory"] == song["favoriteMemory"]
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


def test_no_figure_and_no_alarm_counts_a_demo() -> None:
    before = _counted()
    form_id = a_demo(
        status="payment_completed", amount_paid=999, paid_at=now() - timedelta(days=3), updated_at=now() - timedelta(days=3)
    )
    paid(form_id)
    mail = {"to_address": "demo@example.com", "next_try_at": now() - timedelta(days=1), "message_id": new_id("m")}
    Email.insert(id=new_id("mail"), form=form_id, kind="delivery", **mail).execute()
    undelivered()
    assert _counted() == before
    assert lost_songs().count == 0


def _counted() -> tuple[Any, ...]:
    example_form_data = [one.samples for one in OrderCollector().from_rows() if "lag" not in one.name]
    return {one.name: one.count for one in findings()}, example_form_data, Alert.select().count()


def test_the_same_rows_of_an_order_would_have_been_noticed() -> None:
    paid(ready_form(status="payment_completed", amount_paid=999, paid_at=now() - timedelta(days=3)))
    assert {"I1", "I4", "I13"} <= {one.name for one in findings() if one.count}


def test_a_demo_s_mail_is_written_and_given_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def post() -> Any:
        raise AssertionError("a mail world was asked")

    monkeypatch.setattr(sending, "post", post)
    form_id = a_demo(status="payment_completed", amount_paid=999, paid_at=now())
    mail = new_id("mail")
    Email.insert(id=mail, form=form_id, kind="delivery", to_address="somebody@example.com", message_id=new_id("m")).execute()
    sending.send_email(mail)
    assert Email.find(mail).status == "sent"
    assert ComposeForm.find(form_id).status == "delivered"


def test_a_demo_s_story_asks_for_no_language_that_the_demo_does_not_sing(override_settings: Override) -> None:
    override_settings(music_providers=("musicgpt",), writer_base_url="https://chat.example.com")
    for form_id, language in ((ready_form(), "pt"), (a_demo(), "en")):
        answers = ComposeForm.find(form_id).form_data
        answers["songs"][0] |= {"story": "Canta em português, por favor.", "language": "en"}
        ComposeForm.update(status="created", submitted_at=None, form_data=answers).where(ComposeForm.id == form_id).execute()
        found = {"language": FoundAnswer("pt", "em português")}
        assert fill_from_story(form_id, 0, answers["songs"][0]["story"], found)["language"] == language


def test_nobody_is_reminded_of_a_demo() -> None:
    form_id = a_demo(status="variations_ready", guest_email="somebody@example.com", updated_at=now() - timedelta(hours=2))
    reminders.orders_that_end()
    assert not Email.select().where(Email.form == form_id).exists()


def test_its_studio_and_its_writer_are_ours_whatever_is_set(override_settings: Override) -> None:
    override_settings(writer_base_url="https://chat.example.com", music_providers=("musicgpt",))
    assert isinstance(provider_for({"demo": 5}, {"demo", "studio"}, demo=True), DemoStudio)
    assert isinstance(writer.__wrapped__(True), Lyricist)
    assert provider_for({}).name == "musicgpt"  # type: ignore[union-attr]


def test_a_real_dispatch_never_starts_a_demo_and_the_demo_s_never_an_order() -> None:
    order, shown = ready_form(), a_demo()
    for form_id in (order, shown):
        ComposeForm.update(generated_lyrics=["la"], variation_styles=[["a", "b", "c"]]).where(
            ComposeForm.id == form_id
        ).execute()
        Variation.delete().where(Variation.form == form_id).execute()
        Variation.insert(id=new_id("task"), form=form_id, song_index=0, variation=1).execute()

    def statuses() -> list[str]:
        return [Variation.get(Variation.form == one).status for one in (order, shown)]

    jobs.generation.dispatching._dispatch(True)
    assert statuses() == ["queued", "submitted"]
    assert Variation.get(Variation.form == shown).provider == "demo"
    jobs.generation.dispatching._dispatch(False)
    assert statuses() == ["submitted", "submitted"]
    assert Variation.get(Variation.form == order).provider == "studio"


def test_while_real_songs_are_recorded_the_demo_has_one_place() -> None:
    assert jobs.generation.dispatching._free_places(True) == {"demo": settings.demo_renderings}
    order = ready_form()
    Variation.update(status="generating", provider="studio", stage=None).where(Variation.form == order).execute()
    assert jobs.generation.dispatching._free_places(True) == {"demo": 1}


def test_what_is_recorded_early_is_held_back_by_the_speed_and_never_runs_ahead() -> None:
    from integrations.music import Clip, State, TaskState

    form_id = a_demo()
    Variation.insert(
        id=new_id("task"), form=form_id, song_index=0, variation=1, status="generating", provider="demo",
        provider_task_id="t1", submitted_at=now() - timedelta(seconds=5),
    ).execute()  # fmt: skip
    row = Variation.get(Variation.form == form_id)
    done = {"t1": TaskState(State.SUCCEEDED, 100, "", (Clip("t1"),))}
    early = demo_pacing.held_back([row], done)["t1"]
    assert early.state is State.RUNNING
    assert 40 <= (early.progress or 0) <= 60
    assert early.clips == ()
    slow = demo_pacing.held_back([row], {"t1": TaskState(State.RUNNING, 3, "composing")})["t1"]
    assert slow.progress == 3, "the bar says what is recorded, not what should be"
    Demo.update(speed=20).where(Demo.form == form_id).execute()
    assert demo_pacing.held_back([row], done)["t1"].state is State.SUCCEEDED


def test_the_demo_s_sandbox_has_keys_that_open_nothing_else() -> None:
    assert demo_key(settings) != settings.stripe_secret_key
    assert demo_webhook_secret(settings) not in settings.webhook_secrets
    assert demo_account() is not payments.account()
    assert not demo_account().livemode
    with pytest.raises(RuntimeError, match="does not run in production"):
        sandbox_of(replace(settings, env="production"))


def test_a_payment_is_looked_up_where_its_form_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobs.payments import fulfilment

    asked = []

    class Account:
        livemode = False

        def __init__(self, name: str) -> None:
            self.name = name

        def retrieve_session(self, session_id: str) -> Any:
            asked.append(self.name)
            raise payments.PaymentsError("missing", session_id)

    monkeypatch.setattr(payments, "account_for", lambda demo: Account("demo" if demo else "shop"))
    for form_id, said_by_demo in ((ready_form(), True), (a_demo(), False)):
        row = paid(form_id)
        CheckoutSession.update(status="open", fulfilled_at=None, amount_paid=None).where(CheckoutSession.id == row).execute()
        assert not fulfilment.fulfil(f"cs_test_{row}", demo=said_by_demo)
    assert asked == ["shop", "demo"], "who says that it was paid does not decide where that is looked up"


def test_a_session_of_the_demo_is_never_taken_for_an_order_s() -> None:
    from integrations.payments import PaidSession
    from jobs.payments.fulfilment import _adopted

    order = ready_form()
    row = CheckoutSession.create(
        id=new_id("checkout"), form=order, attempt=1, idempotency_key=new_id("k"), amount=999, currency="usd",
        selected_variations={}, selected_task_ids={}, expires_at=now(),
    )  # fmt: skip
    fields = {name: None for name in PaidSession.__dataclass_fields__}
    session = PaidSession(
        **{
            **fields,
            "session_id": "cs_test_other",
            "livemode": False,
            "client_reference_id": order,
            "metadata_checkout_id": row.id,
        }
    )
    assert _adopted(session, True) is None
    assert CheckoutSession.find(row.id).stripe_session_id is None
    assert _adopted(session, False) is not None


def test_no_credits_no_refunds_and_no_account_for_a_demo() -> None:
    form_id = a_demo(status="variations_ready", guest_email="owner@example.com")
    with pytest.raises(WrongMomentError):
        pay_with_credits(form_id, "user_x")
    with pytest.raises(WrongMomentError):
        refund_form(form_id, None)
    assert claim_forms("user_x", "owner@example.com", [form_id]) == 0


def test_after_a_day_nothing_is_left_of_it(tmp_path: Path) -> None:
    form_id, young = a_demo(status="delivered", amount_paid=999, paid_at=now()), a_demo()
    paid(form_id)
    task = new_id("task")
    storage().put(f"{task}/master-{'0' * 16}.mp3", b"sound")
    Variation.insert(id=task, form=form_id, song_index=0, variation=1, status="failed", error_code="lost").execute()
    Demo.update(created_at=now() - timedelta(days=1, minutes=1)).where(Demo.form == form_id).execute()
    forms.end_old_demos()
    for table, field in (
        (ComposeForm, ComposeForm.id),
        (CheckoutSession, CheckoutSession.form),
        (FormEvent, FormEvent.form_id),
    ):
        assert not table.select().where(field == form_id).exists()
    assert not storage().path(f"{task}/master-{'0' * 16}.mp3")
    assert ComposeForm.find(young).demo


def test_an_order_is_not_ended_as_a_demo() -> None:
    form_id = ready_form()
    assert not forms.end_demo(form_id)
    assert ComposeForm.find(form_id).status == "variations_ready"


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
