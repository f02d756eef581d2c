"""The giver adds photos, the recipient sees them; refunded, switched off, forgotten or deleted, they are at no address."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette

from integrations.pictures.decoding import decoded
from integrations.storage import StorageError, storage
from integrations.storage.signed_links import sign
from jobs.gifts import giver_actions, photos
from jobs.gifts.giver_actions import NotPossibleError
from jobs.privacy import personal_data, retention
from models import ComposeForm, Gift, NotFoundError, Photo, WrongMomentError, in_database, move
from tests.support.axe import find_nothing
from tests.support.forms import a_stored_form
from tests.support.gifts import give, tokens
from tests.support.stack import Stack, wait_for
from ui.gift.gift_app import create_gift_app
from ui.middleware.request_guard import PHOTOS, RequestGuard

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


def picture(colour: str = "navy", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, kind)
    return out.getvalue()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded in this process: that it usually is another one has a test of its own."""
    monkeypatch.setattr(photos, "decode_apart", decoded)


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = await context.new_page()
    yield page
    await context.close()


@pytest.fixture
def web(migrated: None, at_once: None) -> TestClient:
    return TestClient(create_gift_app(), follow_redirects=False)


def rows(form_id: str) -> list[Photo]:
    return in_database(photos.photos_of, form_id)


def folders() -> set[str]:
    return {name for name, _ in storage().folders()}


def send(web: TestClient, form_id: str, *files: tuple[str, bytes], **headers: str) -> Any:
    listed = [("photos", (name, content)) for name, content in files]
    return web.post("/s/photos", data={"formId": form_id}, files=listed, headers=OURS | headers)


def test_a_photo_is_seen_by_whoever_opens_the_gift_and_stands_in_the_page_for_the_stage(web: TestClient) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    assert "data-photos" not in web.get(f"/s/{token}").text
    assert send(web, form_id, ("beach.png", picture())).json() == {"success": True, "added": 1, "refused": []}
    (row,) = rows(form_id)
    in_database(photos.describe_photo, form_id, row.id, " Mia's <b> at the beach ")
    page = web.get(f"/s/{token}").text
    url = f"/s/{token}/photo/{row.id}.jpg"
    raw = page.partition("data-photos='")[2].partition("'")[0]
    assert json.loads(raw) == [{"song": 0, "startMs": 0, "url": url, "alt": "Mia's <b> at the beach"}]
    assert f'<img src="{url}" alt="Mia&#39;s &lt;b&gt; at the beach" width="60" height="40" loading="lazy"' in page
    seen = web.get(url)
    assert (seen.headers["content-type"], seen.headers["cache-control"]) == ("image/jpeg", "private, max-age=3600")
    assert Image.open(io.BytesIO(seen.content)).size == (60, 40)
    assert web.get(sign(f"/media/photo/{row.id}.jpg")).content == seen.content, "the giver's own, by signature"
    assert web.get(f"/media/photo/{row.id}.jpg").status_code == 403
    (other,) = tokens(give())
    assert web.get(f"/s/{other}/photo/{row.id}.jpg").status_code == 404, "another gift's photo"


def test_every_file_that_is_no_photo_is_named_and_the_others_are_kept(web: TestClient) -> None:
    form_id = give()
    answer = send(web, form_id, ("a.svg", b"<svg/>"), ("b.png", picture()), ("c.jpg", picture("red", "JPEG")[:200]))
    assert (answer.status_code, answer.json()["added"]) == (422, 1)
    refused = answer.json()["refused"]
    assert [(one["name"], one["code"]) for one in refused] == [("a.svg", "svg_picture"), ("c.jpg", "damaged_picture")]
    assert all(one["message"].endswith(".") for one in refused)
    assert len(rows(form_id)) == 1
    page = send(web, form_id, ("<i>.svg", b"<svg/>"), Accept="text/html")
    assert "&lt;i&gt;.svg: SVG is a drawing." in page.text, "without a script it is a page that says so"
    assert send(web, form_id, ("d.png", picture()), Accept="text/html").headers["location"].endswith(f"{form_id}#photos")
    assert send(web, form_id).json()["refused"][0]["code"] == "no_photos"


def test_the_thirteenth_photo_is_refused_and_twelve_stay(web: TestClient) -> None:
    form_id = give()
    answer = send(web, form_id, *[(f"{number}.png", picture()) for number in range(13)])
    assert [one["name"] for one in answer.json()["refused"]] == ["12.png"]
    assert answer.json()["refused"][0]["code"] == "too_many_photos"
    assert len(rows(form_id)) == photos.MOST_PHOTOS == len(folders() & {row.id for row in rows(form_id)})


