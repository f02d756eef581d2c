"""No module imports one that, over however many others, imports it: not within a folder, and not inside a function either."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("api", "bench", "embedded", "integrations", "jobs", "migrations", "records", "tests", "tools", "ui")


def files() -> dict[str, Path]:
    """Every module of ours by its name."""
    paths = [*ROOT.glob("*.py"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imported(code: str, modules: Collection[str]) -> Iterator[str]:
    """Those of these modules that the code imports anywhere, also for types alone."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield from (one for one in (whole if whole in modules else node.module,) if one in modules)


def test_no_module_imports_one_that_imports_it() -> None:
    modules = files()
    assert len(modules) > 500
    graph = {name: {*imported(path.read_text(), modules)} - {name} for name, path in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize(
    "code",
    [
        "import ui.live",
        "from ui import live",
        "from ui.live import (\n  page,\n)",
        "def f():\n  if True:\n    from ui.live import page",
        "if TYPE_CHECKING:\n  from ui.live import Page",
    ],
)
def test_every_way_to_import_is_seen(code: str) -> None:
    assert list(imported(code, {"ui", "ui.live"})) == ["ui.live"]
