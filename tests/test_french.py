"""French words are sung as people sing them: the mute e, what is said before a vowel only, names, numbers."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.singing.cast import voice_for
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.name_line import name_notes
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.say import say_line, say_word
from integrations.music.studio.singing.singer import sing_line
from integrations.music.studio.singing.voice_bank import load

PHRASES = Path(__file__).resolve().parents[1] / "integrations" / "writer" / "phrases" / "fr.toml"
WORDS = """
anniversaire a|n i|v eh r|s eh r ; femme f a m ; monsieur m ax s|j eu ; fils f i s ; aujourd'hui o|zh u r|d hw i
nuit n hw i ; joyeux zh w a|j eu ; famille f a|m i j ; ville v i l ; soleil s oh|l eh j ; cœur k oe r ; heureux oe|r eu
bientôt b j in|t o ; crier k r i|j e ; doucement d u|s ax|m an ; vivement v i|v ax|m an ; évidemment e|v i|d a|m an
chantent sh an t ; vent v an ; noël n oh|eh l ; août u t ; chœur k oe r ; deuxième d eu z|j eh m ; faisait f ax|z eh
fenêtre f ax|n eh|t r ax ; bonheur b oh|n oe r ; patience p a s|j an s ; appeler a|p ax|l e ; criera k r i|r a
mer m eh r ; aimer eh|m e ; TGV t e|zh e|v e ; ça s a ; Agnès a|ny eh s ; Jean zh an ; Guillaume g i|j o m
Gaëlle g a|eh l ; Chloé k l oh|e ; Thomas t oh|m a ; Benoît b ax n|w a ; Jean-Pierre zh an|p j eh r
Anne-Marie a|n ax|m a|r i ; Hugues ue g ; Nathan n a|t an ; Océane oh|s e|a n ; Inès i|n eh s
"""


def sung(line: str) -> str:
    """The notes of a line, words divided by two spaces."""
    return "  ".join("|".join(map(" ".join, said.syllables)) for said in say_line(tuple(line.split()), "fr"))


@pytest.mark.parametrize("row", [row for line in WORDS.strip().splitlines() for row in line.split(" ; ")])
def test_a_french_word_is_said_as_people_say_it(row: str) -> None:
    word, _, notes = row.partition(" ")
    assert sung(word) == notes


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("les amis", "l e z  a|m i"),
        ("un ami", "in n  a|m i"),
        ("nous avons", "n u z  a|v on"),
        ("est-il là", "eh t|i l  l a"),
        ("va-t-elle", "v a|t eh l"),
        ("un bon ami", "in  b oh n  a|m i"),
        ("mon premier amour", "m on  p r ax m|j eh r  a|m u r"),
        ("les yeux", "l e z  j eu"),
        ("les héros", "l e  e|r o"),
        ("et un oui", "e  in  w i"),
        ("chez nous, en hiver", "sh e  n u  an n  i|v eh r"),
        ("tous les jours", "t u  l e  zh u r"),
        ("de nous tous", "d ax  n u  t u s"),
    ],
)
def test_a_silent_consonant_is_said_before_a_vowel_where_everybody_says_it(line: str, notes: str) -> None:
    assert sung(line) == notes


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("une lampe douce", "ue|n ax  l an|p ax  d u s"),  # before a consonant a note, at the end none
        ("une étoile, Anna", "ue n  e|t w a l  a|n a"),  # before a vowel none, whatever sign stands between
        ("c'est ta fête, Paul", "s eh  t a  f eh|t ax  p oh l"),
        ("la place haute", "l a  p l a|s ax  o t"),
        ("la vie est belle", "l a  v i  eh  b eh l"),
        ("repose-toi", "r ax|p o|z ax|t w a"),
        ("je t'aime", "zh ax  t eh m"),
    ],
)
def test_a_mute_e_is_a_note_before_a_consonant_only(line: str, notes: str) -> None:
    assert sung(line) == notes


def test_numbers_are_read_in_french() -> None:
    for written, read in (
        ("71", "soixante et onze"),
        ("80", "quatre vingts"),
        ("1999", "mille neuf cent quatre vingt dix neuf"),
        ("1,5 €", "un virgule cinq euros"),
        ("25 ans", "vingt cinq ans"),
        ("le 1er", "le premier"),
    ):
        assert sung(written).replace("|", "").replace("  ", " ").replace(" ", "") == sung(read).replace("|", "").replace(
            " ", ""
        )


def test_the_stress_lies_on_the_last_full_vowel_of_each_group() -> None:
    line = "Souffle les petites bougies, Claire, avec moi"
    said = say_line(tuple(line.split()), "fr")
    assert [word.stress for word in said] == [0, -1, -1, 1, 0, -1, 0]
    score = compose(SongRequest("r", "x", "[Verse]\n" + "Un grand merci pour ton amitié\n" * 4, "Folk", "", 1, "fr"))
    ends = [a for a, b in pairwise(score.vocal) if a.line != b.line]
    assert sum(abs(note.start - round(note.start)) < 0.01 for note in ends) >= len(ends) - 1, "phrases end on a beat"


def lyricist_lines() -> set[str]:
    """Every line that the lyricist may write in French, with a name in it."""

    def texts(part: Any) -> list[str]:
        if isinstance(part, str):
            return part.splitlines()
        return [t for p in (part.values() if isinstance(part, dict) else part) for t in texts(p)]

    found = texts(tomllib.loads(PHRASES.read_text("utf-8")))
    return {line.replace("{name}", "Léa").replace("{my}", "ma sœur").replace("{sender}", "Paul") for line in found if line}


def test_every_word_of_the_lyricist_is_sung_with_diphones_of_the_bank() -> None:
    voice, missing, pairs = load("fr-female"), 0, 0
    for line in sorted(lyricist_lines()):
        said = say_line(tuple(line.split()), "fr")
        assert not any(word.hummed for word in said), line
        phones = ["#", *(p for word in said for part in word.syllables for p in part), "#"]
        for a, b in pairwise(phones):
            both = voice.inventory.is_vowel(a) and voice.inventory.is_vowel(b)
            pairs += 1
            missing += a != b and not both and not voice.has(a, b)
    assert pairs > 15_000
    assert missing / pairs < 0.002, "sung by a substitute"


def test_nothing_is_refused() -> None:
    for text in (
        "ありがとう",
        "🎉",
        "XÆA-12",
        "1.234,56 €",
        "https://www.example.fr/x?y=1",
        "''",
        "L'",
        "-",
        "h" * 300,
        "ÇA VA",
        "œ",
    ):
        assert say_line((text, "et", "toi"), "fr")[2].syllables == (("t", "w", "a"),), text
    assert say_word("ありがとう", "fr").hummed
    assert say_word("🎉", "fr").syllables == ()


def test_both_voices_sing_a_french_name_the_same_bytes_every_time() -> None:
    assert [voice_for("fr-FR", wanted, 1) for wanted in ("", "male")] == ["fr-female", "fr-male"]
    notes = name_notes("Gaëlle", "fr", "fr-male")
    assert [note.phones for note in notes] == [("g", "a"), ("eh", "l")]
    line = [SungSyllable(n.start + 0.5, n.end + 0.5, n.pitch, n.velocity, n.phones) for n in notes]
    low, again, high = (sing_line(load(voice), line, Manner(), "x") for voice in ("fr-male", "fr-male", "fr-female"))
    assert low.tobytes() == again.tobytes() != high.tobytes()
