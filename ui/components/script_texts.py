"""What our scripts say. They mark their texts as Python does, `_("Try again")`; a page that speaks another language than
English brings those of its own scripts along as JSON, and ui/static/words.js looks them up."""

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
def words_of(source: str, language: str) -> dict[str, str]:
    """The texts of a script, each with what it is in this language."""
    return {} if language == SOURCE else {text: catalogue(language).gettext(text) for text in marked(source)}


def words_tag(sources: Iterable[str], language: str) -> str:
    """For the head of a page with these scripts; nothing in English."""
    words = {text: said for source in sources for text, said in words_of(source, language).items()}
    told = json.dumps(words, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="script-words">{told}</script>' if words else ""
