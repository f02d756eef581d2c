"""A picture of unknown origin becomes a JPEG of ours: upright, in sRGB, at most 2048 pixels long, without EXIF or place.

As a program: the picture on standard input; on standard output one line of JSON, then the JPEG.
"""

from __future__ import annotations

import io
import json
import sys

from PIL import Image, ImageCms, ImageOps

from integrations.pictures import MOST_BYTES, Picture, RefusedPictureError

MOST_PIXELS = 60_000_000  # more than a phone's 50 megapixels
LONGEST_SIDE = 2048
_QUALITY = 85
_MEMORY, _CPU_SECONDS = 1_500_000_000, 20
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1")
_MOVING = (b"hevc", b"hevx", b"msf1", b"avis")


def decoded(content: bytes) -> Picture:
    """The picture as a JPEG of ours. Raises RefusedPictureError."""
    try:
        return _encoded(_pixels(_opened(content)))
    except RefusedPictureError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, ArithmeticError, LookupError):  # whatever a decoder meets
        raise RefusedPictureError("damaged_picture") from None


def picture_format(content: bytes) -> str:
    """Pillow's name of the format, by the first bytes alone: names and types are only claims. Raises RefusedPictureError."""
    if len(content) > MOST_BYTES:
        raise RefusedPictureError("too_large")
    if content[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "HEIF"
    if content[4:8] == b"ftyp" and content[8:12] in _MOVING:
        raise RefusedPictureError("animated_picture")
    if b"<svg" in content[:4096].lower():
        raise RefusedPictureError("svg_picture")
    raise RefusedPictureError("not_a_picture")


def _opened(content: bytes) -> Image.Image:
    kind = picture_format(content)
    if kind == "HEIF":
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # ours is the limit, and an error rather than a warning
    image = Image.open(io.BytesIO(content), formats=[kind])
    if kind in ("GIF", "PNG", "WEBP") and getattr(image, "is_animated", False):
        raise RefusedPictureError("animated_picture")
    if kind == "GIF":
        raise RefusedPictureError("not_a_picture")
    if image.width * image.height > MOST_PIXELS:
        raise RefusedPictureError("too_many_pixels")
    return image


def _pixels(image: Image.Image) -> Image.Image:
    """Upright, small enough, in sRGB; what was transparent is white."""
    profile = image.info.get("icc_profile")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at the size that is needed
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _in_srgb(image, profile)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return made if made is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that is none, or of another kind of picture: the colours as they are
    return image.convert("RGB")


def _encoded(image: Image.Image) -> Picture:
    image.info = {}  # a comment would be written along
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, progressive=True, optimize=True)
    return Picture(out.getvalue(), image.width, image.height)


def limit_decoder() -> None:
    """Bound memory and time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has none: the time of the caller is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read, decode, write."""
    limit_decoder()
    try:
        made = decoded(sys.stdin.buffer.read(MOST_BYTES + 1))
    except RefusedPictureError as error:
        sys.stdout.buffer.write(json.dumps({"code": error.code}).encode() + b"\n")
        return
    sys.stdout.buffer.write(json.dumps({"width": made.width, "height": made.height}).encode() + b"\n" + made.jpeg)


if __name__ == "__main__":
    main()
