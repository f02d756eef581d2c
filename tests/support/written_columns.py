"""Which columns of rows code writes, as reading it can prove. What it cannot read it says too, for the caller to refuse."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

LIFECYCLE_COLUMNS = {"status", "step"}
SETS = re.compile(r"\bUPDATE\s.*?\bSET\b", re.IGNORECASE | re.DOTALL)
ENDS = ("WHERE", "RETURNING", "FROM")  # of a SET
MAPPINGS = ("props", "headers", "environ", "filters", "globals", "schemas")  # of other things than rows
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def written_columns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, column) of every column that code sets, by peewee's verbs or in SQL text.

    A column that only running the code would tell is "?" and the expression that it stands in.
    """
    for line, text in texts_in(tree):
        for found in SETS.finditer(text):
            yield from ((line, name) for item in assigned(text[found.end() :]) for name in names_in(item))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and name_of(node.func.value) not in MAPPINGS:
            yield from ((node.lineno, name) for name in set_by(tree, node, node.func.attr))


def set_by(tree: ast.AST, call: ast.Call, verb: str) -> Iterator[str]:
    """The columns that one call of peewee's sets."""
    named = {word.arg: word.value for word in call.keywords}
    if verb == "update":
        yield from (word.arg for word in call.keywords if word.arg)
        for given in (*call.args, *(word.value for word in call.keywords if word.arg is None)):
            yield from keys_in(tree, call, given)
    elif verb == "set_by_id":
        yield from keys_in(tree, call, named["value"] if "value" in named else call.args[1])
    elif verb == "bulk_update":
        yield from listed(named["fields"] if "fields" in named else call.args[1])
    elif verb == "on_conflict":
        yield from (unread(given) for given in (*call.args, *([named[None]] if None in named else [])))
        yield from keys_in(tree, call, named["update"]) if "update" in named else ()
        yield from listed(named["preserve"]) if "preserve" in named else ()


def keys_in(tree: ast.AST, call: ast.Call, node: ast.expr) -> Iterator[str]:
    """The keys of an expression that makes a dict: "step", or the column itself as in {Variation.step: ...}."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield from [key_of(key)] if key else keys_in(tree, call, value)
    elif isinstance(node, ast.Call) and name_of(node.func) == "dict" and not node.args:
        for word in node.keywords:
            yield from [word.arg] if word.arg else keys_in(tree, call, word.value)
    elif isinstance(node, ast.IfExp):
        yield from (*keys_in(tree, call, node.body), *keys_in(tree, call, node.orelse))
    elif isinstance(node, ast.Name):
        yield from keys_of(tree, call, node.id)
    else:
        yield unread(node)


def keys_of(tree: ast.AST, call: ast.Call, name: str) -> Iterator[str]:
    """The keys that a variable gets in the functions around a call, or in the module."""
    around = [one for one in ast.walk(tree) if isinstance(one, Function) and any(node is call for node in ast.walk(one))]
    for scope in reversed(around):
        if any(name == one.arg for one in (*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs)):
            yield f"?{name}"
        elif scope.args.kwarg and scope.args.kwarg.arg == name:
            yield from given_to(tree, scope, name)
        elif not (keys := list(bound_in(tree, call, scope, name))):
            continue
        else:
            yield from keys
        return
    module = ast.Module([one for one in getattr(tree, "body", []) if not isinstance(one, Function | ast.ClassDef)], [])
    yield from list(bound_in(tree, call, module, name)) or [f"?{name}"]


def bound_in(tree: ast.AST, call: ast.Call, scope: ast.AST, name: str) -> Iterator[str]:
    """The keys that a variable gets in one function; nothing where it is none of its variables."""
    understood = []
    for node in ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) else ():
            if isinstance(target, ast.Name) and target.id == name and node.value is not None:
                understood.append(target)
                yield from keys_in(tree, call, node.value)
            elif isinstance(target, ast.Subscript) and name_of(target.value) == name:
                yield key_of(target.slice)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault":
            yield from [key_of(node.args[0])] if name_of(node.func.value) == name else []
        elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) and node not in understood:
            yield f"?{name}"  # a loop, a `with`, one of several: it could be anything


def given_to(tree: ast.AST, function: Function, name: str) -> Iterator[str]:
    """The keywords of all calls of a file's own function that takes `**name`."""
    called = getattr(function, "name", "")
    if not called.startswith("_"):
        yield f"?{name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) == called:
            for word in node.keywords:
                yield from [word.arg] if word.arg else keys_in(tree, node, word.value)
        elif isinstance(node, ast.Call) and any(name_of(one) == called for one in node.args):
            yield f"?{name}"  # somebody else calls it


def listed(node: ast.expr) -> Iterator[str]:
    """The columns of a list that is written out."""
    yield from map(key_of, node.elts) if isinstance(node, ast.List | ast.Tuple) else [unread(node)]


def key_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node.attr if isinstance(node, ast.Attribute) else unread(node)


def name_of(node: ast.expr) -> str:
    """`x` of x, of a.x and of a["x"]."""
    if isinstance(node, ast.Subscript):
        return str(node.slice.value) if isinstance(node.slice, ast.Constant) else ""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def unread(node: ast.expr) -> str:
    return f"?{ast.unparse(node)}"


# SQL


def texts_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string, f-strings and sums of strings as one, with ? for what is filled in. Not docstrings."""
    seen = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):  # the whole comes before its parts
        if id(node) not in seen and isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            pieces = list(pieces_of(node))
            seen |= {id(piece) for piece, _ in pieces}
            yield node.lineno, "".join(text for _, text in pieces)


def pieces_of(node: ast.expr) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node, ast.Constant):
        yield node, str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield node, ""
        for part in node.values:
            yield from pieces_of(part)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield node, ""
        yield from (*pieces_of(node.left), *pieces_of(node.right))
    else:
        yield ast.Pass(), "?"


def assigned(clause: str) -> list[str]:
    """The items of a SET, which `clause` begins behind."""
    items, depth = [""], 0
    for token in re.findall(r"'[^']*'|\w+|\W", clause):
        if depth == 0 and (token.upper() in ENDS or token in (")", ";")):
            break
        depth += (token == "(") - (token == ")")
        if token == "," and depth == 0:
            items.append("")
        else:
            items[-1] += token
    return items


def names_in(item: str) -> list[str]:
    """The columns of one item: of `a = 1`, or of `(a, b) = (1, 2)`."""
    target, equals, _ = item.partition("=")
    return re.findall(r"\w+", target) if equals and re.fullmatch(r'[\w\s,."()]+', target) else [f"?{item.strip()}"]
