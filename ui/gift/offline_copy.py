"""The gift to keep: one HTML file that works from a USB stick, and a ZIP, made while they are sent, a piece at a time."""

from __future__ import annotations

import base64
import io
import re
import secrets
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from i18n import speaking
from integrations.lettering.faces import one_line
from integrations.lettering.letters import in_bytes, shortened
from integrations.music.lyric_files import as_lrc, as_srt
from integrations.storage import storage
from jobs.gifts.gift import GiftSong, OpenedGift
from jobs.gifts.photo_times import once_each
from ui.components.section_names import readable_sections
from ui.components.theme import STATIC_DIR
from ui.templates import render

RESERVED = re.compile(r"(?i)con|prn|aux|nul|(com|lpt)\d")  # names of devices in Windows, with any ending
PIECE = 96 * 1024  # divisible by 3: base64 of the pieces is base64 of the whole


def as_html(gift: OpenedGift) -> Iterator[bytes]:
    """Audio, words, photos, art and style inside one file. Memory: one piece of one song or photo at a time."""
    from ui.drawing.card import a4, art
    from ui.drawing.typesetting import as_svg

    mark = secrets.token_hex(16)  # placeholder of a sound or photo; random, so that no message can contain it
    photos = once_each(gift.photos)
    keys = [song.master_key for song in gift.songs] + [photo.key for photo in photos]
    with speaking(gift.locale):  # never around a yield: each piece may be asked for in another context
        page = render(
            "offline_copy.html",
            gift=gift,
            css=(STATIC_DIR / "offline-copy.css").read_text(),
            art=as_svg(art(gift)),
            card=as_svg(a4(gift)),
            photos=photos,
            mark=mark,
        )
    for number, part in enumerate(page.split(mark)):
        if number:
            yield from _base64(_kept(keys[number - 1]))
        yield part.encode()


def _base64(kept: BinaryIO) -> Iterator[bytes]:
    with kept as file:
        while piece := file.read(PIECE):
            yield base64.b64encode(piece)


def _kept(key: str) -> BinaryIO:
    """A stored file, to read a piece at a time; from storage elsewhere it is fetched whole first. Raises StorageError."""
    path = storage().path(key)
    return path.open("rb") if path else io.BytesIO(storage().get(key))


class _Pipe(io.RawIOBase):
    """What a ZipFile writes into and a response reads from; it cannot be rewound."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload] # any buffer, as RawIOBase has it
        self.waiting += content
        return len(content)

    def drain(self) -> bytes:
        """Everything that was written since."""
        content = bytes(self.waiting)
        self.waiting.clear()
        return content


def as_zip(gift: OpenedGift) -> Iterator[bytes]:
    """Each song as MP3, its words as .txt, .lrc and .srt, the cover, the card, the photos, and a page to play it all."""
    from ui.drawing.card import a4, a6, preview_picture
    from ui.drawing.typesetting import as_pdf, as_png

    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for song in gift.songs:
            name = f"{song.number + 1:02} {file_name(song.title)}"
            with archive.open(f"{name}.mp3", "w") as target, _kept(song.master_key) as source:
                while piece := source.read(PIECE):
                    target.write(piece)
                    yield pipe.drain()
            with speaking(gift.locale):
                archive.writestr(f"{name}.txt", f"{one_line(song.title)}\n\n{readable_sections(song.lyrics)}\n")
            if song.lines:
                archive.writestr(f"{name}.lrc", lrc(gift, song))
                archive.writestr(
                    f"{name}.srt", as_srt((line.start_ms, line.end_ms, one_line(line.text)) for line in song.lines)
                )
        with speaking(gift.locale):
            archive.writestr("cover.png", as_png(preview_picture(gift)))
            archive.writestr("card-a4.pdf", as_pdf(a4(gift)))
            archive.writestr("card-a6.pdf", as_pdf(a6(gift)))
        for number, photo in enumerate(once_each(gift.photos), 1):
            archive.writestr(f"photos/{number:02}.jpg", storage().get(photo.key))
            yield pipe.drain()
        if gift.message:
            archive.writestr("message.txt", f"{gift.message}\n\n{one_line(gift.sender_name)}\n")
        yield pipe.drain()
    yield pipe.drain()


def lrc(gift: OpenedGift, song: GiftSong) -> str:
    """Lyrics with times, as players read them."""
    lines = [(line.start_ms, one_line(line.text)) for line in song.lines]
    return as_lrc(one_line(song.title), one_line(gift.sender_name), lines)


def file_name(text: str) -> str:
    """A name that every file system takes: no separators, no reserved characters or names, no leading dot.

    At most 80 characters and 240 bytes, with no letter cut in two: with a number and an ending it stays below 255 bytes.
    """
    kept = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", one_line(text))
    name = shortened(shortened(" ".join(kept.split()), 80), 240, in_bytes).strip(" .")
    return f"{name} song" if RESERVED.fullmatch(name) else name or "song"
