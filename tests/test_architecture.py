"""Rules that reading the code can prove: who may import whom, and that a status moves in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import models
from jobs.contract import trusted_patch
from tests.support.written_columns import LIFECYCLE_COLUMNS, written_columns

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {
    "main": {"cli", "settings"},
    "cli": {"processes", "embedded", "jobs", "models", "integrations", "settings", "settings_checks", "logs"},
    "processes": {"observability", "ui", "embedded", "jobs", "models", "integrations", "migrations", "settings"},
    "ui": {
        "ui",
        "api",
        "jobs",
        "models",
        "integrations",
        "pubsub",
        "settings",
        "settings_checks",
        "i18n",
        "customer_texts",
        "logs",
        "observability",
    },
    "api": {"api", "jobs", "models", "integrations", "pubsub", "settings", "i18n", "customer_texts", "migrations", "logs"},
    "embedded": {"embedded", "settings"},
    "jobs": {"jobs", "models", "integrations", "pubsub", "settings", "i18n", "customer_texts", "logs", "observability"},
    "migrations": {"models"},
    "models": {"records"},
    "records": {"records", "pubsub", "settings"},
    "integrations": {"integrations", "pubsub", "settings"},
    "pubsub": {"settings"},
    "settings": {"packages", "settings_checks", "mail_settings", "provider_settings", "i18n"},
    "mail_settings": {"settings_checks"},
    "packages": {"settings_checks", "i18n"},
    "settings_checks": set(),
    "customer_texts": {"i18n"},
    "provider_settings": set(),
    "i18n": set(),
    "observability": {"logs", "settings"},
    "logs": set(),
}
# Inside these, each folder (or file at the root of it) imports only from those that stand before it.
JOBS = """
    queue_names registry old_names queue price_text crash_points rate_limits addresses forms alerts outbox
    accounts generation gifts payments privacy demo mail monitoring views contract staff clock worker
"""
UI = "components templates middleware live static_files drawing site account demo gift compose internal app"
ORDER = {"jobs": JOBS.split(), "ui": UI.split()}
FILES = [path for name in TOP_LEVEL for path in (*ROOT.glob(f"{name}.py"), *(ROOT / name).rglob("*.py"))]  # not .venv


@cache  # to read all of the code costs a second, and most tests here do
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


@pytest.fixture(scope="module", autouse=True)
def code_is_read_once() -> Iterator[None]:
    """And forgotten afterwards: it is two million objects."""
    yield
    nodes_of.cache_clear()


@cache
def imports_of(path: Path) -> list[str]:
    return list(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            is_package = (ROOT / node.module.replace(".", "/")).is_dir()
            yield from (f"{node.module}.{name.name}" for name in node.names) if is_package else [node.module]


def top_level_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", TOP_LEVEL)
def test_a_top_level_module_imports_only_from_those_below_it(module: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in FILES
        if top_level_of(path) == module
        for name in imports_of(path)
        if (top := name.split(".")[0]) in TOP_LEVEL and top not in TOP_LEVEL[module]
    ]
    assert wrong == []


@pytest.mark.parametrize("module", ORDER)
def test_a_folder_imports_only_from_the_folders_before_it(module: str) -> None:
    """Imports inside functions count too, so there is no cycle even with them."""
    place = {name: at for at, name in enumerate(ORDER[module])}
    wrong, seen = [], set()
    for path in (path for path in FILES if top_level_of(path) == module):
        folder = path.relative_to(ROOT / module).parts[0].removesuffix(".py")
        if folder == "__init__":
            continue
        seen.add(folder)
        for name in imports_of(path):
            target = name.split(".")[1] if name.startswith(f"{module}.") else folder
            if place[target] > place[folder]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []
    assert seen == set(place), "a new folder takes its place in the order"


def test_records_are_imported_from_models_alone() -> None:
    past = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in [*FILES, *beside_the_product()]
        if top_level_of(path) not in ("records", "models")
        for name in imports_of(path)
        if name.split(".")[0] == "records"
    ]
    assert past == []


def test_a_test_patches_in_records_only_how_long_a_connection_waits() -> None:
    """For a row (`NEEDS`), and until it is looked at again (`MOMENT`): the machine's matter, and no noun that `models` has."""
    named = {
        name
        for path in beside_the_product()
        if path != Path(__file__)
        for name in re.findall(r"""["'](records\.[\w.]+)["']""", path.read_text())
    }
    assert named == {"records.connections.NEEDS", "records.connections.MOMENT"}


def beside_the_product() -> list[Path]:
    return [path for folder in ("tests", "bench", "tools") for path in (ROOT / folder).rglob("*.py")]


def test_only_pages_the_api_and_the_sandbox_know_the_web_framework() -> None:
    outside = [path for path in FILES if top_level_of(path) not in ("ui", "api") and "sandbox" not in path.parts]
    web = [path for path in outside if {name.split(".")[0] for name in imports_of(path)} & {"fastapi", "starlette"}]
    assert [str(path.relative_to(ROOT)) for path in web] == []


def test_no_page_imports_a_page() -> None:
    """A module with a route is a page; what two pages share stands in a module without one."""
    of_ui = [path for path in FILES if top_level_of(path) == "ui"]
    pages = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in of_ui if registers_a_route(path)}
    assert {"ui.compose.variations", "ui.gift.pages", "ui.internal.order", "ui.site.landing"} <= pages.keys()
    assert [f"{page} imports {name}" for page, path in pages.items() for name in imports_of(path) if name in pages] == []


