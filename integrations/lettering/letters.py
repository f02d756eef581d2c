"""Letters as people count them: each with its marks, and what a joiner ties together. Texts are cut between them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import accumulate, takewhile

JOINER = "\u200d"


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


def in_bytes(text: str) -> int:
    """How long it is as UTF-8."""
    return len(text.encode())


def shortened(text: str, most: int, size: Callable[[str], int] = len) -> str:
    """The beginning of a text, of at most so many characters (or what `size` counts), with no letter cut in two."""
    if size(text) <= most:
        return text
    letters = list(clusters(text))
    room = takewhile(lambda so_far: so_far <= most, accumulate(map(size, letters)))
    return "".join(letters[: sum(1 for _ in room)])
