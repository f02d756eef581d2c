"""The names of a song's sections as people read them: "Verse 1" in the language of the page.

"[Verse 1]" in the lyrics themselves is an instruction to the music vendors; it stays as it is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from i18n import N_, _
from ui.components.sound_names import sound_name

_NAMES = (
    N_("Verse"), N_("Pre-Chorus"), N_("Chorus"), N_("Post-Chorus"), N_("Final Chorus"), N_("Refrain"), N_("Hook"),
    N_("Bridge"), N_("Intro"), N_("Outro"), N_("Ending"), N_("Instrumental"), N_("Interlude"), N_("Break"), N_("Solo"),
    N_("Reprise"), N_("Spoken"),
)  # fmt: skip
_TAG = re.compile(r"^\[([^\[\]\n]+)\]$", re.MULTILINE)


def section_name(name: str) -> str:
    """ "Verse 2" -> "Estrofa 2" for a Spanish reader; a name that we do not know is shown as it is."""
    kind = name.rstrip("0123456789 ")
    known = _KNOWN.get(_folded(kind))
    return f"{_(known)} {name[len(kind) :].strip()}".strip() if known else name


def readable_sections(lyrics: str) -> str:
    """The lyrics of a song with the names of their sections as people read them."""
    return _TAG.sub(lambda tag: f"[{section_name(tag[1])}]", lyrics)


def readable_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell of <song-compare> with its style and the names of its sections as people read them."""
    said = dict(cell)
    if said.get("style"):
        said["style"] = sound_name(said["style"])
    if said.get("sections"):
        said["sections"] = [{**part, "name": section_name(part["name"])} for part in said["sections"]]
    if said.get("lyrics"):
        said["lyrics"] = readable_sections(said["lyrics"])
    return said


def _folded(kind: str) -> str:
    """Vendors spell them as they like: "pre_chorus", "Pre-Chorus", "PRE CHORUS"."""
    return re.sub(r"[\s_-]+", "", kind.lower())


_KNOWN = {_folded(name): name for name in _NAMES}
