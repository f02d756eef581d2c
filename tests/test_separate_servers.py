"""The very same code on separately installed PostgreSQL and Redis: nothing embedded starts, and an order goes through."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.support.pooler import pooled
from tests.support.stack import Stack, free_port, wait_for
from tools.install_servers import find_pgbouncer, find_postgres, find_redis


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    """(DATABASE_URL, REDIS_URL) of packaged servers over TCP, with passwords."""
    programs, valkey = find_postgres(), find_redis()
    if programs is None or valkey is None:
        pytest.skip("no separately packaged PostgreSQL and Redis on this machine, and no right to install them")
    folder = Path(tempfile.mkdtemp(prefix="serenade-separate-"))
    folder.chmod(0o755)
    user = "nobody" if os.geteuid() == 0 else None
    data, ports = folder / "pg", (free_port(), free_port())
    data.mkdir(mode=0o700)
    secret = folder / "secret"
    secret.write_text("pass word@/?\n")
    if user:
        shutil.chown(data, user)
        shutil.chown(secret, user)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": user, "cwd": "/"}
    make = ["--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "-U", "serenade", f"--pwfile={secret}", "-D", str(data)]
    subprocess.run([str(programs / "initdb"), *make], check=True, **quiet)  # type: ignore[call-overload] # the keywords fit
    own = ["-D", str(data), "-p", str(ports[0]), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    started = [
        subprocess.Popen([str(programs / "postgres"), *own], **quiet),  # type: ignore[call-overload] # the keywords fit
        subprocess.Popen([valkey, "--port", str(ports[1]), "--requirepass", "red/is", "--save", ""], stdout=subprocess.DEVNULL),
    ]
    database_url = f"postgresql://serenade:pass%20word%40%2F%3F@127.0.0.1:{ports[0]}/postgres"
    redis_url = f"redis://:red%2Fis@127.0.0.1:{ports[1]}/0"
    try:
        wait_for(lambda: _answers(database_url, redis_url), "the packaged servers")
        yield database_url, redis_url
    finally:
        for server in started:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(database_url: str, redis_url: str) -> bool:
    try:
        psycopg2.connect(database_url).close()
        return bool(redis.Redis.from_url(redis_url).ping())
    except (psycopg2.OperationalError, redis.ConnectionError):
        return False


def test_an_order_goes_through_on_separately_installed_servers(servers: tuple[str, str], tmp_path: Path) -> None:
    """Where there is PgBouncer, three sessions of the database are all that the whole product has."""
    database_url, redis_url = servers
    between = pooled(database_url) if find_pgbouncer() else nullcontext(database_url)
    with between as there, Stack(tmp_path / "data", free_port(), DATABASE_URL=there, REDIS_URL=redis_url) as stack:
        form_id = stack.create()
        stack.generate(form_id)
        stack.await_status(form_id, "variations_ready")
        opened = stack.call("POST", "/api/stripe/checkout", json={"formId": form_id, "selectedVariations": {"0": 3}}).json()
        stack.call("POST", opened["url"].removeprefix(stack.url) + "/pay", data={"outcome": "paid"}, allow_redirects=False)
        form = stack.await_status(form_id, "delivered")
        assert stack.call("GET", form["shareUrls"]["0"].removeprefix(stack.url)).status_code == 200
    assert not (tmp_path / "data" / "pg").exists(), "nothing embedded was started"
    assert not (tmp_path / "data" / "valkey").exists()
