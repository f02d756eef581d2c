"""One draft open in two places: nothing is lost, and each shows what is written in the other."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.support.forms import sql
from tests.support.stack import Stack


async def open_draft(stack: Stack, browser: Browser, form_id: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await page.wait_for_function("window.socket?.connected === true || window.did_handshake === true")
    return page


def form_data_of(form_id: str) -> dict[str, Any]:
    return dict(sql("SELECT form_data FROM compose_forms WHERE id = %s", form_id)[0][0])


async def test_two_tabs_lose_nothing_and_show_each_other_s_answers(stack: Stack, browser: Browser) -> None:
    body = {"packageType": "holiday-hamper", "formData": {"songs": [{}, {}, {}]}, "draft": True}
    form_id = stack.call("POST", "/api/compose/forms", json=body).json()["form"]["id"]
    one, two = await open_draft(stack, browser, form_id), await open_draft(stack, browser, form_id)
    await one.locator("[name='songs.0.recipientName']").fill("Mia")
    await two.locator("[name='songs.0.relationship']").fill("daughter")
    await expect(two.locator("[name='songs.0.recipientName']")).to_have_value("Mia")
    await expect(one.locator("[name='songs.0.relationship']")).to_have_value("daughter")
    await two.locator("[name='senderName']").fill("Dad")
    await one.locator("[name='senderName']").fill("Mum and Dad")
    await expect(one.locator("#saved")).to_have_text("Saved")
    await two.locator("[name='senderEmail']").focus()
    await expect(two.locator("[name='senderName']")).to_have_value("Mum and Dad")
    await one.locator("[name='songs.0.theme'][value='birthday']").check(force=True)
    await expect(two.locator("[name='songs.0.theme'][value='birthday']")).to_be_checked()
    await one.locator("[name='songs.0.emotions'][value='joy']").check(force=True)
    await expect(two.locator("[name='songs.0.emotions'][value='joy']")).to_be_checked()
    await two.locator("[name='songs.0.emotions'][value='love']").check(force=True)
    await expect(one.locator("[name='songs.0.emotions'][value='love']")).to_be_checked()
    stored = form_data_of(form_id)
    assert stored["senderName"] == "Mum and Dad"
    song = stored["songs"][0]
    assert (song["recipientName"], song["relationship"], song["theme"]) == ("Mia", "daughter", "birthday")
    assert sorted(song["emotions"]) == ["joy", "love"], "the second tab knew what the first had ticked"
    await one.context.close()
    await two.context.close()


async def test_nobody_s_typing_is_interrupted(stack: Stack, browser: Browser) -> None:
    body = {"packageType": "solo-serenade", "formData": {"songs": [{}]}, "draft": True}
    form_id = stack.call("POST", "/api/compose/forms", json=body).json()["form"]["id"]
    page = await open_draft(stack, browser, form_id)
    field, other = page.locator("[name='songs.0.recipientName']"), page.locator("[name='songs.0.relationship']")
    await field.press_sequentially("Mi")
    await expect(page.locator("#saved")).to_have_text("Saved")
    foreign = {"songs": [{"recipientName": "Rosa", "relationship": "aunt"}]}
    stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "formData": foreign})
    await expect(other).to_have_value("aunt")
    await expect(field).to_have_value("Mi")
    await other.focus()
    await expect(field).to_have_value("Rosa")
    await page.context.close()


async def test_when_another_tab_composes_this_one_goes_along(stack: Stack, browser: Browser) -> None:
    form_id = stack.create(draft=True)
    page = await open_draft(stack, browser, form_id)
    sql("UPDATE compose_forms SET submitted_at = now() WHERE id = %s", form_id)
    stack.generate(form_id)
    await page.wait_for_url("**/compose/variations?formId=*")
    await page.context.close()
