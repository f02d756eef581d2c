"""The nouns and their lifecycles; the only place a status moves.

Every move is one guarded UPDATE along `LIFECYCLES`; no row moved means somebody else was first, which is fine.
Each move is written to the timeline (`form_events`) in the same transaction, and the bell rings after the commit.
"""

from __future__ import annotations

from records.accounts import Login, LoginSession, User
from records.database import (
    LIMITS,
    LOGGED,
    CodedError,
    GoneError,
    NotFoundError,
    WrongMomentError,
    after_commit,
    database,
    in_database,
    is_in_transaction,
    new_form_id,
    new_id,
    notify,
    now,
    transaction,
)
from records.emails import Email, Unsubscribed
from records.fields import AliasedField, FormDataField, NeverNullField, Row, SelectionField, Table
from records.forms import ComposeForm, Demo
from records.gifts import Gift, Reply, ShareToken
from records.payments import CheckoutSession, CreditMove, StripeEvent
from records.staff import Preset, StaffAction
from records.statuses import CHOOSING, EDITABLE, LIFECYCLES, MONEY_FIRST, OLD_PACKAGES, OLD_WORDS, PAID, UNFINISHED
from records.timeline import Alert, FormEvent, Mark
from records.transitions import append_event, locked, move, read_rows, settle, show_cell, status_of, take_lease
from records.variations import BonusClip, ProviderPause, Variation

__all__ = [
    "CHOOSING",
    "EDITABLE",
    "LIFECYCLES",
    "LIMITS",
    "LOGGED",
    "MONEY_FIRST",
    "OLD_PACKAGES",
    "OLD_WORDS",
    "PAID",
    "UNFINISHED",
    "Alert",
    "AliasedField",
    "BonusClip",
    "CheckoutSession",
    "CodedError",
    "ComposeForm",
    "CreditMove",
    "Demo",
    "Email",
    "FormDataField",
    "FormEvent",
    "Gift",
    "GoneError",
    "Login",
    "LoginSession",
    "Mark",
    "NeverNullField",
    "NotFoundError",
    "Preset",
    "ProviderPause",
    "Reply",
    "Row",
    "SelectionField",
    "ShareToken",
    "StaffAction",
    "StripeEvent",
    "Table",
    "Unsubscribed",
    "User",
    "Variation",
    "WrongMomentError",
    "after_commit",
    "append_event",
    "database",
    "in_database",
    "is_in_transaction",
    "locked",
    "move",
    "new_form_id",
    "new_id",
    "notify",
    "now",
    "read_rows",
    "settle",
    "show_cell",
    "status_of",
    "take_lease",
    "transaction",
]
