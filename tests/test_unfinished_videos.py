"""Videos of a gift that cannot be made or are cut short: what is left behind, what is said, what is tried again."""

from __future__ import annotations

import io
import os
import signal
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from fastapi.testclient import TestClient

from integrations.storage import StorageError, storage
from integrations.storage.signed_links import sign
from integrations.video import VideoError
from jobs.gifts import giver_actions, video_making, video_rows, video_script
from jobs.privacy import retention
from models import ComposeForm, Video, database, in_database, move, now
from tests.support.gifts import give, tokens
from tests.support.overrides import Enqueued
from tests.support.stack import wait_for
from tests.support.videos import FILM, files_of, film_nothing, lease_ends, rows
from ui.gift.gift_app import create_gift_app


@pytest.fixture(autouse=True)
def no_other_waits(migrated: None) -> None:
    """Whatever is asked for in one test is made in that one."""
    with database.connection_context():
        Video.delete().execute()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same film, very small."""
    monkeypatch.setattr(video_script, "VIDEO_SIZES", dict.fromkeys(("tall", "wide", "teaser"), (90, 160)))
    monkeypatch.setattr(video_script, "FRAMES_PER_SECOND", 2)


@pytest.fixture
def filmed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    return film_nothing(monkeypatch)


@pytest.fixture
def web(migrated: None, recorded_queue: list[Enqueued]) -> TestClient:
    return TestClient(create_gift_app(), follow_redirects=False)


@pytest.mark.parametrize("end", ["refunded", "switched off", "forgotten"])
def test_the_videos_of_a_gift_that_was_taken_back_are_at_no_address(web: TestClient, filmed: list[Any], end: str) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    web.get(f"/s/{token}/video.mp4")
    video_making.make_video()
    (row,) = rows(form_id)
    if end == "refunded":
        in_database(lambda: move(ComposeForm.find(form_id), "refunded", by="stripe"))
    elif end == "switched off":
        in_database(giver_actions.switch_off, form_id)
    else:
        with database.connection_context():
            Video.update(lease_until=now() + timedelta(minutes=1)).where(Video.id == row.id).execute()
        assert not in_database(retention.purge, form_id), "while it is being made its order waits"
        lease_ends(row.id)
        assert in_database(retention.purge, form_id)
        assert files_of(row.id) == []
    for address in (f"/s/{token}/video", f"/s/{token}/video.mp4", sign(f"/s/{token}/video.mp4"), f"/s/{token}/teaser.mp4"):
        assert web.get(address).status_code == 410, address


def test_a_gift_that_is_given_back_while_its_video_is_made_gets_none(web: TestClient, filmed: list[Any]) -> None:
    form_id = give()
    in_database(video_rows.want_video, form_id, 0, "tall")
    row = in_database(video_making._claim)
    assert row is not None
    in_database(lambda: move(ComposeForm.find(form_id), "refunded", by="stripe"))
    assert not in_database(video_making._go_on, row, 10)
    lease_ends(row.id)
    video_making.make_video()
    assert filmed == []


def test_only_one_is_made_at_a_time_and_what_was_cut_short_is_begun_again_by_the_sweep(
    web: TestClient, filmed: list[Any], recorded_queue: list[Enqueued]
) -> None:
    form_id = give()
    in_database(video_rows.want_video, form_id, 0, "tall")
    in_database(video_rows.want_video, form_id, 0, "wide")
    first = in_database(video_making._claim)
    assert first is not None
    assert in_database(video_making._claim) is None, "the other one waits, so that mail does not"
    (token,) = tokens(form_id)
    assert "1 video is made before it." in web.get(f"/s/{token}/video.mp4?format=wide").text
    lease_ends(first.id)
    recorded_queue.clear()
    in_database(video_making.videos_to_make)
    assert [job.name for job in recorded_queue] == ["make_video"]
    video_making.make_video()
    video_making.make_video()
    assert {row.format: bool(row.key) for row in rows(form_id)} == {"tall": True, "wide": True}
    assert not in_database(video_making._finish, first, "video_1/late.mp4", 1), "too late"


def test_a_worker_that_is_killed_in_the_middle_leaves_one_video_no_process_and_no_folder(
    web: TestClient, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = give()
    in_database(video_rows.want_video, form_id, 0, "tall")
    (row,) = rows(form_id)

    def left() -> list[Path]:
        return list(Path(tempfile.gettempdir()).glob("serenade-video-*"))

    before = left()
    database.close_all()
    child = os.fork()
    if child == 0:  # the work horse; the power goes out at its first percent
        monkeypatch.setattr(video_making, "_go_on", lambda row, percent: os.kill(os.getpid(), signal.SIGKILL))
        video_making.make_video()
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    wait_for(lambda: left() == before, "its film's folder to be gone")
    (again,) = rows(form_id)
    assert (again.id, again.key, again.attempt) == (row.id, None, 1)
    lease_ends(row.id)
    storage().put(f"{row.id}/video-of-the-dead.mp4", FILM)  # as if it had died between the file and the row
    video_making.make_video()
    (made,) = rows(form_id)
    assert (made.attempt, [made.key]) == (2, [f"{row.id}/{name}" for name in files_of(row.id)]), "exactly one file"
    with av.open(io.BytesIO(storage().get(str(made.key)))) as movie:
        assert movie.streams.video[0].width == 90


@pytest.mark.parametrize(
    ("code", "tries", "said"), [("no_encoder", 1, "cannot make videos"), ("failed", 3, "could not be made")]
)
def test_what_cannot_be_made_says_so_and_is_tried_again_only_where_that_helps(
    web: TestClient, monkeypatch: pytest.MonkeyPatch, code: str, tries: int, said: str
) -> None:
    def fails(*arguments: Any) -> bytes:
        raise VideoError(code)

    monkeypatch.setattr(video_making, "film_apart", fails)
    form_id = give()
    (token,) = tokens(form_id)
    for _ in range(tries):
        assert web.get(f"/s/{token}/video.mp4").status_code == 202
        with database.connection_context():
            Video.update(next_try_at=now()).where(Video.form == form_id).execute()
        video_making.make_video()
    answer = web.get(f"/s/{token}/video.mp4")
    assert answer.status_code == 503
    assert said in answer.text
    assert web.get(f"/s/{token}/audio/0.mp3").status_code == 200, "nothing else is lost"
    with database.connection_context():
        Video.update(updated_at=now() - timedelta(minutes=11)).where(Video.form == form_id).execute()
    assert web.get(f"/s/{token}/video.mp4").status_code == 202, "after a while a request begins anew"


def test_without_room_for_the_file_it_says_so(web: TestClient, filmed: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    web.get(f"/s/{token}/video.mp4")

    def full(key: str, content: bytes) -> None:
        raise StorageError("no space left")

    monkeypatch.setattr(storage(), "put", full)
    for _ in range(3):
        with database.connection_context():
            Video.update(next_try_at=now()).where(Video.form == form_id).execute()
        video_making.make_video()
    assert "There is no room for a video right now." in web.get(f"/s/{token}/video.mp4").text
