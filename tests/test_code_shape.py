"""The shape of the code: one name, one meaning; a function is one breath, a file one screen or two."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("api", "embedded", "integrations", "jobs", "records", "ui")
FILES = sorted({*ROOT.glob("*.py"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))})
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FUNCTION, LONGEST_FILE = 40, 250  # lines; blank ones and docstrings of a file are not counted
ON_PURPOSE = {
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
    """No two public functions or classes of one name: whoever greps for it finds it once."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(ROOT)))
    twice = {name: places for name, places in found.items() if len(places) > 1 and name not in ON_PURPOSE}
    assert twice == {}


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name}, {node.end_lineno - node.lineno + 1} lines"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_a_file_fits_on_two_screens() -> None:
    assert [f"{path.relative_to(ROOT)}: {_lines_of_code(path)}" for path in FILES if _is_long(path)] == []


def test_a_file_of_tests_fits_on_two_screens_too() -> None:
    assert [str(path.relative_to(ROOT)) for path in TESTS if _is_long(path)] == []


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
