"""The texts of our scripts. They mark them as Python does, `_("Try again")`; a page in another language than
English carries those of its scripts as JSON, and ui/static/words.js looks them up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache

from i18n import SOURCE, catalogue

MARKED = re.compile(r'\b_\(("(?:[^"\\]|\\.)+")')


def marked(source: str) -> list[str]:
    """The texts in a script, in their order."""
    return [str(json.loads(text)) for text in MARKED.findall(source)]


@cache
def script_translations(source: str, language: str) -> dict[str, str]:
    """The texts of a script, each with its translation."""
    return {} if language == SOURCE else {text: catalogue(language).gettext(text) for text in marked(source)}


def words_tag(sources: Iterable[str], language: str) -> str:
    """For the head of a page with these scripts; nothing in English."""
    words = {text: said for source in sources for text, said in script_translations(source, language).items()}
    payload = json.dumps(words, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="script-words">{payload}</script>' if words else ""
