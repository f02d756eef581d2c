"""The database as operators really have it: behind a pooler, restarted in the middle, in a schema of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import psycopg2.extensions
import pytest
from peewee import OperationalError

from embedded.complaints import refuse_wrong_database
from embedded.programs import StoreError
from models import ComposeForm, connect_options, database, in_database, transaction
from tests.support.forms import a_form, sql
from tests.support.pooler import pooled
from tests.support.stack import ROOT
from tests.support.stores import run_alone

NEEDED = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
    "serenade.knows_steps": "on",
}
SHOWN = "SELECT " + ", ".join(f"current_setting('{name}', true)" for name in NEEDED)


def what_we_have() -> dict[str, str]:
    """As the next statement of ours finds it."""
    return dict(zip(NEEDED, in_database(lambda: database.execute_sql(SHOWN).fetchone()), strict=True))


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """All that this process asks its database goes there."""
    before, params = database.database, dict(database.connect_params)
    options = connect_options(url)
    _turn_to(options.pop("dbname"), options)
    try:
        yield
    finally:
        _turn_to(before, params)


def _turn_to(name: str, options: dict[str, Any]) -> None:
    database.close_all()
    database.connect_params.clear()  # Peewee adds to them
    database.init(name, **options)


def test_every_transaction_has_its_limits_and_the_session_keeps_none(migrated: None) -> None:
    assert what_we_have() == NEEDED
    with transaction():
        assert what_we_have() == NEEDED
    with database.connection_context():
        cursor = database.connection().cursor(cursor_factory=psycopg2.extensions.cursor)
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('serenade.knows_steps', true)")
        assert cursor.fetchone() in (("0", None), ("0", ""))


def test_a_wait_ends_by_its_limit_alone_or_in_a_transaction(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    short = "SET LOCAL statement_timeout = 50; "
    monkeypatch.setattr("records.connections.NEEDS", short)
    for context in (database.connection_context, transaction):
        with pytest.raises(Exception, match="statement timeout"), context():
            database.execute_sql("SELECT pg_sleep(2)")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (
            "postgres://u:p%40ss@db.example.com/shop",
            {"user": "u", "password": "p@ss", "host": "db.example.com", "dbname": "shop"},
        ),
        ("postgresql://u@h/shop?options=-csearch_path%3Dsongs", {"options": "-csearch_path=songs"}),
        (
            "postgresql://u@h/shop?options=endpoint%3Dep-cool&sslmode=require&channel_binding=require",
            {"options": "endpoint=ep-cool"},
        ),
        ("postgresql://u@a:1,b:2/shop?target_session_attrs=read-write", {"host": "a,b", "port": "1,2"}),
        ("postgresql://u@h/shop?connect_timeout=9&keepalives_idle=20", {"connect_timeout": "9", "keepalives_idle": "20"}),
        ("postgresql://postgres@/postgres?host=/run/pg", {"host": "/run/pg", "dbname": "postgres"}),
    ],
)
def test_what_the_operator_s_url_says_is_what_we_connect_with(url: str, options: dict[str, str]) -> None:
    made = connect_options(url)
    assert {name: made[name] for name in options} == options
    assert "options" in options or "options" not in made, "a pooler refuses a connection that brings any"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:Ses-ame@h/shop?pgbouncer=true", "the parameter pgbouncer, which PostgreSQL does not know: remove it"),
        ("postgresql+psycopg2://u:Ses-ame@h/shop", "must look like postgresql://"),
        ("postgresql://u:Ses[ame@h:x/shop", "must look like postgresql://"),
        ("postgresql://u:Ses-ame@127.0.0.1:1,127.0.0.1:2/shop", "shop at 127.0.0.1,127.0.0.1:1,2 does not answer"),
    ],
)
def test_a_url_that_cannot_be_used_is_named_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=re.escape(said)) as refused:
        refuse_wrong_database(url, None)
    assert "Ses" not in str(refused.value)


def test_orders_are_kept_through_a_pooler_that_changes_sessions(migrated: None) -> None:
    """Two sessions for eight threads: a session setting or a session lock of ours would meet somebody else."""
    form_id = a_form()

    def work(number: int) -> dict[str, str]:
        with transaction():
            database.execute_sql("SELECT pg_advisory_xact_lock(49)")
            ComposeForm.update(extended_count=ComposeForm.extended_count + 1).where(ComposeForm.id == form_id).execute()
        return what_we_have()

    with pooled(os.environ["DATABASE_URL"], sessions=2) as url, connected_to(url):
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(work, range(80))) == [NEEDED] * 80
        assert in_database(ComposeForm.find, form_id).extended_count == 80
        other = psycopg2.connect(url)
        other.cursor().execute("SELECT 1")
        with other.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",), "nothing of ours is left in the sessions that others get"
        other.close()


def migrate(url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.run([sys.executable, "main.py", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture
def plain_role(migrated: None) -> Iterator[Callable[..., str]]:
    """An empty database in which a role may do nothing but connect, as PostgreSQL 15 makes them; statements of its owner."""
    url = os.environ["DATABASE_URL"]
    run_alone(url, "CREATE ROLE plain LOGIN", "CREATE DATABASE of_plain")
    parts = urlsplit(url)
    owned = parts._replace(path="/of_plain").geturl()

    def prepare(*statements: str, options: str = "") -> str:
        run_alone(owned, *statements)
        return owned.replace(parts.netloc, f"plain@{parts.netloc.rpartition('@')[2]}", 1) + options

    yield prepare
    run_alone(url, "DROP DATABASE of_plain WITH (FORCE)", "DROP ROLE plain")


def test_a_role_that_may_not_create_is_told_what_to_grant_and_then_served(plain_role: Callable[..., str]) -> None:
    refused = migrate(plain_role())
    assert refused.returncode == 2
    assert "GRANT USAGE, CREATE ON SCHEMA public TO plain;" in refused.stderr
    assert "Traceback" not in refused.stderr
    done = migrate(plain_role("GRANT USAGE, CREATE ON SCHEMA public TO plain"))
    assert done.returncode == 0, done.stderr
    assert "0001" in done.stdout


def test_the_schema_that_the_operator_set_is_used(plain_role: Callable[..., str]) -> None:
    url = plain_role("CREATE SCHEMA songs AUTHORIZATION plain")
    url += ("&" if "?" in url else "?") + "options=-csearch_path%3Dsongs"
    assert migrate(url).returncode == 0
    found = sql(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'songs' AND tablename = 'compose_forms'", url=url, options=""
    )
    assert found == [(1,)]


def cut_all_connections() -> None:
    """What a restart, a failover or an idle-connection killer does to connections, and wait until they are gone."""
    sql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )


@pytest.mark.parametrize("inner", [nullcontext, database.atomic], ids=["in a transaction", "below a savepoint"])
@pytest.mark.parametrize("last", ["SELECT 2", ""], ids=["at a statement", "at the commit"])
def test_a_database_that_goes_in_the_middle_is_away_and_back_for_the_next(migrated: None, inner: Any, last: str) -> None:
    """Not an InterfaceError, which nobody expects: a page would break where it says that we are busy."""

    def work() -> None:
        with transaction(), inner():
            database.execute_sql("SELECT 1")
            cut_all_connections()
            if last:
                database.execute_sql(last)

    with pytest.raises(OperationalError):
        work()
    assert in_database(lambda: database.execute_sql("SELECT 3").fetchone()) == (3,)


def test_a_connection_that_was_in_use_a_moment_ago_is_asked_nothing(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round trip for every request, in which nobody else gets a connection."""
    database.close_all()
    ask = database._adapter.is_connection_closed
    asked: list[bool] = []
    monkeypatch.setattr(database._adapter, "is_connection_closed", lambda one: asked.append(ask(one)) or asked[-1])

    def backend() -> Any:
        return in_database(lambda: database.execute_sql("SELECT pg_backend_pid()").fetchone())

    first = backend()
    assert (backend(), asked) == (first, [])
    cut_all_connections()
    assert backend() != first
    assert asked == [True], "it had something to say: its end"
    again = backend()
    monkeypatch.setattr("records.connections.MOMENT", 0.0)
    assert (backend(), asked) == (again, [True, False]), "after a while it is asked whether it still lives"


@pytest.mark.parametrize("context", [database.connection_context, transaction], ids=["alone", "in a transaction"])
def test_a_connection_to_what_became_a_replica_is_given_up(migrated: None, context: Any) -> None:
    """After a failover it can still be asked, but keeps nothing; only another connection finds the new primary."""
    form_id = a_form()
    with database.connection_context():
        plain = database.connection().cursor(cursor_factory=psycopg2.extensions.cursor)
        plain.execute("SET default_transaction_read_only = on")

    def write() -> None:
        with context():
            ComposeForm.update(extended_count=1).where(ComposeForm.id == form_id).execute()

    with pytest.raises(OperationalError):
        write()
    write()
