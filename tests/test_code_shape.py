"""The shape of the code: one name, one meaning; a function is one breath, a file one screen or two, also in tests."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("api", "embedded", "integrations", "jobs", "records", "ui")
FILES = sorted({*ROOT.glob("*.py"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))})
TOOLS = sorted((ROOT / "tools").rglob("*.py"))
BESIDE = sorted(
    path for folder in ("bench", "tests", "tools") for path in (ROOT / folder).rglob("*.py") if "data" not in path.parts
)
LONGEST_FUNCTION, LONGEST_FILE = 40, 250  # lines; blank ones and docstrings of a file are not counted
ON_PURPOSE = {
    "log": "each module's logger",
    "router": "the routes of each page: pages.router",
    "ROOT": "the folder of the sources, for each tool",
    "main": "what a file does when it is run",
    "is_ready": "asked of either embedded store: embedded.postgres, embedded.valkey",
    "server": "the program of either embedded store",
    "is_third_person": "the same question in two grammars: integrations.writer.grammar",
    "lower_first": "the same in two grammars",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_a_public_name_means_one_thing() -> None:
    """No two public functions, classes, aliases or constants of one name: whoever greps for it finds it once."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (*FILES, *TOOLS):
        for name in names_in(tree(path).body):
            if not name.startswith("_"):
                found[name].add(str(path.relative_to(ROOT)))
    twice = {name: places for name, places in found.items() if len(places) > 1}
    assert {name: sorted(places) for name, places in twice.items() if name not in ON_PURPOSE} == {}
    assert ON_PURPOSE.keys() - twice == set(), "no exception that nobody needs"


def names_in(body: Iterable[ast.stmt]) -> Iterator[str]:
    """All names that these statements of a module bind, but imported ones."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (one.id for target in targets for one in ast.walk(target) if _is_bound(one))
            case ast.If() | ast.Try() | ast.With():
                yield from names_in(one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt))


def _is_bound(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


@pytest.mark.parametrize(
    "code",
    ["def X(): ...", "class X: ...", "X = 1", "X: int = 1", "X = dict[str, int]", "A, X = 1, 2", "A = X = 1", "if A:\n  X = 1"],
)
def test_the_check_sees_each_way_to_bind_a_name(code: str) -> None:
    assert "X" in names_in(ast.parse(code).body)


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name}, {node.end_lineno - node.lineno + 1} lines"
        for path in (*FILES, *BESIDE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_a_file_fits_on_two_screens() -> None:
    assert [f"{path.relative_to(ROOT)}: {_lines_of_code(path)}" for path in (*FILES, *BESIDE) if _is_long(path)] == []


def _is_long(path: Path) -> bool:
    return len(path.read_text().splitlines()) > LONGEST_FILE and _lines_of_code(path) > LONGEST_FILE


def _lines_of_code(path: Path) -> int:
    """Lines without blank ones and without docstrings."""
    docs = 0
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            first = node.body[0]
            docs += (first.end_lineno or first.lineno) - first.lineno + 1
    return sum(1 for line in path.read_text().splitlines() if line.strip()) - docs
