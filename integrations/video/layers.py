"""What typst draws of a video: the two cards, and every line in each state of being sung. Kept as PNG until it is seen."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from PIL import Image, ImageFilter

from integrations.lettering.faces import FAMILIES, FONTS_FOLDER, SHAPES, families_for
from integrations.video.planes import Overlay, overlay_of
from integrations.video.script import Cue, VideoScript

_TEMPLATE = Path(__file__).parent / "layers.typ"
_CARD_BARS = 64


@dataclass(frozen=True)
class TextRoom:
    """The part of the frame that a sung line may fill; sides and corner are even."""

    x: int
    y: int
    width: int
    height: int


def room_of(script: VideoScript) -> TextRoom:
    """Away from the edges, which apps cover with their buttons: the lower middle."""
    width, height = script.width, script.height
    if height > width:
        return _even_room(width * 0.075, height * 0.585, width * 0.85, height * 0.235)
    return _even_room(width * 0.12, height * 0.57, width * 0.76, height * 0.27)


def _even_room(x: float, y: float, width: float, height: float) -> TextRoom:
    return TextRoom(*(round(length / 2) * 2 for length in (x, y, width, height)))


class Layers:
    """Every drawing of one video. Memory: the PNGs (16 MB for a long song), and what is seen right now."""

    def __init__(self, script: VideoScript, cues: tuple[Cue, ...]) -> None:
        self.room = room_of(script)
        self.unit = min(script.width, script.height) / 1080
        states: dict[int, list[tuple[int, ...]]] = {}
        for cue in cues:
            states.setdefault(cue.line, []).append(cue.states)
        lines = [_line(script, number, states[number]) for number in states]
        pages = iter(_drawn(_data(script, self.room, lines)))
        self.cover, self.ending = (Image.open(io.BytesIO(next(pages))).convert("RGB") for _ in range(2))
        self.words = {(number, state): next(pages) for number in states for state in states[number]}

    def sung(self, cue: Cue) -> Overlay | None:
        """The line of a cue with a soft shadow behind its letters."""
        letters = Image.open(io.BytesIO(self.words[cue.line, cue.states])).convert("RGBA")
        shade = letters.getchannel("A").filter(ImageFilter.GaussianBlur(max(1.0, 9 * self.unit)))
        behind = Image.new("RGBA", letters.size, (20, 6, 14, 0))
        behind.putalpha(shade.point(lambda much: min(255, much * 3 // 4)))
        return overlay_of(Image.alpha_composite(behind, letters), self.room.x, self.room.y)


def _line(script: VideoScript, number: int, states: list[tuple[int, ...]]) -> dict[str, Any]:
    pieces = [piece.text for piece in script.lines[number].pieces]
    said = "".join(pieces)
    return {"said": said, "backwards": is_backwards(said), "fonts": families_for(said), "pieces": pieces, "states": states}


def _data(script: VideoScript, room: TextRoom, lines: list[dict[str, Any]]) -> dict[str, Any]:
    share = -(-len(script.peaks) // _CARD_BARS)
    texts = {"heading": script.heading, "sender": script.sender, "message": script.message, "made": script.made}
    return {
        "title": script.heading,
        "brand": script.brand,
        "lang": script.language,
        "fonts": FAMILIES,
        "texts": {
            name: {"said": said, "backwards": is_backwards(said), "fonts": families_for(said)} for name, said in texts.items()
        },
        "peaks": [max(script.peaks[at : at + share]) for at in range(0, len(script.peaks), share)],
        "width": script.width,
        "height": script.height,
        "room": {"width": room.width, "height": room.height},
        "lines": lines,
    }


def _drawn(data: dict[str, Any]) -> list[bytes]:
    made = typst.compile(
        SHAPES.read_bytes() + _TEMPLATE.read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS_FOLDER]),
        ignore_system_fonts=True,
        format="png",
        ppi=72,
        sys_inputs={"data": json.dumps(data)},
        timestamp=0,
    )
    return [bytes(page) for page in made]


def is_backwards(text: str) -> bool:
    """A line runs from right to left where its first letter does."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"
