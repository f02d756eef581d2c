"""Rules: what a language's TOML file says about how people tell things, as patterns. Read once per process."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from integrations.writer.story_fields.told import plain

_FOLDER = Path(__file__).parent
READ_LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml") if path.stem != "names"))
_Pattern = re.Pattern[str]
# A number: in figures, or an age or a count of years in words ("seventy", "thirty-five", "treinta y cinco").
_FIGURES = r"\d{1,4}(?:st|nd|rd|th)?"
_TENS = r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
_ENGLISH = rf"(?:thir|four|fif|six|seven|eigh|nine)teen|twelve|eleven|ten|{_TENS}"
_SPANISH = (
    r"diez|once|doce|quince|dieci\w{3,5}|veint[ei]\w{0,6}|cien|(?:trei|cuare|cincue|sese|sete|oche|nove)nta(?: y \w{3,6})?"
)
_NUMBER = rf"(?:{_FIGURES}|{_ENGLISH}|{_SPANISH})"
_NEVER_FOUND = re.compile(r"(?!)")


@dataclass(frozen=True)
class Rules:
    """One language. `words` are whole words, as `plain` writes them; the options' patterns stand by the form's own keys."""

    words: Mapping[str, frozenset[str]]
    relation: _Pattern  # "my sister": groups mine and rel
    shared: _Pattern  # "we've been friends", "the best dad": group rel
    title: _Pattern  # "Dad", "Uncle Ray": groups article and rel
    any_relation: _Pattern
    kind_of: Mapping[str, str]  # a relation's word -> its kind
    alone: frozenset[str]
    phrases: Mapping[str, _Pattern]
    past_ending: _Pattern  # asked of the text itself: accents count
    between: Mapping[str, tuple[tuple[_Pattern, _Pattern], ...]]
    options: Mapping[str, Mapping[str, _Pattern]]  # theme, style, vibe, voice, language -> key -> pattern
    about_theme: Mapping[str, Any]

    def kind(self, relation: str) -> str:
        """The kind of a relation's word, or the word."""
        return self.kind_of.get(relation, relation)


def ends_in(text: str, phrases: frozenset[str]) -> int:
    """Where the phrase begins that this text ends in, of up to four words; -1 without one. Commas behind it do not count."""
    bare = text.rstrip(" \n,:")
    place, found = len(bare), -1
    for _ in range(4):
        place = max(bare.rfind(" ", 0, place), bare.rfind("\n", 0, place))
        if bare[place + 1 :].lstrip("([\"“¡¿'") in phrases:
            found = place + 1
        if place < 0:
            break
    short = bare.rfind("'")
    return short if found < 0 <= short and bare[short:] in phrases else found


def rules_for(language: str) -> Rules:
    """The rules of a language of READ_LANGUAGES; raises KeyError for another one."""
    if language not in READ_LANGUAGES:
        raise KeyError(language)
    return _load(language)


def _keys() -> dict[str, tuple[str, ...]]:
    loaded = [tomllib.loads((_FOLDER / f"{one}.toml").read_text(encoding="utf-8")) for one in READ_LANGUAGES]
    return {
        field: tuple(dict.fromkeys(key for data in loaded for key in data[section]))
        for field, section in (("theme", "theme"), ("style", "style"), ("vibe", "vibe"), ("voiceType", "voice"))
    }


OPTION_KEYS = _keys()  # the form's field -> the form's options that a story can ask for


@cache
def given_names() -> frozenset[str]:
    """First names as `plain` writes them."""
    return frozenset(tomllib.loads((_FOLDER / "names.toml").read_text(encoding="utf-8"))["names"].split())


