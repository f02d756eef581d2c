"""Rules that reading the code can prove: who may import whom, and that a status moves in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import customer_texts

ROOT = Path(__file__).parent.parent
ROOMS = {
    "main": {"cli", "settings"},
    "cli": {"processes", "jobs", "models", "integrations", "settings"},
    "processes": {"ui", "api", "embedded", "jobs", "models", "integrations", "migrations", "settings"},
    "ui": {"ui", "api", "jobs", "models", "integrations", "pubsub", "settings", "i18n", "customer_texts"},
    "api": {"api", "jobs", "models", "integrations", "pubsub", "settings", "i18n", "customer_texts", "migrations"},
    "embedded": {"embedded", "settings"},
    "jobs": {"jobs", "models", "integrations", "pubsub", "settings", "i18n", "customer_texts"},
    "migrations": {"models"},
    "models": {"records"},
    "records": {"records", "pubsub", "settings"},
    "integrations": {"integrations", "pubsub", "settings"},
    "pubsub": {"settings"},
    "settings": {"provider_settings", "i18n"},
    "customer_texts": {"i18n"},
    "provider_settings": set(),
    "i18n": set(),
}
# Inside these, each folder (or file at the root of it) imports only from those that stand before it.
JOBS = """
    queue_names queue prices crash_points mail_layout rate_limits forms alerts outbox accounts generation gifts
    payments privacy demo mail monitoring views contract staff clock worker
"""
UI = "components templates middleware live static_files drawing site account demo gift compose internal app"
ORDER = {"jobs": JOBS.split(), "ui": UI.split()}
FILES = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0].removesuffix(".py") in ROOMS]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            is_package = (ROOT / node.module.replace(".", "/")).is_dir()
            yield from (f"{node.module}.{name.name}" for name in node.names) if is_package else [node.module]


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


@pytest.mark.parametrize("room", ORDER)
def test_a_folder_imports_only_from_the_folders_before_it(room: str) -> None:
    """Imports inside functions count too, so there is no cycle even with them."""
    place = {name: at for at, name in enumerate(ORDER[room])}
    wrong, seen = [], set()
    for path in (path for path in FILES if room_of(path) == room):
        folder = path.relative_to(ROOT / room).parts[0].removesuffix(".py")
        if folder == "__init__":
            continue
        seen.add(folder)
        for name in imports_of(path):
            target = name.split(".")[1] if name.startswith(f"{room}.") else folder
            if place[target] > place[folder]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []
    assert seen == set(place), "a new folder takes its place in the order"


def test_the_nouns_are_imported_from_models_alone() -> None:
    past = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in [*FILES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
        if room_of(path) not in ("records", "models")
        for name in imports_of(path)
        if name.split(".")[0] == "records"
    ]
    assert past == []


def test_only_pages_the_api_and_the_sandbox_know_the_web_framework() -> None:
    outside = [path for path in FILES if room_of(path) not in ("ui", "api", "processes") and "sandbox" not in path.parts]
    web = [path for path in outside if {name.split(".")[0] for name in imports_of(path)} & {"fastapi", "starlette"}]
    assert [str(path.relative_to(ROOT)) for path in web] == []


CODED = ("WrongMomentError", "NotPossibleError", "UnusableReplyError", "ResendTooSoonError", "NoSuchMomentError")


def test_a_verb_says_why_it_refused_by_a_code_and_every_code_has_its_sentence() -> None:
    """The sentence is looked up where it is shown, in the language of who reads it."""
    raised, translated = set(), []
    for path in (path for path in FILES if room_of(path) == "jobs"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODED and node.args):
                continue
            code = node.args[0]
            if isinstance(code, ast.Call) and isinstance(code.func, ast.Name) and code.func.id in ("_", "n_"):
                translated.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            elif isinstance(code, ast.Constant) and re.fullmatch(r"[a-z_]+", code.value):
                raised.add(code.value)
    assert translated == []
    assert raised | {"still_sealed"} == customer_texts.REFUSALS.keys(), "still_sealed: a page of its own refuses that"


def test_no_page_imports_a_page() -> None:
    """A module with a route is a page; what two pages share stands in a module without one."""
    pages = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES if registers_a_route(path)}
    assert {"ui.compose.variations", "ui.gift.pages", "ui.internal.order", "ui.site.landing"} <= pages.keys()
    assert [f"{page} imports {name}" for page, path in pages.items() for name in imports_of(path) if name in pages] == []


def test_one_function_spells_a_cell_of_the_player() -> None:
    """`timedLyrics` is a word of <song-compare>: whoever writes it maps a row to a cell for a second time."""
    spelled = [str(path.relative_to(ROOT)) for path in FILES if '"timedLyrics"' in path.read_text()]
    assert spelled == ["ui/components/song_compare.py"]


def registers_a_route(path: Path) -> bool:
    """`@ui.page(...)`, `@router.get(...)`, `@router.api_route(...)` and their like, in ui/."""
    found = (
        decorator.func
        for node in ast.walk(ast.parse(path.read_text()))
        if room_of(path) == "ui" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
    )
    owners = [func.value for func in found if isinstance(func, ast.Attribute)]
    return any(isinstance(owner, ast.Name) and owner.id in ("ui", "router") for owner in owners)


def test_every_room_was_looked_at() -> None:
    assert {room_of(path) for path in FILES} == set(ROOMS)


def test_no_worker_ever_imports_nicegui() -> None:
    below = [path for path in FILES if room_of(path) not in ("ui", "processes")]
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
        if room_of(path) in ("ui", "api", "jobs")
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
