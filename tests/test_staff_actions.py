"""What staff do, and what it does: to songs, mail, money, links and time; and what the diagnosis says before and after."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.mail import MailError
from jobs import registry
from jobs.generation import providers
from jobs.payments.extras import kept_extras
from jobs.staff.actions import ActionRefusedError, act
from jobs.staff.diagnosis import Diagnosis, diagnose
from jobs.staff.order_report import read_order
from jobs.staff.song_actions import providers_for
from models import BonusClip, ComposeForm, ProviderPause, ShareToken, User, Variation, in_database, new_form_id, new_id, now
from tests.support.overrides import Enqueued, Override
from tests.support.shop import Shop, database_of_its_own, opened_shop, ready_form
from tests.support.stack import example_form_data
from tests.support.staff import session_of


@pytest.fixture(scope="module", autouse=True)
def own_database(migrated: None) -> Iterator[None]:
    with database_of_its_own("acting"):
        yield


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with opened_shop(tmp_path, monkeypatch.setattr) as shop:
        yield shop


def do(name: str, form_id: str, who: str = "admin", **more: Any) -> str:
    return act(session_of(who), name, press=secrets.token_hex(8), form_id=form_id, reason="the customer called", **more)


def say(form_id: str) -> list[Diagnosis]:
    order = in_database(read_order, form_id)
    assert order is not None
    return in_database(diagnose, order)


def a_form(**columns: Any) -> str:
    """A form by rows, in the database of this module."""
    values = {
        "package_type": "solo-serenade",
        "song_count": 1,
        "form_data": example_form_data(),
        "guest_email": "dad@example.com",
        **columns,
    }
    form_id = new_form_id()
    change(ComposeForm.insert(id=form_id, **values))
    return form_id


def a_variation(form_id: str, **columns: Any) -> str:
    """Its first variation."""
    task = new_id("task")
    change(Variation.insert(id=task, form=form_id, song_index=0, variation=1, **columns))
    return task


def change(query: Any) -> None:
    in_database(query.execute)


def test_staff_give_the_other_versions_and_take_them_back_with_a_reason_each(shop: Shop) -> None:
    """The record says who and why; what is given is in the report, and is not offered to be given again."""
    form_id, _ = shop.sell()
    order = in_database(read_order, form_id)
    assert order is not None
    assert order.to_give == [("0:versions", "song 1: versions")]
    assert do("give_more", form_id, "support", about="0:versions").startswith("Given")
    with pytest.raises(ActionRefusedError, match="You keep this already"):
        do("give_more", form_id, about="0:versions")
    with pytest.raises(ActionRefusedError, match="choose a song"):
        do("give_more", form_id, about="0:stems")
    order = in_database(read_order, form_id)
    assert order is not None
    (row,) = order.extras
    assert (row.status, row.amount, order.to_give) == ("fulfilled", 0, [])
    assert [line.why for line in order.timeline if line.kind == "staff"] == ["the customer called"] * 3
    assert do("refund_more", form_id, about=row.id) == "Taken back; there was nothing to refund."
    assert in_database(kept_extras, form_id) == []


# ---------------------------------------------------------------- songs


def test_a_stuck_recording_is_begun_anew_and_what_may_still_come_is_kept(recorded_queue: list[Enqueued]) -> None:
    long_ago = now() - timedelta(minutes=30)
    form_id = a_form(status="variations_generating", submitted_at=long_ago, generated_lyrics=["la"])
    task = a_variation(
        form_id,
        status="generating",
        step="waiting",
        provider="studio",
        provider_task_id=secrets.token_hex(4),
        submitted_at=long_ago,
    )
    (verdict,) = say(form_id)
    assert (verdict.mood, verdict.action, verdict.about) == ("bad", "retry", task)
    assert do("retry", form_id, about=task) == "Queued again."
    assert do("retry", form_id, about=task) == "Already queued."
    row = in_database(Variation.find, task)
    assert (row.status, row.attempt, row.provider_task_id) == ("queued", 2, None)
    assert in_database(BonusClip.select().where(BonusClip.form == form_id).count) == 1
    assert [one.name for one in recorded_queue] == ["dispatch"]


def test_another_provider_is_asked_whatever_the_order_of_the_list(
    override_settings: Override, recorded_queue: list[Enqueued]
) -> None:
    from jobs.generation.providers import provider_for

    override_settings(music_providers=("suno", "mureka", "studio"))
    form_id = a_form(status="variations_generating", submitted_at=now(), generated_lyrics=["la"])
    task = a_variation(form_id, status="failed", provider="suno", error_code="lost", failures={"suno": 2})
    (verdict,) = say(form_id)
    assert (verdict.sentence, verdict.action) == (
        "Version 1 of song 1 failed: the provider lost the task, or exceeded the time limit.",
        "other_provider",
    )
    with pytest.raises(ActionRefusedError, match="not one of MUSIC_PROVIDERS"):
        do("other_provider", form_id, about=task, provider="elevenlabs")
    do("other_provider", form_id, about=task, provider="mureka")
    following = provider_for(in_database(Variation.find, task).failures)
    assert following is not None
    assert following.name == "mureka"


def test_only_a_provider_that_sings_the_language_is_advised_and_taken(
    override_settings: Override, recorded_queue: list[Enqueued]
) -> None:
    override_settings(music_providers=("mureka", "studio", "suno"))
    answers = example_form_data()
    answers["songs"][0]["language"] = "pt"  # which the studio does not sing
    form_id = a_form(status="variations_generating", submitted_at=now(), generated_lyrics=["la"], form_data=answers)
    task = a_variation(form_id, status="failed", provider="mureka", error_code="lost", failures={"mureka": 2})
    assert [one.action for one in say(form_id)] == ["other_provider"]
    form, row = in_database(ComposeForm.find, form_id), in_database(Variation.find, task)
    assert providers_for(form, row) == ["suno", "mureka"]
    with pytest.raises(ActionRefusedError, match="studio does not sing the language of this song"):
        do("other_provider", form_id, about=task, provider="studio")
    override_settings(music_providers=("mureka", "studio"))
    assert [one.action for one in say(form_id)] == ["retry"], "the studio is no other provider for this song"
    assert do("other_provider", form_id, about=task, provider="mureka") == "Queued again."
    in_database(providers.pause, "mureka", "auth")
    assert "every provider that sings its language is paused: mureka." in say(form_id)[0].sentence
    change(ProviderPause.delete())


def test_a_ready_one_is_recorded_elsewhere_and_the_old_one_stays(
    override_settings: Override, recorded_queue: list[Enqueued]
) -> None:
    from jobs.generation.providers import provider_for

    override_settings(music_providers=("suno", "mureka", "studio"))
    form_id = in_database(ready_form)
    task = in_database(lambda: Variation.get(Variation.form == form_id, Variation.variation == 1).id)
    assert do("other_provider", form_id, about=task, provider="mureka") == "One more version is queued, for mureka."
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id, Variation.variation == 1)))
    assert sorted((row.take, row.status, row.shown) for row in rows) == [(1, "ready", False), (2, "queued", True)]
    following = provider_for(next(row.failures for row in rows if row.take == 2))
    assert following is not None
    assert following.name == "mureka"


def test_a_ready_one_gets_a_new_version_and_the_old_one_stays(recorded_queue: list[Enqueued]) -> None:
    form_id = in_database(ready_form)
    task = in_database(lambda: Variation.get(Variation.form == form_id, Variation.variation == 1).id)
    with pytest.raises(ActionRefusedError, match="record one more version instead"):
        do("retry", form_id, about=task)
    do("replace", form_id, about=task)
    do("replace", form_id, about=task)  # being made already
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id, Variation.variation == 1)))
    assert sorted((row.take, row.status, row.shown) for row in rows) == [(1, "ready", False), (2, "queued", True)]
    form = in_database(ComposeForm.find, form_id)
    assert (form.status, form.selected_variations) == ("variations_generating", {}), "a choice points at no other recording"


WORDS = "[Verse 1]\nJohn, with an H, this is your song\n[Chorus]\nSing it all the evening long"


def test_staff_change_the_lyrics_as_often_as_it_takes_and_what_was_there_is_kept(
    shop: Shop, override_settings: Override
) -> None:
    override_settings(max_revisions=1)  # a customer could not any more
    form_id = in_database(ready_form)
    assert do("edit_lyrics", form_id, "support", about="0", title="For John", lyrics=WORDS).startswith("Song 1 has new lyrics")
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id)))
    assert (
        sorted((row.revision, row.status, row.shown) for row in rows) == [(1, "ready", False)] * 3 + [(2, "queued", True)] * 3
    )
    assert {row.asked_lyrics for row in rows if row.revision == 2} == {WORDS}
    form = shop.form(form_id)
    assert (form.generated_titles, form.status, form.selected_variations) == (["For John"], "variations_generating", {})
    with pytest.raises(ActionRefusedError, match="already has these lyrics"):
        do("edit_lyrics", form_id, about="0", title="For John", lyrics=WORDS)
    with pytest.raises(ActionRefusedError, match="still being made"):
        do("edit_lyrics", form_id, about="0", title="For Johnny", lyrics=WORDS)
    order = in_database(read_order, form_id)
    assert order is not None
    line = next(line for line in order.timeline if line.kind == "staff" and "new lyrics" in line.what)
    assert (line.who, line.why) == ("sam@staff.example", "the customer called")
    assert any((line.who, line.why) == ("staff", "new_words") for line in order.timeline if line.kind == "form")


@pytest.mark.parametrize(
    ("about", "title", "lyrics", "sentence"),
    [
        ("7", "A title", WORDS, "There is no song 7"),
        ("", "A title", WORDS, "There is no song -1"),
        ("-1", "A title", WORDS, "There is no song -1"),
        ("0", "", WORDS, "A title has 1 to 80"),
        ("0", "A title", "la", "these have 2"),
    ],
)
def test_lyrics_that_cannot_be_sung_are_refused_with_the_reason(
    shop: Shop, about: str, title: str, lyrics: str, sentence: str
) -> None:
    form_id = in_database(ready_form)
    with pytest.raises(ActionRefusedError, match=sentence):
        do("edit_lyrics", form_id, about=about, title=title, lyrics=lyrics)
    assert (shop.form(form_id).status, shop.form(form_id).selected_variations) == ("variations_ready", {"0": 1})


def test_what_is_being_paid_for_or_bought_keeps_its_lyrics(shop: Shop) -> None:
    form_id = in_database(ready_form)
    session = shop.checkout(form_id)
    with pytest.raises(ActionRefusedError, match="payment page is open"):
        do("edit_lyrics", form_id, about="0", title="For John", lyrics=WORDS)
    shop.press(session)
    shop.await_events()
    with pytest.raises(ActionRefusedError, match="stay as bought"):
        do("edit_lyrics", form_id, about="0", title="For John", lyrics=WORDS)
    assert (shop.form(form_id).generated_titles, shop.broken()) == (["A song"], {})


def test_a_variation_that_is_gone_is_said_to_be_gone(recorded_queue: list[Enqueued]) -> None:
    for about in ("", "task_none", "x" * 300):
        with pytest.raises(ActionRefusedError):
            do("retry", a_form(), about=about)


# ---------------------------------------------------------------- mail, links, release


def test_a_failed_mail_is_tried_anew_and_not_written_twice(shop: Shop) -> None:
    form_id = in_database(ready_form)
    shop.post.failure = MailError("550 unknown", permanent=True)
    shop.press(shop.checkout(form_id))
    shop.await_events()
    assert shop.mails(form_id) == [("delivery", "failed")]
    worst = say(form_id)[0]
    assert (worst.action, "could not be delivered" in worst.sentence) == ("readdress", True)
    do("readdress", form_id, "support", address="new@example.com")
    shop.drain()
    assert shop.mails(form_id) == [("delivery", "sent")]
    assert shop.post.messages[-1].to_address == "new@example.com"
    assert shop.form(form_id).attention is None
    assert [one.mood for one in say(form_id)] == ["good"]


def test_a_delivered_link_is_sent_once_more(shop: Shop) -> None:
    form_id, _ = shop.sell()
    do("resend", form_id, "support")
    shop.drain()
    assert shop.mails(form_id) == [("delivery", "sent")] * 2


def test_nothing_is_sent_to_who_has_not_paid(shop: Shop) -> None:
    form_id = in_database(ready_form)
    with pytest.raises(ActionRefusedError, match="only paid orders"):
        do("resend", form_id)
    do("readdress", form_id, address="right@example.com")
    assert shop.drain() == []
    assert shop.form(form_id).guest_email == "right@example.com"


def test_a_new_link_works_and_the_old_one_does_not(shop: Shop) -> None:
    form_id, _ = shop.sell()
    old = in_database(lambda: ShareToken.get(ShareToken.form == form_id).token)
    do("rotate", form_id, about="0")
    rows = in_database(lambda: {row.token: row.revoked_at for row in ShareToken.select().where(ShareToken.form == form_id)})
    assert (rows.pop(old) is not None, list(rows.values())) == (True, [None])
    assert shop.broken() == {}
    for about in ("7", "", "-1", "x"):
        with pytest.raises(ActionRefusedError):
            do("rotate", form_id, about=about)


def test_where_a_person_must_release_nothing_leaves_before(shop: Shop, override_settings: Override) -> None:
    from jobs.views.form_view import read_form

    override_settings(release_by_hand=True)
    form_id = in_database(ready_form)
    shop.press(shop.checkout(form_id))
    shop.await_events()
    form = in_database(read_form, form_id)
    assert form is not None
    assert (form.status, form.attention, form.share_urls) == ("payment_completed", "to_release", {})
    assert {one.audio_url for one in form.songs[0].variations} == {None}
    (receipt,) = shop.post.messages
    assert "/s/" not in receipt.text, "no song leaves with it"
    assert (say(form_id)[0].action, shop.broken()) == ("release", {})
    do("release", form_id, "support")
    shop.drain()
    assert (shop.form(form_id).status, len(shop.post.messages)) == ("delivered", 2)
    assert [one.mood for one in say(form_id)] == ["good"]


# ---------------------------------------------------------------- money


def test_part_and_rest_are_given_back_and_a_press_too_much_is_refused(shop: Shop) -> None:
    form_id, _ = shop.sell()
    assert do("refund", form_id, amount=300) == "Refund of $3.00 sent."
    assert do("refund", form_id) == "Refund of $6.99 sent."
    with pytest.raises(ActionRefusedError, match=r"0\.00 is left"):
        do("refund", form_id)
    assert (shop.form(form_id).status, shop.links(form_id), shop.broken()) == ("refunded", 0, {})


def test_a_second_payment_that_did_not_go_back_by_itself_is_found_and_given_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = in_database(ready_form)
    first = shop.checkout(form_id)
    shop.press(shop.checkout(form_id, selectedVariations={"0": 2}))
    shop.press(first, "late")
    monkeypatch.setitem(registry._functions, "pay_refund", lambda checkout_id: None)  # the automatic one never came to it
    shop.await_events()
    worst = say(form_id)[0]
    assert (worst.mood, worst.action) == ("bad", "refund_payment")
    assert "Duplicate payment" in worst.sentence
    assert do("refund_payment", form_id, "support", about=worst.about) == "Refund of $9.99 sent."
    assert do("refund_payment", form_id, "support", about=worst.about) == "Already refunded."
    shop.await_events()
    assert [one.mood for one in say(form_id)] == ["good"]
    assert (shop.form(form_id).status, len(shop.stripe("refunds")["data"]), shop.broken()) == ("delivered", 1, {})
    bought = next(row.id for row in shop.sessions(form_id) if row.fulfilled_at)
    with pytest.raises(ActionRefusedError, match="use Refund"):
        do("refund_payment", form_id, about=bought)


def test_credits_are_for_the_account_of_the_address(shop: Shop) -> None:
    form_id = a_form_here(guest_email="lucky@example.com")
    assert do("grant", form_id, number=2) == "2 granted; the account has 2 now."
    for number in (0, -1, 11, None):
        with pytest.raises(ActionRefusedError):
            do("grant", form_id, number=number)
    assert in_database(lambda: User.get(User.email == "lucky@example.com").credits) == 2


# ---------------------------------------------------------------- time


def a_form_here(**columns: Any) -> str:
    form_id = in_database(ready_form)
    if columns:
        change(ComposeForm.update(**columns).where(ComposeForm.id == form_id))
    return form_id


def test_staff_may_keep_an_order_longer_and_end_it_for_good(shop: Shop) -> None:
    form_id = a_form_here()
    before = shop.form(form_id).expires_at
    assert do("extend", form_id).startswith("Expires on")
    assert shop.form(form_id).expires_at == before + timedelta(days=7)
    assert do("expire", form_id) == "Expired; all data is deleted."
    form = shop.form(form_id)
    assert (form.status, form.form_data["songs"], form.guest_email) == ("expired", [{}], None)
    with pytest.raises(ActionRefusedError):
        do("extend", form_id)
    paid, _ = shop.sell()
    with pytest.raises(ActionRefusedError, match="it is paid"):
        do("expire", paid)


def test_every_fine_order_is_said_to_be_fine(shop: Shop) -> None:
    for status in ("created", "prompts_generated", "variations_ready", "expired", "refunded"):
        verdicts = say(a_form_here(status=status, submitted_at=None))
        assert [one.mood for one in verdicts] == ["good"], status
        assert verdicts[0].action == ""