def test_without_room_it_says_so_and_nothing_is_lost(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = give()
    send(web, form_id, ("a.png", picture()))

    def full(key: str, content: bytes) -> None:
        raise StorageError("no space left")

    monkeypatch.setattr(storage(), "put", full)
    answer = send(web, form_id, ("b.png", picture()))
    assert (answer.status_code, answer.json()["refused"][0]["code"]) == (503, "no_room")
    assert len(rows(form_id)) == 1


def test_a_photo_from_another_site_s_page_or_for_no_order_is_refused(web: TestClient) -> None:
    form_id = give()
    assert send(web, form_id, ("a.png", picture()), **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert send(web, "form_1_unknown", ("a.png", picture())).status_code == 404
    assert rows(form_id) == []


@pytest.mark.parametrize("chunked", [False, True])
def test_200_megabytes_are_refused_before_they_are_read(chunked: bool) -> None:
    web = TestClient(RequestGuard(Starlette()))
    content: Any = (bytes(1_000_000) for _ in range(2)) if chunked else b""
    headers = {} if chunked else {"Content-Length": "200000000"}
    assert web.post("/s/photos", content=content, headers=headers).status_code == 413
    most = {"Content-Length": str(PHOTOS)}
    assert web.post("/s/photos", content=b"", headers=most).status_code == 404, "twelve photos of a phone pass"


def test_photos_are_added_before_paying_and_ordered_described_pinned_and_removed(migrated: None, at_once: None) -> None:
    form_id = a_stored_form("variations_ready")
    first, second, third = (photos.add_photo(form_id, picture(colour)) for colour in ("red", "green", "blue"))

    def order() -> list[str]:
        return [row.id for row in rows(form_id)]

    def verb(do: Any, *arguments: Any) -> None:
        in_database(do, form_id, *arguments)

    verb(photos.move_photo, third, -1)
    assert order() == [first, third, second]
    verb(photos.move_photo, first, -1)
    verb(photos.move_photo, second, 1)
    assert order() == [first, third, second], "at an end nothing changes"
    verb(photos.pin_photo, first, 0, 12_000)
    assert (rows(form_id)[0].song_index, rows(form_id)[0].start_ms) == (0, 12_000)
    for song, moment in ((7, None), (None, 5), (0, -1), (0, 10**9)):
        with pytest.raises(NotPossibleError, match="no_such_moment"):
            verb(photos.pin_photo, first, song, moment)
    with pytest.raises(NotPossibleError, match="too_long"):
        verb(photos.describe_photo, first, "x" * 201)
    verb(photos.remove_photo, third)
    assert order() == [first, second]
    assert third not in folders()
    with pytest.raises(NotFoundError):
        verb(photos.remove_photo, third)
    with pytest.raises(NotFoundError):
        in_database(photos.remove_photo, give(), first)


def test_a_photo_whose_file_cannot_be_removed_is_not_said_to_be(
    migrated: None, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = give()
    photo_id = photos.add_photo(form_id, picture())

    def refuses(folder: str) -> None:
        raise StorageError("away")

    monkeypatch.setattr(storage(), "remove", refuses)
    with pytest.raises(StorageError):
        in_database(photos.remove_photo, form_id, photo_id)
    assert len(rows(form_id)) == 1


@pytest.mark.parametrize("end", ["sealed", "refunded", "switched off", "forgotten"])
def test_photos_of_a_gift_that_is_closed_are_at_no_address(web: TestClient, end: str) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    send(web, form_id, ("a.png", picture()))
    (row,) = rows(form_id)
    status = 410
    match end:
        case "sealed":
            in_database(giver_actions.seal, form_id, "2060-01-01T10:00", "Europe/Berlin")
            status = 403
        case "refunded":
            in_database(lambda: move(ComposeForm.find(form_id), "refunded", by="stripe"))
        case "switched off":
            in_database(giver_actions.switch_off, form_id)
        case "forgotten":
            assert in_database(retention.purge, form_id)
            assert rows(form_id) == []
            assert row.id not in folders()
    assert web.get(f"/s/{token}/photo/{row.id}.jpg").status_code == status
    gone = end in ("refunded", "forgotten")
    assert web.get(sign(f"/media/photo/{row.id}.jpg")).status_code == (404 if gone else 200)
    if gone:
        with pytest.raises((WrongMomentError, NotFoundError)):
            photos.add_photo(form_id, picture())


def test_an_order_with_a_photo_that_came_in_meanwhile_does_not_count_as_removed(
    migrated: None, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = give()
    late: list[str] = []

    def forget(task: str) -> None:
        late.append(photos.add_photo(form_id, picture()))

    monkeypatch.setattr(retention, "forget_task", forget)
    assert not in_database(retention.purge, form_id)
    assert late[0] in folders()
    monkeypatch.undo()
    assert in_database(retention.purge, form_id)
    assert late[0] not in folders()


def test_people_take_their_photos_along_and_the_sweep_of_files_leaves_them(
    migrated: None, at_once: None, tmp_path: Path
) -> None:
    form_id = give()
    photo_id = photos.add_photo(form_id, picture())
    assert in_database(retention._unowned, [photo_id, "photo_nobody"]) == ["photo_nobody"]
    address = in_database(lambda: ComposeForm.find(form_id).guest_email)
    assert in_database(personal_data.export_person, address, tmp_path / "mine.zip") == 1
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".jpg")]
        assert Image.open(io.BytesIO(archive.read(name))).size == (60, 40)
        assert json.loads(archive.read("data.json"))["forms"][0]["photos"][0]["id"] == photo_id


def test_a_change_of_the_photos_is_another_state_of_the_gift_s_page(migrated: None, at_once: None) -> None:
    form_id = give()
    states = {in_database(lambda: Gift.get_by_id(form_id).updated_at)}
    photo_id = photos.add_photo(form_id, picture())
    for change in (
        lambda: None,
        lambda: photos.describe_photo(form_id, photo_id, "Mia"),
        lambda: photos.pin_photo(form_id, photo_id, 0, 5),
        lambda: photos.remove_photo(form_id, photo_id),
    ):
        in_database(change)
        states.add(in_database(lambda: Gift.get_by_id(form_id).updated_at))
    assert len(states) == 5


def test_the_gift_to_keep_has_its_photos_in_the_page_and_in_the_archive(web: TestClient) -> None:
    form_id = give(3)
    token = tokens(form_id)[0]
    send(web, form_id, ("a.png", picture("navy")), ("b.png", picture("maroon")))
    page = web.get(f"/s/{token}/keep.html").text
    inside = [base64.b64decode(one) for one in re.findall('src="data:image/jpeg;base64,([^"]+)"', page)]
    with zipfile.ZipFile(io.BytesIO(web.get(f"/s/{token}/keep.zip").content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("photos/")]
        assert (names, [archive.read(name) for name in names]) == (["photos/01.jpg", "photos/02.jpg"], inside)
    assert page.count("data:audio/mpeg;base64,SUQz") + page.count("data:audio/mpeg;base64,//") == 3, (
        "the sounds are where they were"
    )


async def test_the_giver_adds_describes_and_orders_photos_with_the_keyboard(stack: Stack, page: Page) -> None:
    form_id = give()
    await page.goto(f"{stack.url}/compose/success?formId={form_id}")
    await page.locator("#photos > summary").press("Enter")
    files: Any = [{"name": f"{colour}.png", "mimeType": "image/png", "buffer": picture(colour)} for colour in ("red", "blue")]
    files.append({"name": "art.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    await page.get_by_label("Choose photos").set_input_files(files)
    await page.get_by_role("button", name="Add these photos").press("Enter")
    await expect(page.locator("#photos [data-sent]")).to_contain_text("art.svg: SVG is a drawing.")
    await expect(page.locator("#photos > summary")).to_have_text("Photos: 2 of 12")
    red, blue = [row.id for row in rows(form_id)]
    await page.get_by_label("What is on photo 2?").fill("A blue sea")
    await page.get_by_label("What is on photo 2?").press("Tab")
    await page.get_by_label("When is photo 2 shown?").select_option("0:6000")
    await expect(page.locator("#photos-said")).to_have_text("Saved.")
    earlier = page.get_by_role("button", name="Earlier: photo 2")
    await earlier.press("Enter")
    await expect(page.get_by_label("What is on photo 1?")).to_have_value("A blue sea")
    await expect(page.locator(f"#photo-{blue}-earlier")).to_be_focused()

    def are_kept() -> bool:
        return [(row.id, row.alt, row.start_ms) for row in rows(form_id)] == [(blue, "A blue sea", 6000), (red, "", None)]

    await asyncio.to_thread(wait_for, are_kept, "order, words and moment to be kept")
    await find_nothing(page, where="the photos")
    await page.get_by_role("button", name="Remove: photo 2").press("Enter")
    await expect(page.locator("#photos > summary")).to_have_text("Photos: 1 of 12")
