"""The demo in a real Chromium: two scenes from click to share page, two visitors, a director who directs no order."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.async_api import Browser, Page, TimeoutError, expect

from models import CheckoutSession, ComposeForm, Email, StripeEvent, in_database
from tests.support.axe import find_nothing
from tests.support.ready_data import ready_data
from tests.support.stack import MADE, Stack, free_port, wait_for

ACTS: dict[str, dict[str, Any]] = {
    "speed": {"speed": 20}, "jump": {"step": "listen"}, "fail": {}, "replay": {}, "reset": {},
}  # fmt: skip


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh browser; the test fails on any error that a page reports."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


class Visitor:
    """A browser without a window: its cookie, and what it asks."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.http = stack, requests.Session()

    def begin(self, scene: str = "birthday", **asked: str) -> str:
        """A scene of this visitor's; the form's id."""
        address = f"{self.stack.url}/demo/{scene}"
        answer = self.http.get(address, params={"speed": "20x", **asked}, allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text
        return re.findall(r"formId=(form_\w+)", answer.headers["Location"])[0]

    def act(self, act: str, form_id: str, **fields: Any) -> requests.Response:
        """One press in the bar."""
        address = f"{self.stack.url}/demo/director/{act}"
        return self.http.post(address, json={"formId": form_id, **fields}, timeout=90)

    def look(self, form_id: str) -> requests.Response:
        return self.http.get(f"{self.stack.url}/demo/director", params={"formId": form_id}, timeout=30)


async def test_a_scene_plays_itself_from_the_click_to_the_share_page(stack: Stack, page: Page) -> None:
    before = outbox(stack)
    await page.goto(f"{stack.url}/demo")
    await page.locator("#name").fill("Zoë <b>Bold</b>")
    await page.locator("#speed").select_option("20x")
    await page.get_by_role("button", name="Play it for me: A birthday").click()
    try:
        await page.wait_for_url(re.compile(r"/s/[\w-]+"), timeout=150_000)
    except TimeoutError as error:
        error.add_note(await page.evaluate(SHOWN))
        raise
    await expect(page.locator("#gift h1")).to_have_text("A song for Zoë <b>Bold</b>")
    await expect(page.locator("demo-director")).to_contain_text("From click to gift")
    form_id = await page.evaluate("JSON.parse(sessionStorage.getItem('serenade-demo')).form")
    form = await _row(form_id)
    assert form.demo
    assert form.amount_paid == 999
    assert form.stripe_payment_intent_id
    wait_for(lambda: in_database(ComposeForm.find, form_id).status == "delivered", "the mail that goes nowhere", MADE)
    assert outbox(stack) == before, "not even the outbox folder knows"
    await page.goto(f"{stack.url}/compose/success?formId={form_id}")
    await expect(page.locator("#lead")).to_contain_text("In real life we would mail the link to")
    await expect(page.locator("#gift-mails")).to_contain_text("a demo sends none")


def outbox(stack: Stack) -> set[Path]:
    return set(Path(stack.data_dir / "outbox").glob("*"))


async def _row(form_id: str) -> ComposeForm:
    return in_database(ComposeForm.find, form_id)


@pytest.mark.slow("a whole scene as it is presented, with a fault in the middle and the time that it takes to heal")
async def test_a_presenter_drives_a_scene_breaks_it_and_sees_it_heal(stack: Stack, page: Page, browser: Browser) -> None:
    await page.goto(f"{stack.url}/demo/thank-you?lang=es&speed=1x")
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value("Señora Ortega")
    await _bar(page, "Escuchar")
    await expect(page).to_have_url(re.compile("/compose/variations"), timeout=30_000)
    form_id = re.findall(r"formId=(form_\w+)", page.url)[0]
    await page.locator("song-compare").wait_for()
    await _bar(page, "Romper una")
    await expect(page.locator("demo-director")).to_contain_text("El siguiente intento ha empezado solo.", timeout=60_000)
    await page.wait_for_function("window.ackedMessageId > 0")  # from now on the server no longer holds the first messages
    await page.evaluate("window.isTheSamePage = true")
    await _bar(page, "Cortar la línea")
    await expect(page.locator("demo-director")).to_contain_text("Conexión recuperada", timeout=60_000)
    await page.wait_for_function("window.did_handshake && window.socket.connected")
    await page.wait_for_function(ALL_READY, timeout=150_000)
    attempts = [row["attempt"] for row in (await page.evaluate(LOOK, form_id))["cells"]]
    assert sorted(attempts) == [1, 1, 2], "one recording was made twice, and all are there"
    assert await page.evaluate("window.isTheSamePage"), "it caught up without a reload, so what plays goes on playing"

    await page.keyboard.press("d")
    await expect(page.locator("demo-director")).to_be_hidden()
    await page.reload()
    await page.locator("demo-director[data-at=listen]").wait_for(state="attached")
    await expect(page.locator("demo-director")).to_be_hidden()
    await page.keyboard.press("d")
    await _bar(page, "Regalo")
    await expect(page).to_have_url(re.compile("/compose/success"), timeout=30_000)
    link = await page.locator("#link-0").input_value()
    await _bar(page, "Repetir el pago")
    await expect(page.locator("demo-director")).to_contain_text("Regalo entregado: 1×", timeout=60_000)
    await page.wait_for_function(f"async (id) => (await ({LOOK})(id)).eventsReceived >= 2", arg=form_id)

    phone = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
    await phone.goto(link)
    await expect(phone.locator("#sealed-title")).to_contain_text("Señora Ortega")
    await expect(phone.locator("demo-director")).to_have_count(0)
    await phone.context.close()


SHOWN = """() => [...document.querySelectorAll("demo-director,song-compare,#pay,.notice,.unreached")]
  .map((one) => one.outerHTML.slice(0, 1500) + (one.shadowRoot?.textContent ?? "").slice(-300)).join("\\n")"""
ALL_READY = """() => [1, 2, 3].every((n) =>
  JSON.parse(document.querySelector('song-compare').getAttribute(`cell-${n}`)).status === 'ready')"""
LOOK = "async (id) => (await fetch(`/demo/director?formId=${id}`)).json()"


async def _bar(page: Page, name: str) -> None:
    await page.locator("demo-director").get_by_role("button", name=name, exact=True).click()


def test_two_visitors_see_nothing_of_each_other(stack: Stack) -> None:
    mia, ben = Visitor(stack), Visitor(stack)
    hers, his = mia.begin(name="Mia"), ben.begin("lullaby", name="Ben")
    assert mia.look(hers).json()["name"] == "Mia"
    assert ben.look(his).json()["name"] == "Ben"
    for visitor, other in ((mia, his), (ben, hers), (Visitor(stack), hers)):
        assert visitor.look(other).status_code == 404
        assert visitor.http.get(f"{stack.url}/demo/director/qr.svg", params={"formId": other}, timeout=30).status_code == 404
    assert mia.begin() != hers, "each scene is a form of its own"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["nobody", "another visitor", "a director, on an order"])
