"""What vendors send for a song: silent ends, their own notes in the tags, odd containers, and things that are no song."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import soundfile
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3

from integrations.music import Reason, Section, TimedLine
from integrations.music.containers import UnusableAudioError, readable_audio
from integrations.music.mp3_frames import cut_frames, frames_of
from jobs.generation import mastering
from jobs.generation.collecting import least_seconds, shifted_times
from tests.support.fakes.tones import RATE, song

LEVEL = 0.51  # brings the tone to the loudness of a master, so that its frames are kept


@cache
def with_ends(before: float, after: float, kind: str, level: float = LEVEL) -> bytes:
    """Ten seconds of song between so many seconds at -66 dB, with a click of 20 ms far out on either side."""
    rng = np.random.default_rng(3)
    tone = soundfile.read(io.BytesIO(song(10.0, level, "WAV")), dtype="float32")[0]
    ends = [rng.normal(0, 10 ** (-66 / 20), (int(seconds * RATE), 2)).astype(np.float32) for seconds in (before, after)]
    for end in ends:
        if len(end) > 5 * RATE:
            middle = len(end) // 2
            end[middle : middle + RATE // 50] = 0.1
    whole = np.concatenate([ends[0], tone, ends[1]])
    if kind == "MP3":
        return mastering.encode_levelled(whole, RATE, kbit=128)
    out = io.BytesIO()
    soundfile.write(out, whole, RATE, format=kind)
    return out.getvalue()


ENDS = [(0.0, 6.0, "MP3", LEVEL), (15.0, 6.0, "MP3", LEVEL), (15.0, 0.0, "WAV", 0.05)]


@pytest.mark.parametrize(("before", "after", "kind", "level"), ENDS)
def test_silent_ends_are_cut_and_everything_that_has_a_time_follows(
    before: float, after: float, kind: str, level: float
) -> None:
    came = with_ends(before, after, kind, level)
    made = mastering.make_recording(came)
    assert (readable_audio(made.master) in came) == (kind == "MP3"), "cut between frames, not encoded again"
    kept = 10.0 + (0.2 if before else 0.0) + (1.0 if after else 0.0)
    assert made.duration_ms / 1000 == pytest.approx(kept, abs=0.15)
    assert made.cut_ms / 1000 == pytest.approx(before - 0.2 if before else 0.0, abs=0.1)
    sound = soundfile.read(io.BytesIO(made.master), dtype="float32")[0]
    assert len(sound) / RATE == pytest.approx(made.duration_ms / 1000, abs=0.1)
    preview = np.abs(soundfile.read(io.BytesIO(made.preview), dtype="float32")[0]).max(axis=1)
    assert np.flatnonzero(preview > 0.05)[0] / RATE < 0.4, "the preview begins with the song"
    assert min(made.master_peaks[10:150]) > 10, "the waveform is that of the song"
    line, lost = TimedLine(int(before * 1000) + 2000, int(before * 1000) + 3000, "Mia"), TimedLine(100, 200, "nobody")
    (moved,) = [one for one in shifted_times([line, lost], made) if one.text == "Mia"]
    assert moved.start_ms == line.start_ms - made.cut_ms
    assert len(shifted_times([lost], made)) == (0 if before else 1)
    sections = shifted_times([Section("Intro", 0, line.start_ms), Section("End", 5000, 99_000)], made)
    assert (sections[0].start_ms, sections[-1].end_ms) == (0, made.duration_ms)


@pytest.mark.parametrize("level", [0.2, LEVEL])
def test_a_song_without_silent_ends_is_not_cut(level: float) -> None:
    quiet = soundfile.read(io.BytesIO(song(12.0, level, "WAV")), dtype="float32")[0]
    quiet[: 4 * RATE] *= 0.03  # a beginning 30 dB down is a beginning
    quiet[-RATE // 2 :] = 0  # half a second of breath at the end
    assert mastering._ends(quiet, RATE, mastering.loudness(quiet, RATE), 1.0) == (0, len(quiet))


def test_what_our_own_encoder_made_of_the_target_keeps_its_frames() -> None:
    tone = soundfile.read(io.BytesIO(song(10.0, 0.2, "WAV")), dtype="float32")[0]
    for level in (mastering.TARGET_LUFS - 0.1, mastering.TARGET_LUFS + 0.1):  # LAME turns both down by 5 %
        mp3 = mastering.encode_levelled(
            mastering.levelled(tone, mastering.loudness(tone, RATE) + mastering.TARGET_LUFS - level, RATE), RATE
        )
        assert readable_audio(mastering.make_recording(mp3).master) == readable_audio(mp3)


def test_bitrates_that_differ_are_encoded_again() -> None:
    came = mastering.encode_levelled(np.zeros((RATE * 2, 2), np.float32), RATE, 128) + mastering.encode_levelled(
        np.zeros((RATE, 2), np.float32), RATE, 64
    )
    assert cut_frames(came, frames_of(came), 1152, RATE) is None


LYRICS = "[Verse 1]\n" + "one two three four five\n" * 20


def test_a_song_is_too_short_for_more_words_than_anybody_sings(override_settings: Any) -> None:
    override_settings(most_words_a_minute=300)
    assert least_seconds(LYRICS) == 20.0
    assert least_seconds(LYRICS * 9) == 60.0, "verses are left out of long lyrics, and another attempt would not help"
    with pytest.raises(UnusableAudioError, match="20 s are the least") as caught:
        mastering.make_recording(song(12.0, LEVEL), least_seconds=least_seconds(LYRICS))
    assert caught.value.reason is Reason.NO_SONG
    assert mastering._ends(np.ones((RATE * 21, 2), np.float32), RATE, -16.0, least_seconds(LYRICS))


NOTES = (b"write a song about Ann's divorce", b"PAID", b"MAIN", b"vendor.example", b"secret lyrics", b"AI voice of somebody")


def with_notes(mp3: bytes) -> bytes:
    """Everything that has been seen in a vendor's file, in front, in the middle and behind."""
    id3: Any = __import__("mutagen.id3", fromlist=["x"])
    tags = id3.ID3()
    tags.add(id3.TXXX(encoding=3, desc="prompt", text=[NOTES[0].decode()]))  # TXXX: ID3's own-text frame
    tags.add(id3.TXXX(encoding=3, desc="voice", text=[NOTES[5].decode()]))  # says "AI", and is no mark of ours
    tags.add(id3.COMM(encoding=3, lang="eng", desc="PAID", text=["MAIN"]))
    tags.add(id3.USLT(encoding=3, lang="eng", desc="", text="secret lyrics"))
    tags.add(id3.WOAS(url="https://vendor.example/song/1"))
    tags.add(id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="x", data=b"\xff\xfb\x90\x64" * 500))  # looks like frames
    middle = frames_of(mp3)[len(frames_of(mp3)) // 2].start
    front, within = io.BytesIO(), io.BytesIO()
    tags.save(front, v2_version=4, v1=0)
    tags.save(within, v2_version=3, v1=0)
    ape = io.BytesIO()
    notes = APEv2()
    notes["Comment"] = "PAID vendor.example"
    notes.save(ape)
    old = b"TAG" + b"secret lyrics".ljust(30, b"\0") + b"MAIN".ljust(90, b" ") + b"\x00" * 5
    return front.getvalue() + mp3[:middle] + within.getvalue() + mp3[middle:] + ape.getvalue() + old + front.getvalue()


@pytest.mark.parametrize("level", [LEVEL, 0.2], ids=["kept", "encoded again"])
def test_what_a_vendor_wrote_into_the_file_never_reaches_the_recipient(level: float) -> None:
    made = mastering.make_recording(with_notes(song(11.0, level)), "For Mia", "[Verse]\nMia, hello")
    for mp3 in (made.master, made.preview):
        assert [note for note in NOTES if note in mp3] == []
        tags = ID3(io.BytesIO(mp3))
        assert "made with AI" in str(tags["TXXX:Made with AI"])  # TXXX: ID3's own-text frame
        assert {key[:4] for key in tags} == {"TXXX", "TPE1", "TCON", "TIT2"} | ({"USLT"} if mp3 is made.master else set())
    assert "Mia, hello" in str(ID3(io.BytesIO(made.master))["USLT::und"])
    assert len(soundfile.read(io.BytesIO(made.master))[0]) / RATE == pytest.approx(11.0, abs=0.1)
    assert (readable_audio(made.master) == readable_audio(song(11.0, level))) == (level == LEVEL)


def test_notes_in_a_wav_never_reach_the_recipient() -> None:
    wav = song(11.0, LEVEL, "WAV")
    note = b"LIST" + struct.pack("<I", 26) + b"INFOICMT" + struct.pack("<I", 14) + b"PAID by vendor"
    made = mastering.make_recording(wav[:36] + note + wav[36:])
    assert b"PAID" not in made.master + made.preview


def written(kind: str, subtype: str | None = None) -> bytes:
    samples, rate = soundfile.read(io.BytesIO(song(2.0, 0.2, "WAV")), dtype="float32")
    out = io.BytesIO()
    soundfile.write(out, samples, 48_000 if subtype == "OPUS" else rate, format=kind, subtype=subtype)
    return out.getvalue()


def wav_of_size(size: int) -> bytes:
    wav = bytearray(song(2.0, 0.2, "WAV"))
    at = wav.index(b"data")
    wav[4:8] = wav[at + 4 : at + 8] = struct.pack("<I", size)
    return bytes(wav)


def mp3_in_wav() -> bytes:
    mp3 = song(2.0)
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 2, RATE, 16_000, 1, 0, 12, 1, 2, 418, 1, 1393)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(mp3)) + mp3
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


