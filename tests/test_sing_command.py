"""`serenade sing`: what it writes, and that a wrong argument is one sentence and writes nothing."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from mutagen.mp3 import MP3

import cli
from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.sing_command import sing_to_file


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_text_is_sung_in_eight_bars_with_its_score_and_its_times(capsys: pytest.CaptureFixture[str]) -> None:
    words = "Happy birthday Mia / ありがとう dear"
    given = [words, "--style", "bossa", "--out", "mia.mp3", "--midi", "mia.mid", "--lrc", "mia.lrc", "--srt", "mia.srt"]
    assert sing_to_file(given) == 0
    assert 10 < MP3("mia.mp3").info.length < 40
    said = capsys.readouterr()
    assert "Nylon-string guitar" in said.out, "bossa is what its arrangement plays"
    assert said.out.rstrip().endswith("hummed: ありがとう")
    assert said.err == "", "no bar where nobody watches"
    assert Path("mia.lrc").read_text().count("]Happy birthday Mia") == 2
    assert Path("mia.srt").read_text().count("Happy birthday Mia") == 2
    assert "".join(lyrics_of(Path("mia.mid").read_bytes())[:6]) == "HappybirthdayMia"


def test_the_seed_is_another_tune_and_the_same_seed_the_same_bytes() -> None:
    request = SongRequest("r", "T", "[Verse]\nHappy birthday Mia", "pop", "", 1)
    tunes = [compose(request, number).as_bytes() for number in (0, 7, 7, 8)]
    assert tunes[1] == tunes[2]
    assert len(set(tunes)) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seed", "-1"], "--seed -1: it must be a whole number from 0"),
        (["--style", "xyzzy"], "--style xyzzy: no kind of music"),
        (["--language", "xx"], "--language xx: nobody can sing it; there are en, es"),
        (["--out", "a.wav"], "must end in .mp3"),
        (["--out", "nowhere/a.mp3"], "nowhere/a.mp3: no file can be written there"),
        (["--out", "a.mp3", "--midi", "./a.mp3"], "different files"),
        (["--lrc", "a.txt", "--srt", "./a.txt"], "different files"),
        (["--lyrics", "absent.txt"], "--lyrics absent.txt: No such file"),
        (["--lyrics", "latin.txt"], "not a text file in UTF-8"),
        (["--lyrics", "long.txt"], "long.txt: 3001 characters; at most 3000"),
        (["--lyrics", "party.txt"], "nothing in it that can be sung"),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("latin.txt").write_bytes(b"A\xf1o")
    Path("long.txt").write_text("la " * 1000 + "!")
    Path("party.txt").write_text("🎉🎉\n[Chorus]\n")
    before = sorted(Path().iterdir())
    assert cli.COMMANDS["sing"]("Hey", *arguments) == 2
    heard = capsys.readouterr().err
    assert said in heard
    assert (heard.startswith("sing: "), heard.count("\n")) == (True, 1)
    assert sorted(Path().iterdir()) == before


def test_what_is_no_argument_at_all_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["Hey", "--voice", "tenor"], ["Hey", "--seed", "two"]):
        with pytest.raises(SystemExit) as ended:
            sing_to_file(arguments)
        assert ended.value.code == 2
        assert "usage: serenade sing" in capsys.readouterr().err


def lyrics_of(midi: bytes) -> list[str]:
    """The lyric events of the second track; every chunk is as long as it says."""
    kind, size, form, tracks, ticks = struct.unpack_from(">4sIHHH", midi)
    assert (kind, size, form, ticks) == (b"MThd", 6, 1, 480)
    at, chunks = 14, []
    while at < len(midi):
        name, size = struct.unpack_from(">4sI", midi, at)
        assert name == b"MTrk"
        chunks.append(midi[at + 8 : at + 8 + size])
        at += 8 + size
    assert (len(chunks), at) == (tracks, len(midi))
    assert all(chunk.endswith(b"\xff\x2f\x00") for chunk in chunks)
    pieces = chunks[1].split(b"\xff\x05")[1:]
    return [piece[1 : 1 + piece[0]].decode() for piece in pieces]
