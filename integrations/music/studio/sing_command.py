"""`./serenade sing "Happy birthday Mia"`: a song from the command line, without stores, keys or a running Serenade."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integrations.music import SongRequest
from integrations.music.lyric_files import as_lrc, as_srt
from integrations.music.studio.mp3 import ARTIST
from integrations.music.studio.provider import MAX_LYRICS
from integrations.music.studio.singing.cast import sung_languages
from integrations.music.studio.styles import ARRANGEMENTS, STYLE_WORDS, arrangement, names_a_kind
from integrations.music.studio.words import clean_line, read_lyrics

_LINES = 4  # a shorter text is sung again until it has so many
_BAR = 30  # characters of the progress bar
_EPILOG = "TEXT is sung in eight bars. With --lyrics the words of FILE are a whole song, and TEXT is its title."


@dataclass(frozen=True)
class Wanted:
    """What was asked for, checked."""

    request: SongRequest
    seed: int
    whole: bool  # a whole song, else eight bars
    out: Path
    midi: Path | None
    lrc: Path | None
    srt: Path | None


def sing_to_file(arguments: Sequence[str]) -> int:
    """Sing, write the files, say what they are; 2 and one sentence when an argument is wrong, and then nothing is written."""
    parser = argparse.ArgumentParser("serenade sing", epilog=_EPILOG)
    parser.add_argument("text", metavar="TEXT", help="the words, lines divided by ' / '")
    parser.add_argument("--style", default="pop", help=f"a kind of music: {', '.join(STYLE_WORDS)}, or what belongs to one")
    parser.add_argument("--voice", choices=("female", "male", "duet"), default="female")
    parser.add_argument("--language", default="en", help=", ".join(sung_languages()))
    parser.add_argument("--out", type=Path, default=Path("song.mp3"), help="the MP3")
    parser.add_argument("--lyrics", type=Path, metavar="FILE", help="words of a whole song; [Verse], [Chorus] are sections")
    parser.add_argument("--midi", type=Path, metavar="FILE", help="the score, with the syllables")
    parser.add_argument("--lrc", type=Path, metavar="FILE", help="the lines with their times, for music players")
    parser.add_argument("--srt", type=Path, metavar="FILE", help="the same as subtitles, for videos")
    parser.add_argument("--seed", type=int, default=0, help="another number is another tune (default 0)")
    try:
        wanted = _checked(parser.parse_args(arguments))
    except ValueError as problem:
        sys.stderr.write(f"sing: {problem}\n")
        return 2
    _make(wanted)
    return 0


def _checked(given: argparse.Namespace) -> Wanted:
    """Raises ValueError, whose text is one sentence that names the argument."""
    if given.language not in sung_languages():
        raise ValueError(f"--language {given.language}: nobody can sing it; there are {', '.join(sung_languages())}")
    if not names_a_kind(given.style):
        raise ValueError(f"--style {given.style}: no kind of music that is known; there are {', '.join(STYLE_WORDS)}")
    if not 0 <= given.seed < 2**32:
        raise ValueError(f"--seed {given.seed}: it must be a whole number from 0 to {2**32 - 1}")
    if given.out.suffix.lower() != ".mp3":
        raise ValueError(f"--out {given.out}: the name must end in .mp3")
    files = [path for path in (given.out, given.midi, given.lrc, given.srt) if path]
    for path in files:
        if not path.parent.is_dir() or path.is_dir():
            raise ValueError(f"{path}: no file can be written there")
    if len({path.resolve() for path in files}) < len(files):
        raise ValueError("--out, --midi, --lrc and --srt must be different files")
    lyrics = _words_of(given.lyrics) if given.lyrics else _repeated(given.text)
    if len(lyrics) > MAX_LYRICS:
        raise ValueError(f"{given.lyrics or 'TEXT'}: {len(lyrics)} characters; at most {MAX_LYRICS} can be sung")
    if not read_lyrics(lyrics, given.language).words:
        raise ValueError(f"{given.lyrics or 'TEXT'}: there is nothing in it that can be sung")
    title = clean_line(given.text) or "A song"
    variation = _variation(given.style, given.seed)
    duet = given.voice == "duet"
    voice = "" if duet else given.voice
    request = SongRequest("sing", title, lyrics, given.style, "", variation, given.language, voice, duet=duet)
    return Wanted(request, given.seed, bool(given.lyrics), given.out, given.midi, given.lrc, given.srt)


def _words_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"--lyrics {path}: it is not a text file in UTF-8") from None
    except OSError as problem:
        raise ValueError(f"--lyrics {path}: {problem.strerror}") from None


def _repeated(text: str) -> str:
    lines = [line for part in text.splitlines() for line in part.split(" / ") if line.strip()] or [text]
    return "[Verse]\n" + "\n".join(lines * max(1, _LINES // len(lines)))


def _variation(style: str, seed: int) -> int:
    """The arrangement that plays what the style names ("bossa", "waltz"), else the seed's."""
    said = set(style.lower().replace(",", " ").split())
    for number in range(1, len(ARRANGEMENTS["pop"]) + 1):
        if said & {player.pattern for player in arrangement(style, number).players}:
            return number
    return 1 + seed % 3


def _make(wanted: Wanted) -> None:
    from integrations.music.studio.composer import compose
    from integrations.music.studio.excerpt import cut_to_first_word
    from integrations.music.studio.instrument_bank import Bank
    from integrations.music.studio.midi import as_midi
    from integrations.music.studio.render import render_score

    score = compose(wanted.request, wanted.seed)
    score = score if wanted.whole else cut_to_first_word(score)
    song = render_score(score, wanted.request, Bank(), _show)
    contents = [(wanted.out, song.mp3)]
    if wanted.midi:
        contents.append((wanted.midi, as_midi(score)))
    lines = [(line.start_ms, line.end_ms, clean_line(line.text)) for line in song.lines if line.level == "line"]
    if wanted.lrc:
        contents.append((wanted.lrc, as_lrc(score.title, ARTIST, ((start, text) for start, _, text in lines)).encode()))
    if wanted.srt:
        contents.append((wanted.srt, as_srt(lines).encode()))
    for path, content in contents:
        path.write_bytes(content)
    hummed = [line.text for line in song.lines if line.level == "hummed"]
    _show("", 100)
    said = f", hummed: {' '.join(hummed)}" if hummed else ""
    sys.stdout.write(f"{wanted.out}: {song.seconds:.1f} s, {song.style}; {score.key}, {score.tempo:.0f} a minute{said}\n")


def _show(stage: str, percent: int) -> None:
    """The progress bar, where somebody watches."""
    if sys.stderr.isatty():
        done = round(_BAR * percent / 100)
        sys.stderr.write(f"\r[{'#' * done}{' ' * (_BAR - done)}] {percent:3} % {stage:10}" + ("\n" if percent == 100 else ""))
        sys.stderr.flush()
