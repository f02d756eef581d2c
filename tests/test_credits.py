"""Credits of an account: one pays for a song, and none is ever spent twice."""

from __future__ import annotations

import pytest

from jobs.payments.credits import TooFewCreditsError, grant_credits, pay_with_credits
from models import PAID, ComposeForm, CreditMove, ShareToken, User, WrongMomentError, database, in_database
from tests.support.accounts import an_account, in_threads
from tests.support.forms import a_stored_form as a_form
from tests.support.forms import checkout_session


def credits_of(user: User) -> int:
    return int(in_database(User.get_by_id, user.id).credits)


def a_chosen_form() -> str:
    return a_form(selected_variations={"0": 2})


def test_staff_grant_credits_and_one_pays_for_a_song(migrated: None) -> None:
    user = an_account()
    assert in_database(grant_credits, user.email, 2) == 2
    form_id = a_chosen_form()
    in_database(pay_with_credits, form_id, user.id)
    row = in_database(ComposeForm.find, form_id)
    assert (row.status, row.amount_paid, row.user_id, credits_of(user)) == ("payment_completed", 0, user.id, 1)
    with database.connection_context():
        assert ShareToken.select().where(ShareToken.form == form_id).count() == 1
        assert [move.amount for move in CreditMove.select().where(CreditMove.user_id == user.id).order_by(CreditMove.id)] == [
            2,
            -1,
        ]


def test_credits_are_never_spent_twice_by_racing_forms(migrated: None, patient_database: None) -> None:
    user = an_account()
    in_database(grant_credits, user.email, 3)
    forms = [a_chosen_form() for _ in range(8)]
    results = in_threads(8, lambda number: pay_with_credits(forms[number], user.id))
    assert sum(result is None for result in results) == 3
    assert sum(isinstance(result, TooFewCreditsError) for result in results) == 5
    assert credits_of(user) == 0
    paid = [form_id for form_id in forms if in_database(ComposeForm.find, form_id).status in PAID]
    assert len(paid) == 3


def test_one_form_is_paid_once_by_racing_presses(migrated: None, patient_database: None) -> None:
    user = an_account()
    in_database(grant_credits, user.email, 5)
    form_id = a_chosen_form()
    results = in_threads(8, lambda _: pay_with_credits(form_id, user.id))
    assert sum(result is None for result in results) == 1
    assert credits_of(user) == 4


def test_nothing_is_spent_without_a_choice_or_while_a_card_payment_is_open(migrated: None) -> None:
    user = an_account()
    in_database(grant_credits, user.email, 1)
    unchosen, being_paid = a_form(), a_chosen_form()
    checkout_session(being_paid, "open")
    for form_id in (unchosen, being_paid):
        with pytest.raises(WrongMomentError):
            in_database(pay_with_credits, form_id, user.id)
    assert credits_of(user) == 1


def test_credits_cannot_be_taken_below_zero(migrated: None) -> None:
    with pytest.raises(TooFewCreditsError):
        in_database(grant_credits, an_account().email, -1)
