"""A real PgBouncer in transaction mode before a PostgreSQL: every transaction may get another of its few sessions."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from tests.support.stack import free_port, wait_for
from tools.install_servers import find_pgbouncer

SETTINGS = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = {auth}
auth_file = {users}
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 300
"""


@contextmanager
def pooled(url: str, sessions: int = 3) -> Iterator[str]:
    """The same database through a PgBouncer that has so many sessions of PostgreSQL. Skips the test where there is none."""
    program = find_pgbouncer()
    if program is None:
        pytest.skip("no PgBouncer on this machine, and no right to install it")
    there, port = parse_dsn(url), free_port()
    known = {name: there[name] for name in ("host", "port", "user", "password") if name in there}
    folder = Path(tempfile.mkdtemp(prefix="serenade-pooler-"))
    folder.chmod(0o755)
    config = folder / "pgbouncer.ini"
    users = folder / "users"  # with a password where the database has one
    users.write_text(f'"{there["user"]}" "{there.get("password", "")}"\n')
    auth = "scram-sha-256" if "password" in there else "any"
    server = " ".join(f"{name}='{value}'" for name, value in known.items())
    config.write_text(SETTINGS.format(server=server, port=port, sessions=sessions, auth=auth, users=users))
    reachable = os.stat(there["host"]) if there["host"].startswith("/") else None
    as_somebody = {"user": reachable.st_uid, "group": reachable.st_gid, "extra_groups": []} if reachable else {"user": "nobody"}
    started = subprocess.Popen(
        [program, "-q", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **(as_somebody if os.geteuid() == 0 else {}),  # type: ignore[arg-type] # it refuses to run as root
    )
    who = quote(there["user"]) + (f":{quote(there['password'], '')}" if "password" in there else "")
    through = f"postgresql://{who}@127.0.0.1:{port}/{there['dbname']}"
    try:
        wait_for(lambda: _answers(through), "PgBouncer")
        yield through
    finally:
        started.terminate()
        started.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True