DECODED = {
    "a WAV of size 0": lambda: wav_of_size(0),
    "a WAV of size -1": lambda: wav_of_size(0xFFFF_FFFF),
    "a WAV of the greatest size": lambda: wav_of_size(0x7FFF_FFFF),
    "WAV extensible": lambda: written("WAVEX", "PCM_24"),
    "WAV of floats": lambda: written("WAV", "FLOAT"),
    "RF64": lambda: written("RF64"),
    "AIFF": lambda: written("AIFF"),
    "FLAC": lambda: written("FLAC"),
    "Ogg Vorbis": lambda: written("OGG", "VORBIS"),
    "Opus": lambda: written("OGG", "OPUS"),
    "MP3 in a WAV": mp3_in_wav,
    "garbage before an MP3": lambda: bytes(range(256)) * 20 + song(2.0),
    "a PHP warning before an MP3": lambda: b"<br />\n<b>Warning</b>: unknown" + song(2.0),
    "zeros before an MP3": lambda: b"\0" * 3000 + song(2.0),
    "half a frame before an MP3": lambda: song(2.0)[100:],
    "ID3 before a FLAC": lambda: b"ID3\x03\0\0\0\0\0\x0a" + b"\0" * 10 + written("FLAC"),
    "gzip that no header names": lambda: gzip.compress(song(2.0)),
}


