"""Addresses are refused where they are given, not after the payment, and only those that our mail server cannot write to."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from api.mistakes import finding
from api.request_shapes import EmailAddress
from customer_texts import wrong_field_in_words, wrong_fields_in_words
from jobs.addresses import BadAddressError, normal_address
from jobs.forms.form_data import check_field, check_form_data
from jobs.forms.wrong_fields import InvalidFormError
from jobs.gifts.giver_actions import NotPossibleError, checked_address
from tests.support.overrides import Override
from tests.support.stack import MIA

SENTENCE = "We can only write to addresses with plain letters (a to z) before the @."
UMLAUT = "müller@example.com"


def answers(address: str) -> dict[str, object]:
    return {"senderName": "Dad", "senderEmail": address, "songs": [MIA]}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Info@Müller-Test.de ", "info@müller-test.de"),
        ("info@xn--mller-test-9db.de", "info@müller-test.de"),
        ("mia+songs@example.com", "mia+songs@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_a_domain_in_any_script_is_taken(override_settings: Override, written: str, kept: str) -> None:
    override_settings(smtp_utf8=False)
    assert normal_address(written) == kept
    assert check_form_data(answers(written.strip()), 1)["senderEmail"] == kept


def test_letters_that_the_relay_cannot_write_are_refused_at_the_form_by_what_is_wrong(override_settings: Override) -> None:
    override_settings(smtp_utf8=False)
    wrong = check_field("senderEmail", UMLAUT)[1]
    assert wrong is not None
    assert SENTENCE in wrong_field_in_words("senderEmail", wrong), "said beside the field while the form is filled in"
    with pytest.raises(InvalidFormError) as refused:
        check_form_data(answers(UMLAUT), 1)
    assert SENTENCE in wrong_fields_in_words(refused.value.fields)["senderEmail"]
    with pytest.raises(NotPossibleError, match="not_plain_letters"):
        checked_address(UMLAUT)
    with pytest.raises(ValidationError) as invalid:
        TypeAdapter(EmailAddress).validate_python(UMLAUT)
    assert SENTENCE in finding(invalid.value.errors()[0])


def test_a_relay_that_can_gets_them(override_settings: Override) -> None:
    override_settings(smtp_utf8=True)
    assert check_form_data(answers(UMLAUT), 1)["senderEmail"] == UMLAUT
    assert checked_address(UMLAUT) == UMLAUT


@pytest.mark.parametrize(
    "written", ["", "mia", "a@b@example.com", "a@example.com, b@example.com", '"a b"@example.com', "a@[127.0.0.1]"]
)
def test_what_is_no_address_is_none(written: str) -> None:
    with pytest.raises(BadAddressError, match="not_an_address"):
        normal_address(written)
