"""The gift over HTTP: who hears what and when, what previews know, what a link still does after it was taken back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import soundfile

from jobs.gifts import giver_actions
from jobs.privacy.retention import purge
from jobs.views.gift_view import GiftView, read_gift_view
from models import Alert, ComposeForm, FormEvent, Gift, Reply, ShareToken, Variation, database, in_database, move, now
from tests.support.gifts import LINES, SECONDS, give, sound, tokens
from tests.support.stack import Stack

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
PLAIN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def seal(form_id: str, minutes: float) -> None:
    """Sealed until so many minutes from now (negative: it was)."""
    with database.connection_context():
        at = now() + timedelta(minutes=minutes)
        Gift.update(opens_at=at, opens_on="2030-01-01T00:00", zone="Europe/Berlin", updated_at=now()).where(
            Gift.form == form_id
        ).execute()


def view(form_id: str) -> GiftView:
    found = in_database(read_gift_view, form_id)
    assert found is not None
    return found


def test_one_link_holds_all_songs_of_a_hamper_and_each_song_has_its_own(stack: Stack) -> None:
    whole, first, *_ = tokens(give(3))
    page, single = stack.call("GET", f"/s/{whole}"), stack.call("GET", f"/s/{first}")
    assert page.text.count("<song-compare") == 3
    assert "3 songs for <bdi>Mia, Ben, and Rosa</bdi>" in page.text
    assert single.text.count("<song-compare") == 1
    for number in range(3):
        heard = stack.call("GET", f"/s/{whole}/audio/{number}.mp3")
        assert soundfile.info(io.BytesIO(heard.content)).duration == pytest.approx(SECONDS, abs=0.2)
    assert stack.call("GET", f"/s/{first}/audio/1.mp3").status_code == 404


def test_the_sound_can_be_sought_and_a_head_request_is_answered(stack: Stack) -> None:
    (token,) = tokens(give())
    asked = {"Range": "bytes=1000-1999", "Accept-Encoding": "gzip, br"}
    part = stack.call("GET", f"/s/{token}/audio/0.mp3", headers=asked)
    assert (part.status_code, len(part.content), part.headers["content-length"]) == (206, 1000, "1000")
    assert "content-encoding" not in part.headers
    for path in ("", "/audio/0.mp3", "/picture.png", "/card", "/card.svg", "/card.pdf", "/keep.zip", "/keep.html"):
        head = stack.call("HEAD", f"/s/{token}{path}")
        assert (head.status_code, head.content) == (200, b""), path


def test_a_sealed_gift_has_no_sound_no_lyrics_and_no_message_before_its_moment(stack: Stack) -> None:
    form_id = give(message="the secret message")
    (token,) = tokens(form_id)
    heard = stack.call("GET", f"/s/{token}").text
    assert "the secret message" in heard
    seal(form_id, 60)
    page = stack.call("GET", f"/s/{token}").text
    for secret in ("audio/", ".mp3", "og:audio", "the secret message", LINES[0], "Song number"):
        assert secret not in page, secret
    assert "It opens on" in page
    assert f"/s/{token}/report" in page, "whoever does not want it need not wait"
    assert "Europe/Berlin" in page
    files = ("card", "card.svg", "card.pdf", "keep.html", "keep.zip")
    for path in ("audio/0.mp3", "teaser.mp3", *files, "card?expires=1&signature=x"):
        assert stack.call("GET", f"/s/{token}/{path}").status_code == 403, path
    mine = view(form_id).files
    assert [stack.call("GET", mine[name]).status_code for name in files] == [200] * 5, "the giver prints the card before"
    linked = re.findall(r'(?:href|src)="(/s/[^"]+)"', stack.call("GET", mine["card"]).text)
    assert [stack.call("GET", one.replace("&amp;", "&")).status_code for one in linked] == [200] * 4
    assert ".mp3" not in stack.call("GET", f"/embed/{token}").text
    assert stack.call("POST", f"/s/{token}/words", data={"words": "hi"}, headers=OURS).status_code == 422
    assert stack.call("POST", f"/s/{token}/opened", headers=OURS).status_code == 204
    assert view(form_id).opened == 0, "what is sealed cannot have been opened"
    seal(form_id, -1)
    assert "the secret message" in stack.call("GET", f"/s/{token}").text
    assert stack.call("GET", f"/s/{token}/audio/0.mp3").status_code == 200


def test_previews_and_scanners_never_count_as_opened(stack: Stack) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    for path in ("", "/teaser.mp3", "/picture.png", "/audio/0.mp3", "/card"):
        for method in ("HEAD", "GET"):
            stack.call(method, f"/s/{token}{path}", headers={"User-Agent": "WhatsApp/2.0"})
    stack.call("POST", f"/s/{token}/opened", headers={"Sec-Fetch-Site": "cross-site"})
    assert view(form_id).opened == view(form_id).played == 0
    for what in ("opened", "opened", "played"):  # pressed twice within a second is once
        assert stack.call("POST", f"/s/{token}/{what}", headers=OURS).status_code == 204
    assert (view(form_id).opened, view(form_id).played) == (1, 1)


def test_a_link_preview_says_nothing_private(stack: Stack) -> None:
    form_id = give(name="Mia", sender="Daddy Cool", message="our secret")
    (token,) = tokens(form_id)
    head = stack.call("GET", f"/s/{token}").text.partition("</head>")[0]
    for private in ("Mia", "Daddy", "secret", "Song number", LINES[0], "form_"):
        assert private not in head, private
    wanted = ("og:title", "og:description", "og:image", "og:audio", "og:audio:type", "twitter:card", "twitter:player")
    for name in wanted:
        assert f'"{name}"' in head, name
    image = stack.call("GET", f"/s/{token}/picture.png")
    assert (image.headers["content-type"], image.content[16:24]) == ("image/png", (1200).to_bytes(4) + (630).to_bytes(4))
    in_database(giver_actions.change_message, form_id, "hello", downloads=True, name_in_preview=True)
    assert image.headers["cache-control"].startswith("private"), "what was taken back lives on in nobody's cache"
    assert 'og:title" content="A song for Mia"' in stack.call("GET", f"/s/{token}").text


def test_oembed_leads_to_the_player_and_the_player_is_framed_only_where_settings_say(stack: Stack) -> None:
    (token,) = tokens(give())
    page = stack.call("GET", f"/s/{token}").text
    found = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)
    assert found
    answer = stack.http.get(found[1].replace("&amp;", "&")).json()
    assert answer["type"] == "rich"
    assert f"/embed/{token}" in answer["html"]
    assert stack.call("GET", "/oembed", params={"url": f"https://evil.example/s/{token}"}).status_code == 404
    for address in ("", "http://[", f"{stack.url}@evil.example/s/{token}", f"{stack.url}/s/{token}/card"):
        assert stack.call("GET", "/oembed", params={"url": address}).status_code == 404, address
    assert stack.call("GET", "/oembed", params={"url": f"{stack.url}/s/{token}?from=chat#gift"}).status_code == 200
    embed = stack.call("GET", f"/embed/{token}")
    assert "frame-ancestors https://blog.example.com;" in embed.headers["content-security-policy"]
    assert "x-frame-options" not in embed.headers
    assert "frame-ancestors 'none'" in stack.call("GET", f"/s/{token}").headers["content-security-policy"]


def test_the_gift_s_pages_set_no_cookie(stack: Stack) -> None:
    (token,) = tokens(give())
    for path in (f"/s/{token}", f"/embed/{token}", f"/s/{token}/audio/0.mp3", "/s/nothing-at-all"):
        assert "set-cookie" not in stack.call("GET", path).headers, path


@pytest.mark.parametrize("end", ["rotated", "switched off", "refunded", "deleted"])
def test_a_gift_that_was_taken_back_is_gone_everywhere_at_once(stack: Stack, end: str) -> None:
    form_id = give(name="Mia")
    (token,) = tokens(form_id)
    assert stack.call("GET", f"/s/{token}").status_code == 200
    if end == "refunded":
        with database.connection_context():
            move((ComposeForm, form_id), "refunded", by="test")
    elif end == "deleted":
        assert in_database(purge, form_id)
    else:
        in_database(giver_actions.rotate_link if end == "rotated" else giver_actions.switch_off, form_id)
    files = ("/audio/0.mp3", "/teaser.mp3", "/picture.png", "/card", "/card.svg", "/card.pdf", "/keep.html", "/keep.zip")
    paths = [f"/s/{token}{path}" for path in ("", *files, "/report")]
    for path in (*paths, f"/embed/{token}", f"/oembed?url={stack.url}/s/{token}"):
        answer = stack.call("GET", path)
        assert answer.status_code == 410, path
        assert "og:" not in answer.text, "no trace in previews"
        assert "Mia" not in answer.text
    assert stack.call("POST", f"/s/{token}/words", data={"words": "hi"}, headers=OURS).status_code == 410
    if end == "rotated":
        (fresh,) = tokens(form_id)
        assert stack.call("GET", f"/s/{fresh}").status_code == 200


@pytest.mark.parametrize("token", ["nothing", "x" * 29, "%00" * 5, "..%2f..%2fetc%2fpasswd", "é" * 20, "x" * 500])
def test_a_token_that_never_was_is_not_found(stack: Stack, token: str) -> None:
    assert stack.call("GET", f"/s/{token}").status_code == 404


def test_the_giver_decides_whether_it_may_be_downloaded(stack: Stack) -> None:
    form_id = give(title="Für Élise\r\nX: y")
    (token,) = tokens(form_id)
    disposition = stack.call("GET", f"/s/{token}/audio/0.mp3?download=1").headers["content-disposition"]
    assert disposition == "attachment; filename*=utf-8''F%C3%BCr%20%C3%89lise%20X%3A%20y.mp3"
    with database.connection_context():
        kept = FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.to_status == "downloaded")
        assert [event.moved_by for event in kept] == ["visitor"], "a dispute may turn on it"
    in_database(giver_actions.change_message, form_id, "hi", downloads=False, name_in_preview=False)
    assert "download" not in stack.call("GET", f"/s/{token}").text
    for path in ("audio/0.mp3?download=1", "keep.html", "keep.zip"):
        assert stack.call("GET", f"/s/{token}/{path}").status_code == 403, path
    assert stack.call("GET", f"/s/{token}/audio/0.mp3").status_code == 200, "listening is always allowed"
    assert stack.http.get(stack.url + view(form_id).files["keep.zip"]).status_code == 200, "the giver has a signature"


def test_the_gift_in_a_zip_has_everything_and_is_sent_in_pieces(stack: Stack) -> None:
    whole, *_ = tokens(give(3, title="../../etc/passwd"))
    archive = zipfile.ZipFile(io.BytesIO(stack.call("GET", f"/s/{whole}/keep.zip").content))
    names = archive.namelist()
    assert archive.testzip() is None
    assert [name for name in names if "/" in name or ".." in name.partition(".")[0]] == []
    assert {name.rsplit(".", 1)[1] for name in names} == {"mp3", "txt", "lrc", "srt", "png", "pdf"}
    assert archive.read(next(name for name in names if name.endswith(".lrc"))).decode().splitlines()[3:] == [
        f"[00:0{1 + 3 * n}.00]{line}" for n, line in enumerate(LINES)
    ]
    subtitles = archive.read(next(name for name in names if name.endswith(".srt"))).decode().split("\n\n")
    assert [block.splitlines()[2] for block in subtitles] == list(LINES)
    assert subtitles[0].startswith("1\n00:00:01,000 --> 00:00:0")


def test_a_gift_is_never_kept_by_halves(stack: Stack) -> None:
    """One song of three is away from the storage for a while: come again, instead of a file that is broken for ever."""
    form_id = give(3)
    with database.connection_context():
        last = Variation.get(Variation.form == form_id, Variation.song_index == 2)
        Variation.update(master_key=f"{last.id}/away.mp3").where(Variation.id == last.id).execute()
    for path in ("keep.html", "keep.zip"):
        answer = stack.call("GET", f"/s/{tokens(form_id)[0]}/{path}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
        assert "We are busy right now" in answer.text
    wrong = stack.call("GET", f"/s/{tokens(form_id)[0]}/heart")
    assert (wrong.status_code, "Method Not Allowed" in wrong.text) == (405, False)


def test_the_recipient_answers_with_hearts_text_and_a_voice(stack: Stack) -> None:
    form_id = give()
    (token,) = tokens(form_id)

    def post(path: str, headers: dict[str, str] = OURS, **more: Any) -> int:
        return stack.call("POST", f"/s/{token}/{path}", headers=headers, allow_redirects=False, **more).status_code

    assert post("heart", data={"number": "0", "at_ms": "6400"}) == 200
    assert post("heart", data={"number": "7"}) == 422
    assert post("words", data={"words": "I cried <b>"}) == 200
    assert post("words", data={"words": "x" * 501}) == 422
    assert post("words", PLAIN, data={"words": "without a script"}) == 303
    assert post("words", files={"words": ("a.txt", b"a file", "text/plain")}) == 422
    assert post("words", {"Sec-Fetch-Site": "cross-site"}, data={"words": "forged"}) == 403
    for origin in ("https://evil.example", "http://["):
        assert post("words", {"Origin": origin}, data={"words": "forged"}) == 403
    assert post("voice", files={"voice": ("v.mp3", sound(3.0), "audio/mpeg")}) == 200
    assert post("voice", files={"voice": ("v.mp3", sound(25.0), "audio/mpeg")}) == 422
    assert post("voice", files={"voice": ("v.wav", b"RIFF" + b"x" * 5000, "audio/wav")}) == 422
    assert post("voice", files={"voice": ("v.wav", b"x" * 6_000_000, "audio/wav")}) == 413
    came = view(form_id).replies
    assert [one.kind for one in came] == ["voice", "text", "text", "heart"]
    assert came[-1].at_ms == 6400
    voice = stack.http.get(stack.url + came[0].audio_url)
    assert soundfile.info(io.BytesIO(voice.content)).duration == pytest.approx(3.0, abs=0.2)
    assert stack.http.get(stack.url + came[0].audio_url.partition("?")[0]).status_code == 403


def test_answers_are_limited_and_a_report_reaches_staff(stack: Stack) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    codes = [stack.call("POST", f"/s/{token}/words", data={"words": str(n)}, headers=OURS).status_code for n in range(12)]
    assert codes == [200] * 10 + [429] * 2
    assert stack.call("POST", f"/s/{token}/report", data={"words": "not funny"}, headers=PLAIN).status_code == 200
    with database.connection_context():
        assert ComposeForm.find(form_id).attention == "reported"
        assert Alert.select().where(Alert.kind == "reported", Alert.form_id == form_id).count() == 1, "and they are alerted"
        assert Reply.select().where(Reply.form == form_id, Reply.kind == "report").count() == 1
    assert all(one.kind != "report" for one in view(form_id).replies), "the giver is not told who complained"


def test_only_a_paid_gift_has_a_giver_panel(stack: Stack) -> None:
    form_id = stack.create()
    assert in_database(read_gift_view, form_id) is None
    with pytest.raises(giver_actions.WrongMomentError):
        in_database(giver_actions.rotate_link, form_id)
    with database.connection_context():
        assert ShareToken.select().where(ShareToken.form == form_id).count() == 0
    assert view(give()).url
