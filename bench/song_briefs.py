"""Briefs whose songs are measured: a number is a seed."""

from __future__ import annotations

from pathlib import Path

from integrations.music import SongRequest
from integrations.music.studio.score import chance
from integrations.writer import Brief
from integrations.writer.built_in_lyricist import Lyricist

NAMES = {
    "en": "Mia Oliver Anna Zoe Liam Charlotte Noah Grace Theodore Priya Sean Kaelyn Marcus Eleanor Jack Siobhan",
    "es": "Lucía Mateo Sofía Javier Carmen Diego Valeria Alejandro Guadalupe Tomás Inés Raúl Ximena Pablo",
    "fr": "Chloé Guillaume Agnès Hugo Camille Jean Élodie Louis Anaïs Mathieu Gaëlle Thomas Jeanne Olivier Zoé François",
}
STYLES = (
    "Pop, Upbeat, Energetic",
    "Acoustic Ballad, Soft, Intimate",
    "Soul, R&B",
    "Folk",
    "Romantic Ballad, Emotional, Tender",
    "Jazz, Swing",
    "Country",
    "Lullaby",
    "Orchestral, Festive, Celebratory",
    "Acoustic, Warm, Cozy",
    "Classic Pop, Timeless",
)
THEMES = ("birthday", "anniversary", "mothers-day", "thank-you", "christmas")


def a_song(number: int, language: str) -> SongRequest:
    """A brief, written by the built-in lyricist; in a language that it does not write, one of the songs in a file here."""
    if language not in NAMES:
        songs = Path(__file__).with_name(f"songs_{language}.txt").read_text("utf-8").split("\n\n")
        title, _, lyrics = songs[number % len(songs)].partition("\n")
        name, style = title.split()[-1], STYLES[number % len(STYLES)]
        return SongRequest(f"{language}-{number}", title, lyrics, style, "", 1 + number % 3, language, recipient_name=name)
    luck = chance("bench", language, number)
    name = luck.choice(NAMES[language].split())
    options = {"theme": luck.choice(THEMES), "relationship": luck.choice(("friend", "mother", "daughter", "husband"))}
    song = Lyricist(number).write(Brief(recipient_name=name, language=language, emotions=("love",), **options))
    style = STYLES[number % len(STYLES)]
    return SongRequest(
        f"{language}-{number}", song.title, song.lyrics, style, "", 1 + number % 3, language, recipient_name=name
    )
