"""What must never be mentioned is found however it is spelled, in every script a name may have, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from integrations.writer import Brief
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_writer import ChatWriter
from integrations.writer.forbidden_words import Never
from tests.support.fakes.chat import GOOD, FakeChat

FOUND = """
Jose | the day José came          José | JOSE, come home            José | ｊｏｓｅ́               José | Jose\u0301
ex-husband | my ex husband        ex-husband | my ex‑husband's car  ex husband | exhusbands       exhusband | her ex-husband
ex–husband | ex\u00adhusband      Anne-Marie | Anne Marie           Anne-Marie | Annemarie        Coldplay | Cold-play
Tom | Tom's hat                   Tom | Tom’s hat                   Tom | the Toms                Tom's | Tom
Tom | T\u200bom                   Tom | TOM!                        Tom | Tom, Dick               O'Brien | the O’Briens
Groß | gross                      Straße | STRASSE                  Jürgen | Juergen              Juergen | Jürgen
Jürgen | Jurgen                   Müller | MUELLER                  Zoë | Zoe                     Øyvind | Oyvind
Łukasz | lukasz                   İbrahim | ibrahim                 Ahmet | Ahmet'in              ﬁona | Fiona
Æthel | Aethel                    Пётр | Петр                       Пётр | с Петром               Лена | Лену
Иван | с Иванами                  Семён | Семена                    خالد | وخَالِدٌ                  أحمد | احمد
דן | לדן                          דוד | לדָוִד                       דוד | דָּוִד                     Γιώργος | ΓΙΩΡΓΟΣ
太郎 | 昨日太郎と                  タロウ | たろうが                  ﾀﾛｳ | タロウ                  민수 | 민수는
สมชาย | ไปหาสมชายที่               राम | राम को                      cigarettes | a cigarette      wife | two wives
party | parties                   the divorce | Divorce!            don't mention Kevin | Kevin   boss | bosses
Ruth and Ben | Ben                Ruth; Ben | RUTH                  Ruth/Ben | ben's              Ngô | Ngo
"""
NOT_FOUND = """
Tom | tomorrow        Tom | Tomás           Tom | atom            Tom | Tommy           Tom | to Mum
Sue | su voz          Dan | we dance        Dan | Daniel          Ana | banana          ex | the exit
Лена | лента          Иван | диван          राम | रामायण          ガガ | カカ           divorce | divorced
Ben | بن              Al | also             Mary | marry          Rosa | rosado         Amy | a my
"""


def pairs(table: str) -> list[list[str]]:
    cells = [cell for line in table.strip().split("\n") for cell in line.split("  ") if cell.strip()]
    return [[part.strip() for part in cell.split(" | ")] for cell in cells]


@pytest.mark.parametrize(("asked", "text"), pairs(FOUND))
def test_a_word_is_found_however_it_is_spelled(asked: str, text: str) -> None:
    assert Never(asked).search(f"and {text} it was")


@pytest.mark.parametrize(("asked", "text"), pairs(NOT_FOUND))
def test_another_word_is_not(asked: str, text: str) -> None:
    assert not Never(asked).search(text)


def test_the_word_is_named_as_the_customer_wrote_it() -> None:
    assert Never("please don't mention my ex-husband, or José").search("el ex husband") == "ex-husband"
    assert not Never(" , ;\n")


TELL = Brief("Mia", relationship="friend", theme="birthday", never_mention="Jose, ex-husband")


@pytest.mark.parametrize("line", ["Mia, José is here", "Mia and her ex husband", "MIA AND JOSÉ'S HAT"])
def test_neither_a_model_nor_a_draft_says_it(line: str) -> None:
    heard: list[str] = []
    song = {**GOOD, "lyrics": f"[Verse 1]\nMia is here\n{line}\n{GOOD['lyrics']}"}
    with FakeChat(lambda body: (200, [json.dumps(song)[n : n + 40] for n in range(0, 900, 40)])) as fake:
        writing = ChatWriter(fake.url, "", "m", Lyricist()).write(TELL, lambda title, lyrics: heard.append(lyrics))
    assert writing.author.why == "its answers do not pass: something is mentioned that must not be"
    assert not any(line in draft for draft in heard)


@pytest.mark.parametrize("told", ["she danced with José at our wedding", "her ex husband left the house"])
def test_nor_does_the_lyricist(told: str) -> None:
    sung = Lyricist().write(replace(TELL, story_summary=told)).lyrics
    assert not Never(TELL.never_mention).search(sung)
    assert "danced" not in sung
