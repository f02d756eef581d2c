"""The documents, as tests read them, and the commands that they show."""

from __future__ import annotations

import re
import shlex
import textwrap

from tests.support.stack import ROOT

DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
TEXT = "\n".join(path.read_text() for path in DOCUMENTS)
OF_TODAY = "\n".join(path.read_text() for path in DOCUMENTS if path.name != "CHANGELOG.md")  # which tells of former days

PYTHON, SERENADE = ".venv/bin/python ", "./serenade "
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()  # type: ignore[index]

BLOCKS = [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)]


def lines_of(block: str) -> list[str]:
    """Its commands without their comments. What stands in quotation marks, or behind a backslash, goes over several lines."""
    found = re.findall(r'[^"\n]*(?:"[^"]*"[^"\n]*)*', block.replace("\\\n", ""))
    return [line for line in (re.sub(r"\s+# .*", "", one).strip() for one in found) if line]


BEFORE = r"(?:[A-Z_]+=(?:\"[^\"]*\"|[^\s\"]+) |nice -n \d+ |taskset -c \d+ )*"  # settings and the like, before a command
INSIDE = re.compile(rf"`({BEFORE}(?:make|\./serenade|\.venv/bin/\w+|python -m|python main\.py) [^`\n]+)`")
SHOWN = list(dict.fromkeys(line for block in BLOCKS for line in lines_of(block)))
IN_SENTENCES = [line for line in dict.fromkeys(INSIDE.findall(OF_TODAY)) if "…" not in line and line not in SHOWN]


def shown(beginning: str) -> list[str]:
    """Commands of blocks and sentences that begin like this."""
    return [line for line in (*SHOWN, *IN_SENTENCES) if line.startswith(beginning)]


def words_of(line: str) -> list[str]:
    """The words of a command, without what stands before it and with no word about where its Python lies: a sentence may
    leave that out, a block may not."""
    return shlex.split(re.sub(rf"^{BEFORE}(?:\.venv/bin/|build/bin/)?", "", line))
