"""What a song sounds like, as people read it: "Pop, Warm, solo piano" in the language of the page.

The terms of a style are English, because music vendors understand them so. A reader of another language gets those
that we know in theirs: what the built-in lyricist asks for, and what the studio says of its arrangements.
"""

from __future__ import annotations

import re

from i18n import N_, _, joined, spoken

SOUND = (
    N_("French horns"), N_("accordion"), N_("banjo"), N_("brass"), N_("celesta"), N_("cello"), N_("choir"), N_("clarinet"),
    N_("electric guitar"), N_("electric piano"), N_("flute"), N_("glockenspiel"), N_("harmonica"), N_("harp"),
    N_("jazz guitar"), N_("music box"), N_("nylon-string guitar"), N_("organ"), N_("piano"), N_("plucked strings"),
    N_("saxophone"), N_("soft voices"), N_("steel-string guitar"), N_("strings"), N_("trumpet"), N_("vibraphone"),
    N_("violin"), N_("acoustic"), N_("acoustic ballad"), N_("acoustic piano"), N_("anthemic"), N_("bright"),
    N_("celebratory"), N_("classic pop"), N_("country"), N_("cozy"), N_("dreamy"), N_("driving"), N_("electronic pop"),
    N_("elegant"), N_("emotional"), N_("energetic"), N_("festive"), N_("folk"), N_("gentle"), N_("gospel"), N_("heartfelt"),
    N_("intimate"), N_("jazz"), N_("latin pop"), N_("light bells"), N_("loving"), N_("lullaby"), N_("orchestra"),
    N_("orchestral"), N_("playful"), N_("pop"), N_("r&b"), N_("reggae"), N_("relaxed"), N_("rhythmic"), N_("romantic ballad"),
    N_("sleigh bells"), N_("smooth"), N_("soft"), N_("soft rock"), N_("soothing"), N_("soul"), N_("soulful"),
    N_("storytelling"), N_("sunny"), N_("tender"), N_("timeless"), N_("upbeat"), N_("uplifting"), N_("warm"),
    N_("acoustic guitar and upright bass"), N_("brass and strings"), N_("bright guitars and big drums"), N_("building"),
    N_("choir and timpani"), N_("clapping and acoustic guitar"), N_("easy-going"), N_("electric piano and warm bass"),
    N_("fast"), N_("fingerpicked guitar"), N_("flowing"), N_("full orchestra"), N_("guitar"), N_("horns and tambourine"),
    N_("hushed"), N_("laid-back"), N_("lively"), N_("majestic"), N_("mid-tempo"), N_("nylon guitar and brushes"),
    N_("piano and cello"), N_("piano and driving drums"), N_("piano and light drums"), N_("slow"), N_("slow sway"),
    N_("solo piano"), N_("spacious"), N_("stately"), N_("string quartet"), N_("strings and choir"),
    N_("strings and soft backing vocals"), N_("sweeping"), N_("synths and dancing bass"), N_("ukulele and hand percussion"),
    N_("female voice"), N_("male voice"), N_("duet of a female and a male voice"),
)  # fmt: skip
FRAMES = {False: N_("{band}, {front} in front"), True: N_("{band} with drums, {front} in front")}
PULSES = (N_("in waltz time"), N_("swaying"), N_("swung"))
BANDS = {
    *(one.lower() for one in SOUND[: SOUND.index("acoustic")]),
    *(one for one in SOUND[SOUND.index("acoustic guitar and upright bass") :] if " and " in one),
    "fingerpicked guitar", "full orchestra", "guitar",
    "solo piano", "string quartet", "sleigh bells", "light bells", "orchestra", "acoustic piano", "female voice", "male voice",
}  # fmt: skip
GENRES = {
    "acoustic": N_("acoustic music"), "acoustic ballad": "acoustic ballad", "classic pop": "classic pop",
    "country": N_("country music"), "electronic pop": "electronic pop", "folk": "folk", "gospel": "gospel", "jazz": "jazz",
    "latin pop": "latin pop", "lullaby": "lullaby", "orchestral": N_("orchestral music"), "pop": "pop", "r&b": "R&B",
    "reggae": "reggae", "romantic ballad": "romantic ballad", "soft rock": "soft rock", "soul": "soul",
}  # fmt: skip
ARRANGED = re.compile(rf"(.+?)( with drums)?, ([^,]+) in front(?:, ({'|'.join(PULSES)}))?")
_KNOWN = {one.lower(): one for one in SOUND}


def sound_name(style: str) -> str:
    """The style in the language of the page; terms that we do not know stay as they are."""
    said = _as_people_say(style)
    if said or spoken() == "en" or not style:
        return said or style
    match = ARRANGED.fullmatch(style)
    if match is None:
        return ", ".join(_said(part) for part in style.split(", "))
    band = joined(_(_KNOWN.get(name.lower(), name)) for name in match[1].split(" and "))
    words = _(FRAMES[bool(match[2])], band=band[:1].upper() + band[1:], front=_(_KNOWN.get(match[3].lower(), match[3])))
    return f"{words}, {_(match[4])}" if match[4] else words


def _as_people_say(style: str) -> str:
    """'Pop, Upbeat, Loving, horns and tambourine, lively' as a sentence; "" where a term of it is not ours.

    The lyricist's order: what it is, how it feels, who plays, how it moves.
    """
    genre, *terms = style.lower().split(", ")
    if genre not in GENRES or not set(terms) <= set(_KNOWN):
        return ""
    band = [one for one in terms if one in BANDS]
    first = terms.index(band[0]) if band else len(terms)
    moods, paces = terms[:first], [one for one in terms[first:] if one not in (*BANDS, *terms[:first])]
    music = _("{moods} {genre}", moods=_together(moods), genre=_(GENRES[genre])) if moods else _(GENRES[genre])
    if band:
        music = _("{music} with {band}", music=music, band=_together(band))
    if paces:
        music = _("{music}, {pace}", music=music, pace=_together(paces))
    return music[:1].upper() + music[1:]


def _together(terms: list[str]) -> str:
    return joined(_(_KNOWN[one]) for one in terms)


def _said(part: str) -> str:
    known = _KNOWN.get(part.lower())
    if known is None:
        return part
    said = _(known)
    return said[:1].upper() + said[1:] if part[:1].isupper() else said
