"""Songs that tests ask the studio for."""

from __future__ import annotations

from integrations.music import SongRequest

CHORUS = "Happy birthday Anna, this one is for you\nEvery candle burning for a dream come true\n"
LYRICS = f"""[Verse 1]
Remember when we walked along the shore
The summer wind was dancing through your hair
[Chorus]
{CHORUS}[Verse 2]
You bake the bread on Sunday in the rain
You sing so loudly when you drive the car
[Chorus]
{CHORUS}"""
BALLAD = "Acoustic Ballad, Soft, Intimate"
HOSTILE = "[Verse 1]\n\u202eevil\x00 name 🎉🎉\n[[[\n[Chorus]\n‮שלום עולם\nمرحبا يا صديقي\n🎂\n"


def a_request(
    variation: int = 1,
    style: str = BALLAD,
    lyrics: str = LYRICS,
    title: str = "For Anna",
    reference: str = "r1",
    language: str = "en",
) -> SongRequest:
    return SongRequest(reference, title, lyrics, style, "", variation, language)
