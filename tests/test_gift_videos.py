"""The videos of a gift: asked for, made and downloaded; made anew when they show what is not so any more."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from playwright.async_api import Browser, expect

from integrations.storage import StorageError, storage
from integrations.storage.signed_links import sign
from integrations.video import NotWantedError
from jobs.gifts import giver_actions, photos, video_making, video_rows
from jobs.views.gift_view import read_gift_view
from models import ComposeForm, FormEvent, Video, database, in_database, now
from tests.support.gifts import give, tokens
from tests.support.overrides import Enqueued
from tests.support.stack import Stack
from tests.support.videos import FILM, files_of, film_nothing, rows
from ui.gift.gift_app import create_gift_app


@pytest.fixture(autouse=True)
def no_other_waits(migrated: None) -> None:
    """Whatever is asked for in one test is made in that one."""
    with database.connection_context():
        Video.delete().execute()


@pytest.fixture
def filmed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    return film_nothing(monkeypatch)


@pytest.fixture
def web(migrated: None, recorded_queue: list[Enqueued]) -> TestClient:
    return TestClient(create_gift_app(), follow_redirects=False)


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()


def test_a_video_is_asked_for_made_and_downloaded(web: TestClient, filmed: list[Any], recorded_queue: list[Enqueued]) -> None:
    form_id = give(name="Mia", sender="Dad", message="Play it loud.")
    (token,) = tokens(form_id)
    page = web.get(f"/s/{token}/video")
    assert f"/s/{token}/video.mp4?format=wide" in page.text
    first = web.get(f"/s/{token}/video.mp4")
    assert (first.status_code, first.headers["content-type"]) == (202, "text/html; charset=utf-8")
    assert '<meta http-equiv="refresh"' in first.text
    assert "It begins in a moment." in first.text
    assert [job.name for job in recorded_queue] == ["make_video"]
    assert web.get(f"/s/{token}/video.mp4").status_code == 202
    assert len(rows(form_id)) == 1, "asked for twice, and once there"
    with database.connection_context():
        Video.update(progress=42).where(Video.form == form_id).execute()
    assert "42 % is done." in web.get(f"/s/{token}/video.mp4").text
    video_making.make_video()
    (script,) = filmed
    assert (script.width, script.height, script.heading, script.message) == (1080, 1920, "A song for Mia", "Play it loud.")
    assert script.lines[0].pieces[0].text == "The summer wind was dancing"
    (row,) = rows(form_id)
    got = web.get(f"/s/{token}/video.mp4")
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, FILM + b"1", "video/mp4")
    assert got.headers["content-disposition"] == "attachment; filename*=utf-8''Song%20number%201.mp4"
    part = web.get(f"/s/{token}/video.mp4", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert web.head(f"/s/{token}/video.mp4").headers["content-length"] == str(row.bytes)
    assert web.get(f"/s/{token}/video.mp4?format=square").status_code == 422
    assert web.get(f"/s/{token}/video.mp4?number=7").status_code == 404
    used = in_database(
        lambda: FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.to_status == "downloaded").count()
    )
    assert used == 1


def test_it_is_for_its_giver_by_signature_and_for_its_recipient_if_the_giver_allows_it(web: TestClient) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    in_database(giver_actions.change_message, form_id, "hi", downloads=False, name_in_preview=False)
    assert web.get(f"/s/{token}/video.mp4").status_code == web.get(f"/s/{token}/video").status_code == 403
    assert "Download as video" not in web.get(f"/s/{token}").text
    mine = in_database(read_gift_view, form_id)
    assert mine is not None
    assert "signature=" in web.get(mine.files["video"]).text
    assert web.get(sign(f"/s/{token}/video.mp4") + "&format=wide").status_code == 202
    in_database(giver_actions.change_message, form_id, "hi", downloads=True, name_in_preview=False)
    assert "Download as video" in web.get(f"/s/{token}").text
    in_database(giver_actions.seal, form_id, "2060-01-01T10:00", "Europe/Berlin")
    assert web.get(f"/s/{token}/video.mp4").status_code == 403


@pytest.mark.parametrize("change", ["photo", "message", "nothing", "photo removed"])
def test_a_video_of_what_is_not_so_any_more_is_made_anew(web: TestClient, filmed: list[Any], change: str) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    kept = photos.add_photo(form_id, picture("red"))
    web.get(f"/s/{token}/video.mp4")
    video_making.make_video()
    (before,) = rows(form_id)
    match change:
        case "photo":
            photos.add_photo(form_id, picture("blue"))
        case "photo removed":
            in_database(photos.remove_photo, form_id, kept)
        case "message":
            in_database(giver_actions.change_message, form_id, "other words", downloads=True, name_in_preview=False)
        case "nothing":
            in_database(giver_actions.change_message, form_id, "Play it loud.", downloads=True, name_in_preview=False)
            assert rows(form_id) == [before]
            assert web.get(f"/s/{token}/video.mp4").status_code == 200
            return
    assert files_of(before.id) == [], "what it showed is gone at once"
    assert web.get(f"/s/{token}/video.mp4").status_code == 202
    video_making.make_video()
    assert (web.get(f"/s/{token}/video.mp4").status_code, len(filmed)) == (200, 2)


def test_a_photo_that_goes_while_the_video_is_being_made_ends_it_and_leaves_no_file(
    web: TestClient, filmed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = give()
    photo_id = photos.add_photo(form_id, picture("red"))
    in_database(video_rows.want_video, form_id, 0, "tall")
    (row,) = rows(form_id)

    def changed(script: Any, song: bytes, pictures: list[bytes], said: Any) -> bytes:
        photos.remove_photo(form_id, photo_id)
        if not said(60):
            raise NotWantedError
        return FILM

    monkeypatch.setattr(video_making, "film_apart", changed)
    video_making.make_video()
    assert files_of(row.id) == []
    assert rows(form_id) == []


def test_a_photo_stays_as_long_as_a_video_that_shows_it_cannot_be_removed(
    web: TestClient, filmed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = give()
    photo_id = photos.add_photo(form_id, picture("red"))
    in_database(video_rows.want_video, form_id, 0, "tall")
    video_making.make_video()
    remove = storage().remove

    def refuses(folder: str) -> None:
        if folder.startswith("video_"):
            raise StorageError("away")
        remove(folder)

    monkeypatch.setattr(storage(), "remove", refuses)
    with pytest.raises(StorageError):
        in_database(photos.remove_photo, form_id, photo_id)
    assert [row.id for row in in_database(photos.photos_of, form_id)] == [photo_id]


def test_a_link_preview_has_fifteen_seconds_only_where_the_giver_lets_it_say_more(web: TestClient, filmed: list[Any]) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    assert web.get(f"/s/{token}/teaser.mp4").status_code == 404
    assert rows(form_id) == []
    in_database(giver_actions.change_message, form_id, "our secret", downloads=True, name_in_preview=True)
    assert [row.format for row in rows(form_id)] == ["teaser"]
    assert "og:video" not in web.get(f"/s/{token}").text, "not before it is there"
    with database.connection_context():
        Video.update(next_try_at=now()).where(Video.form == form_id).execute()
    video_making.make_video()
    assert (filmed[0].teaser_from_ms, filmed[0].message) == (6000, ""), "from the chorus on, without the giver's words"
    head = web.get(f"/s/{token}").text.partition("</head>")[0]
    assert f'<meta property="og:video" content="http://localhost:{os.environ["PORT"]}/s/{token}/teaser.mp4">' in head
    assert web.get(f"/s/{token}/teaser.mp4").content == FILM + b"1"
    in_database(giver_actions.change_message, form_id, "our secret", downloads=True, name_in_preview=False)
    assert web.get(f"/s/{token}/teaser.mp4").status_code == 404
    assert rows(form_id) == []
    assert "og:video" not in web.get(f"/s/{token}").text


def test_a_demo_makes_no_video(web: TestClient) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    with database.connection_context():
        ComposeForm.update(demo=True).where(ComposeForm.id == form_id).execute()
    answer = web.get(f"/s/{token}/video.mp4")
    assert answer.status_code == 409
    assert "A demo makes no videos." in answer.text
    assert rows(form_id) == []


async def test_whoever_waits_sees_how_far_it_is_and_then_has_the_video(stack: Stack, browser: Browser) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    row = in_database(video_rows.want_video, form_id, 0, "tall", timedelta(days=1))  # the workers leave it alone
    context = await browser.new_context()
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"{stack.url}/s/{token}/video.mp4")
    far = page.locator("[data-how-far]")
    await expect(far).to_contain_text("It begins in a moment.")
    with database.connection_context():
        Video.update(progress=42).where(Video.id == row.id).execute()
    await page.clock.fast_forward(6000)
    await expect(far).to_contain_text("42 % is done.")
    storage().put(f"{row.id}/video-0123456789abcdef.mp4", FILM)
    with database.connection_context():
        Video.update(key=f"{row.id}/video-0123456789abcdef.mp4").where(Video.id == row.id).execute()
    async with page.expect_download() as download:
        await page.clock.fast_forward(6000)
    assert (await download.value).suggested_filename == "Song number 1.mp4"
    await expect(far).to_have_text("It is made. The download begins now.")
    await context.close()
