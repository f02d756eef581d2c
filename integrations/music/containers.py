"""Containers: what a provider's file really is, whatever its name or type says; and names for what is no song.

Bytes that libsndfile can read come back mended; everything else is refused by a reason that customers and staff get a sentence
for. Nothing is decoded here.
"""

from __future__ import annotations

import struct
import zlib

from integrations.music import MusicError, Reason
from integrations.music.mp3_frames import frames_of, joined_frames, promised_frames, tag_size

_MOST = 120_000_000  # bytes that a compressed answer may grow to
_UNKNOWN_SIZE = 0x7FFF_0000  # and more, or 0: the encoder could not go back to fill the size in
_WHOLE = 0.9  # of the frames that the encoder counted
# What we can name but not decode: their first bytes, and where those stand.
_FOREIGN = {
    "M4A or MP4": (4, b"ftyp"),
    "WebM or Matroska": (0, b"\x1aE\xdf\xa3"),
    "WMA": (0, b"0&\xb2u\x8ef\xcf\x11"),
    "AMR": (0, b"#!AMR"),
    "a playlist": (0, b"#EXTM3U"),
    "a ZIP archive": (0, b"PK\x03\x04"),
    "MIDI": (0, b"MThd"),
}
_READABLE = (b"RIFF", b"RF64", b"fLaC", b"OggS", b"FORM")  # FORM: AIFF


class UnusableAudioError(MusicError):
    """Not audio, broken, silent, or of a length no song has; the message is for staff."""


def readable_audio(content: bytes) -> bytes:
    """The same sound as libsndfile reads it: unpacked, without what stands before or behind it. Raises UnusableAudioError."""
    content = _unpacked(content)
    if not content:
        raise UnusableAudioError(Reason.NO_AUDIO, "an empty file")
    inner = content[tag_size(content) :]
    if foreign := next((name for name, (at, magic) in _FOREIGN.items() if inner.startswith(magic, at)), ""):
        raise UnusableAudioError(Reason.AUDIO_FORMAT, f"{foreign}, which is not read here")
    if inner[:1] == b"\xff" and inner[1:2] and inner[1] & 0xF6 == 0xF0:
        raise UnusableAudioError(Reason.AUDIO_FORMAT, "AAC (ADTS), which is not read here")
    if inner.startswith(_READABLE):
        return _mended_wav(inner) if inner[:4] == b"RIFF" else inner
    return _frames_alone(content)


def is_sound(content: bytes) -> bool:
    """Whether these bytes begin like sound, whatever a header calls them."""
    inner = content[tag_size(content) :]
    return inner.startswith(_READABLE) or bool(frames_of(inner[:8192])[:1] and inner[:1] == b"\xff")


def is_mp3(content: bytes) -> bool:
    """Of bytes that `readable` gave back: whether they are frames of an MP3."""
    return not content.startswith(_READABLE)


def _unpacked(content: bytes) -> bytes:
    """Some stores keep files compressed and send them so, without saying it in a header."""
    if content[:3] != b"\x1f\x8b\x08":
        return content
    try:
        unpacker = zlib.decompressobj(wbits=31)
        found = unpacker.decompress(content, _MOST)
    except zlib.error as error:
        raise UnusableAudioError(Reason.AUDIO_BROKEN, "a gzip file that does not unpack") from error
    if not unpacker.eof:
        raise UnusableAudioError(Reason.AUDIO_BROKEN, "a gzip file without its end")
    return found


def _frames_alone(content: bytes) -> bytes:
    """An MP3 without tags: whatever a vendor wrote into them, before, between or behind, it is not passed on."""
    frames = frames_of(content)
    if not frames and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"["):
        raise UnusableAudioError(Reason.NO_AUDIO, f"{len(content)} bytes of text where a song should be")
    if not frames:
        raise UnusableAudioError(Reason.AUDIO_FORMAT, f"{len(content)} bytes that begin like no audio file")
    promised = promised_frames(content, frames[0])
    if promised and len(frames) - 1 < _WHOLE * promised:
        raise UnusableAudioError(Reason.AUDIO_BROKEN, f"an MP3 of {len(frames)} frames where {promised} were written")
    return joined_frames(content, frames)


def _mended_wav(content: bytes) -> bytes:
    """A WAV whose sizes were never filled in (written as a stream) gets those it has. Raises where its end is missing."""
    at, kept = 12, b""
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        there = len(content) - at - 8
        if name == b"data":
            if 0 < size < _UNKNOWN_SIZE:
                if size > there + 1:
                    raise UnusableAudioError(Reason.AUDIO_BROKEN, f"a WAV of {size} bytes where {there} came")
                size = min(size, there)
            else:
                size = there
            sound = content[at + 8 : at + 8 + size]
            chunks = kept + b"data" + struct.pack("<I", size) + sound
            return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
        end = at + 8 + size + size % 2
        if name in (b"fmt ", b"fact"):
            kept += content[at:end]
        at = end
    raise UnusableAudioError(Reason.AUDIO_BROKEN, "a WAV without sound")
