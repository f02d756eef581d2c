"""The documents, as tests read them."""

from __future__ import annotations

from tests.support.stack import ROOT

DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
TEXT = "\n".join(path.read_text() for path in DOCUMENTS)
