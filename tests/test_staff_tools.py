"""The other staff pages in a real Chromium: the review queue by keys, the dashboard, and previews nobody can buy."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import re

import pytest
import requests
from playwright.async_api import Browser, expect

from integrations.music import MusicError, Reason
from jobs.generation import balances
from jobs.generation.gaps_and_clipping import check_audio
from jobs.staff import review_queue
from jobs.staff.dashboard import Provider, Queues, Step
from models import ComposeForm, Preset, Variation, in_database, now
from tests.support.axe import find_nothing
from tests.support.forms import sql
from tests.support.shop import ready_form
from tests.support.stack import Stack, example_form_data
from tests.support.staff import session_of
from tests.support.staff_pages import PHONE, acts, shoot, signed_in_staff
from ui.internal.staff_frame import draw


def verdicts(form_id: str) -> list[str | None]:
    query = Variation.select().where(Variation.form == form_id).order_by(Variation.variation)
    return in_database(lambda: [row.verdict for row in query])


async def test_the_queue_is_worked_by_keys_alone(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(ready_form)
    moments = "UPDATE variations SET ready_at = localtimestamp + variation * interval '1 min' WHERE form_id = %s"
    await asyncio.to_thread(sql, moments, form_id)
    async with signed_in_staff(browser, stack) as page:
        await page.goto(stack.url + "/internal/listen")
        current = page.locator(".review")
        await expect(current).to_contain_text("version 3")
        await page.wait_for_function("window.did_handshake === true")
        await page.keyboard.press("n")
        await expect(current).to_contain_text("version 2")
        await page.keyboard.press("f")
        await expect(page.locator(".toast")).to_contain_text("Flagged")
        await expect(current).to_contain_text("version 1")
        await page.keyboard.press("a")
        await expect(page.locator(".toast")).to_contain_text("Approved")
        await shoot(page, "listen")
    assert await asyncio.to_thread(verdicts, form_id) == ["approved", "flagged", None]
    assert (await asyncio.to_thread(in_database, ComposeForm.find, form_id)).attention == "flagged"
    assert [len(await asyncio.to_thread(acts, form_id, name)) for name in ("approve", "flag")] == [1, 1]


async def test_a_viewer_listens_and_judges_nothing(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(ready_form)
    async with signed_in_staff(browser, stack, "viewer", PHONE) as page:
        await page.goto(stack.url + "/internal/listen")
        await expect(page.locator(".review .play")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("button", name=re.compile("Approve"))).to_have_count(0)
    assert await asyncio.to_thread(verdicts, form_id) == [None, None, None]


def test_the_checks_hear_silence_clipping_a_wrong_level_and_a_wrong_length() -> None:
    import numpy as np

    rate = 44_100
    tone = np.sin(np.arange(rate * 60) / 20).astype(np.float32)[:, None].repeat(2, axis=1)
    good = {"lufs": -14.0, **check_audio(tone * 0.5, rate)}
    assert [one.fine for one in review_queue.judged(good)] == [True] * 4
    holed = tone * 0.5
    holed[rate * 20 : rate * 24] = 0
    assert check_audio(holed, rate)["gap_seconds"] == pytest.approx(4, abs=0.2)
    bad = {"lufs": -41.0, **check_audio(np.clip(holed[: rate * 30] * 8, -1, 1), rate)}
    assert [one.fine for one in review_queue.judged(bad)] == [False] * 4
    assert [one.fine for one in review_queue.judged({})] == [None]


class Account:
    """A provider of which only the account is asked."""

    def __init__(self, left: float | None) -> None:
        self.left = left

    def balance(self) -> float | None:
        if self.left is None:
            raise MusicError(Reason.TRANSIENT)
        return self.left


def test_a_balance_has_its_age_and_who_does_not_answer_keeps_the_last_one(
    migrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for left in (1240.0, None):
        monkeypatch.setattr("jobs.generation.balances.provider", lambda name, left=left: Account(left))
        began = now()
        balances.ask_balances()
        example_form_data = balances.balance_of("studio")
        assert example_form_data is not None
        assert (example_form_data[0], example_form_data[1] >= began) == (1240, left is not None)
    assert balances.balance_of("mureka") is None


async def test_the_dashboard_shows_the_funnel_and_exports_its_figures(
    stack: Stack, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(ready_form)
    monkeypatch.setattr("jobs.generation.balances.provider", lambda name: Account(1240))
    await asyncio.to_thread(balances.ask_balances)
    async with signed_in_staff(browser, stack, "viewer") as page:
        await page.goto(stack.url + "/internal/health")
        await expect(page.get_by_role("img", name=re.compile("Funnel: created [1-9]"))).to_be_visible()
        await page.locator("#window").select_option("168")
        await expect(page.get_by_role("heading", name="Providers")).to_be_visible()
        await expect(page.locator("tr", has_text="studio")).to_contain_text("1,240 now")
        await page.locator("#check").click()
        await expect(page.locator(".invariants li")).not_to_have_count(0)
        await shoot(page, "health")

    def month() -> list[dict[str, str]]:
        cookies = {"serenade_session": session_of("viewer")}
        answer = requests.get(stack.url + "/internal/health.csv", cookies=cookies, timeout=30)
        assert answer.headers["Content-Type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(answer.text)))

    (today, *_) = await asyncio.to_thread(month)
    assert int(today["created"]) >= 1


# The boxes of the text in each caption of the funnel: [left, top, right, bottom].
CAPTIONS = """() => [...document.querySelectorAll(".funnel-steps li")].map(caption => {
  const walk = document.createTreeWalker(caption, NodeFilter.SHOW_TEXT), boxes = [];
  while (walk.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    boxes.push(...range.getClientRects());
  }
  return [Math.min(...boxes.map(b => b.left)), Math.min(...boxes.map(b => b.top)),
    Math.max(...boxes.map(b => b.right)), Math.max(...boxes.map(b => b.bottom))];
})"""


def busy_dashboard() -> str:
    """The dashboard of a year of orders: every caption as long as it gets."""
    names = ("created", "submitted", "written", "ready", "paid", "delivered")
    steps = [
        Step(name, 987_654 - 90_000 * at, 5300.0 if at else None, 86_000.0 if at else None) for at, name in enumerate(names)
    ]
    return draw(
        "dashboard.html",
        funnel=steps,
        written=[],
        by_hour=[(now(), 40, 12)] * 24,
        payments=[("usd", 12, 11_988, 999)],
        queues=Queues([("default", 3, 4.0)], 2, [], 7, 12.0),
        providers=[Provider("studio", 40, 38, 7.0, 11.0, 0, False, None)],
        failures=[("moderation", 2)],
        stuck=[],
        alerts=[],
        hours=24,
    )


@pytest.mark.parametrize("width", [320, 390, 760, 1024, 1280, 1440])
async def test_no_caption_of_the_funnel_runs_into_the_next(stack: Stack, browser: Browser, width: int) -> None:
    async with signed_in_staff(browser, stack, "viewer", {"width": width, "height": 800}) as page:
        await page.goto(stack.url + "/internal/health")
        await page.locator(".tiles").wait_for()
        await page.evaluate("html => { document.querySelector('.tiles').outerHTML = html; }", busy_dashboard())
        await shoot(page, "funnel")
        captions = await page.evaluate(CAPTIONS)
        assert len(captions) == 6
        for (_, _, right, bottom), (left, top, _, _) in itertools.pairwise(captions):
            assert right + 8 <= left or bottom <= top, "beside it with room between them, or above it"
        assert max(right for _, _, right, _ in captions) <= width


async def test_a_brief_is_tried_side_by_side_kept_as_a_preset_and_never_an_order(stack: Stack, browser: Browser) -> None:
    async with signed_in_staff(browser, stack) as page:
        await page.goto(stack.url + "/internal/preview")
        await page.locator("#recipientName").fill("Noor")
        await page.locator("#relationship").fill("sister")
        await page.locator("#senderName").fill("Tom")
        await page.locator("#column-style-2").fill("slow soul ballad")
        await page.locator("#name").fill("Sister")
        await page.get_by_role("button", name="Save as preset").click()
        await expect(page.get_by_text("Saved as “Sister”.")).to_be_visible()
        await page.get_by_role("button", name="Try it").dblclick()
        await expect(page.get_by_text("Being recorded")).to_be_visible()
        await expect(page.locator("song-compare audio, song-compare .play").first).to_be_visible(timeout=120_000)
        await shoot(page, "preview")
        await page.reload()
        await page.get_by_role("button", name="Sister", exact=True).click()
        await expect(page.locator("#recipientName")).to_have_value("Noor")
        await expect(page.locator("#column-style-2")).to_have_value("slow soul ballad")
        await expect(page.get_by_role("link", name="Noor, birthday")).to_have_count(1)  # twice pressed, once made
        async with page.expect_popup() as opened:
            await page.get_by_role("link", name="Show “Sister” as a demo").click()
        show = await opened.value
        await show.wait_for_url("**/compose/create?formId=*&demo=play")
        await show.close()

    def rows() -> tuple[list[ComposeForm], int]:
        return list(ComposeForm.select().where(ComposeForm.purpose == "preview")), Preset.select().count()

    (form,), count = await asyncio.to_thread(in_database, rows)
    assert (form.guest_email, form.variation_styles[0][1], count) == (None, "slow soul ballad", 1)


async def test_another_wording_stands_beside_today_s_and_the_page_says_who_reads_it(stack: Stack, browser: Browser) -> None:
    await asyncio.to_thread(keep, "Nurse", "Twin")
    async with signed_in_staff(browser, stack) as page:
        await page.goto(stack.url + "/internal/preview")
        form = page.get_by_role("form", name="Prompt trial")
        await expect(form).to_contain_text("the built-in lyricist writes from its own phrases")
        await expect(form.locator("#wording")).to_have_value(re.compile("personalised songs"))
        for name in ("Nurse", "Twin"):
            await form.get_by_label(name).check()
        await form.locator("#wording").fill("Write it as a sea shanty.")
        await form.get_by_role("button", name="Compare").click()
        await expect(page.locator(".pair .pill")).to_have_text(["no difference"] * 2)
        await expect(page.locator(".versus article")).to_have_count(2)
        await shoot(page, "wording")
        await page.set_viewport_size(PHONE)
        await shoot(page, "wording")


def keep(*names: str) -> None:
    """Presets by rows, and no others, so that the ticks are known."""
    rows = [
        {"id": f"preset_{name}", "name": name, "form_data": example_form_data(), "columns": [], "made_by": "x"}
        for name in names
    ]
    in_database(lambda: (Preset.delete().execute(), Preset.insert_many(rows).execute()))


@pytest.mark.parametrize("path", ["listen", "health", "preview"])
async def test_axe_finds_nothing(stack: Stack, browser: Browser, path: str) -> None:
    await asyncio.to_thread(ready_form)
    async with signed_in_staff(browser, stack, "admin", {"width": 320, "height": 640}, bypass_csp=True) as page:
        await page.goto(f"{stack.url}/internal/{path}")
        await find_nothing(page)
