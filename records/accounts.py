"""Accounts: users, sign-in links, and who is signed in."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from records.database import now
from records.fields import Table


class User(Table):
    """An account. The table may belong to an older deployment and is never altered."""

    id = TextField(primary_key=True)
    name = TextField()
    email = TextField(unique=True)
    email_verified = BooleanField(default=False)
    credits = IntegerField(default=0)

    class Meta:
        table_name = "user"


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
    seen_at = DateTimeField(default=now)  # written for staff alone, whose sessions end without use

    class Meta:
        table_name = "login_sessions"
