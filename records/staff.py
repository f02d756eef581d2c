"""Signing in, and what staff did."""

from __future__ import annotations

from peewee import BigAutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from records.database import now
from records.fields import Table
from records.orders import User


class Login(Table):
    """One asked-for magic link. Only the hash of its token is kept; the token itself is derived when the mail is written."""

    id = TextField(primary_key=True)
    token_hash = TextField(unique=True)
    email = TextField()
    next_path = TextField(default="/library")
    message_id = TextField(unique=True)
    locale = CharField(8, null=True)  # in which the link is mailed; None: English
    attempts = IntegerField(default=0)
    next_try_at = DateTimeField(default=now)
    mailed_at = DateTimeField(null=True)
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "logins"


class LoginSession(Table):
    """One browser that is logged in. The cookie holds the token, the row only its hash."""

    token_hash = TextField(primary_key=True)
    user = ForeignKeyField(User, column_name="user_id")
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField()

    class Meta:
        table_name = "login_sessions"


class StaffAction(Table):
    """What a member of staff did, and why. Append-only; `press` makes a double click one action."""

    id = BigAutoField()
    press = TextField(unique=True)
    at = DateTimeField(default=now)
    staff = TextField()
    role = CharField(20)
    action = CharField(40)
    form_id = TextField(null=True)  # type: ignore[assignment] # no foreign key: it outlives what it is about
    about = TextField(default="")  # which variation, mail, song
    reason = TextField(default="")  # free words, removed when the form is purged
    outcome = TextField(null=True)  # None while under way

    class Meta:
        table_name = "staff_actions"
