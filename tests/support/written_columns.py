"""Which columns of rows code writes, as reading it can prove."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

SETS_ONE = re.compile(r"\bUPDATE\s.*?\bSET\b(?P<columns>.*?)(\bWHERE\b|\bRETURNING\b|$)", re.IGNORECASE | re.DOTALL)


def written_columns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, column) of every column that code sets: keywords and dicts of peewee's `.update`, and SET in SQL text.

    `.update(**changes)` counts with every key that a dict of the same function has, whatever it is used for.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in SETS_ONE.finditer(node.value):
                yield from ((node.lineno, name) for name in re.findall(r'"?(\w+)"?\s*=(?!=)', found["columns"]))
        elif isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "?" for part in node.values)
            yield from ((node.lineno, name) for _, name in written_columns(ast.Constant(text, lineno=node.lineno)))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            yield from ((node.lineno, word.arg) for word in node.keywords if word.arg)
            for given in (*node.args, *(word.value for word in node.keywords if word.arg is None)):
                yield from ((node.lineno, name) for name in keys_in(given))
                if isinstance(given, ast.Name):
                    yield from ((node.lineno, name) for name in keys_of(tree, node, given.id))


def keys_in(node: ast.AST) -> Iterator[str]:
    """The keys of every dict below a node: "step", or the column itself as in {Variation.step: ...}."""
    for one in ast.walk(node):
        if isinstance(one, ast.Dict):
            for key in one.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value
                elif isinstance(key, ast.Attribute):
                    yield key.attr
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "dict":
            yield from (word.arg for word in one.keywords if word.arg)


def keys_of(tree: ast.AST, call: ast.AST, name: str) -> Iterator[str]:
    """The keys that a variable gets in the function around a call."""
    around = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and call in ast.walk(one)]
    for node in ast.walk(around[-1]) if around else ():
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign | ast.AugAssign)
            else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name and node.value is not None:
                yield from keys_in(node.value)
            elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == name:
                yield from (key.value for key in [target.slice] if isinstance(key, ast.Constant))
