"""Accounts, and many who do the same at once."""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import timedelta
from typing import Any

from jobs.accounts.login import log_in, token_of, who
from models import Login, User, database, in_database, new_id, now


def an_address() -> str:
    return f"{secrets.token_hex(6)}@example.com"


def a_login(address: str, **more: Any) -> str:
    """A link as `ask_for_link` makes it; its token."""
    login_id = new_id("login")
    token = token_of(login_id)
    values = {"expires_at": now() + timedelta(minutes=15), "message_id": login_id, **more}
    with database.connection_context():
        Login.insert(id=login_id, token_hash=hashlib.sha256(token.encode()).hexdigest(), email=address, **values).execute()
    return token


def in_threads(count: int, work: Any) -> list[Any]:
    """What `work(n)` gave or raised, run at the same moment by so many threads."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = in_database(work, number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def an_account() -> User:
    address = an_address()
    begun = in_database(log_in, a_login(address))
    assert begun is not None
    user = in_database(who, begun[0])
    assert user is not None
    return user
