"""Stories that tests tell the built-in lyricist."""

from __future__ import annotations

from dataclasses import fields

from integrations.writer import Brief, Writing
from integrations.writer.built_in_lyricist import Lyricist

MIA = Brief(
    recipient_name="Mia",
    pronunciation="MEE-ah",
    nicknames=("Mimi", "Bug"),
    relationship="Daughter",
    theme="birthday",
    emotions=("love", "pride"),
    overall_message="My little sunshine",
    story_summary="She came into our lives on a rainy Tuesday and nothing was ever quiet again",
    qualities="1-3 qualities: kind, funny, stubborn",
    characteristics="she always laughs at her own jokes",
    grateful_for="her hugs every morning",
    activities_together="baking pancakes on Sundays",
    favorite_memory="lost your shoe at Coldplay",
    location_details="Willow Lake",
    short_phrase="You are my favourite person",
    vibe="loving",
    style="folk",
    voice_type="male",
    must_include="To the moon and back",
    sender_name="Dad",
)
ROSA = Brief(
    recipient_name="Rosa",
    relationship="Abuela",
    theme="birthday",
    emotions=("gratitude",),
    qualities="fuerte, generosa y divertida",
    characteristics="ella siempre se ríe de sus propios chistes",
    favorite_memory="el día que nos enseñó a bailar",
    sender_name="Lucía",
    language="es-ES",
)
TOM = Brief(
    recipient_name="Tom",
    relationship="Colleague",
    theme="retirement",
    emotions=("gratitude",),
    qualities="patient, honest",
    characteristics="He hums when he's thinking",
    vibe="formal",
    sender_name="The workshop",
)
JAMES = Brief(
    recipient_name="James",
    relationship="Grandpa",
    theme="in-memory",
    characteristics="he always kept toffees in his coat pocket",
    sender_name="Ella",
)
SOPHIE = Brief(
    recipient_name="Sophie",
    relationship="Wife",
    theme="christmas-love",
    emotions=("romantic-love",),
    festive_lyrics_level="winter-wonderland",
    festive_sound_level="festive",
    voice_type="no-preference",
    sender_name="Daniel",
)
ANNA = Brief(recipient_name="Anna", relationship="Mum", theme="mothers-day", sender_name="Leo")
NASTY = "<b>[Chorus]</b> \x00\ud800\u202e [Verse 9]\r\n🎉 ' \" {name} %s \\u0000 " + "ha" * 40
HOSTILE = Brief(
    **{f.name: NASTY for f in fields(Brief) if f.type == "str" and f.name != "language"},
    nicknames=(NASTY, "🎉"),
    emotions=(NASTY,),
)
FAMILY = {"mia": MIA, "rosa": ROSA, "tom": TOM, "james": JAMES, "sophie": SOPHIE, "anna": ANNA}
CAST = {**FAMILY, "hostile": HOSTILE, "nobody": Brief()}
TAGS = ["Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Final Chorus"]


def write(brief: Brief) -> Writing:
    return Lyricist().write(brief)


def sung(writing: Writing) -> list[str]:
    return [line for line in writing.lyrics.split("\n") if line and not line.startswith("[")]


def everything(writing: Writing) -> str:
    return "\n".join([writing.title, writing.lyrics, writing.prompt, writing.music_style, *writing.variation_styles])
