"""Settings: one object for everybody, frozen, and one place where a test changes one."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from integrations.music.remote import settings as theirs
from settings import settings


def test_nothing_changes_a_setting() -> None:
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_what_a_test_overrides_everybody_sees_and_afterwards_it_is_as_before() -> None:
    before = settings.max_revisions
    with suppress(ZeroDivisionError), settings.override(max_revisions=99, staff_roles={"a@example.com": "admin"}):
        assert (theirs.max_revisions, theirs.staff_emails) == (99, ("a@example.com",))
        raise ZeroDivisionError
    assert (theirs.max_revisions, theirs is settings) == (before, True)


def test_a_name_that_is_no_setting_is_refused_and_changes_nothing() -> None:
    before = settings.max_revisions
    with pytest.raises(TypeError), settings.override(max_revisions=99, max_revision=1):
        pass
    assert settings.max_revisions == before


def test_no_test_and_no_bench_puts_settings_or_a_queue_into_a_single_module() -> None:
    """Each new module would be forgotten: `override_settings` and `recorded_queue` are for all of them at once."""
    root = Path(__file__).parents[1]
    patched = re.compile(r"""setattr\([^\n]*(\.settings"|"settings"|enqueue(_once)?"|"_put")""")
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for folder in ("tests", "bench")
        for path in (root / folder).rglob("*.py")
        if path.name != "overrides.py"
        for line in path.read_text().splitlines()
        if patched.search(line)
    ]
    assert found == []
