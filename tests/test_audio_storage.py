"""Audio on its way home and out again: no private address, honest levels, our own tags, and right ranges from any storage."""

from __future__ import annotations

import io
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import requests
import soundfile
from mutagen.id3 import ID3

from integrations.music import MusicError
from integrations.music.download import RefusedHostError, download
from integrations.music.sockets import public_address
from integrations.storage import StorageError
from integrations.storage.s3 import Bucket
from jobs.generation import mastering
from tests.support.fakes.tones import RATE, song
from tests.support.fakes.vendor import FakeVendor
from tests.support.stack import ROOT

PRIVATE = [
    "https://127.0.0.1/x.mp3",
    "https://localhost/x.mp3",
    "https://[::1]/x.mp3",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/x.mp3",
    "https://192.168.1.1/x.mp3",
    "https://2130706433/x.mp3",
    "https://0x7f.1/x.mp3",
    "https://0/x.mp3",
    "https://[::ffff:127.0.0.1]/x.mp3",
    "https://[64:ff9b::7f00:1]/x.mp3",
    "https://100.64.0.1/x.mp3",
]
NOT_HTTPS = [
    "http://cdn.example.com/x.mp3",
    "file:///etc/passwd",
    "ftp://x/y",
    "https://user@example.com/",
    "https://x:22/",
    "",
    "//x",
]


@pytest.mark.parametrize("url", [*PRIVATE, *NOT_HTTPS])
def test_nothing_is_fetched_from_private_places_or_without_https(url: str) -> None:
    with pytest.raises(RefusedHostError):
        download(url, "*")


def test_only_allowed_hosts_and_their_subdomains(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("https://evil.com/mureka.ai", "https://mureka.ai.evil.com/x", "https://notmureka.ai/x"):
        with pytest.raises(RefusedHostError, match="AUDIO_HOSTS"):
            download(url, "mureka.ai")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 443))])
    with pytest.raises(RefusedHostError, match="public"):
        download("https://cdn.mureka.ai/x", "mureka.ai")


