"""A story told in one box: what is found in it stands in the answers with its words, and what a customer wrote is theirs."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from customer_texts import wrong_field_in_words
from integrations.writer.story_fields.find_fields import FoundFields, find_fields
from jobs.forms.drafts import start_draft, submit, write_field
from jobs.forms.form_data import MOST_TOLD, check_draft, check_field, check_form_data
from jobs.forms.told_story import FoundAnswer, answers_of, fill_from_story, has_told_more, untold_rest, with_found
from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation.prompts import brief_of
from jobs.privacy.retention import gift_texts
from models import WrongMomentError, in_database
from tests.support.overrides import Override
from tests.support.stack import example_form_data
from ui.compose.story_box import READING
from ui.compose.story_reading import Reading, words_shown

STORY = "My sister Rosa is kind. It is for her birthday."
ROSA = {"recipientName": FoundAnswer("Rosa", "My sister Rosa")}
MARK = {"words": "My sister Rosa", "own": False}
OURS = {"story": STORY, "recipientName": "Rosa", "foundInStory": {"recipientName": MARK}}
OWN = {"recipientName": {**MARK, "own": True}}

# (what stands in the draft, what is found in its story, the name afterwards, whether its words are shown)
READINGS: dict[str, tuple[dict[str, Any], dict[str, FoundAnswer], str, bool]] = {
    "an empty answer is filled": ({"story": STORY}, ROSA, "Rosa", True),
    "a typed answer stays": ({"story": STORY, "recipientName": "Ana"}, ROSA, "Ana", False),
    "a corrected answer stays": ({**OURS, "recipientName": "Rósa", "foundInStory": OWN}, ROSA, "Rósa", False),
    "a removed answer stays removed": ({**OURS, "recipientName": "", "foundInStory": OWN}, ROSA, "", False),
    "a found answer follows its story": (OURS, {"recipientName": FoundAnswer("Rosa María", "Rosa")}, "Rosa María", True),
    "it stays while its words do": (OURS, {}, "Rosa", True),
    "it goes when its words do": ({**OURS, "story": "Somebody is kind."}, {}, "", False),
}


@pytest.mark.parametrize("said", READINGS)
def test_a_reading_fills_what_is_empty_and_leaves_what_is_the_customer_s(said: str) -> None:
    song, found, name, is_shown = READINGS[said]
    read = with_found(song, found)
    mark = read.get("foundInStory", {}).get("recipientName")
    assert read["recipientName"] == name
    assert (mark is not None and not mark["own"]) is is_shown


def test_a_closer_reading_only_adds() -> None:
    found = {"recipientName": FoundAnswer("Rosalía", "Rosa"), "qualities": FoundAnswer("kind", "kind")}
    read = with_found(OURS, found, only_more=True)
    assert (read["recipientName"], read["qualities"]) == ("Rosa", "kind")


@pytest.mark.parametrize(
    ("language", "expected"), [("", "en"), ("en", "en"), ("es", "es")], ids=["not chosen", "the default", "another"]
)
def test_the_language_of_a_song_is_found_where_nobody_chose_another(language: str, expected: str) -> None:
    found = {"language": FoundAnswer("en", "kind")}
    assert with_found({"story": STORY, "language": language}, found, "en")["language"] == expected


TOLD_FIRST = "We met in a queue for coffee, and you paid for mine, because I had left my purse on the bus. " * 5
# (the found summary, the other sentences of the story, what the writer reads beside the summary)
RESTS = {
    "a long story goes on": (TOLD_FIRST, "We have a garden. Don't mention Tom.", "We have a garden."),
    "a short one was told whole": ("We met.", "We have a garden.", ""),
    "what an answer says is not told again": (TOLD_FIRST, "Rosa is my sister. We have a garden.", "We have a garden."),
    "one that nobody could read": ("", "Wij hebben een tuin.", "Wij hebben een tuin."),
}


@pytest.mark.parametrize("said", RESTS)
def test_what_a_story_tells_beyond_its_answers_reaches_the_writer_once(said: str) -> None:
    summary, more, rest = RESTS[said]
    marks = {"neverMention": "Don't mention Tom", "relationship": "my sister", "recipientName": "Rosa"}
    marks |= {"storySummary": summary.strip()} if summary else {}
    song = {
        "recipientName": "Rosa",
        "relationship": "sister",
        "story": f"{summary}{more}",
        "storySummary": summary.strip(),
        "foundInStory": {name: {"words": words, "own": False} for name, words in marks.items()},
    }
    assert untold_rest(song) == rest
    assert brief_of({"songs": [song]}, 0).story_summary == " ".join(filter(None, (summary.strip(), rest)))


def test_a_found_word_is_shown_as_it_stands_in_its_sentence() -> None:
    found = find_fields("I have a dog. My sister Rosa turns forty next week, and she is kind.")
    assert words_shown(found.story, found.fields["recipientName"]) == "My sister Rosa turns forty next"
    for one in found.fields.values():
        assert all(part in found.story for part in words_shown(found.story, one).split(" … "))


def test_a_story_is_checked_as_every_other_answer() -> None:
    assert check_field("songs.0.story", "a" * MOST_TOLD)[1] is None
    wrong = check_field("songs.0.story", "a" * (MOST_TOLD + 1))[1]
    assert wrong is not None
    assert wrong_field_in_words("songs.0.story", wrong) == "That is a little long: 10000 characters at most."
    data = example_form_data()
    data["songs"][0] |= {"story": " Ro\x00sa ", "foundInStory": {"recipientName": MARK}}
    checked = check_form_data(check_draft(data), 1)["songs"][0]
    assert (checked["story"], checked["foundInStory"]) == ("Rosa", {"recipientName": MARK})
    data["songs"][0]["foundInStory"] = {"recipientName": {"words": "a", "more": 1}}
    with pytest.raises(InvalidFormError):
        check_draft(data)


def test_a_story_goes_when_the_stories_go() -> None:
    assert "story" not in gift_texts({"songs": [OURS]})["songs"][0]
    assert "foundInStory" not in gift_texts({"songs": [OURS]})["songs"][0]


def test_the_long_form_is_open_where_somebody_told_more_than_the_story_did() -> None:
    assert not has_told_more({"songs": [{**OURS, "qualities": ""}]})
    assert has_told_more({"songs": [{**OURS, "qualities": "kind"}]})
    assert has_told_more({"songs": [], "senderMessage": "Play it loud."})


def test_a_draft_says_whose_an_answer_is(migrated: None) -> None:
    form_id = in_database(start_draft, "solo-serenade").id
    in_database(write_field, form_id, "songs.0.story", STORY)
    found = {**ROSA, "relationship": FoundAnswer("sister", "sister"), "language": FoundAnswer("es", "kind")}
    in_database(write_field, form_id, "songs.0.language", "en")
    assert in_database(fill_from_story, form_id, 0, "another story", found)["story"] == STORY
    assert "recipientName" not in in_database(answers_of, form_id, 0), "it was read from a text that is not there any more"
    in_database(fill_from_story, form_id, 0, STORY, found)
    in_database(write_field, form_id, "songs.0.recipientName", "")
    in_database(write_field, form_id, "songs.0.theme", "birthday")
    song = in_database(fill_from_story, form_id, 0, STORY, found)
    assert (song["recipientName"], song["relationship"], song["language"]) == ("", "sister", "en")
    assert {name: mark["own"] for name, mark in song["foundInStory"].items()} == {
        "recipientName": True,
        "relationship": False,
        "language": True,
    }
    with pytest.raises(KeyError):
        in_database(write_field, form_id, "songs.0.foundInStory", {})
    for path, value in (("songs.0.recipientName", "Ana"), ("senderName", "Dad"), ("senderEmail", "dad@example.com")):
        in_database(write_field, form_id, path, value)
    in_database(submit, form_id)
    with pytest.raises(WrongMomentError):
        in_database(fill_from_story, form_id, 0, STORY, found)


class Page:
    """A song on the page as the reading sees it: what is said, and what is filled in by whom."""

    index = 0

    def __init__(self) -> None:
        self.tell = self
        self.said: list[str] = []
        self.filled: list[str] = []
        self.rules_were_shown = threading.Event()

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def say_found(self, marks: dict[str, Any], is_closer_to_come: bool = False) -> None:
        self.said.append("found, and reading on" if is_closer_to_come else "found")
        self.rules_were_shown.set()

    def fill(self, form_id: str, index: int, story: str, found: dict[str, FoundAnswer], default: str, only_more: bool) -> Any:
        self.filled.append("writer" if only_more else "rules")
        return {}

    def read_story(self, story: str, address: str, hint: str) -> FoundFields:
        assert self.rules_were_shown.wait(10), "nobody waits for the writer"
        return FoundFields(story)


async def test_the_rules_answer_at_once_and_the_writer_only_adds(
    monkeypatch: pytest.MonkeyPatch, override_settings: Override
) -> None:
    page = Page()
    monkeypatch.setattr("ui.compose.story_reading.in_database", lambda verb, *values: verb(*values))
    monkeypatch.setattr("ui.compose.story_reading.answers_of", lambda form_id, index: {"story": STORY})
    monkeypatch.setattr("ui.compose.story_reading.fill_from_story", page.fill)
    monkeypatch.setattr("ui.compose.story_reading.read_story", page.read_story)
    override_settings(writer_base_url="https://writer.example")
    reading = Reading("192.0.2.1", "form_1")
    for _again in range(2):  # the same text is read once
        await reading.of(page)  # type: ignore[arg-type] # it is no page of NiceGUI
    assert page.filled == ["rules", "writer"]
    assert page.said == [READING, "found, and reading on", "found"]
