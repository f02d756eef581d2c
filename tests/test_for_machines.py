"""What programs ask for: robots.txt, the sitemap, security.txt, and HEAD wherever there is a GET."""

from __future__ import annotations

import asyncio
import re
import secrets
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.robotparser import RobotFileParser

import httpx
import pytest
import requests

from i18n import LANGUAGES
from integrations.storage.signed_links import sign
from jobs.mail.unsubscribe import address_key, wants_reminders
from models import in_database
from settings import settings
from tests.support.gifts import give, tokens
from tests.support.overrides import Override
from tests.support.stack import Stack
from ui.middleware.head_answers import HeadAnswers
from ui.site import for_machines


@pytest.fixture
def robots() -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(bytes(for_machines.robots().body).decode().splitlines())
    return parser


@pytest.mark.parametrize("agent", ["Googlebot", "Bingbot", "GPTBot", "anything"])
def test_gifts_orders_and_staff_pages_are_kept_out_of_search_engines(robots: RobotFileParser, agent: str) -> None:
    for path in (
        "/s/abc",
        "/embed/abc",
        "/compose/success?formId=form_1",
        "/success?formId=x",
        "/internal",
        "/internal/order/1",
    ):
        assert not robots.can_fetch(agent, path), path
    for path in ("/library", "/login/abc", "/mail/stop/abc", "/api/compose/forms", "/media/preview/task.mp3", "/demo/birthday"):
        assert not robots.can_fetch(agent, path), path
    for path in ("/", "/?lang=es", "/terms", "/demo", "/static/serenade.css", "/sitemap.xml"):
        assert robots.can_fetch(agent, path), path


def test_a_messenger_may_draw_the_preview_of_a_gift_that_was_sent(robots: RobotFileParser) -> None:
    for agent in for_machines.PREVIEWS:
        assert robots.can_fetch(agent, "/s/abc/picture.png")
        assert not robots.can_fetch(agent, "/compose/success?formId=form_1")


def test_the_sitemap_names_every_public_page_in_every_language() -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    entries = {
        url.findtext("s:loc", "", names): {
            link.attrib["hreflang"]: link.attrib["href"] for link in url.findall("x:link", names)
        }
        for url in ET.fromstring(for_machines.sitemap().body).findall("s:url", names)
    }
    base = settings.public_url
    assert {f"{base}/", f"{base}/?lang=en", f"{base}/?lang=es", f"{base}/contact?lang=es"} <= set(entries)
    for url, others in entries.items():
        assert url in others.values(), "each names itself"
        assert {"x-default"} <= set(others) <= {"x-default", *LANGUAGES}
        assert all(entries[other] == others for other in others.values()), "and the others name it too"


def test_security_txt_says_whom_to_tell_and_does_not_run_out(override_settings: Override) -> None:
    override_settings(security_contact="mailto:security@example.com")
    answer = for_machines.security()
    fields = dict(re.findall(r"^([A-Za-z-]+): (.+)$", bytes(answer.body).decode(), re.MULTILINE))
    assert answer.media_type == "text/plain"
    assert fields["Contact"] == "mailto:security@example.com"
    assert fields["Canonical"] == f"{settings.public_url}/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=90) < expires - datetime.now(UTC) < timedelta(days=365)


# ---------------------------------------------------------------- HEAD


@pytest.fixture(scope="module")
def paths(stack: Stack) -> list[str]:
    form_id = stack.create()
    (token,) = tokens(give())
    api = [f"/api/compose/forms/{form_id}", "/api/docs", "/api/openapi.json", "/api/nothing"]
    plain = ["/?lang=es", "/login", "/library", "/compose", "/metrics", "/demo", "/nothing", "/internal"]
    machines = ["/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/healthz", "/sandbox/stripe/dashboard"]
    return [
        f"/compose/create?formId={form_id}",
        *api,
        *plain,
        *machines,
        f"/s/{token}",
        "/oembed?url=x",
        "/static/serenade.css",
    ]


VARYING = {"date", "etag", "set-cookie", "content-length", "transfer-encoding", "x-request-id"}


def test_head_is_answered_wherever_get_is_with_the_same_headers_and_no_body(stack: Stack, paths: list[str]) -> None:
    for path in paths:
        asked, head = (stack.call(method, path, allow_redirects=False) for method in ("GET", "HEAD"))
        assert head.status_code == asked.status_code != 405, path
        assert head.content == b"", path
        ours, theirs = ({n.lower(): v for n, v in one.headers.items() if n.lower() not in VARYING} for one in (head, asked))
        assert ours == theirs, path


def test_head_on_what_takes_only_posts_is_refused_as_get_is(stack: Stack) -> None:
    for method in ("HEAD", "GET"):
        assert stack.call(method, "/api/generate").status_code == 405
        assert stack.call(method, "/api/stripe/webhook").status_code == 405


def test_head_begins_no_scene(stack: Stack) -> None:
    assert stack.call("HEAD", "/demo/birthday", allow_redirects=False).status_code == 200
    assert stack.call("HEAD", "/demo/nothing", allow_redirects=False).status_code == 404


def test_a_language_in_the_address_of_a_public_page_is_spoken_and_the_links_lead_out_of_it(stack: Stack) -> None:
    page = stack.call("GET", "/?lang=es", headers={"Accept-Language": "en"}).text
    assert '<html lang="es">' in page
    assert "lang%3Des" not in page
    assert '<html lang="en">' in stack.call("GET", "/?lang=xx", headers={"Accept-Language": "en"}).text


def head(app: Any) -> httpx.Response:
    """Asked of an application without a web server before it, which would drop the body itself."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(HeadAnswers(app)), base_url="http://songs") as client:
            return await client.head("/")

    return asyncio.run(ask())


async def only_get(scope: Any, receive: Any, send: Any) -> None:
    status = 405 if scope["method"] == "HEAD" else 200
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def test_a_body_is_left_out_whoever_serves() -> None:
    answer = head(only_get)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "5")


def test_a_page_that_was_built_for_a_head_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser will connect to it; pages that wait for one cost memory, and are counted."""
    gone = []

    class Built:
        def __init__(self, scope: Any) -> None:
            self.environ, self.request = None, SimpleNamespace(scope=scope)

        def delete(self) -> None:
            gone.append(self)

    pages = {"of a browser": Built({})}
    monkeypatch.setattr("nicegui.Client.instances", pages)

    async def page(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "GET":
            pages["of this request"] = Built({**scope, "path_params": {}})
        await only_get(scope, receive, send)

    head(page)
    assert gone == [pages["of this request"]]


@pytest.mark.parametrize(
    "how", [{"data": {"List-Unsubscribe": "One-Click"}}, {"files": {"List-Unsubscribe": (None, "One-Click")}}]
)
def test_a_mail_program_unsubscribes_with_one_post_and_a_link_scanner_does_not(stack: Stack, how: dict[str, Any]) -> None:
    """RFC 8058: no cookie, no Origin, either kind of form; scanners follow every link in an email with GET."""
    address = f"{secrets.token_hex(6)}@example.com"
    url = sign(f"/mail/stop/{address_key(address)}", 60)
    for method in ("GET", "HEAD"):
        assert requests.request(method, stack.url + url, timeout=30).status_code == 200
        assert in_database(wants_reminders, address)
    assert requests.post(stack.url + url, timeout=30, **how).status_code == 200
    assert not in_database(wants_reminders, address)
