"""Every text that the source marks for translation. `python -m tools.messages` brings the catalogues in locale/ up to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polib
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from ui.components.script_texts import marked

ROOT = Path(__file__).parent.parent
FOLDERS = ("i18n.py", "customer_texts.py", "packages.py", "settings.py", "ui", "api", "jobs")
MARKS = ("_", "N_", "n_", "markup", "markup_n")
PLURAL = ("n_", "markup_n")
Found = tuple[str, str]  # the text, and its plural or ""


def messages() -> dict[Found, list[str]]:
    """All texts in the order of the files, each with the files that it stands in. A text that stands both alone and with a
    plural is one message, the one with the plural: that is gettext's rule, and two of them are an error to its tools."""
    found: dict[Found, list[str]] = {}
    for path in _files():
        for text in dict.fromkeys(_READERS[path.suffix](path.read_text())):
            found.setdefault(text, []).append(str(path.relative_to(ROOT)))
    for one, many in [text for text in found if text[1] and (text[0], "") in found]:
        found[one, many] = list(dict.fromkeys([*found[one, many], *found.pop((one, ""))]))
    return found


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        inside = sorted((ROOT / folder).rglob("*"))
        yield from [path for path in inside or [ROOT / folder] if path.suffix in _READERS and "internal" not in path.parts]


def _in_python(source: str) -> Iterator[Found]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if isinstance(node.func, ast.Name) and node.func.id in MARKS:
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if texts and texts[0]:
                yield texts[0], texts[1] if node.func.id in PLURAL else ""


def _in_templates(source: str) -> Iterator[Found]:
    for _line, mark, texts in extract_from_ast(Environment(autoescape=True).parse(source), MARKS):
        one, many = texts[:2] if isinstance(texts, tuple) else (texts, "")
        if one:
            yield str(one), str(many) if mark in PLURAL else ""


def _in_scripts(source: str) -> Iterator[Found]:
    for text in marked(source):
        yield text, ""


_READERS = {".py": _in_python, ".html": _in_templates, ".js": _in_scripts}


def update(path: Path) -> None:
    """New texts are added, empty; texts that are gone leave; what is translated stays."""
    catalogue = polib.pofile(str(path), wrapwidth=120)
    forms = int(catalogue.metadata["Plural-Forms"].partition("nplurals=")[2][0])
    kept = {(entry.msgid, entry.msgid_plural): entry for entry in catalogue}
    catalogue.clear()
    for (one, many), files in messages().items():
        entry = kept.get((one, many)) or polib.POEntry(msgid=one, msgid_plural=many)
        if many and not entry.msgstr_plural:
            entry.msgstr_plural = dict.fromkeys(range(forms), "")
        entry.occurrences = [(file, "") for file in files]
        catalogue.append(entry)
    catalogue.save()


if __name__ == "__main__":
    for path in sorted((ROOT / "locale").glob("*.po")):
        update(path)
