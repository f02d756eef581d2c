"""One draft open in two places: nothing is lost, each shows what is written in the other, and neither is loaded too often."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect

from tests.support.forms import sql
from tests.support.guided import all_questions
from tests.support.stack import Stack, wait_for


async def open_draft(stack: Stack, browser: Browser, form_id: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await page.wait_for_function("window.socket?.connected === true || window.did_handshake === true")
    await all_questions(page)
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
    wait_for(lambda: form_data_of(form_id).get("senderName") == "Dad", "what is written first to be in the row first")
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
    while form_data_of(form_id)["songs"][0].get("recipientName") != "Mi":  # both letters: one may have been on its way
        await page.wait_for_timeout(20)
    foreign = {"songs": [{"recipientName": "Rosa", "relationship": "aunt"}]}
    stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "formData": foreign})
    await expect(other).to_have_value("aunt")
    await expect(field).to_have_value("Mi")
    await other.focus()
    await expect(field).to_have_value("Rosa")
    await page.context.close()


class Line:
    """What the page says to its server, held back at will: a slow or busy line."""

    def __init__(self) -> None:
        self.is_held = False
        self.held: list[str | bytes] = []

    async def laid(self, page: Page) -> Line:
        await page.route_web_socket("**", self._connected)
        return self

    def _connected(self, route: WebSocketRoute) -> None:
        self.server = route.connect_to_server()
        route.on_message(lambda message: self.held.append(message) if self.is_held else self.server.send(message))

    def release(self) -> None:
        self.is_held = False
        for message in self.held:
            self.server.send(message)


# (the question, the other tab's answer, what the row has in the end)
PRESSED = {
    "theme": ("wedding", "birthday"),
    "language": ("en", "es"),
    "childFriendly": (False, True),
    "emotions": (["joy"], ["joy", "love"]),
}
TYPED = {"recipientName": ("Rosa", "Ana"), "qualities": ("tall", "brave, and kind"), "storySummary": ("long", "short")}


async def test_what_somebody_just_did_is_not_undone_while_it_is_on_its_way(stack: Stack, browser: Browser) -> None:
    """A push from before the server knew of the click or the letter meets every kind of field: radio buttons, boxes to tick,
    a line, a text. Afterwards page and row say the same."""
    song = {"recipientName": "M", "childFriendly": False}
    body = {"packageType": "solo-serenade", "formData": {"songs": [song]}, "draft": True}
    form_id = stack.call("POST", "/api/compose/forms", json=body).json()["form"]["id"]
    page = await (await browser.new_context()).new_page()
    line = await Line().laid(page)
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await page.wait_for_function("window.socket?.connected === true || window.did_handshake === true")
    await all_questions(page)
    field = lambda name, value="": page.locator(f"[name='songs.0.{name}']" + (f"[value='{value}']" if value else ""))  # noqa: E731
    line.is_held = True
    for name in ("theme", "language", "childFriendly"):
        mine = PRESSED[name][1]
        await field(name, "" if mine is True else str(mine)).evaluate("(input) => input.click()")
    await field("emotions", "love").evaluate("(input) => input.click()")
    for name, (_, mine) in TYPED.items():
        await field(name).fill(mine)
    await field("storySummary").blur()
    theirs = {name: value for name, (value, _) in (PRESSED | TYPED).items()} | {"relationship": "aunt"}
    stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "formData": {"songs": [theirs]}})
    await expect(field("relationship")).to_have_value("aunt")
    await shows_what_was_done(page)
    line.release()
    await expect(page.locator("#saved")).to_have_text("Saved")
    for _ in range(200):
        stored = form_data_of(form_id)["songs"][0]
        if {name: stored[name] for name in PRESSED | TYPED} == {name: mine for name, (_, mine) in (PRESSED | TYPED).items()}:
            break
        await page.wait_for_timeout(50)
    assert {name: stored[name] for name in PRESSED | TYPED} == {name: mine for name, (_, mine) in (PRESSED | TYPED).items()}
    await shows_what_was_done(page)
    await page.context.close()


async def shows_what_was_done(page: Page) -> None:
    """The page says what the row has in the end; the other tab's joy is ticked beside this tab's love."""
    for name, (_, mine) in TYPED.items():
        await expect(page.locator(f"[name='songs.0.{name}']")).to_have_value(mine)
    for name, (_, mine) in PRESSED.items():
        boxes = page.locator(f"[name='songs.0.{name}']")
        pressed = await boxes.evaluate_all("(all) => all.filter((one) => one.checked).map((one) => one.value)")
        assert sorted(pressed) == (["on"] if mine is True else sorted([mine] if isinstance(mine, str) else mine)), name


async def test_when_another_tab_composes_this_one_goes_along(stack: Stack, browser: Browser) -> None:
    form_id = stack.create(draft=True)
    page = await open_draft(stack, browser, form_id)
    sql("UPDATE compose_forms SET submitted_at = now() WHERE id = %s", form_id)
    stack.generate(form_id)
    await page.wait_for_url("**/compose/variations?formId=*")
    await page.context.close()


async def test_the_next_page_is_opened_once_however_often_the_row_changes_before_it_is_there(
    stack: Stack, browser: Browser
) -> None:
    """The second time would break off the first, and build the page again."""
    page, beside = [await (await browser.new_context(viewport={"width": 1280, "height": 900})).new_page() for _ in range(2)]
    form_id, opened, released = stack.create(draft=True), list[str](), asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    def heard(frame: str | bytes) -> None:
        if str(frame).startswith('42["open",'):
            opened.append(str(frame))

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await page.route("**/compose/lyrics?*", hold)
    await page.wait_for_function("window.did_handshake === true")
    await page.locator("#compose").click()
    await asyncio.to_thread(stack.await_status, form_id, "prompts_generated")
    await beside.goto(f"{stack.url}/compose/lyrics?formId={form_id}")
    await beside.locator("#make").click()
    await beside.wait_for_url("**/compose/variations?formId=*")  # the row has changed four times, and both pages were told
    assert len(opened) == 1, opened
    released.set()
    await page.wait_for_url("**/compose/variations?formId=*")