@cache
def _load(language: str) -> Rules:
    data = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    endings = "|".join(data["words"].pop("endings"))
    groups: dict[str, list[str]] = data["relations"]
    every = [word for words in groups.values() for word in words]
    titles, words, about = data["titles"], data["words"], data["about_theme"]
    phrases = {
        "request": data["names"]["request"], "called": data["names"]["called"], "nickname": data["nicknames"]["leads"],
        "pronunciation": data["pronunciation"]["leads"], "never": data["never"]["leads"], "wish": data["wishes"]["words"],
        "taste": data["wishes"]["not_words"], "quality": data["quality"]["words"], "anchor": data["telling"]["anchors"],
        "verb": data["telling"]["verbs"], "order": data["telling"]["orders"], "aside": data["telling"]["asides"],
        "clause": words["clause"], "future": about["future"], "memory": about["memory"],
        "occasion": [*data["occasions"]["words"], *(one for key, some in data["theme"].items() if key != "in-memory"
                                                    for one in some)],
    }  # fmt: skip
    return Rules(
        words={name: frozenset(map(plain, values))
               for name, values in (words | data["never"] | titles | about | data["telling"]).items()
               if all(isinstance(one, str) for one in values)},
        relation=_relation(words, every, endings),
        shared=re.compile(rf"(?<![\w'-])(?:{_any(words['shared'], endings)})\s+(?P<rel>{_any(every, endings)})(?![\w-])"),
        title=_title(titles, endings),
        any_relation=_found(every, endings),
        kind_of={plain(word): kind for kind, kind_words in reversed(groups.items()) for word in kind_words},
        alone=frozenset(map(plain, titles["alone"])),
        past_ending=re.compile(data["telling"]["past_ending"], re.I),
        phrases={name: _found(values, endings) for name, values in phrases.items()},
        between={name: _pairs(data[name]["between"], endings) for name in ("nicknames", "never")},
        options={name: {key: _found(values, endings) for key, values in data[name].items()}
                 for name in ("theme", "style", "vibe", "voice", "language")},
        about_theme={name: frozenset(about[name]) for name in ("past", "weak", "events")},
    )  # fmt: skip


def _one(phrase: str, endings: str) -> str:
    """A phrase of the file as a pattern; the signs stand at the head of en.toml."""
    parts = []
    for word in plain(phrase).split():
        if word == "...":
            parts.append(r"(?:[^\s.]+\s+){0,3}?")
            continue
        number = _NUMBER if word == "#" else _FIGURES  # "in 19#": a year
        sign = re.escape(word).replace(r"\#", number).replace(r"\*", r"\w{0,12}")
        parts.append(sign.replace("@", f"(?:{endings})") + r"\s+")
    return re.sub(r"\\s\+$", "", "".join(parts))


def _any(phrases: Iterable[str], endings: str) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(_one(phrase, endings) for phrase in longest_first)


def _found(phrases: Iterable[str], endings: str = "") -> _Pattern:
    options = _any(phrases, endings)
    return re.compile(rf"(?<![\w-])(?:{options})(?![\w-]|(?<=\w)'\w{{2}})") if options else _NEVER_FOUND


def _pairs(pairs: Iterable[Iterable[str]], endings: str) -> tuple[tuple[_Pattern, _Pattern], ...]:
    """What opens, with all that may close it."""
    closing: dict[str, list[str]] = {}
    for one, other in pairs:
        closing.setdefault(one, []).append(other)
    return tuple((_found([one], endings), _found(others, endings)) for one, others in closing.items())


def _relation(words: Mapping[str, list[str]], every: list[str], endings: str) -> _Pattern:
    aged = r"\d{1,2}[- ](?:years?|yr)[- ]old"
    known = rf"(?:(?:{aged}|{_any(words['before_relation'], endings)}),?\s+){{0,4}}?"
    between = rf"{known}(?:(?!(?:{_any(every, endings)})\b)[^\W\d_]{{3,14}}\s+)?"  # "our new rescue cat"
    mine = _any([*words["mine"], *words["all_of"]], "")
    return re.compile(rf"(?<![\w'-])(?P<mine>{mine})\s+{between}(?P<rel>{_any(every, endings)})(?![\w-])")


def _title(titles: Mapping[str, list[str]], endings: str) -> _Pattern:
    article = rf"(?:(?P<article>{_any(titles['articles'], '')})\s+)?" if titles["articles"] else "(?P<article>(?!))?"
    return re.compile(rf"(?<![\w'-]){article}(?P<rel>{_any({*titles['alone'], *titles['before_name']}, endings)})(?![\w-])")
