"""Carriers: nonsense words that contain every diphone of a language, several in each, the commonest first."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable

from integrations.music.studio.singing.phones import RHOTIC, SILENCE, Inventory

PhonePair = tuple[str, str]
VOWELS_PER_WORD = 5
CLUSTERS_PER_WORD = 4


def _follows(a: str, b: str) -> bool:
    """Whether b may come after a: a vowel with its r stands only before other consonants."""
    return not (a in RHOTIC and b == "r") and a != b


def syllable_words(inventory: Inventory, weights: Counter[PhonePair]) -> list[list[str]]:
    """Words of open syllables (consonant, vowel, consonant, vowel ...) that hold every such pair once."""
    vowels, consonants = list(inventory.vowels), list(inventory.consonants)
    left = {(c, v) for c in consonants for v in vowels}
    left |= {(v, c) for v in vowels for c in consonants if _follows(v, c) and not (v == "er" and c == "r")}
    left |= {("er", "r")} if "er" in vowels else set()
    words = []
    while left:
        first = max(sorted(left), key=lambda p: weights[p])
        path = list(first) if first[0] in consonants else [_partner(first[0], left, consonants, weights), *first]
        while sum(p in inventory.vowels for p in path) < VOWELS_PER_WORD or path[-1] in inventory.vowels:
            used = set(itertools.pairwise(path))
            options = [b for b in (vowels if path[-1] in consonants else consonants) if _follows(path[-1], b)]
            fresh = [b for b in options if (path[-1], b) in left - used]
            options = [b for b in fresh or options if not (path[-1] in RHOTIC and b == "r")]
            path.append(max(sorted(options), key=lambda b: (weights[path[-1], b], b)))
        left -= set(itertools.pairwise(path))
        words.append(path)
    return words


def _partner(vowel: str, left: set[PhonePair], consonants: list[str], weights: Counter[PhonePair]) -> str:
    fresh = [c for c in consonants if (c, vowel) in left] or ["t"]
    return max(sorted(fresh), key=lambda c: weights[c, vowel])


def cluster_words(clusters: Iterable[tuple[str, ...]], vowel: str) -> list[list[str]]:
    """Words that hold so many consonant pairs, or single consonants, each between two open vowels."""
    rows = list(clusters)
    words = []
    for start in range(0, len(rows), CLUSTERS_PER_WORD):
        word = [vowel]
        for cluster in rows[start : start + CLUSTERS_PER_WORD]:
            word += [*cluster, vowel]
        words.append(word)
    return words


def meeting_words(pairs: Iterable[PhonePair]) -> list[list[str]]:
    """Words that hold so many pairs of vowels, each between two t."""
    rows = list(pairs)
    starts = range(0, len(rows), CLUSTERS_PER_WORD)
    return [[p for a, b in rows[i : i + CLUSTERS_PER_WORD] for p in ("t", a, b)] for i in starts]


def edge_words(inventory: Inventory, vowel: str) -> list[list[str]]:
    """Words that begin and end with every phone: each begins with one and ends with another."""
    vowels, consonants = list(inventory.vowels), list(inventory.consonants)
    words = [[c, vowel, "t", v] for c, v in zip(consonants, vowels, strict=False)]
    words += [[c, vowel, "t", vowel] for c in consonants[len(vowels) :]]
    words += [[v, "t", vowel, c] for v, c in zip(vowels, consonants, strict=False)]
    words += [["t", vowel, "t", vowel, c] for c in consonants[len(vowels) :]]
    return [[SILENCE, *w, SILENCE] for w in words]


def carriers(
    inventory: Inventory, weights: Counter[PhonePair], clusters: int, meetings: int = 0, alone: Iterable[str] = ()
) -> list[list[str]]:
    """All carriers, framed by what makes them a word: a weak syllable before and after, or silence where that is wanted.

    `clusters` and `meetings`: how many pairs of consonants and of vowels, the commonest. `alone`: single consonants that are
    said between two open vowels as the pairs are.
    """
    open_vowel, weak = ("aa", "ax") if "aa" in inventory.vowels else ("a", "a")
    consonants = list(inventory.consonants)
    ranked = sorted(
        ((a, b) for a in consonants for b in consonants if a != b and weights[a, b] > 0), key=lambda p: (-weights[p], p)
    )[:clusters]
    rows = [[weak, *w, weak] for w in syllable_words(inventory, weights)]
    rows += [["t", *w, "t", weak] for w in cluster_words([*ranked, *((c,) for c in alone)], open_vowel)]
    vowels = list(inventory.vowels)
    meeting = sorted(((a, b) for a in vowels for b in vowels if a != b), key=lambda p: (-weights[p], p))[:meetings]
    rows += [[weak, *w, "t", weak] for w in meeting_words(meeting)]
    edges = edge_words(inventory, open_vowel)
    return edges + sorted(rows, key=lambda w: -sum(weights[p] for p in set(itertools.pairwise(w))))


def symbols(word: list[str], inventory: Inventory) -> str:
    """What the teacher is asked to say: every vowel but a weak one at either end is stressed."""
    spoken = [p for p in word if p != SILENCE]
    out = ""
    for i, phone in enumerate(spoken):
        if phone not in inventory.vowels:
            out += inventory.consonants[phone]
            continue
        sign = inventory.vowels[phone]
        if phone == "er" and i + 1 < len(spoken) and spoken[i + 1] == "r":
            sign = "ɜ"
        weak = phone in ("ax", "a") and (i == 0 or i == len(spoken) - 1) and word[0] != SILENCE
        out += sign if weak else "ˈ" + sign
    return out + "."
