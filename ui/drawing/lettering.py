"""Letters for drawing: how wide a text is made to fit, and where it breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ui.drawing.faces import clusters, drawable
from ui.drawing.shaping import width

__all__ = ["drawable", "fitted", "width", "wrapped"]

# Chinese and Japanese break after any character, but no line begins with what closes.
WIDE = "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
CLOSES = "[、。，．・！？：；」』】）〉》ーゃゅょっャュョッ]"
UNBROKEN = re.compile(rf"\s*(?:{WIDE}{CLOSES}*|(?:(?!{WIDE})\S)+)")


def fitted(text: str, size: float, most: float, least: float) -> tuple[str, float]:
    """The text and the size at which it is at most so wide; at the least size it ends in an ellipsis."""
    text = drawable(text)
    wide = width(text, size)
    if wide > most:
        size = max(least, size * most / wide)
    kept = list(clusters(text))
    while width(text, size) > most and len(kept) > 1:
        kept.pop()
        text = "".join(kept).rstrip() + "…"
    return text, size


def wrapped(text: str, size: float, most: float, lines: int) -> list[str]:
    """At most so many lines; a word that is wider than a line goes on in the next."""
    found = [""]
    for word in UNBROKEN.findall(drawable(" ".join(text.split()))):
        for part in _lines_of(word, size, most):
            if not found[-1] or width(found[-1] + part, size) <= most:
                found[-1] = (found[-1] + part).lstrip()
            else:
                found.append(part.lstrip())
    return found if len(found) <= lines else [*found[: lines - 1], found[lines - 1].rstrip(".,; ") + " …"]


def _lines_of(word: str, size: float, most: float) -> Iterator[str]:
    """A word, in pieces where it is wider than a line: Thai and Khmer have no spaces."""
    if width(word, size) <= most:
        yield word
        return
    part = ""
    for cluster in clusters(word):
        if part.strip() and width(part + cluster, size) > most:
            yield part
            part = ""
        part += cluster
    yield part