@pytest.mark.parametrize("kind", DECODED)
def test_odd_containers_are_decoded(kind: str, override_settings: Any) -> None:
    override_settings(least_song_seconds=1)
    samples, rate = mastering.decode(DECODED[kind]())
    assert len(samples) / rate == pytest.approx(2.0 if kind != "Opus" else 88_200 / 48_000, abs=0.1)


def counted(share: float) -> bytes:
    """An MP3 whose encoder counted its frames, of which only this share came."""
    mp3 = song(12.0)
    frames = frames_of(mp3)
    head = bytearray(mp3[frames[0].start : frames[0].end])
    head[4:] = b"\0" * 32 + b"Xing" + struct.pack(">II", 1, len(frames)) + b"\0" * (len(head) - 48)
    return bytes(head) + mp3[: frames[int(len(frames) * share) - 1].end]


REFUSED: dict[str, tuple[bytes | Callable[[], bytes], Reason]] = {
    "nothing": (b"", Reason.NO_AUDIO),
    "a page": (b"\xef\xbb\xbf\n<!doctype html><html>Sorry</html>" * 50, Reason.NO_AUDIO),
    "an error in JSON": (b'{"code": 500, "msg": "expired"}', Reason.NO_AUDIO),
    "M4A": (b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 5000, Reason.AUDIO_FORMAT),
    "M4A behind ID3": (b"ID3\x03\0\0\0\0\0\x0a" + b"\0" * 10 + b"\0\0\0\x20ftypisom", Reason.AUDIO_FORMAT),
    "AAC": ((b"\xff\xf1\x50\x80\x2e\x7f\xfc" + b"\x21" * 364) * 50, Reason.AUDIO_FORMAT),
    "WebM": (b"\x1aE\xdf\xa3" + b"\0" * 5000, Reason.AUDIO_FORMAT),
    "WMA": (b"0&\xb2u\x8ef\xcf\x11" + b"\0" * 5000, Reason.AUDIO_FORMAT),
    "a playlist": (b"#EXTM3U\nhttps://x/1.ts", Reason.AUDIO_FORMAT),
    "an encrypted file": (
        lambda: bytes(np.random.default_rng(1).integers(0, 256, 200_000, dtype=np.uint8)),
        Reason.AUDIO_FORMAT,
    ),
    "nothing but ones": (lambda: b"\xff" * 30_000_000, Reason.AUDIO_FORMAT),  # every byte looks like a header
    "half a WAV": (lambda: song(12.0, 0.2, "WAV")[:500_000], Reason.AUDIO_BROKEN),
    "half a FLAC": (lambda: song(12.0, 0.2, "FLAC")[:100_000], Reason.AUDIO_BROKEN),
    "half an MP3": (lambda: counted(0.5), Reason.AUDIO_BROKEN),
    "half a gzip": (lambda: gzip.compress(song(12.0))[:5000], Reason.AUDIO_BROKEN),
    "the head of a WAV": (b"RIFF" + b"\0" * 100, Reason.AUDIO_BROKEN),
    "silence": (lambda: song(12.0, 0.0), Reason.NO_SONG),
    "a second": (lambda: song(1.0), Reason.NO_SONG),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_song_is_refused_by_name(kind: str) -> None:
    content, reason = REFUSED[kind]
    with pytest.raises(UnusableAudioError) as caught:
        mastering.decode(content if isinstance(content, bytes) else content())
    assert caught.value.reason is reason


def test_every_reason_has_a_sentence_for_the_customer_and_one_for_staff() -> None:
    from customer_texts import FAILED_RECORDING
    from jobs.staff.diagnosis import REASONS

    named = {reason.value for _, reason in REFUSED.values()}
    assert named <= FAILED_RECORDING.keys()
    assert named <= REASONS.keys()


def test_an_mp3_that_is_whole_is_not_taken_for_half_of_one(override_settings: Any) -> None:
    assert len(mastering.decode(counted(1.0))[0]) / RATE == pytest.approx(12.0, abs=0.1)
