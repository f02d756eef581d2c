"""Staff for tests: sessions of the people whom the tests' STAFF_EMAILS names."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from jobs.accounts.login import account_of
from models import LoginSession, database, now

PEOPLE = {
    "viewer": "vic@staff.example",
    "support": "sam@staff.example",
    "admin": "ann@staff.example",
    "customer": "mia@example.com",
}


def session_of(who: str) -> str:
    """A session cookie of one of PEOPLE; '' for anybody else."""
    if who not in PEOPLE:
        return ""
    token = secrets.token_urlsafe(32)
    with database.connection_context():
        user = account_of(PEOPLE[who])
        LoginSession.insert(
            token_hash=sha256(token.encode()).hexdigest(), user=user.id, expires_at=now() + timedelta(days=1)
        ).execute()
    return token
