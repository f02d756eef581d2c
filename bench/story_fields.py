"""Story fields: how many of the fields that varied stories tell the rules find, how many they get wrong, and how long it takes.

`python -m bench.story_fields` prints the tables and writes them into docs/story-fields.md. No store, no network, no key.
"""

from __future__ import annotations

import re
import statistics
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.writer.story_fields.find_fields import find_fields

FOLDER = Path(__file__).parent / "stories"
PAGE = Path(__file__).parent.parent / "docs" / "story-fields.md"
TOLD_FIELDS = (
    "recipientName", "recipientNickname", "pronunciation", "relationship", "theme", "favoriteMemory", "qualities",
    "neverMention", "style", "vibe", "voiceType", "language",
)  # fmt: skip
_TUNED = 15  # of each language's thirty: what the rules were first tuned with
_TIMES = 15
_MARKED = re.compile(r"(<!-- made by python -m bench\.story_fields -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass
class Tally:
    """What was found in some stories. `told`: fields that they tell; the others are kinds of mistakes."""

    stories: int = 0
    told: int = 0
    right: int = 0
    different: int = 0  # another value
    missed: int = 0
    invented: list[str] = field(default_factory=list)  # filled, though the story does not tell it
    by_field: Counter[tuple[str, bool]] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Per cent of the told fields that are right."""
        return 100 * self.right / max(1, self.told)


def stories(name: str) -> list[dict[str, Any]]:
    """A file of stories: 'en', 'es' or 'later'; each with its `text`, `language` and the right fields."""
    loaded = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["story"]
    return [{"language": name, **one} for one in loaded]


def parts() -> dict[str, list[dict[str, Any]]]:
    """The sixty stories in their halves, and the later rounds."""
    sixty = {name: stories(name) for name in ("en", "es")}
    later = stories("later")
    return {
        "the first fifteen, English": sixty["en"][:_TUNED],
        "the first fifteen, Spanish": sixty["es"][:_TUNED],
        "held out, English": sixty["en"][_TUNED:],
        "held out, Spanish": sixty["es"][_TUNED:],
        **{f"later, round {n}": [one for one in later if one["round"] == n] for n in (1, 2, 3)},
    }


def tally(some: Iterable[dict[str, Any]]) -> Tally:
    """Read these stories by the rules and compare with what they tell."""
    found = Tally()
    for story in some:
        found.stories += 1
        values = find_fields(story["text"]).values()
        for name in TOLD_FIELDS:
            wanted, got = story.get(name), values.get(name, "")
            is_right = _is_right(name, wanted, got)
            if wanted:
                found.told += 1
                found.right += is_right
                found.different += bool(got) and not is_right
                found.missed += not got
                found.by_field[name, is_right] += 1
            elif got:
                found.invented.append(f"{name}: {got}")
    return found


def _is_right(name: str, wanted: Any, got: str) -> bool:
    if not wanted or not got:
        return not wanted and not got
    if name == "qualities":
        return sorted(got.lower().split(", ")) == sorted(one.lower() for one in wanted)
    if name == "favoriteMemory":
        return all(" ".join(piece.split()) in got for piece in wanted)
    return got in wanted.split("|")


def tally_row(name: str, one: Tally) -> str:
    """A tally as a row of the page's first table."""
    cells = (f"{one.right} ({one.share:.0f} %)", one.different, one.missed, len(one.invented))
    return f"| {name} ({one.stories}) | {one.told} | " + " | ".join(map(str, cells)) + " |"


def milliseconds(text: str) -> float:
    """The processor's time for one story, the median of several."""
    spent = []
    for _ in range(_TIMES):
        began = time.process_time()
        find_fields(text)
        spent.append(1000 * (time.process_time() - began))
    return statistics.median(spent)


def tables() -> str:
    """The tables as they stand in the page."""
    tallies = {name: tally(some) for name, some in parts().items()}
    sixty = tally([*stories("en"), *stories("es")])
    lines = ["| stories | fields told | right | other value | missed | filled, not told |", "|---|---|---|---|---|---|"]
    for name, one in {**tallies, "**all sixty**": sixty}.items():
        lines.append(tally_row(name, one))
    lines += ["", "| field | told in the sixty | right |", "|---|---|---|"]
    for name in TOLD_FIELDS:
        good, bad = sixty.by_field[name, True], sixty.by_field[name, False]
        lines.append(f"| `{name}` | {good + bad} | {good} |")
    story = next(one["text"] for one in stories("en") if 58 <= len(one["text"].split()) <= 66)
    long = (" ".join(one["text"] for one in stories("en")) * 2)[:10_000]
    lines += ["", "| read | processor's time |", "|---|---|"]
    lines += [f"| a story of {len(story.split())} words | {milliseconds(story):.1f} ms |"]
    lines += [f"| 10,000 characters, thirty stories in one | {milliseconds(long):.0f} ms |"]
    return "\n".join(lines)


def main() -> None:
    """Print the tables and put them into the page."""
    made = tables()
    print(made)
    PAGE.write_text(_MARKED.sub(lambda m: f"{m[1]}\n{made}\n{m[2]}", PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