def test_one_function_spells_a_cell_of_the_player() -> None:
    """These are words of <song-compare>: whoever writes one maps a row to a cell for a second time."""
    words = re.compile(r"\b(timedLyrics|audioUrl|durationMs|canRetry)\b")
    spelled = [str(path.relative_to(ROOT)) for path in (ROOT / "ui").rglob("*.py") if words.search(path.read_text())]
    assert sorted(spelled) == ["ui/components/song_compare.py", "ui/demo/widget.py"], "the widget has no cells: it plays a name"


def registers_a_route(path: Path) -> bool:
    """`@live_page(...)`, `@router.get(...)`, `@router.api_route(...)` and their like."""
    found = (
        decorator.func
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
    )
    owners = [func.value if isinstance(func, ast.Attribute) else func for func in found]
    return any(isinstance(owner, ast.Name) and owner.id in ("live_page", "router") for owner in owners)


def test_every_live_page_is_registered_by_the_one_decorator_that_knows_how_long_people_wait() -> None:
    past_it = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute)
        and node.attr == "page"
        and isinstance(node.value, ast.Name)
        and node.value.id == "ui"
    ]
    assert [place.partition(":")[0] for place in past_it] == ["ui/site/live_page.py"], past_it


def test_every_top_level_module_was_looked_at() -> None:
    assert {top_level_of(path) for path in FILES} == set(TOP_LEVEL)


def test_no_worker_ever_imports_nicegui() -> None:
    below = [path for path in FILES if top_level_of(path) != "ui"]
    assert [str(path) for path in below if any(name.split(".")[0] == "nicegui" for name in imports_of(path))] == []


def test_nobody_rebinds_nicegui_s_ui() -> None:
    assert [str(path) for path in FILES if "import ui\n" in path.read_text().replace("from nicegui import ui\n", "")] == []


def test_no_row_is_saved_as_a_whole() -> None:
    """`.save()` on a stale object once reset a paid order to unpaid; statuses move by `models.move` alone."""
    saves = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if top_level_of(path) != "integrations" and "drawing" not in path.parts  # they never hold a row
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
    ]
    assert saves == []


UNREADABLE = {  # what the code alone does not tell: why it is neither of them
    ("jobs/contract/trusted_patch.py", "?{name: changes[name] for name in PLAIN if name in changes}"): "PLAIN, below",
    ("jobs/contract/trusted_patch.py", "?{CELLS[name]: text for name, text in texts.items()}"): "CELLS, below",
    ("jobs/gifts/gift.py", "?count"): "a link has no lifecycle",
    ("jobs/gifts/gift.py", "?at"): "a link has no lifecycle",
}


def test_a_status_or_a_step_is_written_by_transitions_alone() -> None:
    """Only what can be read is allowed; what cannot stands in UNREADABLE."""
    writes = {
        (str(path.relative_to(ROOT)), column): line
        for path in FILES
        if top_level_of(path) not in ("integrations", "migrations") and path != ROOT / "records" / "transitions.py"
        for line, column in written_columns(nodes_of(path)[0])
        if column in LIFECYCLE_COLUMNS or column.startswith("?")
    }
    assert {place: line for place, line in writes.items() if place not in UNREADABLE} == {}
    assert [place for place in UNREADABLE if place not in writes] == [], "it is not there any more"
    assert not {*trusted_patch.PLAIN, *trusted_patch.CELLS.values()} & LIFECYCLE_COLUMNS


def test_every_set_of_statuses_has_its_name_in_records_statuses() -> None:
    """What a status means for what may happen is decided there once; code and templates ask by name."""
    unnamed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if path != ROOT / "records" / "statuses.py" and top_level_of(path) not in ("integrations", "migrations")
        for node in nodes_of(path)
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1 and all(map(is_of_statuses, node.elts))
    ]
    spelled = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "ui").rglob("*.html")
        if re.search(r"""status\s+(not\s+)?in\s*[(\["']""", path.read_text())
    ]
    assert (unnamed, spelled) == ([], [])


def is_of_statuses(node: ast.expr) -> bool:
    """`FormStatus.CREATED`, and `*PAID`."""
    if isinstance(node, ast.Starred):
        return isinstance(node.value, ast.Name) and isinstance(getattr(models, node.value.id, None), tuple)
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id.endswith("Status")


def test_no_test_module_imports_from_another() -> None:
    """What several need stands in tests/support; a test module can be moved, split or left out."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in [*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
        for name in imports_of(path)
        if name.startswith("tests.test_")
    ]
    assert wrong == []


def test_every_script_that_a_page_names_exists() -> None:
    named = {name for path in (ROOT / "ui").rglob("*.py") for name in re.findall(r'"([a-z-]+\.js)"', path.read_text())}
    there = {path.name for path in (ROOT / "ui").rglob("*.js")}
    assert named, "pages have scripts"
    assert named - there == set()


def test_no_module_rebinds_its_own_names() -> None:
    """State that changes belongs to an object that somebody makes, so that two applications in one process share none."""
    rebinding = [str(path.relative_to(ROOT)) for path in FILES for node in nodes_of(path) if isinstance(node, ast.Global)]
    assert rebinding == []