def test_a_name_that_changes_its_mind_is_refused_where_the_socket_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: one public answer among private ones is not enough, and the name is resolved exactly once."""
    asked = []

    def rebinding(host: str, port: int, *a: Any, **k: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(RefusedHostError):
        download("https://rebind.example.com/x", "*")
    assert asked == ["rebind.example.com"]


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "https://127.0.0.1/", "file:///etc/passwd"])
def test_every_redirect_is_checked_again(target: str) -> None:
    with FakeVendor("mureka", audio=f"redirect:{target}") as fake, pytest.raises(RefusedHostError):
        download(f"{fake.url}/files/x", "*", private=fake.url)


def test_redirects_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeVendor("mureka") as fake:
        fake.audio = f"redirect:{fake.url}/files/again"
        with pytest.raises(MusicError, match="redirects"):
            download(f"{fake.url}/files/x", "", private=fake.url)
        assert fake.files == 4


@pytest.mark.parametrize("mode", ["gzip", "bytes 0-{0}/{0}", "bytes 0-99/{0}", "bytes */{0}"])
def test_a_file_is_whole_or_refused_whatever_its_headers_count(mode: str) -> None:
    """gzip makes sound longer, and its Content-Length counts the packed bytes; 206 is said to requests without a range too."""
    with FakeVendor("mureka") as fake:
        last = str(len(fake.file()) - 1)
        fake.audio = mode.replace("-{0}", f"-{last}")
        if "99" in mode or "*" in mode:
            with pytest.raises(MusicError, match="206"):
                download(f"{fake.url}/files/x", "", private=fake.url)
        else:
            assert download(f"{fake.url}/files/x", "", private=fake.url) == fake.file()


def test_the_key_stays_with_the_configured_origin() -> None:
    with FakeVendor("acestep") as fake:
        assert download(f"{fake.url}/v1/audio?path=x", "", private=fake.url, headers={"Authorization": "k"}) == fake.file()
        with pytest.raises(RefusedHostError):
            download(f"{fake.url}/v1/audio?path=x", "", private="http://127.0.0.1:1")


def test_addresses_of_the_internet_are_public() -> None:
    assert public_address("93.184.216.34")
    assert public_address("2606:2800:220:1:248:1893:25c8:1946")
    assert not any(map(public_address, ("0.0.0.0", "224.0.0.1", "fe80::1%eth0", "fd00::1", "::", "198.18.0.1")))


def decoded(mp3: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(mp3), dtype="float32", always_2d=True)[0]


def spiky(level: float) -> bytes:
    """Quiet music with loud drums: it cannot be raised to -16 LUFS without limiting."""
    rng = np.random.default_rng(5)
    samples = rng.normal(0, 0.02, (RATE * 14, 2)).astype(np.float32)
    drum = rng.normal(0, 1, 2000) * np.exp(-np.arange(2000) / 500)
    drum *= level / np.abs(drum).max()
    for beat in range(0, len(samples) - 2000, RATE // 2):
        samples[beat : beat + 2000] += drum[:, None].astype(np.float32)
    out = io.BytesIO()
    soundfile.write(out, samples, RATE, format="WAV", subtype="FLOAT")
    return out.getvalue()


@pytest.mark.parametrize("sound", [(14, 0.02), (14, 0.9), (14, 0.2, "WAV"), (14, 0.2, "FLAC"), "spiky"], ids=str)
def test_master_and_preview_are_at_minus_16_lufs_and_below_minus_1_dbtp(sound: tuple[Any, ...] | str) -> None:
    content = spiky(0.9) if isinstance(sound, str) else song(*sound)
    made = mastering.make_recording(content, "For Mia")
    for mp3 in (made.master, made.preview):
        samples = decoded(mp3)
        short = mastering.TARGET_LUFS - mastering.loudness(samples, RATE)
        assert -0.5 <= short <= (2.0 if content[:4] == b"RIFF" else 0.5), "the ceiling wins over the level, never the reverse"
        assert 20 * np.log10(mastering.true_peak(samples)) <= -0.95


def test_true_peaks_between_the_samples_are_seen() -> None:
    t = np.arange(RATE) / RATE
    between = np.sin(2 * np.pi * RATE / 4 * t + np.pi / 4).astype(np.float32)[:, None]
    assert np.abs(between).max() < 0.72
    assert 0.95 < mastering.true_peak(between) < 1.06


def test_every_file_says_that_it_was_made_with_ai() -> None:
    made = mastering.make_recording(song(14, 0.02), "Für Mia 🎵")
    for mp3 in (made.master, made.preview):
        tags = ID3(io.BytesIO(mp3))
        assert "AI" in str(tags["TXXX:Made with AI"])  # TXXX: ID3's own-text frame
        assert str(tags["TIT2"]) == "Für Mia 🎵"
        assert tags.version == (2, 3, 0)


@pytest.mark.parametrize("content", [b"", b"\0" * 50, b"<html>", b"ID3", "the beginning of a song", b"RIFF" + b"\0" * 100])
def test_what_is_no_song_is_refused(content: bytes | str) -> None:
    with pytest.raises(mastering.UnusableAudioError):
        mastering.make_recording(content if isinstance(content, bytes) else song(14)[:2000])


KEY = "task_1/preview-0123456789abcdef.mp3"


def test_a_bucket_gives_back_what_was_put_and_refuses_foreign_keys(bucket: Bucket) -> None:
    bucket.put(KEY, b"0123456789")
    bucket.put(KEY, b"0123456789")
    assert bucket.get(KEY) == b"0123456789"
    assert bucket.open("task_1/nobody-1.mp3") is None
    with pytest.raises(StorageError):
        bucket.get("task_1/nobody-1.mp3")
    for key in ("../x", "a/../b", "a/b/c", "/etc/passwd", "a/%00"):
        with pytest.raises(StorageError):
            bucket.put(key, b"")


def test_a_bucket_lists_its_folders_and_removes_one(bucket: Bucket) -> None:
    for key in ("task_2/a.mp3", "task_2/b.mp3", "task_3/a.mp3"):
        bucket.put(key, b"x")
    assert {"task_2", "task_3"} <= {name for name, _ in bucket.folders()}
    for _ in range(2):
        bucket.remove("task_2")
    assert bucket.open("task_2/a.mp3") is None
    assert bucket.get("task_3/a.mp3") == b"x"
    with pytest.raises(StorageError):
        bucket.remove("../task_3")


@pytest.fixture(params=["folder", "bucket"])
def served(request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The media routes over one of the storages, as a real server."""
    import uvicorn
    from fastapi import FastAPI

    from api import http_audio, media
    from integrations.storage.folder import Folder

    place = Folder(tmp_path) if request.param == "folder" else request.getfixturevalue("bucket")
    place.put(KEY, b"0123456789")
    monkeypatch.setattr(http_audio, "storage", lambda: place)
    row = type("Row", (), {"form_id": "form_x", "played_at": 1, "preview_key": KEY, "master_key": KEY, "title": 'For "Mia" ❤'})
    monkeypatch.setattr(media, "in_database", lambda *a: row)
    monkeypatch.setattr(media, "is_signed", lambda *a: True)
    app = FastAPI()
    app.include_router(media.router)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/media"
    server.should_exit = True
    thread.join(10)


