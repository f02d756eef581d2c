"""The prompt: the whole story in 280 characters, the least important cut first. No genre words here."""

from __future__ import annotations

import re

from integrations.writer import Brief
from integrations.writer.choice import Chooser
from integrations.writer.facts import TOPICS, Telling
from integrations.writer.phrases import Phrases
from integrations.writer.text import cut_at_word, flat, small

LIMIT = 280
# who and for whom, then feeling and occasion, then what they are like, then the rest
_PRIORITY = (
    "who", "relation", "emotion", "theme", "sender", "vibe", "festive", "faith", "child", "qualities", "story_summary",
    "favorite_memory", "overall_message", "grateful_for", "characteristics", "activities_together", "location_details",
    "short_phrase",
)  # fmt: skip
_ORDER = (
    "who", "relation", "theme", "overall_message", "emotion", "vibe", "qualities", "story_summary", "favorite_memory",
    "characteristics", "activities_together", "grateful_for", "location_details", "short_phrase", "festive", "child",
    "faith", "sender",
)  # fmt: skip


def prompt_for(brief: Brief, phrases: Phrases, telling: Telling, chooser: Chooser, name: str, sender: str) -> str:
    parts = {key: part for key, part in _parts(brief, phrases, telling, name, sender).items() if part and chooser.allows(part)}
    kept: dict[str, str] = {}
    room = LIMIT
    for key in _PRIORITY:
        part = _closed(cut_at_word(parts.get(key, ""), min(60 if key in TOPICS.values() else 120, room - 2)), phrases)
        if part and room - 2 >= 24:
            kept[key] = part
            room -= len(part) + 2
    return cut_at_word(", ".join(kept[key] for key in _ORDER if key in kept), LIMIT)


def _parts(brief: Brief, phrases: Phrases, telling: Telling, name: str, sender: str) -> dict[str, str]:
    words = phrases.prompt
    recipe = words.recipe
    say = _flat(brief.pronunciation, 40)
    who = recipe["who"].format(name=name) + (
        recipe["say"].format(say=say) if say and say != name and telling.allows(say) else ""
    )
    emotions = [words.emotions.get(e, e.replace("-", " ")) for e in (_flat(e, 30) for e in brief.emotions[:2]) if e]
    parts = {
        "who": who,
        "relation": _filled(recipe["relation"], relation=small(phrases.words.bare(_flat(brief.relationship, 50)))),
        "theme": _filled(
            recipe["theme"], theme=words.themes.get(brief.theme.strip().lower(), _flat(brief.theme, 40).replace("-", " "))
        ),
        "emotion": _filled(recipe["emotion"], emotion=f" {phrases.words.join} ".join(e for e in emotions if telling.allows(e))),
        "vibe": _filled(recipe["vibe"], vibe=words.vibes.get(brief.vibe, _flat(brief.vibe, 30).replace("-", " "))),
        "festive": words.festive.get(brief.festive_lyrics_level, ""),
        "faith": recipe["faith"] if brief.faith_based else "",
        "child": recipe["child"] if brief.child_friendly else "",
        "sender": _filled(recipe["sender"], sender=sender),
    }
    for topic, field in TOPICS.items():
        answers = [re.sub(r"^(?:for|por) ", "", one, flags=re.I) for one in telling.answers[topic]]
        fact = ", ".join(map(phrases.grammar.small, answers[: 3 if topic == "quality" else 1]))
        parts[field] = _filled(recipe[field], fact=fact)
    return parts


def _filled(pattern: str, **value: str) -> str:
    return pattern.format(**value) if all(value.values()) else ""


def _flat(text: str, limit: int) -> str:
    return cut_at_word(flat(text), limit)


def _closed(part: str, phrases: Phrases) -> str:
    """A cut part does not end in "and the"."""
    known, words = phrases.words, part.split(" ")
    left_open = {*known.joints, *known.weak_joints, known.join, "a", "the", "of", "el", "la"}
    while len(words) > 2 and words[-1].lower() in left_open:
        words.pop()
    return " ".join(words)
