"""The prompt: the whole story in 280 characters, the most important first to stay. No genre words here."""

from __future__ import annotations

import re

from integrations.writer import Brief
from integrations.writer.choice import Chooser
from integrations.writer.facts import TOPICS, Telling
from integrations.writer.text import clean, cut
from integrations.writer.words.stock import Stock

LIMIT = 280
# who and for whom, then feeling and occasion, then what they are like, then the rest
_PRIORITY = (
    "who",
    "relation",
    "emotion",
    "theme",
    "sender",
    "vibe",
    "festive",
    "faith",
    "child",
    "qualities",
    "story_summary",
    "favorite_memory",
    "overall_message",
    "grateful_for",
    "characteristics",
    "activities_together",
    "location_details",
    "short_phrase",
)
_ORDER = (
    "who",
    "relation",
    "theme",
    "overall_message",
    "emotion",
    "vibe",
    "qualities",
    "story_summary",
    "favorite_memory",
    "characteristics",
    "activities_together",
    "grateful_for",
    "location_details",
    "short_phrase",
    "festive",
    "child",
    "faith",
    "sender",
)


def prompt_for(brief: Brief, stock: Stock, telling: Telling, chooser: Chooser, name: str, sender: str) -> str:
    parts = {key: part for key, part in _parts(brief, stock, telling, name, sender).items() if part and chooser.allows(part)}
    kept: dict[str, str] = {}
    room = LIMIT
    for key in _PRIORITY:
        part = _closed(cut(parts.get(key, ""), min(60 if key in TOPICS.values() else 120, room - 2)), stock)
        if part and room - 2 >= 24:
            kept[key] = part
            room -= len(part) + 2
    return cut(", ".join(kept[key] for key in _ORDER if key in kept), LIMIT)


def _parts(brief: Brief, stock: Stock, telling: Telling, name: str, sender: str) -> dict[str, str]:
    recipe = stock.recipe
    say = _flat(brief.pronunciation, 40)
    who = recipe["who"].format(name=name) + (
        recipe["say"].format(say=say) if say and say != name and telling.allows(say) else ""
    )
    emotions = [stock.emotions.get(e, e.replace("-", " ")) for e in (_flat(e, 30) for e in brief.emotions[:2]) if e]
    parts = {
        "who": who,
        "relation": _filled(recipe["relation"], relation=_relation(brief.relationship)),
        "theme": _filled(
            recipe["theme"], theme=stock.themes.get(brief.theme.strip().lower(), _flat(brief.theme, 40).replace("-", " "))
        ),
        "emotion": _filled(recipe["emotion"], emotion=f" {stock.join} ".join(e for e in emotions if telling.allows(e))),
        "vibe": _filled(recipe["vibe"], vibe=stock.vibes.get(brief.vibe, _flat(brief.vibe, 30).replace("-", " "))),
        "festive": stock.festive.get(brief.festive_lyrics_level, ""),
        "faith": recipe["faith"] if brief.faith_based else "",
        "child": recipe["child"] if brief.child_friendly else "",
        "sender": _filled(recipe["sender"], sender=sender),
    }
    for topic, field in TOPICS.items():
        told = telling.told[topic]
        parts[field] = _filled(recipe[field], fact=", ".join(map(stock.speech.small, told[: 3 if topic == "quality" else 1])))
    return parts


def _filled(pattern: str, **value: str) -> str:
    return pattern.format(**value) if all(value.values()) else ""


def _flat(text: str, limit: int) -> str:
    return cut(" ".join(clean(text).split()), limit)


def _closed(part: str, stock: Stock) -> str:
    """A cut part does not end in "and the"."""
    words = part.split(" ")
    while len(words) > 2 and words[-1].lower() in {*stock.joints, *stock.weak_joints, "a", "the", "of", "el", "la", stock.join}:
        words.pop()
    return " ".join(words)


def _relation(words: str) -> str:
    words = re.sub(r"^(my|our|mi|nuestr[oa]) ", "", _flat(words, 50), flags=re.I)
    return words if sum(c.isupper() for c in words.split(" ")[0]) > 1 else words[:1].lower() + words[1:]
