"""Portuguese of Brazil, sung: how words are said, what meets in one note, and that the voices hold what a text needs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.singing.cast import names
from integrations.music.studio.singing.phones import SILENCE
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.portuguese import portuguese
from integrations.music.studio.singing.say import say_word
from integrations.music.studio.singing.singer import VOICE_RATE, sing_line
from integrations.music.studio.singing.vocals import breath_lines
from integrations.music.studio.singing.voice_bank import load

HELD_OUT = """Se chover amanhã, levaremos os guarda-chuvas amarelos
e um pedaço de goiabada com queijo na mochila
Guilherme diz que o ônibus não espera ninguém
mas o guarda apita, boceja, e deixa a gente subir
Este ano você aprendeu a nadar, a perder, a escolher
Rock no sábado, jazz na quinta, psicologia jamais
Boa viagem, Heloísa: escreva quando chegar em Belém
três abraços, dois pães, um beijo no joelho e tchau"""


def sung(line: str) -> list[str]:
    score = compose(SongRequest("r", "Para você", line, "Folk", "", 1, "pt", "female"))
    return [" ".join(n.phones) for n in score.vocal if n.phones]


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("coração", "k o r a s an1 w"),
        ("parabéns", "p a r a b en1 j s"),
        ("mãe", "m an1 j"),
        ("corações", "k o r a s on1 j s"),
        ("cantam", "k an1 t an w"),
        ("muito", "m un1 j t u"),
        ("banho", "b an1 ny u"),
        ("gente", "zh en1 ch i"),
        ("cidade", "s i d a1 jh i"),
        ("vídeo", "v i1 jh u"),
        ("história", "i s t oh1 r j a"),
        ("alegria", "a l e g r i1 a"),
        ("rainha", "x a i1 ny a"),
        ("saudade", "s a w d a1 jh i"),
        ("ainda", "a in1 d a"),
        ("praia", "p r a1 j a"),
        ("Brasil", "b r a z i1 w"),
        ("amor", "a m o1 r"),
        ("carro", "k a1 x u"),
        ("quero", "k eh1 r u"),
        ("tranquilo", "t r an k w i1 l u"),
        ("linguiça", "l in g w i1 s a"),
        ("guerra", "g eh1 x a"),
        ("exemplo", "e z en1 p l u"),
        ("próximo", "p r oh1 s i m u"),
        ("caixa", "k a1 j sh a"),
        ("táxi", "t a1 k s i"),
        ("nascer", "n a s e1 r"),
        ("mesmo", "m e1 z m u"),
        ("ele", "e1 l i"),
        ("ela", "eh1 l a"),
        ("novo", "n o1 v u"),
        ("novos", "n oh1 v u s"),
        ("gostoso", "g o s t o1 z u"),
        ("gostosa", "g o s t oh1 z a"),
        ("mulher", "m u ly eh1 r"),
        ("viveram", "v i v e1 r an w"),
        ("fizeram", "f i z eh1 r an w"),
        ("de", "jh i"),
        ("d'água", "d a1 g w a"),
        ("TV", "t e1 v e1"),
        ("João", "zh o an1 w"),
        ("Thiago", "ch i a1 g u"),
        ("Vinícius", "v i n i1 s j u s"),
        ("Cauã", "k a w an1"),
        ("Jennifer", "jh e1 n i f e r"),
        ("Stella", "e s t eh1 l a"),
        ("internet", "in t e r n eh1 ch i"),
    ],
)
def test_a_word_is_said_as_brazilians_say_it(word: str, phones: str) -> None:
    assert portuguese(word) == phones.split()


def test_numbers_signs_and_short_forms_are_read_as_people_say_them() -> None:
    def sounds(text: str) -> list[str]:
        return [p for word in text.split() for part in say_word(word, "pt").syllables for p in part]

    for written, read in (
        ("21", "vinte e um"),
        ("100", "cem"),
        ("1998", "mil novecentos e noventa e oito"),
        ("2026", "dois mil e vinte e seis"),
        ("1500", "mil e quinhentos"),
        ("R$1.234,50", "mil duzentos e trinta e quatro vírgula cinquenta reais"),
        ("3000000", "três milhões"),
        ("vc", "você"),
        ("1º", "primeiro"),
        ("eu@casa.com.br", "eu arroba casa ponto com ponto br"),
    ):
        assert sounds(written) == sounds(read), written
    assert say_word("ありがとう", "pt").hummed
    assert say_word("🎉", "pt").syllables == ()


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("Gente amiga", "zh en|ch a|m i|g a"),
        ("Todo amor é meu", "t o|d w a|m o r|eh|m e w"),
        ("Minha antiga casa", "m i|ny an|ch i|g a|k a|z a"),
        ("Uma estrela e um rio", "u|m a e|s t r e|l a j|un|x i|u"),
        ("Está aqui", "e|s t a|a|k i"),
        ("Livro aberto da Patrícia", "l i|v r w a|b eh r|t u|d a|p a|t r i|s j a"),
    ],
)
def test_vowels_that_meet_share_a_note_unless_the_first_is_stressed(line: str, notes: str) -> None:
    assert "|".join(sung(line)) == notes


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("pt-")])
def test_nearly_every_pair_of_sounds_of_an_unknown_text_is_in_the_voice(name: str) -> None:
    voice = load(name)
    request = SongRequest("r", "Para você", HELD_OUT, "Folk", "", 1, "pt", name.split("-")[1])
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
