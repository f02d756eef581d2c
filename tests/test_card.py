"""The card to print and the picture of a preview, as who gets them sees them: pixels, the text of a PDF, an SVG."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from i18n import LANGUAGES, speaking
from integrations.lettering.faces import FAMILIES, characters, clusters, drawable, drawable_lines, families_for, whole_name
from jobs.gifts.gift import GiftSong, OpenedGift
from ui.components.theme import STATIC_DIR
from ui.drawing.card import a4, a6, art, card_heading, preview_picture
from ui.drawing.typesetting import Drawing, as_pdf, as_png, as_svg

NAMES = [
    "Mia",
    "Łukasz Žižek-Ångström",
    "Nguyễn Thị Hằng",
    "Мария",
    "מיה",
    "محمد",
    "美咲",
    "Mia 🎁❤️",
    "王小明",
    "김민준",
    "प्रिया",
    "<b>&\"'",
    "x" * 100,
    "W" * 100,
    "ก" * 100,
    "\u202eevil",
    " ",
]
MARKUP = '#panic("x") *b* $x^2$ @ref `raw` // no /* no */ \\u{41} ~ -- <b> [c] #sys.inputs = - + "q"'
LONGEST = " ".join(f"I remember the {number}th summer" for number in range(10, 28))[:500]


def gift(name: str = "Mia", message: str = "Play it loud.") -> OpenedGift:
    peaks = tuple(int(50 + 45 * math.sin(index / 5)) for index in range(200))
    song = GiftSong(0, 0, name, "Song", "", "en", 60_000, peaks, (), (), "a/b", "a/b")
    return OpenedGift("t" * 30, "form", 0, name, message, True, True, False, None, None, (song,))


def pages(drawing: Drawing, dots_per_inch: int = 72) -> list[Image.Image]:
    """A PDF as a printer sees it."""
    printed = pypdfium2.PdfDocument(as_pdf(drawing))
    return [page.render(scale=dots_per_inch / 72).to_pil().convert("RGB") for page in printed]


def written(drawing: Drawing, page: int = 0) -> list[str]:
    """The lines of text on a page of a PDF."""
    text = pypdfium2.PdfDocument(as_pdf(drawing))[page].get_textpage().get_text_range()
    return [line.replace("\u200b", "").strip() for line in text.splitlines()]


def picture(text: str) -> Image.Image:
    """A text as it is drawn, past all that leaves out characters."""
    drawing = Drawing("picture", "", {"heading": text, "brand": ""}, [0] * 64)
    return Image.open(io.BytesIO(as_png(drawing))).convert("RGB").crop((0, 200, 1200, 420))


def codes(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


def is_one_colour(image: Image.Image, *box: int) -> bool:
    return all(low == high for low, high in image.crop(box).getextrema())


def test_the_card_has_the_size_of_its_paper_and_its_code_leads_to_the_gift() -> None:
    printed = [*pages(a4(gift()), 110), *pages(a6(gift()), 110)]
    assert [(round(p.width / 110 * 25.4), round(p.height / 110 * 25.4)) for p in printed] == [
        (210, 297),
        (210, 148),
        (210, 148),
    ]
    assert [codes(page) for page in printed] == [[gift().url], [], [gift().url]]


def test_the_code_is_a_link_in_the_pdf() -> None:
    assert gift().url.encode() in as_pdf(a4(gift()))
    assert gift().url.encode() in as_pdf(a6(gift()))


EDGES = [(name, "Play it loud.") for name in NAMES] + [
    ("Mia", text) for text in ("", LONGEST, "w" * 500, "ก" * 500, "a\n" * 250)
]
EDGES += [("W" * 100, LONGEST), ("a " * 5000, "word " * 2000), ("漢" * 10_000, "🎁" * 10_000), (MARKUP, MARKUP)]


@pytest.mark.parametrize(("name", "message"), EDGES, ids=range(len(EDGES)))
def test_nothing_is_written_outside_the_sheet_or_over_the_code(name: str, message: str) -> None:
    one = gift(name, message)
    (sheet,) = pages(a4(one), 100)
    outside, inside = pages(a6(one), 100)
    seen = Image.open(io.BytesIO(as_png(preview_picture(one)))).convert("RGB")
    assert seen.size == (1200, 630)
    edge = 30  # 7.6 mm; the frame stands at 9 mm on A4, at 7 mm on A6
    for image, margin in ((sheet, edge), (inside, 24)):
        assert codes(image) == [one.url]
        for box in (
            (0, 0, margin, image.height),
            (image.width - margin, 0, image.width, image.height),
            (0, image.height - margin, image.width, image.height),
        ):
            assert is_one_colour(image, *box)
    fold = inside.width // 2
    assert is_one_colour(inside, fold - 24, 0, fold + 24, inside.height), "nothing crosses the fold"
    assert is_one_colour(outside, 0, 0, 40, outside.height)
    assert is_one_colour(outside, outside.width - 24, 0, outside.width, outside.height)
    assert is_one_colour(seen, 0, 30, 60, 630)
    assert is_one_colour(seen, 1140, 30, 1200, 630)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_all_its_words_in_every_language_and_in_our_own_letters(language: str) -> None:
    """ß, œ, ç and ã: none is left out, and none is of another design in the middle of a word."""
    ours = frozenset[int]().union(*(characters(family) for family in FAMILIES[:3]))
    with speaking(language):
        sheet, folded, seen = a4(gift()), a6(gift()), preview_picture(gift())
    for drawing, count in ((sheet, 1), (folded, 2)):
        printed = " ".join(line for page in range(count) for line in written(drawing, page))
        assert {text for text in drawing.texts.values() if text not in printed} == set()
    for drawing in (sheet, folded, seen):
        assert {c for text in drawing.texts.values() for c in text if ord(c) not in ours} == set()


def test_the_longest_message_is_printed_whole() -> None:
    """What the form takes is what the card says."""
    chinese = ("亲爱的小明,祝你生日快乐!愿你的每一天都充满阳光和笑声。" * 20)[:500]
    assert len(LONGEST) > 480
    for message in (LONGEST, chinese):
        for drawing, page in ((a4(gift("Mia", message)), 0), (a6(gift("Mia", message)), 1)):
            assert message.replace(" ", "") in "".join(written(drawing, page)).replace(" ", "")


def test_what_is_longer_than_the_card_ends_in_an_ellipsis() -> None:
    said = " ".join(written(a4(gift("Mia", "word " * 2000))))
    assert said.count("word") > 100
    assert "word…" in said


def test_a_message_keeps_its_lines_and_leaves_no_word_alone_in_the_last() -> None:
    lines = written(a4(gift("Mia", "Dear Mia,\n\n\n\nPlay it loud, and think of all the summers at the lake. I love you.")))
    assert "Dear Mia," in lines
    assert "Play it loud, and think of all the" in lines
    assert "summers at the lake. I love you." in lines


@pytest.mark.parametrize("name", [*NAMES, MARKUP])
def test_every_name_can_be_drawn_in_every_form(name: str) -> None:
    """As PDF and PNG: the test above."""
    one = gift(name)
    assert "<b>" not in as_svg(a4(one))
    assert card_heading(one) == f"A song for {drawable(name) or 'you'}"


def test_nothing_in_a_text_is_markup_or_code() -> None:
    drawing = a6(gift("Mia", MARKUP))
    assert MARKUP.replace(" ", "") in "".join(written(drawing, 1)).replace(" ", "")


MANY = """
import random, resource
from tests.test_card import a4, as_pdf, gift
as_pdf(a4(gift()))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
letters = "अबकখগமயსაאבجد你好美咲김민ก🎁" + "abc Łž Ελ Ми "
for seed in range(12):
    text = "".join(random.Random(seed).choices(letters, k=500))
    as_pdf(a4(gift(text[:100], text)))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_texts_of_strangers_do_not_pile_up_in_memory() -> None:
    """typst would remember what it measured in the last ten of them."""
    grown = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 60, "MB"


