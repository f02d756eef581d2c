"""What is shipped beside the program: nginx in front of two web processes, units, manifests, the image's recipe."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, expect

from cli import COMMANDS
from models import ComposeForm, in_database
from processes import server_config
from settings import read_settings
from tests.support.lone_web import LoneWeb
from tests.support.nginx import nginx
from tests.support.stack import HEALED, ROOT, Stack, free_port, wait_for
from tools.install_servers import find_nginx

DEPLOY = ROOT / "deploy"


def story(form_id: str) -> str:
    """What the row holds of the answers."""
    return str(in_database(ComposeForm.find, form_id).form_data)


@pytest.fixture
def port() -> int:
    """Where nginx listens."""
    return free_port()


@pytest.fixture
def webs(stack: Stack, port: int, tmp_path: Path) -> Iterator[list[LoneWeb]]:
    """Two web processes that know nothing of each other."""
    with ExitStack() as ending:
        found = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            found.append(LoneWeb(tmp_path / name, PUBLIC_URL=f"https://localhost:{port}", TRUSTED_PROXIES="127.0.0.1"))
            ending.callback(found[-1].stop)
        yield found


@pytest.mark.skipif(not find_nginx(), reason="nginx is not installed (tools/install_servers.py brings it)")
async def test_a_page_behind_nginx_outlives_its_web_process(
    port: int, webs: list[LoneWeb], browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context(ignore_https_errors=True)
    page = await context.new_page()
    loads: list[str] = []
    broken: list[int] = []
    why: list[str] = []
    page.on("load", lambda _page: loads.append(page.url))
    page.on("console", lambda message: why.append(message.text))  # NiceGUI says why it loads a page anew
    page.on("response", lambda answer: broken.append(answer.status) if answer.status >= 500 else None)
    with nginx(tmp_path, port, [web.port for web in webs]) as log:
        await page.goto(f"https://localhost:{port}/compose/create")
        name = page.locator("#song-0-name input").first
        await name.fill("Zora")
        await name.blur()
        await page.wait_for_url(re.compile("formId=form_"))
        form_id = page.url.split("formId=")[1]
        await asyncio.to_thread(wait_for, lambda: "Zora" in story(form_id), "the name in the row")
        served = log.read_text().splitlines()
        serving = next(web for web in webs if any("/compose/create 200" in line and f":{web.port}" in line for line in served))
        assert len(loads) == 1, why
        serving.kill()
        await name.fill("Zora Neale")
        await name.blur()
        await asyncio.to_thread(wait_for, lambda: "Zora Neale" in story(form_id), "the changed name", HEALED)
        await expect(page.locator("#song-0-name input").first).to_have_value("Zora Neale")
        assert len(loads) <= 2, f"at most one reload, and no loop: {why}"
        assert broken == [], "the browser never learns that a process was gone"
        assert form_id not in log.read_text(), "a form's id is a key"
    await context.close()


def test_nginx_lets_go_of_an_idle_connection_before_the_web_process_does() -> None:
    """Else a request is sometimes on its way to a process that is hanging up: a socket then reaches the other process, which
    does not know its page, and a POST is answered by a 502."""
    kept = re.search(r"upstream web \{.*?keepalive_timeout (\d+)s;.*?\}", (DEPLOY / "nginx.conf").read_text(), re.DOTALL)
    assert kept
    assert int(kept[1]) < server_config(FastAPI()).timeout_keep_alive


@contextmanager
def answering(port: int) -> Iterator[None]:
    """A web process as far as nginx can tell."""

    class Ok(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Ok) as server:
        threading.Thread(target=server.serve_forever).start()
        yield
        server.shutdown()


def asked(port: int, address: str) -> int:
    """The status that a visitor of this address gets."""
    asking = HTTPSConnection("127.0.0.1", port, source_address=(address, 0), context=ssl._create_unverified_context())
    with closing(asking):
        asking.request("GET", "/")
        return asking.getresponse().status


@pytest.mark.skipif(not find_nginx(), reason="nginx is not installed (tools/install_servers.py brings it)")
def test_nobody_sees_an_error_while_processes_are_restarted_one_after_the_other(port: int, tmp_path: Path) -> None:
    """The one that just came back takes the visitors of the one that goes: nginx does not leave it out for having been gone."""
    visitors, webs = [f"127.0.0.{number}" for number in range(1, 13)], [free_port(), free_port()]
    with nginx(tmp_path, port, webs):
        seen = set()
        for up in (webs, webs[1:], webs[:1], webs[1:]):
            with ExitStack() as running:
                for one in up:
                    running.enter_context(answering(one))
                seen |= {asked(port, address) for address in visitors}
    assert seen == {200}


def test_every_process_that_is_started_somewhere_is_a_command() -> None:
    units = "\n".join(path.read_text() for path in (DEPLOY / "systemd").glob("*.service"))
    started = set(re.findall(r"main\.py (\w+)", units + (ROOT / "Procfile").read_text()))
    started |= set(re.findall(r"command: \[(web|worker|clock|studio|demo|migrate)\]", (ROOT / "compose.yaml").read_text()))
    started |= set(re.findall(r"args: \[(\w+)\]", "\n".join(path.read_text() for path in (DEPLOY / "k8s").glob("*.yaml"))))
    assert started <= set(COMMANDS)
    assert {"web", "worker", "clock", "studio", "migrate"} <= started


def test_every_setting_that_is_set_somewhere_exists() -> None:
    known = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs/settings.md").read_text()))
    known |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    ours = (ROOT / "compose.yaml").read_text().split("services:")[0].split("environment:")[1].split("depends_on")[0]
    told = set(re.findall(r"^ +([A-Z][A-Z0-9_]+):", ours, re.MULTILINE))
    told |= set(re.findall(r"^  ([A-Z][A-Z0-9_]+):", (DEPLOY / "k8s/settings.yaml").read_text(), re.MULTILINE))
    assert told <= known


def test_in_compose_only_the_stand_in_for_mail_goes_without_tls() -> None:
    default = dict(re.findall(r"^    (SMTP_\w+): \$\{\w+:-([^}]+)\}", (ROOT / "compose.yaml").read_text(), re.MULTILINE))
    assert read_settings(default).smtp_plain
    assert not read_settings({**default, "SMTP_URL": "smtp://songs:secret@mail.example.com"}).smtp_plain


def test_the_image_holds_the_program_and_neither_tests_nor_keys() -> None:
    left_out = set((ROOT / ".dockerignore").read_text().split())
    assert {".git", ".venv", "tests", ".env", "data", "deploy/tls"} <= left_out
    recipe = (ROOT / "Dockerfile").read_text()
    assert "USER serenade" in recipe
    assert "--only-binary :all:" in recipe, "nothing is compiled, so amd64 and arm64 are built alike"


def test_over_http_a_page_is_redirected_and_a_program_is_refused() -> None:
    """A program that was given http by mistake must notice: each time its key would go over the wire in the clear."""
    plain = (DEPLOY / "nginx.conf").read_text().partition("listen 80;")[2].partition("server {")[0]
    assert "location / { return 301 https://$host$request_uri; }" in plain
    assert "location /api/ { return 403; }" in plain
