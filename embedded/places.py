"""Paths of the embedded servers: the lock of a data directory, private directories, the socket directory."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

from embedded.programs import Account, AlreadyRunningError, Pause, StoreError

_LEAST_ROOM, _FIRST_ROOM = 20_000_000, 100_000_000  # bytes: one segment of PostgreSQL's log; a new cluster with its first ones
_LONGEST = 85  # bytes of a socket directory; socket paths end at 103 (macOS) or 107 (Linux)


def key(data_dir: Path) -> str:
    """Twelve hex digits that identify a data directory in names outside it."""
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]


def lock(data_dir: Path, pause: Pause) -> int:
    """Lock the data directory or raise StoreError. Returns the descriptor of the lock.

    The servers inherit the descriptor, so the directory stays locked until the last of them has exited: a new lock means that
    no server of an earlier run is still writing.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"The data directory {data_dir} cannot be used: {error.strerror}.") from None
    for _ in range(250):  # 5 s: a killed run's servers need a moment to finish
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor
        owner = os.pread(descriptor, 20, 0).decode()
        if owner.isdigit() and is_alive(int(owner)):
            break
        pause(0.02)
    os.close(descriptor)
    raise AlreadyRunningError(
        f"Serenade is already running on {data_dir} (process {owner or 'unknown'}). Stop it, or set DATA_DIR."
    )


def refuse_full_disk(data_dir: Path) -> None:
    """Raises StoreError where the stores could not begin to write: their own complaint is a page long, or not even written."""
    has_database = any((data_dir / name).exists() for name in ("pg", "pg.place"))
    needed = _LEAST_ROOM if has_database else _FIRST_ROOM
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        raise StoreError(
            f"The disk of {data_dir} has {free // 10**6} MB left, and {needed // 10**6} MB are needed to start: make room,"
            " or set DATA_DIR."
        )


def owner(data_dir: Path) -> int | None:
    """The living process that holds the data directory; None where nobody does. Raises StoreError if it may not be read."""
    try:
        descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"The data directory {data_dir} cannot be used: {error.strerror}.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        noted = os.pread(descriptor, 20, 0).decode()
        return int(noted) if noted.isdigit() and is_alive(int(noted)) else None
    finally:
        os.close(descriptor)
    return None


def is_alive(pid: int) -> bool:
    """Whether this process exists, of whatever user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def lower_account(data_dir: Path) -> Account | None:
    """The account that PostgreSQL, which refuses to run as root, runs as; None for the current user. Raises StoreError.

    The group id is unique to this data directory, so that other programs of user nobody reach neither its files nor ptrace.
    """
    if os.geteuid() != 0:
        return None
    try:
        return Account(uid=pwd.getpwnam("nobody").pw_uid, gid=61200 + int(key(data_dir), 16) % 4000)
    except KeyError:
        raise StoreError(
            "PostgreSQL must not run as root, and there is no user nobody to run it as: start Serenade as another user,"
            " or set DATABASE_URL."
        ) from None


def refuse_nameless_user(uid: int) -> None:
    """Raises StoreError for a user id without an entry in the passwd database (`docker run --user 54321`).

    Only PostgreSQL's initdb asks for one: a cluster that is there already runs under any id.
    """
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise StoreError(
            f"User {uid} has no entry in /etc/passwd, without which PostgreSQL's initdb cannot make the first database:"
            f" add one (`useradd --uid {uid} serenade` where the image is built), or set DATABASE_URL."
        ) from None


def private_dir(path: Path, account: Account | None) -> Path:
    """A private directory: only this user may read it, and only the account's group may pass through it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account:
        os.chown(path, 0, account.gid)
    path.chmod(0o710 if account else 0o700)
    return path


def account_dir(path: Path, account: Account | None) -> Path:
    """A directory inside a private one that belongs to the account alone."""
    path.mkdir(exist_ok=True, mode=0o700)
    if account:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path


def socket_dir(data_dir: Path, account: Account | None) -> Path:
    """A short, empty, private directory for sockets. One that another user created under this name is not used."""
    for base in _socket_bases(account):
        path = Path(base) / f"serenade-{key(data_dir)}"
        if len(os.fsencode(path)) <= _LONGEST and os.access(base, os.W_OK | os.X_OK):
            with contextlib.suppress(FileExistsError):
                path.mkdir(mode=0o700)
            seen = path.lstat()
            if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid() or seen.st_mode & 0o007:
                continue
            shutil.rmtree(path)  # stale sockets; the lock says nobody uses them
            return private_dir(path, account)
    # the usual names are taken: use one that cannot be guessed
    return private_dir(Path(tempfile.mkdtemp(prefix="serenade-", dir="/tmp")), account)


def _socket_bases(account: Account | None) -> list[str]:
    if account:  # the account cannot enter root's run-time directory
        return ["/run", "/tmp"]  # noqa: S108 checked for its owner above
    own = [os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.geteuid()}", tempfile.gettempdir(), "/tmp"]  # noqa: S108
    return [base for base in own if base and os.path.isdir(base)]
