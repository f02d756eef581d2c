"""Italian, sung: how words are said, what meets in one note, and that the voices hold what a text needs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.singing.cast import names, voice_for
from integrations.music.studio.singing.italian import italian
from integrations.music.studio.singing.phones import SILENCE
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.say import say_word
from integrations.music.studio.singing.singer import VOICE_RATE, sing_line
from integrations.music.studio.singing.vocals import breath_lines
from integrations.music.studio.singing.voice_bank import load

HELD_OUT = """Se domani piove porteremo gli ombrelli gialli
e un pezzo di focaccia con lo zucchero sopra
Francesca dice che l'autobus non aspetta nessuno
ma il vigile fischia, sbadiglia, e ci lascia salire
Quest'anno hai imparato a nuotare, a perdere, a scegliere
Gnocchi la domenica, jazz il giovedì, psicologia mai
Buon viaggio, Andrea: scrivi quando arrivi a Genova
tre squilli, due bugie, un bacio sulla guancia"""


def sung(line: str) -> list[str]:
    score = compose(SongRequest("r", "Per te", line, "Folk", "", 1, "it", "female"))
    return [" ".join(n.phones) for n in score.vocal if n.phones]


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("dell'amore", "d e l l a m o1 r e"),
        ("c'è", "ch eh1"),
        ("un'altra", "u n a1 l t r a"),
        ("po'", "p oh1"),
        ("perché", "p e r k e1"),
        ("città", "ch i t t a1"),
        ("cuore", "k w oh1 r e"),
        ("famiglia", "f a m i1 ly ly a"),
        ("ciao", "ch a1 o"),
        ("spiaggia", "s p j a1 jh jh a"),
        ("sbaglio", "z b a1 ly ly o"),
        ("scegliere", "sh e1 ly ly e r e"),
        ("mezzo", "m eh1 dz dz o"),
        ("piazza", "p j a1 ts ts a"),
        ("musica", "m u1 z i k a"),
        ("amiche", "a m i1 k e"),
        ("felicissimo", "f e l i ch i1 s s i m o"),
        ("cantavano", "k a n t a1 v a n o"),
        ("cantare", "k a n t a1 r e"),
        ("rosa", "rr oh1 z a"),
        ("Chiara", "k j a1 r a"),
        ("Giulia", "jh u1 l j a"),
        ("Lucia", "l u ch i1 a"),
        ("Andrea", "a n d r eh1 a"),
        ("Stefano", "s t eh1 f a n o"),
        ("D'Angelo", "d a1 n jh e l o"),
    ],
)
def test_a_word_is_said_as_italians_say_it(word: str, phones: str) -> None:
    assert italian(word) == phones.split()


def test_numbers_signs_and_short_forms_are_read_as_people_say_them() -> None:
    def sounds(text: str) -> list[str]:
        return [p for word in text.split() for part in say_word(word, "it").syllables for p in part]

    for written, read in (
        ("21", "ventuno"),
        ("88", "ottantotto"),
        ("1998", "mille novecento novantotto"),
        ("1.234,5€", "mille duecento trentaquattro virgola cinque euro"),
        ("2000000", "due milioni"),
        ("tvb", "ti voglio bene"),
        ("me@casa.it", "me chiocciola casa punto it"),
    ):
        assert sounds(written) == sounds(read), written
    assert say_word("ありがとう", "it").hummed
    assert say_word("🎉", "it").syllables == ()


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("Quando arrivi", "k w a n|d o a|rr i|v i"),
        ("Mi aspetta il mare", "m j a|s p eh t|t a j l|m a|r e"),
        ("La stella è mia", "l a|s t e l|l a eh|m i|a"),
        ("Sarà amore", "s a|r a|a|m o|r e"),
        ("Mamma, io canto", "m a m|m a|i|o|k a n|t o"),
    ],
)
def test_vowels_that_meet_share_a_note_unless_the_first_is_stressed(line: str, notes: str) -> None:
    assert "|".join(sung(line)) == notes


def test_a_long_consonant_takes_longer_than_a_short_one() -> None:
    voice = load(voice_for("it", "female", 1))
    short, long = (len(voice.joined([(p, n) for n, part in enumerate(say_word(w, "it").syllables) for p in part]))
                   for w in ("sono", "sonno"))  # fmt: skip
    assert long == short + 1
    assert len(voice.unit("n", "n").frames) * 5 >= 50, "milliseconds"
    assert not voice.missing


def test_both_italian_singers_have_a_throat_of_their_own() -> None:
    hertz = {name: load(name).hertz for name in ("it-female", "it-male")}
    assert hertz == {"it-female": 220.0, "it-male": 125.0}
    assert {load(name).tract for name in hertz} == {1.0}


def test_every_e_and_o_is_sung_open() -> None:
    phones = load("it-female").joined([(phone, 0) for phone in ("s", "o", "n", "o", "e", "m", "e")])
    assert [phone for phone, _ in phones] == ["s", "oh", "n", "oh", "eh", "m", "eh"]


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("it-")])
def test_nearly_every_pair_of_sounds_of_an_unknown_text_is_in_the_voice(name: str) -> None:
    voice = load(name)
    request = SongRequest("r", "Per te", HELD_OUT, "Folk", "", 1, "it", name.split("-")[1])
    lines = list(breath_lines(compose(request), voice.inventory))
    voice.missing.clear()
    pairs = 0
    for line in lines:
        phones = [p for p, _ in voice.joined([(p, n) for n, note in enumerate(line) for p in note.phones])]
        for a, b in itertools.pairwise([SILENCE, *phones, SILENCE]):
            assert len(voice.unit(a, b).frames)
            pairs += 1
    assert sum(voice.missing.values()) <= 0.03 * pairs, voice.missing
    first, second = (sing_line(voice, lines[0][:6], Manner(), "test") for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert len(first) > VOICE_RATE
    assert np.isfinite(first).all()
