"""The fonts that drawings are lettered with, and which of them has a character. Names come in every script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from jobs.mail_layout import one_line

FOLDER = Path(__file__).parent / "fonts"
SCRIPTS = ("devanagari", "bengali", "gurmukhi", "gujarati", "oriya", "tamil", "telugu", "kannada", "malayalam", "sinhala")
MORE = ("thai", "lao", "myanmar", "khmer", "ethiopic", "emoji")
AS_TEXT = ("fraunces-latin", "fraunces-latin-ext", "dejavu-sans")  # what PDF and SVG may carry as text, not as shapes
FONTS = (*AS_TEXT, *(f"noto-{name}" for name in SCRIPTS + MORE), "droid-cjk")
JOINER = "\u200d"
MARKS_MOST = 6  # on one letter: more is no name, and would be painted over what stands above


@cache
def face(index: int) -> Any:
    """A font for HarfBuzz; its file is mapped, not read."""
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(FOLDER / f"{FONTS[index]}.ttf"))))


@cache
def units(index: int) -> int:
    """How many units of the font make the size of its letters."""
    return int(face(index).face.upem)


@cache
def font_for(cluster: str) -> int | None:
    """The first font that has every character of a cluster; None where none has."""
    needed = [ord(c) for c in cluster if unicodedata.category(c) != "Cf"]
    has_all = (index for index in range(len(FONTS)) if all(face(index).get_nominal_glyph(c) for c in needed))
    return next(has_all, None) if needed else None


def clusters(text: str) -> Iterator[str]:
    """Each letter with what belongs to it: marks, skin tones, and what a joiner ties to it."""
    cluster = ""
    for c in text:
        tied = unicodedata.category(c) in ("Mn", "Mc", "Me", "Cf") or 0x1F3FB <= ord(c) <= 0x1F3FF or cluster.endswith(JOINER)
        flag = len(cluster) == 1 and _is_half_a_flag(cluster) and _is_half_a_flag(c)
        if cluster and not (tied or flag):
            yield cluster
            cluster = ""
        cluster += c
    if cluster:
        yield cluster


def _is_half_a_flag(c: str) -> bool:
    return 0x1F1E6 <= ord(c) <= 0x1F1FF


def drawable(text: str) -> str:
    """One line, without what no font of ours can draw (some scripts, private characters) and without stray joiners."""
    kept = "".join(_kept(cluster) for cluster in clusters(unicodedata.normalize("NFC", one_line(text))))
    return " ".join(kept.split())


def _kept(cluster: str) -> str:
    """A cluster with what can be drawn of it: all, else its letter alone, else nothing."""
    cluster = "".join(c for c in cluster[: MARKS_MOST + 1] if not 0xFE00 <= ord(c) <= 0xFE0F)  # variation selectors
    if font_for(cluster) is not None:
        return cluster
    return "".join(c for c in cluster if unicodedata.category(c)[0] not in "MC" and font_for(c) is not None)


def pieces(text: str, *, backwards: bool = False) -> list[tuple[int, str]]:
    """The text as pieces of one font each; Arabic and Hebrew are pieces of their own, as they are shaped differently."""
    chosen = [(font_for(cluster) or 0, unicodedata.bidirectional(cluster[0]), cluster) for cluster in clusters(text)]
    grouped = groupby(chosen, key=lambda one: (one[0], one[1] == "AL"))
    found = [(index, "".join(one[2] for one in group)) for (index, _), group in grouped]
    return found[::-1] if backwards else found
