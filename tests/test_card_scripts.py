"""Names of every script on card and picture: drawn whole, in one font, joined and in order, or left out."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from PIL import ImageChops

from integrations.lettering.faces import FAMILIES, characters, clusters, drawable, drawable_lines, families_for, whole_name
from tests.support.drawings import apart, gift, picture, written
from ui.components.theme import STATIC_DIR
from ui.drawing.card import a4, a6, card_heading, preview_picture
from ui.drawing.typesetting import as_png, as_svg

EUROPE = "Zoë Łukasz Hằng Nguyễn Ελένη Мария Նարե ნინო"
ASIA = "מיה מִיָה محمد مُحَمَّد فریبا 美咲 さくら 王小明 喆鑫玥 김민준"
SOUTH = "प्रिया মিতা ਪ੍ਰੀਤ પ્રિયા ପ୍ରିୟା ப்ரியா సీత ಪ್ರಿಯಾ പ്രിയ ප්‍රියා สมหญิง ນາງ မြင့် ស្រី አበበ"
EMOJI = "🎁❤️ 👨‍👩‍👧 👍🏽 🇩🇪 1️⃣ 🎂🎉🥳"


@pytest.mark.parametrize("name", f"{EUROPE} {ASIA} {SOUTH} {EMOJI}".split())
def test_a_name_of_any_script_is_drawn_whole(name: str) -> None:
    """Each letter leaves ink: what a font lacks is empty in Fraunces, which is asked first."""
    kept = whole_name(name)
    assert [c for c in name if c not in kept] == [c for c in name if c == "\ufe0f"], "nothing of it is left out"
    drawn = [picture("".join(list(clusters(kept))[:count])) for count in range(len(list(clusters(kept))) + 1)]
    assert all(ImageChops.difference(before, after).getbbox() for before, after in pairwise(drawn))


_VOWELS = [f"{letter}{tone}" for letter in "aăâeêioôơuưy" for tone in ("", *"\u0300\u0309\u0303\u0301\u0323")]
_ALPHABET = unicodedata.normalize("NFC", "".join([*_VOWELS, *"bcdđghklmnpqrstvx"]))
VIETNAMESE = _ALPHABET + _ALPHABET.upper()


def test_headings_of_pages_have_every_letter_of_vietnam_in_our_font() -> None:
    style = (STATIC_DIR / "serenade.css").read_text()
    faces = re.findall(r'font-family:"Serenade Display";.*?unicode-range:([^}]*)', style, re.DOTALL)
    ranges = [re.fullmatch(r"U\+(\w+)(?:-(\w+))?", part) for face in faces for part in face.split(",")]
    covered = {c for found in ranges if found for c in range(int(found[1], 16), int(found[2] or found[1], 16) + 1)}
    assert {c for c in VIETNAMESE if ord(c) not in covered} == set()


def test_letters_with_accents_of_vietnam_come_from_the_same_font_as_the_others() -> None:
    fonts = [set(map(ord, "ễằị")) <= characters(family) for family in FAMILIES]
    assert FAMILIES[fonts.index(True)] == "Fraunces Vietnamese"
    ours = frozenset[int]().union(*(characters(family) for family in FAMILIES[:3]))
    assert {c for c in VIETNAMESE if ord(c) not in ours} == set()
    assert families_for("A song for Nguyễn Thị Hồng Ngọc") == FAMILIES


@pytest.mark.parametrize("name", ["Ṣọlá", "Ɣila"])
def test_a_name_with_a_letter_that_our_display_font_lacks_is_of_one_font_too(name: str) -> None:
    """No letter of another design in the middle of a word."""
    assert families_for(f"A song for {name}")[0] == "DejaVu Sans"
    assert set(map(ord, name)) <= characters("DejaVu Sans")


def test_names_beyond_the_first_plane_are_drawn() -> None:
    for name in ("𠮷野", "𠮷田", "𡈽方"):
        assert card_heading(gift(name)) == f"A song for {name}"
        assert as_png(preview_picture(gift(name))) != as_png(preview_picture(gift("吉" + name[1:])))


def test_a_message_leaves_out_a_word_that_would_be_another_one() -> None:
    assert drawable_lines("Dear 𪚥田,\nfor you  𠮷野 🎁") == "Dear\nfor you 𠮷野 🎁"


def test_what_is_tied_by_a_joiner_is_one_picture() -> None:
    family = picture("👨‍👩‍👧").convert("L").point(lambda ink: 255 * (ink < 200)).getbbox()
    three = picture("👨👩👧").convert("L").point(lambda ink: 255 * (ink < 200)).getbbox()
    assert family
    assert three
    assert family[2] - family[0] < 0.5 * (three[2] - three[0])


def test_names_that_differ_look_different() -> None:
    drawn = [
        as_png(preview_picture(gift(name))) for name in ("美咲", "美花", "مريم", "محمد", "प्रिया", "प्रीति", "Mia 🎁", "Mia")
    ]
    assert len(set(drawn)) == len(drawn)


def test_what_no_font_has_is_left_out_and_never_a_box() -> None:
    assert drawable("Mia 𓀀\ue000 𒀀") == "Mia"
    assert drawable("𓀀") == ""
    assert card_heading(gift("𓀀")) == "A song for you"
    assert drawable("M" + "\u0301" * 60 + "ia") == "Ḿia"
    assert drawable("ก" + "\u0e48" * 60) == "ก" + "\u0e48" * 6


def test_a_name_that_lacks_a_letter_is_left_out_as_it_would_be_another_name() -> None:
    assert card_heading(gift("𪚥田")) == card_heading(gift("田中 𪚥郎")) == "A song for you"
    assert "田" not in "".join(written(a4(gift("𪚥田", ""))))
    assert "with love from" not in "".join(written(a4(gift("𪚥田", ""))))
    assert card_heading(gift("吉田")) == "A song for 吉田"
    assert card_heading(gift("葛\U000e0100城")) == "A song for 葛城", "a selected form of a character is the same character"
    assert card_heading(gift("Mia \ue000")) == "A song for Mia", "a private sign is no letter"
    assert card_heading(gift("M" + "\u0301" * 60 + "ia")) == "A song for Ḿia"


def ordered(text: str) -> str:
    """The same text, forced to be drawn from left to right as it stands."""
    return f"\u202d{text}\u202c"


def test_arabic_is_joined() -> None:
    """Each letter has the form of its place; with non-joiners between them it has not."""
    joined, alone = (
        picture(text).convert("L").point(lambda ink: 255 * (ink < 200)) for text in ("محمد", "م\u200cح\u200cم\u200cد")
    )
    assert apart(joined, alone) > 1
    (left, _, right, _), (start, _, end, _) = joined.getbbox() or (0,) * 4, alone.getbbox() or (0,) * 4
    assert 0 < right - left < end - start


@pytest.mark.parametrize(
    ("spoken", "seen"),
    [
        ("אבג", "גבא"),
        ("A song for אבג and Ben", "A song for גבא and Ben"),
        ("Ben אבג", "Ben גבא"),
        ("אבג Ben", "Ben גבא"),
        ("Ben אבג דהו!", "Ben והד גבא!"),
        ("אבג 12:30 דהו", "והד 12:30 גבא"),
        ("אבג (Ben) 50%", "50% (Ben) גבא"),
        ("Ben 12, אבג 7", "Ben 12, 7 גבא"),
    ],
)
def test_a_line_of_two_directions_is_seen_as_its_readers_expect(spoken: str, seen: str) -> None:
    assert apart(picture(spoken), picture(ordered(seen))) < 0.2
    assert apart(picture(spoken), picture(ordered(spoken))) > 0.2


def test_chinese_fills_its_lines_and_no_line_begins_with_a_full_stop() -> None:
    chinese = "亲爱的小明,祝你生日快乐!愿你的每一天都充满阳光和笑声。" * 2
    lines = [line for line in written(a6(gift("Mia", chinese)), 1) if set(line) & set(chinese) - {","}]
    assert len(lines) > 2
    assert "".join(lines) == chinese
    assert not any(one.startswith("。") for one in lines)


@pytest.mark.parametrize("name", ["Mia", "美咲", 'מיה </desc><script>alert(1)</script>"'])
def test_the_svg_brings_its_letters_as_shapes_and_says_its_words(name: str) -> None:
    svg = ET.fromstring(as_svg(a4(gift(name))))
    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "defs", "symbol", "use", "clipPath"}, (
        "nothing to run, to fetch, or to letter"
    )
    links = {value for element in svg.iter() for key, value in element.attrib.items() if key.endswith("href")}
    assert all(link.startswith("#") for link in links)
    (title, words) = (svg.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") or "" for tag in ("title", "desc"))
    assert title == f"A song for {name}"
    assert {title, f"with love from {name}", "Play it loud."} <= set(words.splitlines())
    assert svg.get("role") == "img"