def test_the_director_acts_on_its_own_demo_only(stack: Stack, act: str, who: str) -> None:
    director = Visitor(stack)
    mine = director.begin()
    order = stack.create()
    stack.await_status(order, "prompts_generated")  # from here on it moves for nobody
    form_id = order if "order" in who else mine
    asks = director if "order" in who else Visitor(stack)
    if who == "another visitor":
        asks.begin()
    before = stack.form(form_id)
    answer = asks.act(act, form_id, **ACTS[act])
    assert answer.status_code == 404
    assert answer.json()["error"]["message"]
    after = stack.form(form_id)
    assert (after["version"], after["status"]) == (before["version"], before["status"])


def test_the_director_may_do_all_of_it_on_its_own(stack: Stack) -> None:
    director = Visitor(stack)
    mine = director.begin()
    assert director.act("speed", mine, speed=99).json() == {"speed": 20}
    assert director.act("replay", mine).status_code == 409, "nothing is paid yet"
    assert director.act("jump", mine, step="moon").status_code == 422
    shared = director.act("jump", mine, step="share").json()["go"]
    assert shared.startswith("/s/")
    assert director.http.get(stack.url + shared, timeout=30).status_code == 200
    again = director.act("reset", mine).json()["go"]
    assert mine not in again


def test_the_shop_s_webhook_does_not_know_the_demo_s_secret_nor_it_the_shop_s(stack: Stack) -> None:
    import stripe

    from integrations.payments.demo_keys import demo_webhook_secret
    from settings import settings

    body = '{"object":"event"}'
    for path, secret in (
        ("/api/stripe/webhook", demo_webhook_secret(settings)),
        ("/demo/webhook", settings.webhook_secrets[0]),
    ):
        signed = stripe.WebhookSignature.generate_signature_header(body, secret)
        answer = stack.call("POST", path, data=body, headers={"Stripe-Signature": signed, "Content-Type": "application/json"})
        assert answer.status_code == 400


