"""MP3 as a chain of frames: which bytes are sound and which are not, and cutting it without encoding it again.

Header fields: ISO/IEC 11172-3 (MPEG-1) and 13818-3 (MPEG-2, and the unofficial 2.5 for low rates), Layer III only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_BITRATES = {  # kbit/s by index; 0 is "free format" and 15 is forbidden
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # Hz by version
_MOST_MISSES = 300_000  # bytes that look like a header and are none, before the rest is left alone: a second's work
_SURE = 3  # frames in a row that make a beginning: one header is four bytes that any picture may contain


@dataclass(frozen=True, slots=True)
class Mp3Frame:
    """Where a frame begins and ends in the file, and what it holds. `samples` are per channel."""

    start: int
    end: int
    version: int
    kbit: int
    rate: int
    samples: int


def frames_of(content: bytes) -> list[Mp3Frame]:
    """The frames in order, whatever stands before, between or behind them; [] where there is no MP3. Never raises."""
    found: list[Mp3Frame] = []
    at = misses = 0
    while 0 <= at < len(content) - 3 and misses < _MOST_MISSES:
        if content.startswith(b"ID3", at) and (size := tag_size(content, at)):
            at += size  # whole: its pictures may look like frames
            continue
        frame = _frame_at(content, at)
        follows = bool(found) and found[-1].end == at
        if frame and (_same(found[-1], frame) if follows else _begins(content, frame)):
            found.append(frame)
            at = frame.end
        else:
            at = content.find(b"\xff", at + 1)
            misses += 1
    return found


def tag_size(content: bytes, at: int = 0) -> int:
    """How long the ID3v2 tag here is, its header included; 0 where there is none. It never ends behind the file."""
    head = content[at : at + 10]
    if len(head) < 10 or head[:3] != b"ID3" or head[3] == 0xFF or any(byte & 0x80 for byte in head[6:]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return min(10 + size + (10 if head[5] & 0x10 else 0), len(content) - at)


def promised_frames(content: bytes, first: Mp3Frame) -> int | None:
    """How many frames the encoder wrote behind its own header frame ("Xing", "Info"); None where it wrote none."""
    head = content[first.start : min(first.end, first.start + 64)]
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or len(head) < at + 12 or not head[at + 7] & 1:
        return None
    return int.from_bytes(head[at + 8 : at + 12], "big")


def is_header(content: bytes, frame: Mp3Frame) -> bool:
    """Whether it holds no sound but the encoder's notes about the file."""
    head = content[frame.start : min(frame.end, frame.start + 64)]
    return b"Xing" in head or b"Info" in head or b"VBRI" in head


def joined_frames(content: bytes, frames: Sequence[Mp3Frame]) -> bytes:
    """These frames alone."""
    return b"".join(content[frame.start : frame.end] for frame in frames)


def cut_frames(content: bytes, frames: Sequence[Mp3Frame], start: int, end: int) -> bytes | None:
    """The frames from sample `start` to `end`, as they are; None where that is no whole file (bitrates differ).

    The notes of the encoder go: its count of frames would be wrong. A first frame that borrowed bits of its predecessors is
    decoded as silence by players, so a caller leaves a little silence before the first sound.
    """
    sound = [frame for frame in frames if not is_header(content, frame)]
    if len({frame.kbit for frame in sound}) != 1:
        return None  # without the encoder's notes, players guess a length from the first frame
    each = sound[0].samples
    return joined_frames(content, sound[start // each : -(-end // each)])


def _frame_at(content: bytes, at: int) -> Mp3Frame | None:
    if content[at] != 0xFF or content[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = content[at + 1] >> 3 & 3, content[at + 1] >> 1 & 3
    index, rate_index = content[at + 2] >> 4, content[at + 2] >> 2 & 3
    if version == 1 or layer != 1 or index in (0, 15) or rate_index == 3:
        return None
    kbit, rate = _BITRATES[version == 3][index], _RATES[version][rate_index]
    samples = 1152 if version == 3 else 576
    end = at + samples // 8 * kbit * 1000 // rate + (content[at + 2] >> 1 & 1)
    return Mp3Frame(at, end, version, kbit, rate, samples) if end <= len(content) else None


def _same(one: Mp3Frame, other: Mp3Frame) -> bool:
    return (one.version, one.rate) == (other.version, other.rate)


def _begins(content: bytes, frame: Mp3Frame) -> bool:
    for _ in range(_SURE - 1):
        following = _frame_at(content, frame.end) if frame.end < len(content) - 3 else None
        if following is None or not _same(frame, following):
            return False
        frame = following
    return True