RANGES = {
    "bytes=0-": (206, b"0123456789"),
    "bytes=2-4": (206, b"234"),
    "bytes=-3": (206, b"789"),
    "bytes=4-": (206, b"456789"),
    "bytes=0-99": (206, b"0123456789"),
    "bytes=10-": (416, None),
    "bytes=99-100": (416, None),
    "bytes=0-1,4-5": (200, b"0123456789"),
    "bytes=abc": (200, b"0123456789"),
    "lines=1-2": (200, b"0123456789"),
    "bytes=": (200, b"0123456789"),
}


@pytest.mark.parametrize("wanted", RANGES)
def test_ranges_are_answered_rightly_and_never_with_500(served: str, wanted: str) -> None:
    answer = requests.get(f"{served}/preview/t.mp3", headers={"Range": wanted}, timeout=30)
    status, content = RANGES[wanted]
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
    if status == 206:
        assert answer.headers["Content-Range"].endswith("/10")


def test_only_our_own_static_files_may_lie_in_public_caches() -> None:
    """Sound, pictures, cards and pages end with the row that they belong to."""
    files = [path for folder in ("api", "ui", "integrations") for path in (ROOT / folder).rglob("*.py")]
    public = [str(path.relative_to(ROOT)) for path in files if re.search(r"[\"' ](public,|s-maxage)", path.read_text())]
    of_no_row = ["ui/site/for_machines.py", "ui/site/status.py"]  # robots.txt; whether everything works
    assert sorted(public) == [*of_no_row, "ui/static_files.py"]


def test_etag_head_and_download(served: str) -> None:
    whole = requests.get(f"{served}/preview/t.mp3", timeout=30)
    assert whole.headers["Content-Type"] == "audio/mpeg"
    assert whole.headers["Cache-Control"] == "private, max-age=3600", "in no public cache: what is deleted must be gone"
    assert whole.headers["Accept-Ranges"] == "bytes"
    again = requests.get(f"{served}/preview/t.mp3", headers={"If-None-Match": whole.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    other = requests.get(f"{served}/preview/t.mp3", headers={"If-Range": '"other"', "Range": "bytes=0-1"}, timeout=30)
    assert other.status_code == 200
    head = requests.head(f"{served}/preview/t.mp3", timeout=30)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "10", b"")
    download = requests.get(f"{served}/master/t.mp3?download=1", timeout=30)
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert "%E2%9D%A4" in download.headers["Content-Disposition"]
    assert "private" in download.headers["Cache-Control"]
