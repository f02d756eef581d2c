"""Sound: the style text for the music maker, and three arrangements of it."""

from __future__ import annotations

from integrations.writer import Brief
from integrations.writer.choice import Chooser
from integrations.writer.text import clean_words, cut_at_word, option

SOUND_OF_STYLE = {
    "bright-uplifting": "Pop, Upbeat, Energetic",
    "soft-heartfelt": "Acoustic Ballad, Soft, Intimate",
    "classic-timeless": "Classic Pop, Timeless",
    "romantic-heartfelt": "Romantic Ballad, Emotional, Tender",
    "warm-cosy": "Acoustic, Warm, Cozy",
    "orchestral-festive": "Orchestral, Festive, Celebratory",
    "pop": "Pop, Heartfelt",
    "folk": "Folk, Storytelling, Warm",
    "soul": "Soul, Warm, Heartfelt",
    "country": "Country, Storytelling, Heartfelt",
    "jazz": "Jazz, Smooth, Intimate",
    "lullaby": "Lullaby, Gentle, Soothing",
    "rock": "Soft Rock, Driving, Anthemic",
    "latin": "Latin Pop, Rhythmic, Warm",
    "rnb": "R&B, Smooth, Tender",
    "gospel": "Gospel, Uplifting, Soulful",
    "reggae": "Reggae, Sunny, Relaxed",
    "electronic": "Electronic Pop, Bright, Dreamy",
}
_BY_THEME = {
    "birthday": "bright-uplifting",
    "happy-holidays": "bright-uplifting",
    "happy-new-year": "bright-uplifting",
    "graduation": "bright-uplifting",
    "good-luck": "bright-uplifting",
    "mistletoe-kisses": "bright-uplifting",
    "in-memory": "soft-heartfelt",
    "missing-you": "soft-heartfelt",
    "sorry": "soft-heartfelt",
    "get-well": "warm-cosy",
    "wedding": "romantic-heartfelt",
    "anniversary": "romantic-heartfelt",
    "valentines": "romantic-heartfelt",
    "engagement": "romantic-heartfelt",
    "christmas-love": "romantic-heartfelt",
    "new-baby": "lullaby",
    "new-home": "warm-cosy",
    "thinking-of-you": "warm-cosy",
    "merry-christmas": "classic-timeless",
    "christmas-wish": "classic-timeless",
    "retirement": "classic-timeless",
}
_ENERGY = {
    "bright": ("bright-uplifting", "rock", "latin", "electronic", "reggae"),
    "soft": ("soft-heartfelt", "romantic-heartfelt", "lullaby", "jazz", "rnb"),
    "grand": ("orchestral-festive", "gospel"),
}
SOUND_OF_ARRANGEMENT = {
    "soft": (
        "solo piano, slow",
        "fingerpicked guitar, hushed",
        "piano and cello, spacious",
        "string quartet, tender",
        "nylon guitar and brushes, slow sway",
    ),
    "warm": (
        "acoustic guitar and upright bass, mid-tempo",
        "piano and light drums, flowing",
        "guitar, strings and soft backing vocals",
        "ukulele and hand percussion, easy-going",
        "electric piano and warm bass, laid-back",
    ),
    "bright": (
        "clapping and acoustic guitar, fast",
        "piano and driving drums, upbeat",
        "horns and tambourine, lively",
        "bright guitars and big drums, anthemic",
        "synths and dancing bass, upbeat",
    ),
    "grand": (
        "full orchestra, sweeping",
        "choir and timpani, majestic",
        "piano, strings and choir, building",
        "brass and strings, stately",
    ),
}
_FESTIVE = {"festive": "Sleigh Bells, Choir, Orchestra", "lightly-festive": "Light Bells, Strings, Acoustic Piano"}
_VIBES = {"friendly-fun": "Playful", "formal": "Elegant", "loving": "Loving"}
DUET = "duet of a female and a male voice"
_SILENT = {"", "no-preference", "none", "any", "non-festive"}


def style_of(brief: Brief, chooser: Chooser, memorial: bool) -> str:
    key = option(brief.style)
    chosen = SOUND_OF_STYLE.get(key) or (
        "" if key in _SILENT else cut_at_word(clean_words(brief.style).replace("\n", " ").replace("-", " ").title(), 40)
    )
    base = chosen or SOUND_OF_STYLE.get(_BY_THEME.get(option(brief.theme), "pop"), "")
    parts = [*base.split(", "), "" if memorial and option(brief.vibe) == "friendly-fun" else _VIBES.get(option(brief.vibe), "")]
    sound = option(brief.festive_sound_level)
    parts += _FESTIVE.get(sound, "").split(", ")
    voice = option(brief.voice_type)
    parts.append("" if voice in _SILENT else DUET if voice == "duet" else f"{cut_at_word(voice.replace('-', ' '), 30)} voice")
    return ", ".join(dict.fromkeys(p for p in parts if p and chooser.allows(p)))


def variations_of(brief: Brief, chooser: Chooser, style: str) -> tuple[str, str, str]:
    """Three arrangements of the same energy: a bright song is never offered as a sad one."""
    key = option(brief.style) if option(brief.style) in SOUND_OF_STYLE else _BY_THEME.get(option(brief.theme), "pop")
    energy = next((name for name, keys in _ENERGY.items() if key in keys), "warm")
    ordered = chooser.order("arrangement", SOUND_OF_ARRANGEMENT[energy])
    first, second, third = sorted(ordered, key=lambda text: not chooser.allows(text))[:3]
    return f"{style}, {first}", f"{style}, {second}", f"{style}, {third}"
