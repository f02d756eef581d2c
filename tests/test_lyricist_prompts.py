"""What the built-in lyricist asks the music for: three arrangements, the chosen style and voice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.support.stories import ANNA, CAST, MIA, SOPHIE, write


@pytest.mark.parametrize("who", CAST)
def test_the_three_arrangements_differ_and_carry_the_chosen_style(who: str) -> None:
    writing = write(CAST[who])
    assert len(set(writing.variation_styles)) == 3
    assert all(text.startswith(writing.music_style) for text in writing.variation_styles)


def test_a_voice_is_named_only_if_somebody_chose_one() -> None:
    assert write(MIA).music_style == "Folk, Storytelling, Warm, Loving, male voice"
    duet = write(replace(MIA, voice_type="duet")).music_style
    assert duet == "Folk, Storytelling, Warm, Loving, duet of a female and a male voice"
    assert "voice" not in write(SOPHIE).music_style
    assert "Sleigh Bells" in write(SOPHIE).music_style


def test_the_prompt_leaves_genre_and_voice_to_the_style() -> None:
    assert not re.search(r"\b(pop|ballad|acoustic|tempo|voice|upbeat|folk|piano)\b", write(MIA).prompt, re.I)


@pytest.mark.parametrize(("relationship", "said"), [("his wife", "my wife"), ("Our Nan", "my nan"), ("my BFF", "my BFF")])
def test_the_prompt_knows_a_relation_however_it_is_written(relationship: str, said: str) -> None:
    assert f", {said}," in write(replace(ANNA, relationship=relationship)).prompt
