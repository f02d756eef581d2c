"""Photos of a gift: what is decoded, what is refused and why, who sees them and until when, and that nothing else is lost."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image, ImageCms

from customer_texts import REFUSED_PICTURES
from integrations.pictures import MOST_BYTES, PICTURE_CODES, RefusedPictureError, decode_apart
from integrations.pictures.decoding import MOST_PIXELS, decoded
from jobs.gifts.photo_times import once_each, shown_in, spread_photos
from models import Photo

DATA = Path(__file__).parent / "data"
PLACE = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 0.0)}


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def two_halves(mode: str = "RGB", size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Blue on the left, red on the right."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def is_blue(pixel: Any) -> bool:
    return bool(pixel[2] > 150 > pixel[0])


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be so large a picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    frames = [two_halves(), two_halves().rotate(180)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def with_exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Secret Camera", orientation
    exif.get_ifd(0x8825).update(PLACE)
    return saved(two_halves(), "JPEG", exif=exif.tobytes(), comment=b"a secret comment")


@pytest.mark.parametrize(
    "content",
    [
        saved(two_halves(), "JPEG"),
        saved(two_halves("CMYK"), "JPEG"),
        saved(two_halves(), "PNG"),
        saved(two_halves("RGBA"), "PNG"),
        saved(two_halves("P"), "PNG"),
        saved(two_halves(), "WEBP"),
        (DATA / "photo.heic").read_bytes(),
    ],
    ids=["jpeg", "cmyk", "png", "alpha", "palette", "webp", "heic"],
)
def test_every_kind_that_phones_take_becomes_a_progressive_jpeg_with_its_colours(content: bytes) -> None:
    made = opened(decoded(content).jpeg)
    assert (made.format, made.mode, made.info["progressive"]) == ("JPEG", "RGB", 1)
    assert is_blue(made.getpixel((5, 5)))
    assert not is_blue(made.getpixel((made.width - 5, 5)))


@pytest.mark.parametrize("kind", ["L", "LA", "I;16"])
def test_a_grey_picture_keeps_its_light(kind: str) -> None:
    grey = Image.new("L", (40, 20), 200)
    image = Image.new("I;16", (40, 20), 200 * 256) if kind == "I;16" else grey.convert(kind)
    made = opened(decoded(saved(image, "PNG")).jpeg)
    assert made.convert("L").getpixel((5, 5)) == pytest.approx(200, abs=3)


def test_place_camera_and_comments_are_gone_and_the_picture_stands_upright() -> None:
    made = decoded(with_exif(6))
    assert (made.width, made.height) == (32, 64), "turned by a quarter"
    assert is_blue(opened(made.jpeg).getpixel((16, 5)))
    for secret in (b"Secret", b"secret", b"Exif", b"GPS"):
        assert secret not in made.jpeg, secret
    assert dict(opened(made.jpeg).getexif()) == {}
    assert b"Secret" not in decoded((DATA / "photo.heic").read_bytes()).jpeg


def test_colours_of_another_space_are_brought_to_srgb_and_the_profile_is_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))  # of another kind of picture: the colours stay
    strange = decoded(saved(two_halves(), "JPEG", icc_profile=profile.tobytes()))
    assert is_blue(opened(strange.jpeg).getpixel((5, 5)))
    assert "icc_profile" not in opened(strange.jpeg).info
    assert is_blue(opened(decoded(saved(two_halves(), "JPEG", icc_profile=b"nonsense")).jpeg).getpixel((5, 5)))


def test_a_large_picture_becomes_2048_pixels_long_and_a_small_one_is_not_stretched() -> None:
    made = decoded(saved(two_halves(size=(4100, 1000)), "JPEG"))
    assert (made.width, made.height) == (2048, pytest.approx(500, abs=1))
    assert decoded(saved(two_halves(), "PNG")).width == 64


def test_what_was_hidden_in_a_picture_is_not_in_ours() -> None:
    """A polyglot: a JPEG that is a ZIP, or a page with a script, too."""
    script = b"<script>alert(1)</script>"
    for content in (saved(two_halves(), "JPEG") + b"PK\x03\x04" + script, saved(two_halves(), "JPEG", comment=script)):
        assert script not in decoded(content).jpeg


HOSTILE = {
    "a bomb of 900 million pixels": (png_of(30_000, 30_000), "too_many_pixels"),
    "a line of many pixels": (png_of(MOST_PIXELS + 1, 1), "too_many_pixels"),
    "16 MB": (b"\xff\xd8\xff" + bytes(MOST_BYTES), "too_large"),
    "a moving GIF": (moving("GIF"), "animated_picture"),
    "a moving WebP": (moving("WEBP"), "animated_picture"),
    "a moving PNG": (moving("PNG"), "animated_picture"),
    "a HEIC sequence": (b"\0\0\0\x18ftyphevc" + bytes(100), "animated_picture"),
    "a still GIF": (saved(two_halves(), "GIF"), "not_a_picture"),
    "an SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "svg_picture"),
    "a page": (b"<html><body>hello</body></html>", "not_a_picture"),
    "a PDF": (b"%PDF-1.7 \xff\xd8\xff" + saved(two_halves(), "JPEG"), "not_a_picture"),
    "a program": (b"MZ" + bytes(500), "not_a_picture"),
    "nothing": (b"", "not_a_picture"),
    "half a JPEG": (saved(two_halves(size=(800, 800)), "JPEG")[:4000], "damaged_picture"),
    "half a PNG": (saved(Image.effect_noise((200, 200), 50), "PNG")[:4000], "damaged_picture"),
    "half a HEIC": ((DATA / "photo.heic").read_bytes()[:300], "damaged_picture"),
    "a PNG with too little in it": (png_of(500, 500), "damaged_picture"),
    "a JPEG of nothing": (b"\xff\xd8\xff\xe0" + bytes(50), "damaged_picture"),
}


@pytest.mark.parametrize(("content", "code"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_photo_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(RefusedPictureError) as refused:
        decoded(content)
    assert refused.value.code == code


def test_every_reason_has_its_sentence() -> None:
    assert set(REFUSED_PICTURES) == set(PICTURE_CODES)


def test_it_is_decoded_in_a_process_that_may_not_write_and_knows_no_secret() -> None:
    made = decode_apart(with_exif(1))
    assert (made.width, made.height) == (64, 32)
    with pytest.raises(RefusedPictureError, match="too_many_pixels"):
        decode_apart(png_of(30_000, 30_000))


SECTIONS = (0, 12_000, 30_000, 51_000)


@pytest.mark.parametrize(
    ("count", "starts"),
    [
        (0, []),
        (1, [0]),
        (2, [0, 30_000]),
        (4, [*SECTIONS]),
        (6, [0, 10_000, 20_000, 30_000, 40_000, 50_000]),
    ],
)
def test_photos_are_spread_over_the_sections_or_evenly_where_there_are_more(count: int, starts: list[int]) -> None:
    assert spread_photos(count, SECTIONS, 60_000) == starts


def test_a_song_that_begins_with_its_first_line_has_a_photo_from_the_start() -> None:
    assert spread_photos(2, (8000, 20_000), 60_000) == [0, 20_000]
    assert spread_photos(2, (8000, 20_000), 60_000, first=False) == [8000, 20_000]
    assert spread_photos(3, (), 60_000) == [0, 20_000, 40_000]


def a_song(number: int, index: int) -> Any:
    return SimpleNamespace(number=number, index=index, duration_ms=60_000, sections=[{"start_ms": start} for start in SECTIONS])


def test_a_pinned_photo_is_where_its_giver_put_it_and_one_of_another_song_is_not_shown() -> None:
    size = {"key": "k", "width": 4, "height": 3, "alt": ""}
    photos = [
        Photo(id="anywhere", position=1, **size),
        Photo(id="pinned", position=2, song_index=2, start_ms=15_500, **size),
        Photo(id="other", position=3, song_index=0, **size),
    ]
    shown = shown_in(photos, a_song(0, 2), "/s/t/photo/{id}.jpg")
    assert [(one.id, one.start_ms, one.song) for one in shown] == [("anywhere", 0, 0), ("pinned", 15_500, 0)]
    assert shown[0].url == "/s/t/photo/anywhere.jpg"
    both = [*shown, *shown_in(photos, a_song(1, 0), "{id}")]
    assert [one.id for one in once_each(both)] == ["anywhere", "pinned", "other"]
