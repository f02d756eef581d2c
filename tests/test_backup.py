"""Backup and restore: an order that was on its way goes on from a restored database, with an empty Redis."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.generation.variations import begin_variations
from jobs.monitoring.backup import ABOUT, MEDIA, BackupError, _opened
from models import in_database, now
from settings import settings
from tests.support.forms import a_form, sql
from tests.support.overrides import Enqueued
from tests.support.stack import ROOT, Stack, free_port
from tests.support.stores import run_alone

NAME = "restored"


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What an operator types."""
    line = [sys.executable, "main.py", *words]
    return subprocess.run(line, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=90)


@pytest.fixture
def empty() -> Iterator[str]:
    """The URL of an empty database on the same server."""
    run_alone(settings.database_url, f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME}")
    yield settings.database_url.replace("/postgres?", f"/{NAME}?")
    run_alone(settings.database_url, f"DROP DATABASE {NAME} WITH (FORCE)")


def test_an_order_in_the_middle_goes_on_from_a_backup_without_redis(
    stack: Stack, empty: str, tmp_path: Path, recorded_queue: list[Enqueued]
) -> None:
    ready = stack.create()
    stack.generate(ready)
    stack.await_status(ready, "variations_ready")
    on_its_way = a_form(songs=1, submitted_at=now())
    in_database(begin_variations, on_its_way)
    file = tmp_path / "B.zip"
    made = command("backup", str(file))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        listed = [json.loads(line) for line in archive.read(MEDIA).splitlines()]
    (variation,) = sql("SELECT master_key FROM variations WHERE form_id = %s AND variation = 1", ready)[0]
    assert next(one["bytes"] for one in listed if one["key"] == variation) > 1000

    done = command("restore", str(file), DATABASE_URL=empty)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    again = command("restore", str(file), DATABASE_URL=empty)
    assert again.returncode == 2
    assert "The database has tables already" in again.stderr

    other = {"DATABASE_URL": empty, "REDIS_URL": f"{settings.redis_url}?db=8", "STORAGE_URL": settings.storage_url}
    with Stack(tmp_path / "second", free_port(), WORKERS="1", DEMO="false", **other) as second:
        second.await_status(on_its_way, "variations_ready")
        assert second.form(ready)["status"] == "variations_ready"


def test_files_that_are_gone_are_named(migrated: None, empty: str, tmp_path: Path) -> None:
    file, gone = tmp_path / "B.zip", tmp_path / "Gone.zip"
    assert command("backup", str(file)).returncode == 0
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(gone, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b'{"key": "task_gone/master-1.mp3", "bytes": 9}\n' if name == MEDIA else b""))
    done = command("restore", str(gone), DATABASE_URL=empty)
    assert done.returncode == 1
    assert "missing in the storage: task_gone/master-1.mp3" in done.stdout


@pytest.mark.parametrize(
    ("names", "said"), [(None, "cannot be read as a backup"), ([ABOUT], "it lacks database.dump, media.jsonl")]
)
def test_what_is_no_backup_is_refused_before_anything_is_done(tmp_path: Path, names: list[str] | None, said: str) -> None:
    file = tmp_path / "B.zip"
    if names is None:
        file.write_text("hello")
    else:
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(name, "{}")
    with pytest.raises(BackupError, match=said):
        _opened(file)