def test_the_same_gift_is_the_same_file() -> None:
    assert [as_pdf(a4(gift())), as_png(preview_picture(gift()))] == [as_pdf(a4(gift())), as_png(preview_picture(gift()))]


def test_the_picture_shows_a_name_only_where_it_may() -> None:
    secret = replace(gift("Mia"), name_in_preview=False)
    assert as_png(preview_picture(secret)) == as_png(preview_picture(replace(secret, songs=gift("Ben").songs)))
    assert as_png(preview_picture(gift("Mia"))) != as_png(preview_picture(gift("Ben")))


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


def apart(first: Image.Image, second: Image.Image) -> float:
    """How different two pictures are, per pixel, of 255."""
    difference = ImageChops.difference(first, second).convert("L")
    return sum(level * count for level, count in enumerate(difference.histogram())) / (difference.width * difference.height)


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


def test_the_art_has_no_words() -> None:
    svg = as_svg(art(gift()))
    assert "<use" not in svg
    assert "Mia" not in svg


@pytest.mark.parametrize("name", ["Mia", "美咲", "प्रिया", "מיה"])
def test_a_printer_gets_the_same_shapes_as_the_picture(name: str) -> None:
    (printed,) = pages(preview_picture(gift(name)))
    assert apart(printed, Image.open(io.BytesIO(as_png(preview_picture(gift(name))))).convert("RGB")) < 1.5
