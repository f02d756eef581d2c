"""What browsers are told about every answer: plain pages run and draw nothing that does not come from a file of ours."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from runpy import run_path

import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from api import create_api
from settings_checks import Environment, note_missing_in_production
from tests.support.overrides import Override
from ui.components import languages, theme
from ui.demo import visitors
from ui.middleware import security_headers, session_cookie
from ui.middleware.security_headers import headers_for
from ui.site import offline

ROOT = Path(__file__).parent.parent
PLAIN = ["/", "/terms", "/s/token", "/embed/token", "/library", "/login", "/demo", "/demo/widget", "/status", "/nope"]
# NiceGUI's templates, and two pages whose own policy names the hash of their own style.
MARKED = [*(ROOT / "ui/templates").glob("*.html"), ROOT / "api/reference.html"]
OWN_STYLE = {"offline.html", "offline_copy.html", "reference.html"}


def directives(policy: str) -> dict[str, list[str]]:
    """A policy as its directives and their sources."""
    return {name: sources for name, *sources in (part.split() for part in policy.split(";") if part.strip())}


@pytest.mark.parametrize("path", PLAIN)
def test_a_plain_page_may_run_and_draw_files_of_ours_only(path: str) -> None:
    policy = directives(headers_for(path)["Content-Security-Policy"])
    assert (policy["script-src"], policy["style-src"]) == (["'self'"], ["'self'"])
    assert (policy["object-src"], policy["base-uri"], policy["default-src"]) == (["'none'"], ["'none'"], ["'self'"])


@pytest.mark.parametrize("path", ["/compose/create", "/internal/health"])
def test_no_page_takes_plugins_or_another_base(path: str) -> None:
    policy = directives(headers_for(path)["Content-Security-Policy"])
    assert (policy["object-src"], policy["base-uri"]) == (["'none'"], ["'none'"])


@pytest.mark.parametrize("page", MARKED, ids=lambda page: page.name)
def test_no_template_has_code_or_style_in_its_tags(page: Path) -> None:
    tags = re.findall(r"<[a-z][^>]*>", re.sub(r"{#.*?#}", "", page.read_text(), flags=re.DOTALL))
    assert [tag for tag in tags if re.search(r"\s(style|on[a-z]+)\s*=|javascript:", tag)] == []
    assert "<style" not in page.read_text() or page.name in OWN_STYLE


def test_an_operator_s_colours_are_allowed_by_their_hash(override_settings: Override) -> None:
    override_settings(brand_colours=("#14532d", "#86efac"))
    style = re.search(r"<style>(.*?)</style>", theme._head.__wrapped__("en"))
    assert style, "the colours stand in the page"
    fresh = run_path(security_headers.__file__)
    assert directives(fresh["STRICT"])["style-src"] == ["'self'", source_of(style[1])]


def a_site() -> TestClient:
    app = FastAPI()
    app.include_router(offline.router)
    app.mount("/api", create_api())
    return TestClient(app)


@pytest.mark.parametrize("path", ["/offline", "/api/docs"])
def test_a_page_with_its_own_style_allows_that_style_and_nothing_else(path: str) -> None:
    page = a_site().get(path)
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    policy = directives(page.headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == [source_of(style[1])]
    assert "<script" not in page.text


def source_of(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@pytest.mark.parametrize("name", ["SESSION_COOKIE", "LANGUAGE_COOKIE", "VISITOR_COOKIE"])
def test_in_production_a_cookie_belongs_to_this_host_by_its_name(override_settings: Override, name: str) -> None:
    module = {"SESSION_COOKIE": session_cookie, "LANGUAGE_COOKIE": languages, "VISITOR_COOKIE": visitors}[name]
    here = str(getattr(module, name))
    override_settings(env="production")
    assert run_path(str(module.__file__))[name] == f"__Host-{here}"


@pytest.mark.parametrize("path", ["/", "/static/serenade.css", "/api/status/x", "/compose/create"])
def test_in_production_every_answer_says_https_only(override_settings: Override, path: str) -> None:
    assert "Strict-Transport-Security" not in headers_for(path)
    override_settings(env="production")
    assert headers_for(path)["Strict-Transport-Security"] == "max-age=31536000"


def test_an_answer_keeps_the_headers_that_it_has(override_settings: Override) -> None:
    app = FastAPI()
    app.get("/library")(lambda: Response(headers={"Cache-Control": "max-age=5", "Referrer-Policy": "origin"}))
    with TestClient(security_headers.SecurityHeaders(app)) as http:
        first = http.get("/library").headers
        override_settings(env="production")
        second = http.get("/library").headers
    wanted = {**headers_for("/library"), "Cache-Control": "max-age=5", "Referrer-Policy": "origin"}
    assert {name: second[name] for name in wanted} == wanted
    assert [len(second.get_list(name)) for name in wanted] == [1] * len(wanted)
    assert "Strict-Transport-Security" in wanted
    assert "Strict-Transport-Security" not in first


@pytest.mark.parametrize("path", ["/library", "/login/x", "/s/x", "/compose/success", "/api/status/x", "/internal"])
def test_what_is_private_is_not_kept(path: str) -> None:
    headers = headers_for(path)
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")


@pytest.mark.parametrize(("url", "problems"), [("http://songs.example.com", 1), ("https://songs.example.com", 0)])
def test_production_starts_with_an_https_address_only(url: str, problems: int) -> None:
    environment = Environment({"ENV": "production"})
    note_missing_in_production(environment, url, ("studio",))
    assert environment.problems.count("PUBLIC_URL must start with https:// in production") == problems


def test_trace_is_answered_nowhere() -> None:
    for path in ("/offline", "/api/docs", "/api/compose/forms"):
        answer = a_site().request("TRACE", path, headers={"X-Secret": "echo"})
        assert (answer.status_code, "echo" in answer.text) == (405, False), path
