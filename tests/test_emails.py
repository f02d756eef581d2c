"""Every email in the giver's language: nothing in it stays English, and nothing gets lost on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from customer_texts import refusal_in_words
from i18n import LANGUAGES, SOURCE, _, day, speaking
from integrations.mail import Message
from jobs.gifts.giver_actions import NotPossibleError, change_message, seal
from jobs.gifts.replies import UnusableReplyError, voice_mp3
from jobs.mail.extra_templates import NOT_KEPT
from jobs.mail.login_link import login_message
from jobs.mail.payment_templates import LATE
from jobs.mail.templates import KINDS, message_for
from jobs.payments.consent import CURRENT
from jobs.price_text import price
from models import CheckoutSession, ComposeForm, Email, ExtraPurchase, Login, Reply, database, in_database, new_id, now
from settings import settings
from tests.support.gifts import give

UNPAID = ("song_ready", "expiry")
WORDS = "Lloré hasta el final"
OTHERS = [language for language in LANGUAGES if language != SOURCE]


@pytest.fixture(scope="module", params=[1, 3], ids=["one song", "three songs"])
def form_id(migrated: None, request: pytest.FixtureRequest) -> str:
    """A gift that was paid for, with a discount and consent, sealed, and answered."""
    count: int = request.param
    form_id = give(songs=count, name="Mía", sender="Papá")
    with database.connection_context():
        CheckoutSession.insert(
            id=new_id("checkout"), form=form_id, attempt=1, idempotency_key=form_id, amount=999, currency="usd",
            selected_variations={}, selected_task_ids={}, status="fulfilled", amount_paid=899, fulfilled_at=now(),
            consent_version=CURRENT, consent_at=now(), expires_at=now(),
        ).execute()  # fmt: skip
        ExtraPurchase.insert(
            id=f"extra_{form_id}", form=form_id, idempotency_key=form_id, amount=499, currency="usd", song_index=0,
            what="versions", status="fulfilled", amount_paid=399, amount_refunded=1, fulfilled_at=now(),
            consent_version=CURRENT, consent_at=now(), expires_at=now(),
        ).execute()  # fmt: skip
        seal(form_id, "2050-12-24T18:00", "Europe/Berlin")
        voice = {"kind": "voice", "audio_key": "x.mp3", "seconds": 3}
        for came in ({"kind": "text", "words": WORDS}, *[{"kind": "heart"}, voice] * count):
            Reply.insert(id=new_id("reply"), form=form_id, token="t", **came).execute()
    return form_id


def written(form_id: str, kind: str, locale: str | None, **facts: Any) -> Message:
    """The email of this kind to a giver who reads `locale`."""
    facts = {"amount": 999, "currency": "usd", **facts}
    row = Email(id="mail_1", form=form_id, kind=kind, sequence=1, to_address="a@example.com", message_id="<m@x>", facts=facts)
    status = "variations_ready" if kind in UNPAID else "payment_completed" if kind == "receipt" else "delivered"
    with database.connection_context():
        asked = {"status": status, "locale": locale, "expires_at": now() + timedelta(days=1)}
        ComposeForm.update(asked).where(ComposeForm.id == form_id).execute()
        message = message_for(row)
    assert message is not None
    return message


def assert_wholly(language: str, said: Message, english: Message) -> None:
    """No line of one stands in the other; both have the same links; no place was left open; a subject is seen whole."""
    assert f'<html lang="{language}">' in said.html
    assert '<html lang="en">' in english.html
    assert said.subject != english.subject
    assert len(said.subject) <= 78
    lines, others = ({line for line in one.text.splitlines() if "://" not in line} for one in (said, english))
    with speaking(language):
        quoted = _("“{words}”", words=WORDS)
    assert lines & others <= {"", settings.brand_name, quoted}, language
    assert len(said.text.splitlines()) == len(english.text.splitlines())
    urls = [re.findall(r"http\S+", re.sub(r"(signature|expires)=[^&\s]+", "", one.text)) for one in (said, english)]
    assert urls[0] == urls[1]
    for part in (said.subject, said.text, re.sub("<[^>]+>", "", said.html)):
        assert set(re.findall("[{}“”„«»]", part)) <= {quoted[0], quoted[-1]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_giver_gets_emails_in_their_language_only(form_id: str, kind: str) -> None:
    facts = {"extra": f"extra_{form_id}"} if kind == "extra_receipt" else {}
    english = written(form_id, kind, None, **facts)
    for language in OTHERS:
        said = written(form_id, kind, language, **facts)
        assert_wholly(language, said, english)
        if kind != "gift":
            with speaking(language):
                hello = _("Dear {name},", name="Papá")
            assert said.text.startswith(f"{hello}\n"), "the name stands where it belongs"
        assert ("Mía" in said.text) == (kind in ("delivery", "gift", "extra_receipt"))


@pytest.mark.parametrize("why", LATE)
def test_a_refund_gives_its_reason_in_the_giver_s_language(form_id: str, why: str) -> None:
    english = written(form_id, "refund", None, why=why, whole=True)
    for language in OTHERS:
        said = written(form_id, "refund", language, why=why, whole=True)
        assert_wholly(language, said, english)
        with speaking(language):
            assert price(999, "usd") in said.text


@pytest.mark.parametrize("why", NOT_KEPT)
def test_a_refund_of_something_more_gives_its_reason_in_the_giver_s_language(form_id: str, why: str) -> None:
    facts = {"why": why, "whole": True, "extra": f"extra_{form_id}"}
    english = written(form_id, "refund", None, **facts)
    for language in OTHERS:
        assert_wholly(language, written(form_id, "refund", language, **facts), english)


def test_the_receipt_counts_pays_and_quotes_the_consent_as_people_do_there(form_id: str) -> None:
    text = written(form_id, "delivery", "es").text
    songs = "Cesta de fiestas, 3 canciones" if "3 canciones" in text else "Solo Serenade, 1 canción"
    agreed = in_database(CheckoutSession.get, CheckoutSession.form == form_id).consent_at
    with speaking("es"):
        on = day(agreed)
    for line in (f"{songs}: 9,99\u00a0US$", "Descuento: 1,00\u00a0US$", "Pagado: 8,99\u00a0US$, impuestos incluidos, el"):
        assert line in text
    assert re.search(rf"El {on}, \d\d?:\d\d UTC aceptaste: «[^«»]+desistir[^«»]+»", text)


@pytest.mark.parametrize("language", OTHERS)
def test_the_link_to_sign_in_is_mailed_in_the_language_it_was_asked_for_in(language: str) -> None:
    row = {"id": "login_1", "email": "a@example.com", "message_id": "<l@x>"}
    link = "http://localhost/login/x"
    assert_wholly(language, login_message(Login(**row, locale=language), link), login_message(Login(**row), link))


def test_a_language_that_is_no_longer_offered_falls_back_to_english(form_id: str) -> None:
    assert written(form_id, "delivery", "xx").text == written(form_id, "delivery", None).text


def test_what_cannot_be_done_is_said_in_the_language_of_whoever_asks(form_id: str) -> None:
    written(form_id, "delivery", "es")  # a reader of English at the page of a Spanish gift is answered in English
    for language, long, large in (("es", "Es un poco largo", "demasiado grande"), (None, "That is a little", "too large")):
        with speaking(language):
            with pytest.raises(NotPossibleError) as refused:
                in_database(lambda: change_message(form_id, "x" * 600, downloads=True, name_in_preview=True))
            assert long in refusal_in_words(refused.value)
            with pytest.raises(UnusableReplyError) as refused:
                voice_mp3(bytes(5_000_000))
            assert large in refusal_in_words(refused.value)
