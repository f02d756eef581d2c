"""The card to print and the picture of a preview, as who gets them sees them: pixels, the text of a PDF, an SVG."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image

from i18n import LANGUAGES, speaking
from integrations.lettering.faces import FAMILIES, characters, drawable
from tests.support.drawings import apart, gift, pages, written
from ui.drawing.card import a4, a6, art, card_heading, preview_picture
from ui.drawing.typesetting import as_pdf, as_png, as_svg

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


def test_the_art_has_no_words() -> None:
    svg = as_svg(art(gift()))
    assert "<use" not in svg
    assert "Mia" not in svg


@pytest.mark.parametrize("name", ["Mia", "美咲", "प्रिया", "מיה"])
def test_a_printer_gets_the_same_shapes_as_the_picture(name: str) -> None:
    (printed,) = pages(preview_picture(gift(name)))
    assert apart(printed, Image.open(io.BytesIO(as_png(preview_picture(gift(name))))).convert("RGB")) < 1.5
