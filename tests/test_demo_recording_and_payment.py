"""Who records a demo's songs and where they are paid: the demo's own studio and sandbox, never an order's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import jobs.generation.dispatching
import jobs.generation.submitting
from integrations import payments
from integrations.music.demo import DemoStudio
from integrations.payments import demo_account
from integrations.payments.demo_keys import demo_key, demo_webhook_secret
from integrations.payments.sandbox import sandbox_of
from integrations.writer.built_in_lyricist import Lyricist
from jobs.accounts.login import claim_forms
from jobs.forms.told_story import FoundAnswer, fill_from_story
from jobs.generation import demo_pacing
from jobs.generation.providers import provider_for, writer
from jobs.payments.credits import pay_with_credits
from jobs.payments.refunds import refund_form
from models import CheckoutSession, ComposeForm, Demo, Variation, WrongMomentError, database, new_id, now
from settings import settings
from tests.support.demo_forms import a_demo, paid
from tests.support.overrides import Override
from tests.support.rows import forget_rows
from tests.support.shop import ready_form


@pytest.fixture(autouse=True)
def tables(migrated: None) -> Iterator[None]:
    with database.connection_context():
        forget_rows("compose_forms", "stripe_events", "alerts", "form_events")
        yield


def test_a_demo_s_story_asks_for_no_language_that_the_demo_does_not_sing(override_settings: Override) -> None:
    override_settings(music_providers=("musicgpt",), writer_base_url="https://chat.example.com")
    for form_id, language in ((ready_form(), "pt"), (a_demo(), "en")):
        answers = ComposeForm.find(form_id).form_data
        answers["songs"][0] |= {"story": "Canta em português, por favor.", "language": "en"}
        ComposeForm.update(status="created", submitted_at=None, form_data=answers).where(ComposeForm.id == form_id).execute()
        found = {"language": FoundAnswer("pt", "em português")}
        assert fill_from_story(form_id, 0, answers["songs"][0]["story"], found)["language"] == language


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
