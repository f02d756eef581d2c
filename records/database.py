"""The database: one pool, transactions that notify pages after their commit, ids, and what every verb may raise."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from psycopg2.extras import register_default_jsonb

from pubsub import publish
from records.connections import Pool, connect_options
from settings import settings

log = logging.getLogger("serenade.database")
_T = TypeVar("_T")
LOGGED = 24  # characters of an id that a log line shows: enough to find the row, too few to be its key
_options = connect_options(settings.database_url)
register_default_jsonb(globally=True, loads=orjson.loads)  # a form with nine songs is 90 KB: a third of the time to read
database = Pool(_options.pop("dbname"), max_connections=12, timeout=10, stale_timeout=300, **_options)


class NotFoundError(Exception):
    """No such row; the message says which."""


class GoneError(NotFoundError):
    """The form expired or was deleted; only its id is left."""


class CodedError(Exception):
    """A verb that was refused. `code` says why, `values` fill its sentence, which stands in customer_texts.py and is looked up
    where it is shown. For staff and trusted servers alone `code` may be an English sentence as it is.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


class WrongMomentError(CodedError):
    """The row's status does not allow this verb."""


_local = threading.local()


@contextmanager
def transaction() -> Iterator[None]:
    """One commit; notifications go out after it, so that no page looks for a change that cannot be read yet."""
    if is_in_transaction():
        yield
        return
    _local.changed_forms, _local.later = set(), []
    try:
        with database.connection_context() if database.is_closed() else _already_open(), database.atomic():
            yield
        changed_forms, later = _local.changed_forms, _local.later
    finally:
        _local.changed_forms = _local.later = None
    publish(*sorted(changed_forms))
    for work in later:
        work()


def is_in_transaction() -> bool:
    """Whether this thread is inside `transaction()`."""
    return getattr(_local, "changed_forms", None) is not None


def after_commit(work: Callable[[], object]) -> None:
    """Do it once the transaction that this thread is in is committed; never, if that fails."""
    _local.later.append(work)


@contextmanager
def _already_open() -> Iterator[None]:
    yield


def notify(form_id: str) -> None:
    """Notify the open pages of this form that it changed, after the commit."""
    if is_in_transaction():
        _local.changed_forms.add(form_id)
    else:
        publish(form_id)


def in_database(work: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
    """Run `work` with a connection of this thread; for threads that have none (pages, routes, jobs)."""
    if not database.is_closed():
        return work(*args, **kwargs)
    with database.connection_context():
        return work(*args, **kwargs)


def now() -> datetime:
    """UTC without a time zone, as the columns hold it."""
    return datetime.now(UTC).replace(tzinfo=None)


def new_form_id() -> str:
    """`form_<ms>_<128 random bits>`: whoever holds it may read and edit the form until it is paid."""
    return f"form_{time.time_ns() // 1_000_000}_{secrets.token_hex(16)}"


def new_id(kind: str) -> str:
    """An unguessable id, e.g. `task_...` (128 bits)."""
    return f"{kind}_{secrets.token_hex(16)}"
