"""Unsubscribe: an address that wants no reminders is remembered by its hash."""

from __future__ import annotations

import hashlib

from models import Unsubscribed


def address_key(address: str) -> str:
    """The hash under which an address is stored that wants no reminders."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def wants_reminders(address: str) -> bool:
    """False once its owner unsubscribed."""
    return not Unsubscribed.select().where(Unsubscribed.address_sha256 == address_key(address)).exists()


def unsubscribe(key: str) -> None:
    """No reminders to this address any more."""
    Unsubscribed.insert(address_sha256=key).on_conflict_ignore().execute()
