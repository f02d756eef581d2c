"""A bucket that browsers reach: sound does not pass through the web process, and whoever may not hear it gets no link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.async_api import Browser

from integrations.storage import browsers_may_fetch
from integrations.storage.s3 import Bucket
from integrations.storage.signed_links import sign
from jobs.gifts.video_rows import want_video
from jobs.gifts.video_script import script_of
from models import Gift, Photo, Reply, ShareToken, Variation, Video, database, in_database, now
from tests.support.gifts import give, sound, tokens
from tests.support.lone_web import LoneWeb


@pytest.fixture(scope="module")
def web(migrated: None, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneWeb]:
    """A web process whose sound lies in the bucket."""
    endpoint = bucket.client.meta.endpoint_url
    process = LoneWeb(tmp_path_factory.mktemp("direct"), STORAGE_URL=f"s3://songs/shop?endpoint={endpoint}&direct=yes")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def gift(migrated: None, bucket: Bucket) -> str:
    """The token of a gift whose song and voice note are in the bucket."""
    form_id = give()
    with database.connection_context():
        row = Variation.get(Variation.form == form_id)
        token = str(ShareToken.get(ShareToken.form == form_id).token)
        note = {"id": "reply_1", "kind": "voice", "audio_key": "reply_1/voice.mp3", "seconds": 2}
        Reply.insert(form=form_id, token=token, **note).execute()
    bucket.put(row.master_key, sound())
    bucket.put("reply_1/voice.mp3", sound(2))
    return tokens(form_id)[0]


def get(web: LoneWeb, path: str, **headers: str) -> requests.Response:
    return requests.get(web.url + path, headers=headers, allow_redirects=False, timeout=30)


def test_songs_and_voice_notes_come_from_the_bucket_itself(web: LoneWeb, bucket: Bucket, gift: str) -> None:
    for path, length in ((f"/s/{gift}/audio/0.mp3", len(sound())), (sign("/media/reply/reply_1.mp3"), len(sound(2)))):
        answer = get(web, path, Range="bytes=0-99")
        assert (answer.status_code, answer.content) == (302, b"")
        assert answer.headers["Location"].startswith(bucket.client.meta.endpoint_url)
        assert answer.headers["Cache-Control"] == "private, max-age=1800", "well within the link's two hours"
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert asked["X-Amz-Expires"] == ["7200"]
        assert asked["response-content-type"] == ["audio/mpeg"]
        there = requests.get(answer.headers["Location"], headers={"Range": "bytes=0-99"}, timeout=30)
        assert (there.status_code, len(there.content)) == (206, 100)
        assert there.headers["Content-Range"].endswith(f"/{length}")
        head = requests.head(web.url + path, allow_redirects=False, timeout=30)
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(length)), "a link is for GET alone"


def test_photos_and_videos_pass_through_us_so_that_they_are_gone_at_once(web: LoneWeb, bucket: Bucket, gift: str) -> None:
    form_id = in_database(lambda: ShareToken.get_by_id(gift).form_id)
    row = in_database(want_video, form_id, 0, "tall", timedelta(days=1))
    with database.connection_context():
        Photo.insert(id="photo_1", form=form_id, position=1, key="photo_1/photo-a.jpg", width=4, height=3, bytes=5).execute()
        fingerprint = script_of(form_id, 0, "tall").fingerprint()
        Video.update(key=f"{row.id}/video-b.mp4", fingerprint=fingerprint).where(Video.id == row.id).execute()
    bucket.put("photo_1/photo-a.jpg", b"photo")
    bucket.put(f"{row.id}/video-b.mp4", b"a whole video")
    seen, film = get(web, f"/s/{gift}/photo/photo_1.jpg"), get(web, f"/s/{gift}/video.mp4", Range="bytes=2-6")
    assert (seen.status_code, seen.content, seen.headers["Content-Type"]) == (200, b"photo", "image/jpeg")
    assert (film.status_code, film.content, film.headers["Content-Type"]) == (206, b"whole", "video/mp4")
    kept = bucket.client.head_object(Bucket="songs", Key="shop/photo_1/photo-a.jpg")
    assert kept["ContentType"] == "image/jpeg"


def test_the_link_to_the_bucket_does_not_lead_back_to_the_form(web: LoneWeb, gift: str) -> None:
    task_id = get(web, f"/s/{gift}/audio/0.mp3").headers["Location"].split("/shop/")[1].partition("/")[0]
    task = get(web, f"/api/status/{task_id}").json()
    assert (task["taskId"], task["formId"]) == (task_id, None)
    assert "/media/preview/" in task["audioUrl"], "a gift without downloads would be to be had here"
    trusted = get(web, f"/api/status/{task_id}", Authorization=f"Bearer {os.environ['SERVICE_TOKEN']}").json()
    assert trusted["formId"].startswith("form_")
    assert "/media/master/" in trusted["audioUrl"]


def test_a_download_is_named_by_the_bucket(web: LoneWeb, gift: str) -> None:
    answer = requests.get(f"{web.url}/s/{gift}/audio/0.mp3?download=1", timeout=30)
    assert answer.content == sound()
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Song number 1.mp3"')


def test_who_may_not_hear_it_gets_no_link(web: LoneWeb) -> None:
    form_id = give()
    with database.connection_context():
        later = {"opens_at": now() + timedelta(days=1), "opens_on": "2030-01-01T00:00", "zone": "Europe/Berlin"}
        Gift.update(**later).where(Gift.form == form_id).execute()
    assert get(web, f"/s/{tokens(form_id)[0]}/audio/0.mp3").status_code == 403
    assert get(web, "/s/nobody/audio/0.mp3").status_code == 404
    assert get(web, "/media/reply/reply_1.mp3?expires=1&signature=x").status_code == 403


async def test_a_browser_plays_and_seeks_it_and_our_own_rules_let_it(web: LoneWeb, gift: str, browser: Browser) -> None:
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await page.goto(f"{web.url}/s/{gift}#gift")
    await page.get_by_role("button", name="Play").first.click()
    moved = """(from) => new Promise((done) => {
      const audio = document.querySelector('song-compare audio');
      if (from) audio.currentTime = from;
      audio.addEventListener('timeupdate', () => audio.currentTime > from + 0.1 && done(audio.currentTime));
    })"""
    assert await page.evaluate(moved, 0) > 0
    assert await page.evaluate(moved, 8) > 8
    await page.close()
    assert complaints == []


def test_only_a_bucket_that_browsers_reach_is_linked_to() -> None:
    assert browsers_may_fetch("s3://songs")
    assert not browsers_may_fetch("s3://songs?direct=no")
    assert not browsers_may_fetch("s3://songs?endpoint=http://minio:9000")
    assert browsers_may_fetch("s3://songs?endpoint=https://files.example.com&direct=yes")
