"""The card to print and the picture of a preview: rendered, looked at by a machine, its code read by a reader."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from jobs.gifts.gift import GiftSong, OpenedGift
from ui.drawing.card import a4, a6, heading, preview
from ui.drawing.lettering import drawable, wrapped
from ui.drawing.pdf import as_pdf
from ui.drawing.picture import as_png
from ui.drawing.shaping import is_plain, line, mask
from ui.drawing.sheet import Rect, Sheet
from ui.drawing.svg import as_svg

NAMES = [
    "Mia",
    "Łukasz Žižek-Ångström",
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
    "\u202eevil",
    " ",
]


def gift(name: str = "Mia", message: str = "Play it loud.") -> OpenedGift:
    peaks = tuple(int(50 + 45 * math.sin(index / 5)) for index in range(200))
    song = GiftSong(0, 0, name, "Song", "", "en", 60_000, peaks, (), (), "a/b", "a/b")
    return OpenedGift("t" * 30, "form", 0, name, message, True, True, False, None, None, (song,))


def painted(sheet: Sheet, scale: int = 6) -> Image.Image:
    """A sheet as pixels."""
    shapes = [
        Rect(shape.x * scale, shape.y * scale, shape.w * scale, shape.h * scale, shape.colour)
        for shape in sheet.shapes
        if isinstance(shape, Rect)
    ]
    return Image.open(io.BytesIO(as_png(Sheet(sheet.w * scale, sheet.h * scale, list(shapes)))))


def test_the_code_leads_to_the_gift() -> None:
    for sheet in (a4(gift()), a6(gift())[1]):
        (code,) = zxingcpp.read_barcodes(painted(sheet))
        assert code.text == gift().url


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no poppler, and no right to install it")
def test_the_pdf_as_a_printer_sees_it_has_the_code_too(tmp_path: Path) -> None:
    (tmp_path / "card.pdf").write_bytes(as_pdf([a4(gift()), *a6(gift())], "card"))
    subprocess.run(["pdftoppm", "-r", "110", "-png", tmp_path / "card.pdf", tmp_path / "page"], check=True)
    pages = [Image.open(path) for path in sorted(tmp_path.glob("page*.png"))]
    assert [(round(p.width / 110 * 25.4), round(p.height / 110 * 25.4)) for p in pages] == [(210, 297), (210, 148), (210, 148)]
    found = [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages]
    assert found == [[gift().url], [], [gift().url]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("message", ["", "One line.", "word " * 100, "w" * 500])
def test_nothing_is_written_outside_the_sheet_or_over_the_code(name: str, message: str) -> None:
    from ui.drawing.lettering import width
    from ui.drawing.sheet import Text

    for sheet in (a4(gift(name, message)), *a6(gift(name, message)), preview(gift(name, message))):
        texts = [shape for shape in sheet.shapes if isinstance(shape, Text)]
        for text in texts:
            half = width(text.content, text.size) / 2
            assert text.x - half >= 0
            assert text.x + half <= sheet.w + 0.01
            assert text.size < text.y < sheet.h
            for place, _ in sheet.links:
                beside = text.x + half < place.x or text.x - half > place.x + place.w
                assert beside or text.y < place.y or text.y - text.size > place.y + place.h


def test_the_longest_message_is_printed_whole() -> None:
    """What the form takes is what the card says."""
    from ui.drawing.sheet import Text

    message = " ".join(f"I remember the {number}th summer" for number in range(10, 28))[:500]
    assert len(message) > 480
    for sheet in (a4(gift("Mia", message)), a6(gift("Mia", message))[1]):
        said = " ".join(shape.content for shape in sheet.shapes if isinstance(shape, Text))
        assert message in said


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_drawn_in_every_form(name: str) -> None:
    one = gift(name)
    assert as_pdf([a4(one), *a6(one)], heading(one)).startswith(b"%PDF")
    assert Image.open(io.BytesIO(as_png(preview(one)))).size == (1200, 630)
    assert "<b>" not in as_svg(a4(one), heading(one))
    assert heading(one) == f"A song for {drawable(name) or 'you'}"


def test_the_picture_shows_a_name_only_where_it_may() -> None:
    from dataclasses import replace

    secret = replace(gift("Mia"), name_in_preview=False)
    assert as_png(preview(secret)) == as_png(preview(replace(secret, songs=gift("Ben").songs)))
    assert as_png(preview(gift("Mia"))) != as_png(preview(gift("Ben")))


EUROPE = "Zoë Łukasz Hằng Ελένη Мария Նարե ნინო"
ASIA = "מיה محمد فریبا 美咲 さくら 王小明 喆鑫玥 김민준"
SOUTH = "प्रिया মিতা ਪ੍ਰੀਤ પ્રિયા ପ୍ରିୟା ப்ரியா సీత ಪ್ರಿಯಾ പ്രിയ ප්‍රියා สมหญิง ນາງ မြင့် ស្រី አበበ"
EMOJI = "🎁❤️ 👨‍👩‍👧 👍🏽 🇩🇪 1️⃣ 🎂🎉🥳"


@pytest.mark.parametrize("name", f"{EUROPE} {ASIA} {SOUTH} {EMOJI}".split())
def test_a_name_of_any_script_is_drawn_in_shapes_of_its_own(name: str) -> None:
    kept = drawable(name)
    assert kept.replace("\ufe0f", "") == kept
    assert [c for c in name if c not in kept] == [c for c in name if c == "\ufe0f"], "nothing of it is left out"
    glyphs, wide = line(kept)
    assert wide > 0
    assert all(glyph.number for glyph in glyphs), "shape 0 of a font is its empty box"
    ink = mask(kept, 60)
    assert ink
    assert ink[0].getextrema() == (0, 255)


def test_names_that_differ_look_different() -> None:
    drawn = [as_png(preview(gift(name))) for name in ("美咲", "美花", "مريم", "محمد", "प्रिया", "प्रीति", "Mia 🎁", "Mia")]
    assert len(set(drawn)) == len(drawn)


def test_what_no_font_has_is_left_out_and_never_a_box() -> None:
    assert drawable("Mia 𓀀\ue000 𒀀") == "Mia"
    assert drawable("𓀀") == ""
    assert heading(gift("𓀀")) == "A song for you"
    assert drawable("M" + "\u0301" * 60 + "ia") == "Ḿia"
    assert drawable("ก" + "\u0e48" * 60) == "ก" + "\u0e48" * 6


def numbers(text: str) -> list[int]:
    return [glyph.number for glyph in line(text)[0]]


def test_hebrew_runs_from_right_to_left_and_arabic_is_joined() -> None:
    assert numbers("מיה") == [numbers(letter)[0] for letter in reversed("מיה")]
    assert numbers("A song for מיה and Ben") == numbers("A song for ") + numbers("מיה") + numbers(" and Ben")
    assert set(numbers("محمد")).isdisjoint(set(numbers("م") + numbers("ح"))), "each letter has the form of its place"


@pytest.mark.parametrize(
    ("spoken", "seen"),
    [
        ("Ben אבג", "Ben גבא"),
        ("אבג Ben", "Ben גבא"),
        ("Ben אבג דהו!", "Ben והד גבא!"),
        ("אבג 12:30 דהו", "והד 12:30 גבא"),
        ("אבג (Ben) 50%", "50% (Ben) גבא"),
        ("Ben 12, אבג 7", "Ben 12, 7 גבא"),
    ],
)
def test_a_line_of_two_directions_is_seen_as_its_readers_expect(spoken: str, seen: str) -> None:
    from ui.drawing.bidi import directed

    pieces = [text[::-1].translate(str.maketrans("()", ")(")) if back else text for back, text in directed(spoken)]
    assert "".join(pieces) == seen


def test_chinese_and_thai_fill_their_lines_and_no_line_begins_with_a_full_stop() -> None:
    chinese = "亲爱的小明,祝你生日快乐!愿你的每一天都充满阳光和笑声。" * 2
    thai = "ขอให้มีความสุขมากๆในทุกๆวันและอย่าลืมโทรหาแม่บ้างนะเรารักเธอที่สุดในโลก"
    for text in (chinese, thai, "w" * 120):
        lines = wrapped(text, 6.2, 160, 9)
        assert 2 <= len(lines) <= 4
        assert "".join(lines) == text
        assert not any(one.startswith("。") for one in lines)


def test_the_svg_needs_no_font_for_names_that_few_machines_can_draw() -> None:
    assert not is_plain("A song for 美咲")
    drawn = as_svg(a4(gift("美咲")), "card")
    assert ">A song for 美咲<" not in drawn
    assert 'aria-label="A song for 美咲"' in drawn
    assert ">A song for Мария<" in as_svg(a4(gift("Мария")), "card")


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no poppler, and no right to install it")
@pytest.mark.parametrize("name", ["美咲", "प्रिया", "מיה"])
def test_a_printer_gets_the_same_shapes_as_the_picture(tmp_path: Path, name: str) -> None:
    sheet = Sheet(100, 40)
    sheet.say(50, 30, 20, name, 100, "#000000")
    (tmp_path / "name.pdf").write_bytes(as_pdf([sheet], "name"))
    command = ["pdftoppm", "-scale-to-x", "200", "-scale-to-y", "80", "-gray", tmp_path / "name.pdf", tmp_path / "name"]
    subprocess.run(command, check=True)
    printed = Image.open(next(tmp_path.glob("name*.pgm")))
    big = Sheet(200, 80)
    big.say(100, 60, 40, name, 200, "#000000")
    shown = Image.open(io.BytesIO(as_png(big))).convert("L")
    apart = sum(abs(a - b) for a, b in zip(printed.tobytes(), shown.tobytes(), strict=True))
    assert apart / (200 * 80) < 4, "of 255, on average"
