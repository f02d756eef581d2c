"""The nouns and their lifecycles; the only place a status moves.

Every move is one guarded UPDATE along `LIFECYCLES`; no row moved means somebody else was first, which is fine.
Each move is written to the timeline (`form_events`) in the same transaction, and the bell rings after the commit.
"""

from __future__ import annotations

from records.accounts import Login, LoginSession, User
from records.database import (
    LIMITS,
    LOGGED,
    GoneError,
    NotFoundError,
    WrongMomentError,
    after_commit,
    database,
    in_database,
    is_in_transaction,
    new_form_id,
    new_id,
    now,
    ring,
    transaction,
)
from records.emails import Email, Unsubscribed
from records.fields import Choices, Row, Shape, Spoken, Table, Told
from records.forms import ComposeForm, Demo
from records.gifts import Gift, Reply, ShareToken
from records.payments import CheckoutSession, CreditMove, StripeEvent
from records.staff import Preset, StaffAction
from records.statuses import CHOOSING, EDITABLE, LIFECYCLES, MONEY_FIRST, OLD_PACKAGES, OLD_WORDS, PAID, UNFINISHED
from records.timeline import Alert, FormEvent, Mark
from records.transitions import locked, move, read_rows, remember, settle, show_cell, status_of, take_lease
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
    "BonusClip",
    "CheckoutSession",
    "Choices",
    "ComposeForm",
    "CreditMove",
    "Demo",
    "Email",
    "FormEvent",
    "Gift",
    "GoneError",
    "Login",
    "LoginSession",
    "Mark",
    "NotFoundError",
    "Preset",
    "ProviderPause",
    "Reply",
    "Row",
    "Shape",
    "ShareToken",
    "Spoken",
    "StaffAction",
    "StripeEvent",
    "Table",
    "Told",
    "Unsubscribed",
    "User",
    "Variation",
    "WrongMomentError",
    "after_commit",
    "database",
    "in_database",
    "is_in_transaction",
    "locked",
    "move",
    "new_form_id",
    "new_id",
    "now",
    "read_rows",
    "remember",
    "ring",
    "settle",
    "show_cell",
    "status_of",
    "take_lease",
    "transaction",
]
