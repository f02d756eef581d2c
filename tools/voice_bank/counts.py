"""Counts: how common each pair of phones is, from the lexicon that the product itself uses."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from importlib.resources import files

from integrations.music.studio.singing.lexicon import phones_of
from integrations.music.studio.singing.phones import FRENCH, ITALIAN, PORTUGUESE, SPANISH
from tools.voice_bank.carriers import PhonePair


def english_counts() -> Counter[PhonePair]:
    """Inside the words of misaki's lexicon, and between the last phone of one and the first of the next."""
    counts: Counter[PhonePair] = Counter()
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    words = json.loads((files("misaki") / "data" / "us_gold.json").read_text())
    for spelled in words.values():
        said = spelled.get("DEFAULT") if isinstance(spelled, dict) else spelled
        phones = [p.rstrip("12") for p in phones_of(said)] if said else []
        if phones:
            counts.update(itertools.pairwise(phones))
            first[phones[0]] += 1
            last[phones[-1]] += 1
    for a, b in ((a, b) for a in last for b in first):
        counts[a, b] += last[a] * first[b] // sum(first.values())
    return counts


def spanish_counts() -> Counter[PhonePair]:
    """By rule: which consonants end a syllable, which begin one, and which begin one together."""
    counts: Counter[PhonePair] = Counter()
    for a in SPANISH.vowels:
        for b in SPANISH.consonants:
            counts[a, b] += 20
            counts[b, a] += 20
    for share, a in enumerate(("x", "y", "f", "g", "k", "b", "p", "m", "dh", "w", "j", "l", "r", "n", "s")):
        for b in SPANISH.consonants:
            counts[a, b] += 1 + share
    for a in "pbfkgtd":
        for b in ("r", "l", "w", "j"):
            counts[a, b] += 15
    for a in ("bh", "dh", "gh", "ch", "rr", "ny"):
        for b in ("r", "l", "w", "j"):
            counts[a, b] += 6
    return counts


def french_counts() -> Counter[PhonePair]:
    """By rule: every consonant with every vowel, what words end on before what they begin with, and vowels that meet."""
    counts: Counter[PhonePair] = Counter()
    for a in FRENCH.vowels:
        for b in FRENCH.consonants:
            counts[a, b] += 20
            counts[b, a] += 20
    for share, a in enumerate(("t", "s", "j", "f", "k", "l", "r")):
        for b in FRENCH.consonants:
            counts[a, b] += 2 + share
    for a in "pbfvkgtd":
        for b in ("r", "l"):
            counts[a, b] += 15
    for a in ("p", "b", "t", "d", "k", "g", "f", "v", "s", "z", "sh", "zh", "m", "n", "l", "r"):
        for b in ("j", "w", "hw"):
            counts[a, b] += 12
    for a, b in ("gz", "ps", "pt", "zm", "mn", "nm", "bs", "bt", "dv", "dm", "zd", "zb", "ns", "nt", "vn"):
        counts[a, b] += 10
    for a in ("i", "ue", "u", "a", "e", "o", "ax"):
        for b in ("a", "e", "eh", "an", "on", "i", "in"):
            counts[a, b] += 5
    return counts


def italian_counts() -> Counter[PhonePair]:
    """By rule: every consonant with every vowel, what ends a syllable before what begins one, and what begins one together."""
    counts: Counter[PhonePair] = Counter()
    for a in ITALIAN.vowels:
        for b in ITALIAN.consonants:
            counts[a, b] += 20
            counts[b, a] += 20
    for share, a in enumerate(("j", "l", "n", "r")):
        for b in ITALIAN.consonants:
            counts[a, b] += 4 + share
    for a in ("p", "b", "f", "k", "g", "t", "d", "v"):
        for b in ("r", "l", "w", "j"):
            counts[a, b] += 15
    for a in ("m", "n", "l", "r", "rr", "s", "z", "ts", "dz"):
        for b in ("j", "w"):
            counts[a, b] += 14
    for a, later in {"s": "ptkf", "z": "bdgvmnl", "m": "pb"}.items():
        for b in later:
            counts[a, b] += 18
    for a, b in ("zr", "zw", "sw", "ps", "ks", "wt", "wr", "wn", "wk", "wz", "wd", "wl", "ws", "wg", "tm", "dm"):
        counts[a, b] += 8
    for a, b in (("z", "jh"), ("w", "ch"), ("t", "s")):
        counts[a, b] += 8
    return counts


def portuguese_counts() -> Counter[PhonePair]:
    """By rule: every consonant with every vowel, what ends a syllable before what begins one, and vowels that meet."""
    counts: Counter[PhonePair] = Counter()
    for a in PORTUGUESE.vowels:
        for b in PORTUGUESE.consonants:
            counts[a, b] += 20
            counts[b, a] += 20
    for share, a in enumerate(("w", "j", "r")):
        for b in PORTUGUESE.consonants:
            counts[a, b] += 4 + share
    for a in ("p", "b", "f", "k", "g", "t", "d", "v"):
        for b in ("r", "l"):
            counts[a, b] += 15
    for a in ("p", "b", "f", "k", "g", "t", "d", "v", "m", "n", "l", "r", "s", "z"):
        for b in ("j", "w"):
            counts[a, b] += 14
    for a, later in {"s": "ptkflmnbdgvr", "z": "bdgvmnl"}.items():
        for b in later:
            counts[a, b] += 10
    for a, later in {"s": ("x", "sh", "zh", "ch", "jh"), "k": "st", "p": "st", "d": "vm", "b": "s", "t": "m", "g": "n"}.items():
        for b in later:
            counts[a, b] += 8
    for a, later in {"i": "aoeu", "u": "aeio", "o": "aeiu", "e": "aiou", "a": "eiou"}.items():
        for b in later:
            counts[a, b] += 6
    for a, b in (
        ("i", "an"),
        ("e", "an"),
        ("i", "oh"),
        ("i", "eh"),
        ("u", "in"),
        ("u", "an"),
        ("o", "an"),
        ("a", "in"),
        ("an", "a"),
    ):
        counts[a, b] += 5
    return counts
