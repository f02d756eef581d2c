"""Slips of the built-in lyricist that nobody would sing: the worst of sixty songs that were read, and their kinds."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from integrations.writer import Author, Brief, Writing
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.grammar import Person
from integrations.writer.hamper import told_apart
from integrations.writer.phrases import phrases_for
from integrations.writer.text import parted_lines

TO_A_LOVE = r"cross every river|warm in mine|choose you any day|you're everything|cruzaría los ríos|abrazar|very old"
WORST = [  # a brief, lines that it sings, and what it must not sing
    (Brief("Ray", relationship="colleague", theme="retirement", emotions=("gratitude",), sender_name="the office",
           story_summary="He fixed the printer every Monday for eleven years", qualities="patient, dry humour"),
     ["You fixed the printer every Monday for eleven years", "You are patient", "Your dry humour"], TO_A_LOVE),
    (Brief("Priya", relationship="boss", theme="thank-you", qualities="stubborn, generous and laughs at funerals"),
     ["You are stubborn and generous", "You laugh at funerals"], r"I say: stubborn|Generous and laughs"),
    (Brief("Nora", relationship="wife", theme="anniversary",
           story_summary="Ten years, two moves, one stubborn cat called Biscuit"),
     ["Ten years, two moves, one stubborn cat called Biscuit"], r"^Ten years,$"),
    (Brief("Biscuit", relationship="cat", theme="birthday", vibe="friendly-fun",
           characteristics="knocks over every glass, sleeps on the keyboard and screams at 5 am"),
     ["You knock over every glass", "Sleep on the keyboard and scream at 5 am"], r"screams|that's you all over"),
    (Brief("Rex", relationship="dog", theme="in-memory", characteristics="stole socks", favorite_memory="the beach at Whitby"),
     ["You stole socks", "I still remember the beach at Whitby"], r"Your stole|remember:"),
    (Brief("Mum", relationship="mum", theme="mothers-day", qualities="stronger than she thinks"),
     ["Mum, the lamp in the hall", "You are stronger than you think"], r"Mum, my mum|^Stronger than"),
    (Brief("Carmen", relationship="madre", theme="mothers-day", language="es", grateful_for="por no rendirse nunca",
           story_summary="Crió sola a cuatro hijos y vendía tamales en la plaza"),
     ["Criaste sola a cuatro hijos y vendías tamales en la plaza", "Gracias por no rendirte nunca"], r"vendía\b|por esto"),
    (Brief("Andrés", relationship="esposo", theme="valentines", language="es", short_phrase="Me ganaste con un hola",
           qualities="alto, moreno y malo a las cartas"),
     ["Me ganaste con un hola", "Eres alto, moreno y malo a las cartas"], r"ganastes|digo: alto"),
    (Brief("Kike", relationship="pareja", theme="engagement", language="es",
           story_summary="Le pedí matrimonio en un muelle lluvioso y se me cayó el anillo"),
     ["Te pedí matrimonio en un muelle lluvioso", "Y se me cayó el anillo"], r"pedís|caíste"),
    (Brief("Inma y Paco", relationship="vecinos", theme="new-home", vibe="formal", language="es", sender_name="el 12",
           grateful_for="la llave de repuesto, la sopa, la escalera"),
     ["Gracias por la llave de repuesto, la sopa, la escalera", "mis vecinos", "del 12"], r"mi vecinos|de el 12"),
]  # fmt: skip


@pytest.mark.parametrize(("brief", "lines", "never"), WORST, ids=[brief.recipient_name for brief, _, _ in WORST])
def test_the_worst_ten_are_sung_well(brief: Brief, lines: list[str], never: str) -> None:
    for day in range(4):
        lyrics = Lyricist(day).write(brief).lyrics
        assert [line for line in lines if line not in lyrics] == []
        assert re.findall(never, lyrics, re.M) == []


def test_no_line_ends_with_the_word_that_begins_the_next_thought() -> None:
    words = phrases_for("en").words
    told = "I still remember the night we missed the last train we walked home singing and laughed until sunrise"
    assert parted_lines(told, words.joints, words.weak_joints, 3, words.subjects) == (
        "I still remember the night we missed the last train", "we walked home singing and laughed until sunrise",
    )  # fmt: skip


ROSA, LEO = Person(("Rosa",), "abuela", "grandparent", "f", False), Person(("Leo",), "brother", "sibling", "m", False)


@pytest.mark.parametrize(
    ("topic", "said", "sung"),
    [
        ("quirk", "silbaba en el jardín, contaba cuentos y escondía caramelos",
         "Silbabas en el jardín, contabas cuentos y escondías caramelos"),
        ("story", "Manejaba el camión y saludaba a todos", "Manejabas el camión y saludabas a todos"),
        ("story", "Trabajaba de noche y me llevaba al colegio", "Trabajabas de noche y me llevabas al colegio"),
        ("quirk", "se duerme delante de la tele y dice que descansa", "Te duermes delante de la tele y dices que descansa"),
        ("quirk", "canta desafinada y quema la salsa", "Cantas desafinada y quemas la salsa"),
        ("story", "Apareció en la calle y se quedó catorce años", "Apareciste en la calle y te quedaste catorce años"),
        ("story", "Cuidó de mi padre y nunca me lo echó en cara", "Cuidaste de mi padre y nunca me lo echaste en cara"),
        ("grateful", "porque siempre contesta el teléfono", "Porque siempre contestas el teléfono"),
        ("memory", "cuando prendió fuego al pudin", "Recuerdo cuando prendiste fuego al pudin"),
        ("memory", "perdimos 9 a 0 y nos compró helado", "Perdimos 9 a 0 y nos compraste helado"),
        ("quirk", "siempre es la última en irse", "Siempre eres la última en irte"),
        ("grateful", "que llama cada domingo", "Gracias porque llamas cada domingo"),
        ("message", "lo mejor que me ha pasado", "Eres lo mejor que me ha pasado"),
        # and what is somebody else's, or no verb, stays
        ("story", "Trabajaba con mi padre y comía pan", "Trabajaba con mi padre y comía pan"),
        ("story", "ella cantaba y mi abuelo reía", "Cantabas y mi abuelo reía"),
        ("story", "Nunca le he dado las gracias como merece", "Nunca te he dado las gracias como mereces"),
        ("story", "Nunca le he dicho cuánto vale", "Nunca te he dicho cuánto vale"),
        ("quirk", "tiene alegría y energía", "Tienes alegría y energía"),
        ("memory", "cuando nació mi hijo", "Recuerdo cuando nació mi hijo"),
    ],
)  # fmt: skip
def test_every_verb_follows_the_change_of_person_in_spanish(topic: str, said: str, sung: str) -> None:
    grammar = phrases_for("es").grammar
    assert grammar.tell(topic, grammar.turn(said, ROSA, topic), ROSA) == sung


@pytest.mark.parametrize(
    ("topic", "said", "sung"),
    [
        ("quirk", "cheats at cards and feeds the fox", "You cheat at cards and feed the fox"),
        ("quirk", "never raises his voice", "You never raise your voice"),
        ("quirk", "whistled in the garden", "You whistled in the garden"),
        ("story", "He raised three kids, works nights and bakes bread", "You raised three kids, work nights and bake bread"),
        ("quirk", "he collects stamps, coins and forgets names", "You collect stamps, coins and forget names"),
        ("memory", "the trip to Wales when the car broke down", "I still remember the trip to Wales when the car broke down"),
        ("story", "Moved in for a month, stayed six years and still owes me a fork",
         "You moved in for a month, stayed six years and still owe me a fork"),
        ("story", "Met in detention in 2003", "Met in detention in 2003"),
        # plurals are no verbs
        ("quirk", "he loves cats and dogs in the park", "You love cats and dogs in the park"),
        ("quirk", "laughs at jokes and stories", "You laugh at jokes and stories"),
        ("quirk", "socks with holes", "Socks with holes, that's you all over"),
    ],
)  # fmt: skip
def test_every_verb_follows_the_change_of_person_in_english(topic: str, said: str, sung: str) -> None:
    grammar = phrases_for("en").grammar
    assert grammar.tell(topic, grammar.turn(said, LEO, topic), LEO) == sung


@pytest.mark.parametrize(
    ("qualities", "lines"),
    [
        (("stubborn", "generous", "laughs at funerals"), ["You are stubborn and generous", "You laugh at funerals"]),
        (("my best friend", "a terrible driver"), ["You are my best friend and a terrible driver"]),
        (("patience", "a booming laugh"), ["Your patience, your booming laugh"]),
        (("tired", "brave", "fuelled by biscuits"), ["You are tired, brave and fuelled by biscuits"]),
        (("a heart of gold",), ["Your heart of gold"]),
        (("chaotic", "in love"), ["You are chaotic and in love"]),
        (("loud shirts", "louder laugh"), ["Your loud shirts, your louder laugh"]),
    ],
)
def test_a_quality_stands_in_the_sentence_that_its_kind_needs(qualities: tuple[str, ...], lines: list[str]) -> None:
    assert phrases_for("en").grammar.tell_list("quality", qualities, LEO) == lines


def bridge(writing: Writing) -> str:
    return writing.lyrics.split("[Bridge]\n")[1].split("\n\n")[0]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_occasions_do_not_share_a_bridge(language: str) -> None:
    themes = phrases_for("en").prompt.themes
    bridges = [
        bridge(Lyricist(day).write(Brief("Ann", relationship="friend", theme=theme, language=language)))
        for theme in themes
        for day in range(3)
    ]
    most = max(map(bridges.count, bridges))
    assert most <= len(bridges) / 6, "it was the same for five of six"
    assert len(set(bridges)) > len(themes)


@pytest.mark.parametrize("relationship", ["colleague", "boss", "teacher", "bus driver", "my coach"])
def test_who_is_no_family_is_thanked_and_not_loved(relationship: str) -> None:
    for theme in phrases_for("en").prompt.themes:
        brief = Brief("Pat", relationship=relationship, theme=theme, story_summary="Pat fixed the printer", sender_name="us")
        verses = [part for part in Lyricist().write(brief).lyrics.split("\n\n") if "Chorus" not in part]
        assert not re.search(TO_A_LOVE, "\n".join(verses)), theme


def test_an_apology_is_not_followed_by_praise_and_parents_are_not_taken_for_the_baby() -> None:
    sorry = Brief(
        "Dan", relationship="coach", theme="sorry", overall_message="We let you down", story_summary="We lost the final"
    )
    assert not re.search("week feels more light|choose you|part\\.", Lyricist().write(sorry).lyrics)
    husband = Brief("Amir", relationship="husband", theme="new-baby", overall_message="you are the calm in the room")
    for day in range(6):
        assert not re.search("little fingers|little stranger|Welcome, sweet|Hello, little", Lyricist(day).write(husband).lyrics)


ONE_STORY = "We met in detention in 2003"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("vibe", ["loving", "formal"])
@pytest.mark.parametrize("theme", ["birthday", "in-memory", "sorry", "valentines", "merry-christmas", "something-else"])
def test_three_songs_of_one_order_share_neither_title_nor_chorus(theme: str, vibe: str, language: str) -> None:
    briefs = [
        Brief(name, relationship="aunt", theme=theme, vibe=vibe, language=language, story_summary=ONE_STORY, sender_name="Jo")
        for name in ("Ann", "Bob", "Cleo")
    ]
    songs = told_apart(briefs, [Lyricist().write(brief) for brief in briefs])
    nameless = [
        re.sub(r"\W*\b(Ann|Bob|Cleo)\b", "", f"{song.title}\n" + song.lyrics.split("[Chorus]\n")[1].split("\n\n")[0])
        for song in songs
    ]
    lines = [{line for line in text.split("\n")[:5] if line} for text in nameless]
    assert [one & other for one, other in zip(lines, [*lines[1:], lines[0]], strict=True)] == [set()] * 3


def test_what_a_model_wrote_is_left_as_it_is_and_the_reason_stays() -> None:
    briefs = [Brief(name, relationship="aunt", theme="birthday") for name in ("Ann", "Bob")]
    why = Author("lyricist", "it does not answer (Timeout)")
    first, second = (replace(Lyricist().write(briefs[0]), title=f"For {name}", author=why) for name in ("Ann", "Bob"))
    by_model = replace(second, author=Author("model", ""))
    assert told_apart(briefs, [first, by_model]) == [first, by_model]
    assert told_apart(briefs, [first, second])[1].author == why
    assert told_apart(briefs, [first, second])[1].title != second.title
