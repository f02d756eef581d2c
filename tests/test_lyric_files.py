"""Lyrics with times as files."""

from __future__ import annotations

from integrations.music.lyric_files import as_lrc, as_srt


def test_subtitles_are_numbered_and_last_at_least_a_millisecond() -> None:
    lines = [(1_000, 3_400, "Mia, happy birthday"), (3_725_042, 3_725_042, "an hour later")]
    assert as_srt(lines) == (
        "1\n00:00:01,000 --> 00:00:03,400\nMia, happy birthday\n\n2\n01:02:05,042 --> 01:02:05,043\nan hour later\n"
    )


def test_a_line_of_lyrics_cannot_be_taken_for_a_time_or_a_head() -> None:
    assert as_srt([(0, 1_000, "00:00:09,000 --> 00:00:10,000")]).count("-->") == 1
    assert as_lrc("[00:01.00]x", "y", []).startswith("[ti:(00:01.00)x]")
