"""The rules of the house that reading the code can prove: who may import whom, and that no status moves by the back door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "main": {"ui", "api", "embedded", "checkout", "jobs", "models", "integrations", "pubsub", "settings", "migrations"},
    "ui": {"ui", "checkout", "jobs", "models", "integrations", "pubsub", "settings", "languages"},
    "api": {"api", "checkout", "jobs", "models", "integrations", "pubsub", "settings", "languages", "migrations"},
    "embedded": {"embedded", "settings"},
    "checkout": {"jobs", "models", "integrations", "pubsub", "settings", "languages"},
    "jobs": {"jobs", "models", "integrations", "pubsub", "settings", "languages"},
    "migrations": {"models"},
    "models": {"models", "pubsub", "settings"},
    "integrations": {"integrations", "pubsub", "settings"},
    "pubsub": {"settings"},
    "settings": {"vendors", "languages"},
    "vendors": set(),
    "languages": set(),
}
FILES = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0].removesuffix(".py") in ROOMS]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_the_rooms_below_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in FILES
        if room_of(path) == room
        for name in imports_of(path)
        if (top := name.split(".")[0]) in ROOMS and top not in ROOMS[room]
    ]
    assert wrong == []


def test_every_room_was_looked_at() -> None:
    assert {room_of(path) for path in FILES} == set(ROOMS)


def test_no_worker_ever_imports_nicegui() -> None:
    below = [path for path in FILES if room_of(path) not in ("ui", "main")]
    assert [str(path) for path in below if any(name.split(".")[0] == "nicegui" for name in imports_of(path))] == []


def test_nobody_rebinds_nicegui_s_ui() -> None:
    assert [str(path) for path in FILES if "import ui\n" in path.read_text().replace("from nicegui import ui\n", "")] == []


def test_no_row_is_saved_as_a_whole() -> None:
    """`.save()` on a stale object once reset a paid order to unpaid; statuses move by `models.move` alone."""
    saves = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if room_of(path) != "integrations" and "drawing" not in path.parts  # they never hold a row
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
    ]
    assert saves == []


def test_no_status_is_written_outside_models() -> None:
    writes = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if room_of(path) in ("ui", "api", "checkout", "jobs")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        if any(keyword.arg == "status" for keyword in node.keywords)
    ]
    assert writes == []


def test_every_script_that_a_page_names_exists() -> None:
    named = {name for path in (ROOT / "ui").rglob("*.py") for name in re.findall(r'"([a-z-]+\.js)"', path.read_text())}
    there = {path.name for path in (ROOT / "ui").rglob("*.js")}
    assert named, "pages have scripts"
    assert named - there == set()