def test_a_widget_answers_a_name_with_eight_bars(stack: Stack) -> None:
    from jobs.generation.mastering import samples_of

    frame = stack.call("GET", "/demo/widget")
    assert "frame-ancestors https://blog.example.com;" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "Set-Cookie" not in frame.headers
    bars = stack.call("POST", "/demo/widget/bars", json={"name": "  Xanthippe ", "lang": "es"}).json()
    assert bars["name"] == "Xanthippe"
    assert bars["lines"][0]["text"].startswith("Xanthippe")
    sound = stack.call("GET", bars["audioUrl"], headers={"Range": "bytes=0-99"})
    assert sound.status_code == 206
    samples, rate = samples_of(stack.call("GET", bars["audioUrl"]).content)
    assert 10 < len(samples) / rate < 40
    assert stack.call("POST", "/demo/widget/bars", json={"name": "12"}).status_code == 422
    assert stack.call("POST", "/demo/widget/bars", json=["x"]).status_code == 422
    assert "Xanthippe" not in stack.read_log()


@pytest.fixture
def trap() -> Iterator[tuple[int, list[str]]]:
    """Where all the keys of a production lead: every call is recorded."""
    calls: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            calls.append(caller.recv(200).decode("latin-1") or "a connection")
            caller.close()

    threading.Thread(target=listen, daemon=True).start()
    yield listener.getsockname()[1], calls
    listener.close()


def test_with_real_keys_set_a_whole_scene_plays_and_no_key_is_used(trap: tuple[int, list[str]]) -> None:
    port, calls = trap
    keys = {
        "MUSIC_PROVIDERS": "musicgpt", "MUSICGPT_API_KEY": "live-key", "MUSICGPT_BASE_URL": f"http://127.0.0.1:{port}",
        "MUSIC_ALLOW_PRIVATE_HOSTS": "1", "WRITER_BASE_URL": f"http://127.0.0.1:{port}/v1", "WRITER_API_KEY": "k",
        "WRITER_MODEL": "m", "STRIPE_SECRET_KEY": "sk_live_not_ours", "STRIPE_WEBHOOK_SECRET": "whsec_not_ours",
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}", "SMTP_URL": f"smtp://127.0.0.1:{port}", "DEMO": "true",
        "STAFF_EMAILS": "staff@example.com",
    }  # fmt: skip
    with ready_data() as data, Stack(data, free_port(), DATABASE_URL=None, REDIS_URL=None, **keys) as stack:
        director = Visitor(stack)
        form_id = director.begin(name="Mia")
        shared = director.act("jump", form_id, step="share")
        assert shared.status_code == 200, shared.text
        page = director.http.get(stack.url + shared.json()["go"], timeout=30).text
        assert "A song for <bdi>Mia</bdi>" in page
        assert director.act("replay", form_id).json()["given"] == 1
        wait_for(lambda: director.look(form_id).json()["status"] == "delivered", "the mail that goes nowhere", MADE)
        assert calls == [], "no key was sent anywhere"
        assert stack.call("POST", "/sandbox/stripe/v1/checkout/sessions").status_code == 404
        assert stack.call("GET", "/demo/stripe/dashboard").status_code == 404
        order = stack.create()
        stack.generate(order)
        wait_for(lambda: calls, "the order to ask for its words: the trap does catch", MADE)


def test_no_event_of_the_demo_is_kept_among_stripe_s(stack: Stack) -> None:
    director = Visitor(stack)
    form_id = director.begin()
    assert director.act("jump", form_id, step="gift").status_code == 200
    session = in_database(lambda: CheckoutSession.get(CheckoutSession.form == form_id))
    wait_for(lambda: director.look(form_id).json()["eventsReceived"], "the event", MADE)
    objects = (session.stripe_session_id, session.payment_intent_id)
    assert not in_database(lambda: StripeEvent.select().where(StripeEvent.object_id.in_(objects)).exists())
    assert in_database(lambda: [row.error for row in Email.select().where(Email.form == form_id) if row.status == "sent"]) in (
        [],
        ["demo: sent to nobody"],
    )


@pytest.mark.parametrize("path", ["/demo", "/demo/tour", "/demo/widget", "/demo/lullaby"])
async def test_axe_finds_nothing_on_the_demo_s_pages(stack: Stack, browser: Browser, path: str) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True, reduced_motion="reduce")
    page = await context.new_page()  # with reduced motion the tour stays on its card
    await page.goto(stack.url + path)
    if path == "/demo/lullaby":
        await page.locator("demo-director").get_by_role("button", name="Phone").wait_for()
    await find_nothing(page)
    await context.close()
