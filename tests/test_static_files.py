"""Our own scripts and styles: small on the wire, whole for whoever takes no Brotli, asked for once."""

from __future__ import annotations

from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.components.theme import STATIC_DIR
from ui.static_files import COMMENT_LINES, Static


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = Starlette()
    app.mount("/static", Static(directory=STATIC_DIR))
    return TestClient(app)


@pytest.mark.parametrize("name", ["song-compare.js", "serenade.css", "gift.js"])
def test_text_is_compressed_as_well_as_can_be_and_is_the_file(client: TestClient, name: str) -> None:
    whole = (STATIC_DIR / name).read_bytes()
    with client.stream("GET", f"/static/{name}", headers={"accept-encoding": "gzip, br"}) as answer:
        wire = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(wire) <= len(brotli.compress(whole, quality=5))
    assert brotli.decompress(wire).splitlines() == [
        line for line in whole.splitlines() if not (name.endswith(".js") and line.lstrip().startswith(b"//"))
    ]


@pytest.mark.parametrize("script", sorted(STATIC_DIR.glob("*.js")), ids=lambda path: path.name)
def test_what_is_left_out_as_a_comment_is_no_text_of_a_template(script: Path) -> None:
    in_template = False
    for line in script.read_bytes().splitlines(keepends=True):
        if COMMENT_LINES.match(line):
            assert not in_template, line
        elif line.count(b"`") % 2:
            in_template = not in_template
    assert not in_template


@pytest.mark.parametrize("accepted", ["br", "identity"])
def test_a_drawing_says_how_its_text_is_written(client: TestClient, accepted: str) -> None:
    answer = client.get("/static/favicon.svg", headers={"accept-encoding": accepted})
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"


def test_who_takes_no_brotli_or_a_part_only_gets_the_file_itself(client: TestClient) -> None:
    whole = (STATIC_DIR / "serenade.css").read_bytes()
    plain = client.get("/static/serenade.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == whole
    part = client.get("/static/serenade.css", headers={"accept-encoding": "br", "range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole[:10])


def test_what_a_browser_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/gift.js?v=abc", headers={"accept-encoding": "br"})
    assert "immutable" in first.headers["cache-control"]
    again = client.get("/static/gift.js", headers={"accept-encoding": "br", "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
