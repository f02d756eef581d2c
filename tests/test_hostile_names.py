"""Names are hostile text: in page, previews, mail, headers, file names, PDF, SVG and the file to keep they stay names."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from urllib.parse import unquote

import pytest
from playwright.async_api import Browser

from jobs import outbox
from jobs.gifts import giver_actions
from jobs.mail.templates import message_for
from models import Email, database, in_database
from tests.support.gifts import give, tokens
from tests.support.stack import Stack

NAMES = {
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)>'",
    "template": "{{7*7}}${7*7}{% raw %}",
    "crlf": "Mia\r\nBcc: victim@example.com\r\n\r\n<b>",
    "right to left": "\u202egnp.exe\u2066 evil",
    "emoji": "Mia 👩‍👩‍👧❤️🎁",
    "zalgo": "M" + "\u0301" * 60 + "ia",
    "path": "../../../etc/passwd",
    "svg": "</title></text><script>alert(1)</script>",
    "cdata": "]]><!--<style>*{display:none}</style>",
    "arabic": 'محمد"; drop',
}
EMAIL_KINDS = ("delivery", "gift")


@pytest.fixture(params=NAMES.values(), ids=NAMES)
def hostile(request: pytest.FixtureRequest, stack: Stack) -> tuple[str, str, str]:
    """(name, form id, token) of a gift whose every text is hostile."""
    name = str(request.param)
    form_id = give(name=name, sender=name, message=name, title=name)
    in_database(giver_actions.change_message, form_id, name, downloads=True, name_in_preview=True)
    return name, form_id, tokens(form_id)[0]


@pytest.mark.parametrize("hostile", [NAMES[name] for name in ("script", "attribute", "svg", "cdata")], indirect=True)
async def test_no_browser_runs_it(hostile: tuple[str, str, str], stack: Stack, browser: Browser) -> None:
    name, form_id, token = hostile
    context = await browser.new_context()
    page = await context.new_page()
    ran: list[str] = []

    async def alert(dialog: object) -> None:
        ran.append("alert")
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", alert)
    stack.call("POST", f"/s/{token}/words", data={"words": name}, headers={"Sec-Fetch-Site": "same-origin"})
    pages = [
        f"/s/{token}#gift",
        f"/s/{token}/card",
        f"/s/{token}/card.svg",
        f"/embed/{token}",
        f"/compose/success?formId={form_id}",
    ]
    for path in pages:
        await page.goto(stack.url + path)
        assert await page.locator("script:not([src]):not([type]), img[onerror]").filter(has_text="alert").count() == 0
    await page.wait_for_selector("#gift-replies li")
    (await context.new_page()).on("dialog", alert)
    assert ran == []
    await context.close()


def test_previews_headers_and_files_stay_what_they_are(hostile: tuple[str, str, str], stack: Stack) -> None:
    _, _, token = hostile
    answer = stack.call("GET", f"/s/{token}")
    head = answer.text.partition("</head>")[0]
    for value in re.findall(r'(?:content|title|href)="([^"]*)"', head):
        assert not set(value) & set('<>"'), value
    assert "<script>alert" not in answer.text
    cells = re.findall(r'cell-1="([^"]*)"', answer.text)
    assert all(
        json.loads(
            cell.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        )
        for cell in cells
    )
    download = stack.call("GET", f"/s/{token}/audio/0.mp3?download=1")
    disposition = download.headers["content-disposition"]
    shown = unquote(re.sub(r"^attachment; filename\*?=(utf-8'')?", "", disposition)).strip('"')
    assert not re.search("[\r\n\u202a-\u202e\u2066-\u2069]", shown)
    assert "bcc" not in download.headers
    svg = ET.fromstring(stack.call("GET", f"/s/{token}/card.svg").text)
    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "defs", "symbol", "use", "clipPath"}
    pdf = stack.call("GET", f"/s/{token}/card.pdf").content
    assert pdf.startswith(b"%PDF")
    assert b"/JavaScript" not in pdf
    assert b"/OpenAction" not in pdf
    archive = zipfile.ZipFile(io.BytesIO(stack.call("GET", f"/s/{token}/keep.zip").content))
    assert all(re.fullmatch(r"[^/\\:*?\"<>|\r\n\u202a-\u202e]+", name) and name[:2] != ".." for name in archive.namelist())
    keep = stack.call("GET", f"/s/{token}/keep.html").text
    assert not re.search(r"<(script|img|style>\*)", keep)


@pytest.mark.parametrize("kind", EMAIL_KINDS)
def test_mail_stays_mail(hostile: tuple[str, str, str], kind: str) -> None:
    _, form_id, _ = hostile
    with database.connection_context():
        email_id = outbox.put(form_id, kind, "mia@example.com", at=None)
        composed = message_for(Email.find(str(email_id)))
    assert composed is not None
    message = email.message_from_bytes(bytes(composed.as_message()), policy=email.policy.default)
    assert message["Bcc"] is None
    assert message["To"] == "mia@example.com"
    assert not re.search("[\r\n\u202a-\u202e\u2066-\u2069]", message["Subject"])
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z!]+)", html)} <= {
        "!doctype",
        "html",
        "body",
        "p",
        "bdi",
        "a",
        "br",
        "small",
    }


def test_tags_in_the_file_are_one_line_of_text(stack: Stack) -> None:
    """The studio writes them; a hostile name in a title arrives there as text."""
    from mutagen.id3 import ID3

    from integrations.music import SongRequest
    from integrations.music.studio.mp3 import tagged_recording
    from tests.support.gifts import sound

    for name in NAMES.values():
        content = tagged_recording(sound(), SongRequest("ref", name, f"[Verse]\n{name}", "Pop", "", 1))
        title = str(ID3(io.BytesIO(content))["TIT2"])
        assert not re.search("[\r\n\0]", title)
