"""The contract: whose a field is, who came first, what older clients send, and what a trusted server may do."""

from __future__ import annotations

import os
import re
import secrets
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_api
from jobs.monitoring.timeline_check import contradictions
from models import LIFECYCLES, database, in_database
from tests.support.forms import a_form, a_variation, sql
from tests.support.stack import EXAMPLE_SONG, MIA, example_form_data

pytestmark = pytest.mark.usefixtures("migrated")
SERVICE = {"Authorization": f"Bearer {os.environ['SERVICE_TOKEN']}"}
FORMS = "/compose/forms"
OLDER = {
    "senderName": "Dad", "senderEmail": "Dad@Example.com", "senderPhone": "+44 (0)20 7946-0018", "senderMessage": "Loud.",
    "deliverySpeed": "express", "recipientName": "Mia", "pronunciation": "Mee-a", "recipientNickname": "Mimi",
    "recipientNickname2": "", "relationship": "Daughter", "theme": "merry-christmas",
    "childFriendly": False, "faithBased": False,
    "emotions": "love", "overallMessage": "light of my life", "storySummary": "since you were born", "qualities": "kind",
    "festiveLyricsLevel": "lightly-festive", "festiveSoundLevel": "lightly-festive", "voiceType": "no-preference",
    "style": "classic-timeless", "vibe": "loving",
}  # fmt: skip


@pytest.fixture(scope="module")
def http(migrated: None) -> TestClient:
    """The API alone, without the other processes."""
    return TestClient(create_api(), raise_server_exceptions=False)


def code(answer: Any, status: int) -> str:
    """The code of an error of the one shape."""
    assert answer.status_code == status, answer.text[:300]
    body = answer.json()
    assert body["success"] is False
    assert set(body) == {"success", "error"}
    return str(body["error"]["code"])


def an_older_id() -> str:
    return "form_1765898400713_" + secrets.token_hex(5)[:9]


# ---------------------------------------------------------------- older clients


def test_an_older_client_creates_reads_and_chooses_with_the_names_it_always_used(http: TestClient) -> None:
    body = {
        "formId": "form_1765898400713_" + secrets.token_hex(16), "packageType": "solo-serenade", "songCount": 1,
        "formData": OLDER, "generatedPrompts": ["A joyful song for Mia"], "musicStyles": ["pop"],
        "variationStyles": [["standard tempo", "slightly varied", "alternative interpretation"]],
    }  # fmt: skip
    form = http.post(FORMS, json=body).json()["form"]
    assert (form["id"], form["status"], form["songCount"]) == (body["formId"], "prompts_generated", 1)
    assert form["generatedPrompts"] == ["A joyful song for Mia"]
    assert form["formData"]["songs"][0]["emotions"] == ["love"]
    assert form["guestEmail"] == "dad@example.com"
    assert http.get(FORMS, params={"formId": form["id"]}).json()["form"] == form
    assert http.get(f"{FORMS}/{form['id']}").json()["form"] == form
    a_variation(form["id"], variation=2, status="ready")
    sql("UPDATE compose_forms SET status = 'variations_ready' WHERE id = %s", form["id"])
    for chosen in ({"0": 2}, {"0": [2]}):
        answer = http.patch(FORMS, json={"formId": form["id"], "selectedVariations": chosen})
        assert answer.json()["form"]["selectedVariations"] == {"0": 2}


@pytest.mark.parametrize("alias", ["single", "solo-serenade"])
def test_a_package_is_known_by_its_older_name(http: TestClient, alias: str) -> None:
    form = http.post(FORMS, json={"packageType": alias, "formData": OLDER}).json()["form"]
    assert form["packageType"] == "solo-serenade"


# ---------------------------------------------------------------- strict


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"formData": {**example_form_data(), "colour": "red"}}, "colour"),
        ({"formData": {**EXAMPLE_SONG, "songs": [{**MIA, "tempo": 3}]}}, "songs.0.tempo"),
        ({"songCount": 2}, "songCount"),
        ({"generatedPrompts": ["one", "two"]}, "generatedPrompts"),
        ({"packageType": "gold"}, "packageType"),
        ({"formId": an_older_id()}, "formId"),
        ({"guestEmail": "nobody"}, "guestEmail"),
        ({"variationStyles": [["only one"]]}, "variationStyles.0"),
    ],
)
def test_what_does_not_fit_is_named(http: TestClient, more: dict[str, Any], field: str) -> None:
    answer = http.post(FORMS, json={"packageType": "solo-serenade", "formData": example_form_data(), **more})
    code(answer, 422)
    assert field in answer.json()["error"]["fields"]


def test_a_field_has_one_name(http: TestClient) -> None:
    answer = http.post(
        FORMS, json={"package_type": "solo-serenade", "packageType": "solo-serenade", "formData": example_form_data()}
    )
    code(answer, 422)
    assert "package_type" in answer.json()["error"]["fields"]
    for data in ({"sender_name": "Dad"}, {"songs": [{"recipient_name": "Mia"}]}):
        answer = http.post(FORMS, json={"packageType": "solo-serenade", "formData": data, "draft": True})
        assert code(answer, 422) == "invalid_form"


ODD_DRAFTS: dict[str, Any] = {
    "e-mail": {"senderEmail": {"a": 1}},
    "long e-mail": {"senderEmail": "x" * 5000},
    "phone": {"senderPhone": ["1"]},
    "songs": {"songs": {"a": 1}},
    "a text as a song": {"songs": ["Mia"]},
    "nothing as a song": {"songs": [None]},
    "songs beyond number": {"songs": ["Mia"] * 9},
    "songs of odd parts": {"songs": [{"recipientName": {"a": 1}}] * 9},
    "a list as a name": {"songs": [{"recipientName": []}]},
}


@pytest.mark.parametrize("data", ODD_DRAFTS.values(), ids=ODD_DRAFTS)
def test_a_draft_is_unfinished_and_never_of_another_kind(http: TestClient, data: dict[str, Any]) -> None:
    answer = http.post(FORMS, json={"packageType": "solo-serenade", "formData": data, "draft": True})
    assert code(answer, 422) == "invalid_form"
    assert next(iter(answer.json()["error"]["fields"])).startswith(next(iter(data)))
    form_id = a_form()
    assert code(http.patch(FORMS, json={"formId": form_id, "formData": data}), 422) == "invalid_form"
    assert http.get(FORMS, params={"formId": form_id}).status_code == 200


def test_a_draft_may_have_everything_or_nothing(http: TestClient) -> None:
    for data in ({}, {"songs": []}, {"songs": None}, {"senderName": None, "senderEmail": "dad@", "songs": [{}, {}]}, OLDER):
        answer = http.post(FORMS, json={"packageType": "holiday-hamper", "formData": data, "draft": True})
        assert answer.status_code == 201, answer.text
        form = answer.json()["form"]
        assert None not in form["formData"].values()
        assert [song["index"] for song in form["songs"]] == [0, 1, 2]


def test_a_draft_with_prompts_is_a_draft(http: TestClient) -> None:
    body = {"packageType": "solo-serenade", "formData": {}, "draft": True, "generatedPrompts": ["a song"]}
    form = http.post(FORMS, json=body).json()["form"]
    assert (form["status"], form["generatedPrompts"]) == ("created", ["a song"])
    assert code(http.post("/generate", json={"formId": form["id"]}), 409) == "wrong_moment"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"songIndex": True}, "songIndex"),
        ({"songIndex": "0"}, "songIndex"),
        ({"variation": True}, "variation"),
        ({"songIndex": 3}, "songIndex"),
        ({"oneMore": True}, "songIndex"),
        ({"oneMore": True, "songIndex": 0}, "variation"),
    ],
)
def test_a_place_that_there_is_not_starts_nothing(http: TestClient, asked: dict[str, Any], field: str) -> None:
    form_id = a_form(songs=3, status="prompts_generated")
    answer = http.post("/generate", json={"formId": form_id, **asked})
    code(answer, 422)
    assert set(answer.json()["error"]["fields"]) == {field}
    assert sql("SELECT count(*) FROM variations WHERE form_id = %s", form_id) == [(0,)]


def test_an_account_that_there_is_not_is_named(http: TestClient) -> None:
    answer = http.patch(FORMS, json={"formId": a_form(), "userId": "nobody"}, headers=SERVICE)
    code(answer, 422)
    assert set(answer.json()["error"]["fields"]) == {"userId"}


@pytest.mark.parametrize("raw", [b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a": ' + b"9" * 5000 + b"}", b'{"a": "\xe9"}', b"{"])
def test_a_body_that_nobody_can_read_is_a_bad_request(http: TestClient, raw: bytes) -> None:
    answer = http.post(FORMS, content=raw, headers={"Content-Type": "application/json"})
    assert code(answer, 400) == "bad_request"


def test_a_wrong_method_is_told_the_right_ones(http: TestClient) -> None:
    assert http.put(FORMS).headers["Allow"] == "GET, PATCH, POST"
    assert http.get("/generate").headers["Allow"] == "POST"
    assert http.post("/docs").status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        {"selectedVariations": {"0": 4}},
        {"selectedVariations": {"9": 1}},
        {"selectedVariations": {"1": 1}},
        {"selectedVariations": {"0": [1, 3]}},
        {"selectedVariations": {"0": "2"}},
        {"selectedVariations": [2]},
        {"generatedPrompts": []},
        {"generatedPrompts": ["a", "b"]},
        {"guestEmail": "nobody"},
        {"formData": []},
        {"formData": {"songs": [{"recipientName": "x" * 101}]}},
        {"colour": "red"},
    ],
)
def test_a_change_that_does_not_fit_changes_nothing(http: TestClient, change: dict[str, Any]) -> None:
    form_id = a_form()
    before = sql("SELECT compose_forms::text FROM compose_forms WHERE id = %s", form_id)
    code(http.patch(FORMS, json={"formId": form_id, "guestEmail": "other@example.com", **change}), 422)
    assert sql("SELECT compose_forms::text FROM compose_forms WHERE id = %s", form_id) == before


def test_one_wrong_half_takes_the_right_half_back(http: TestClient) -> None:
    form_id = a_form()
    answer = http.patch(FORMS, json={"formId": form_id, "guestEmail": "new@example.com", "selectedVariations": {"0": 1}})
    assert code(answer, 409) == "wrong_moment"
    assert sql("SELECT guest_email, version FROM compose_forms WHERE id = %s", form_id) == [("dad@example.com", 1)]


# ---------------------------------------------------------------- who came first


def test_a_stale_tab_does_not_overwrite_newer_changes(http: TestClient) -> None:
    form_id = a_form()
    read = http.get(FORMS, params={"formId": form_id})
    tag = read.headers["ETag"]
    assert re.fullmatch(r'"\d+"', tag)
    first = http.patch(FORMS, json={"formId": form_id, "guestEmail": "first@example.com"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = http.patch(FORMS, json={"formId": form_id, "guestEmail": "late@example.com"}, headers={"If-Match": tag})
    assert code(second, 412) == "stale"
    assert second.headers["ETag"] == first.headers["ETag"] != tag
    assert sql("SELECT guest_email FROM compose_forms WHERE id = %s", form_id) == [("first@example.com",)]
    fresh = {"If-Match": f'"0", {second.headers["ETag"]}'}
    assert http.patch(FORMS, json={"formId": form_id, "guestEmail": "now@example.com"}, headers=fresh).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"), [(None, 200), ("*", 200), ('W/"1"', 412), ("1", 412), ("rubbish", 412), ('"1"', 200)]
)
def test_if_match_is_read_as_http_says(http: TestClient, sent: str | None, status: int) -> None:
    headers = {"If-Match": sent} if sent else {}
    answer = http.patch(FORMS, json={"formId": a_form(), "guestEmail": "a@example.com"}, headers=headers)
    assert answer.status_code == status


def test_progress_of_a_variation_makes_no_tab_stale_but_its_song_does(http: TestClient) -> None:
    form_id = a_form(status="variations_generating")
    task = a_variation(form_id, status="generating")
    tag = http.get(FORMS, params={"formId": form_id}).headers["ETag"]
    sql("UPDATE variations SET progress = 50 WHERE id = %s", task)
    sql("UPDATE compose_forms SET lease_until = now(), updated_at = now() WHERE id = %s", form_id)
    assert http.get(FORMS, params={"formId": form_id}).headers["ETag"] == tag
    sql('UPDATE compose_forms SET variation_audio_urls = \'{"0": {"1": "u"}}\' WHERE id = %s', form_id)
    assert http.get(FORMS, params={"formId": form_id}).headers["ETag"] != tag


# ---------------------------------------------------------------- by Stripe session


def test_a_stripe_session_opens_a_form_only_together_with_its_key(http: TestClient) -> None:
    session = "cs_test_" + secrets.token_hex(8)
    form_id, other = a_form(stripe_session_id=session), a_form()
    assert code(http.get(FORMS, params={"stripeSessionId": session}), 403) == "forbidden"
    assert code(http.get(FORMS, params={"stripeSessionId": "cs_unknown"}), 403) == "forbidden", (
        "and it does not tell which exist"
    )
    assert http.get(FORMS, params={"stripeSessionId": session, "formId": form_id}).json()["form"]["id"] == form_id
    assert code(http.get(FORMS, params={"stripeSessionId": session, "formId": other}), 404) == "not_found"
    assert http.get(FORMS, params={"stripeSessionId": session}, headers=SERVICE).json()["form"]["id"] == form_id


# ---------------------------------------------------------------- a trusted server


def test_without_the_token_nobody_is_trusted(http: TestClient) -> None:
    form_id = a_form()
    for field in ("status", "variationTaskIds", "amountPaid", "userId", "packageType", "version", "createdAt"):
        answer = http.patch(FORMS, json={"formId": form_id, field: "x"})
        assert code(answer, 403) == "forbidden"
        assert field in answer.json()["error"]["fields"]
    for wrong in ("Bearer wrong", "Bearer ", f"Bearer {os.environ['SERVICE_TOKEN']}x", "Bearer é".encode()):
        answer = http.patch(FORMS, json={"formId": form_id, "status": "delivered"}, headers={"Authorization": wrong})
        assert answer.status_code in (401, 403)
    assert sql("SELECT status, version FROM compose_forms WHERE id = %s", form_id) == [("created", 1)]


def test_a_trusted_server_brings_its_own_songs_through_the_lifecycle(http: TestClient) -> None:
    def patch(**change: Any) -> Any:
        return http.patch(FORMS, json={"formId": form_id, **change}, headers=SERVICE)

    body = {"packageType": "solo-serenade", "formData": OLDER, "formId": an_older_id(), "generatedPrompts": ["a song"]}
    form_id = http.post(FORMS, json=body, headers=SERVICE).json()["form"]["id"]
    assert form_id == body["formId"], "any well-formed id is taken from a trusted server"
    assert code(patch(status="delivered"), 409) == "wrong_moment"
    assert code(patch(status="payment_completed", amountPaid=999), 409) == "wrong_moment"
    tasks = ["t" + secrets.token_hex(6) for _ in range(2)]
    begun = patch(variationTaskIds={"0": [tasks[0], None, tasks[1]]}, status="variations_generating").json()["form"]
    assert begun["variationTaskIds"] == {"0": [tasks[0], None, tasks[1]]}
    assert begun["status"] == "variations_generating"
    assert patch(variationTaskIds={"0": [tasks[0], None, tasks[1]]}).status_code == 200, "twice is harmless"
    assert code(patch(variationTaskIds={"0": ["another"]}), 409) == "wrong_moment"
    assert code(patch(variationAudioUrls={"0": {"1": "javascript:alert(1)"}}), 422) == "invalid_request"
    assert code(patch(status="variations_ready"), 409) == "wrong_moment", "nothing is ready before a song is there"
    one = patch(variationAudioUrls={"0": {"1": "https://cdn.example/1.mp3"}}, variationTitles={"0": {"1": "Mia"}}).json()[
        "form"
    ]
    assert one["status"] == "variations_generating"
    done = patch(variationAudioUrls={"0": {"3": "https://cdn.example/3.mp3"}}, status="variations_ready").json()["form"]
    assert done["status"] == "variations_ready"
    assert done["variationAudioUrls"] == {"0": {"1": "https://cdn.example/1.mp3", "3": "https://cdn.example/3.mp3"}}
    assert [one["previewUrl"] for one in done["songs"][0]["variations"]] == [f"https://cdn.example/{n}.mp3" for n in (1, 3)]
    assert http.get(f"/status/{tasks[1]}").json()["audioUrl"] == "https://cdn.example/3.mp3"
    assert patch(selectedVariations={"0": 3}, status="payment_initiated").json()["form"]["status"] == "payment_initiated"
    assert code(patch(status="payment_completed"), 409) == "wrong_moment", "without an amount nothing was paid"
    paid = patch(status="payment_successful", amountPaid=999, stripePaymentIntentId="pi_1").json()["form"]
    assert (paid["status"], paid["amountPaid"]) == ("payment_completed", 999)
    assert paid["shareUrls"]["0"].startswith("http")
    assert code(patch(status="created"), 409) == "wrong_moment"
    assert in_database(contradictions, form_id) == []
    assert sql("SELECT count(*) FROM emails WHERE form_id = %s", form_id) == [(1,)]


def test_a_trusted_server_cannot_go_round_the_lifecycle_from_anywhere(http: TestClient) -> None:
    for old, onward in LIFECYCLES["form"].items():
        for new in [*LIFECYCLES["form"], "nonsense"]:
            form_id = a_form(status=old, amount_paid=999, paid_at="2026-01-01")
            answer = http.patch(FORMS, json={"formId": form_id, "status": new}, headers=SERVICE)
            is_now = sql("SELECT status FROM compose_forms WHERE id = %s", form_id)[0][0]
            if answer.status_code == 200 or (answer.status_code == 410 and is_now == new == "expired" != old):
                assert new == old or new in onward, (old, new)
                assert is_now == new
            elif old == "expired":
                assert (code(answer, 410), is_now) == ("gone", old)
            else:
                assert (code(answer, 409), is_now) == ("wrong_moment", old)


# ---------------------------------------------------------------- status x verb

ALLOWED = {  # a form with answers, submitted unless it is a draft; one ready variation unless nothing was begun
    "formData": {"created"},
    "generatedPrompts": {"created", "prompts_generated"},
    "guestEmail": set(LIFECYCLES["form"]) - {"payment_completed", "delivered", "expired", "refunded"},
    "selectedVariations": {"variations_generating", "variations_ready", "payment_initiated"},
    "selectedTaskIds": {"variations_generating", "variations_ready", "payment_initiated"},
    "revisions": {"variations_generating", "variations_ready"},
    "oneMore": {"variations_generating", "variations_ready"},
    "generate": set(LIFECYCLES["form"]) - {"created", "expired", "refunded"},
}
SENT: dict[str, Any] = {
    "formData": example_form_data(), "generatedPrompts": ["x"], "guestEmail": "a@example.com", "selectedVariations": {"0": 1},
}  # fmt: skip


@pytest.mark.parametrize("status", LIFECYCLES["form"])
@pytest.mark.parametrize("verb", ALLOWED)
def test_every_verb_in_every_status_is_allowed_or_409(http: TestClient, status: str, verb: str) -> None:
    words = {"generated_titles": ["Mia"], "generated_lyrics": ["La la"]}
    form_id = a_form(status=status, amount_paid=999, paid_at="2026-01-01", **words)
    task = a_variation(form_id, status="ready")
    if verb == "selectedTaskIds":
        answer = http.patch(FORMS, json={"formId": form_id, verb: {"0": task}})
    elif verb == "revisions":
        body = {"formId": form_id, "songIndex": 0, "title": "Mia", "lyrics": "A line that is long enough to be sung at all"}
        answer = http.post("/compose/revisions", json=body)
    elif verb == "oneMore":
        answer = http.post("/generate", json={"formId": form_id, "songIndex": 0, "variation": 1, "oneMore": True})
    elif verb == "generate":
        answer = http.post("/generate", json={"formId": form_id, "preview_mode": True})
    else:
        answer = http.patch(FORMS, json={"formId": form_id, verb: SENT[verb]})
    if status in ALLOWED[verb]:
        assert answer.status_code in (200, 202), answer.text
    else:
        refused = (410, "gone") if status == "expired" else (409, "wrong_moment")
        assert (answer.status_code, code(answer, answer.status_code)) == refused
        assert sql("SELECT status, version FROM compose_forms WHERE id = %s", form_id) == [(status, 1)]


@pytest.mark.parametrize("field", ["generatedPrompts", "musicStyles"])
def test_what_the_writer_would_write_over_is_not_taken_from_a_client(http: TestClient, field: str) -> None:
    soon = "2099-01-01"
    free = [a_form(), a_form(status="prompts_generated", submitted_at="2026-01-01")]
    busy = [a_form(submitted_at="2026-01-01"), a_form(status="prompts_generated", lease_until=soon), a_form(lease_until=soon)]
    for form_id in free:
        assert http.patch(FORMS, json={"formId": form_id, field: ["mine"]}).json()["form"][field] == ["mine"]
    for form_id in busy:
        assert code(http.patch(FORMS, json={"formId": form_id, field: ["mine"]}), 409) == "wrong_moment"


def test_nine_calls_or_one_start_the_same_nine(http: TestClient) -> None:
    form_id = a_form(songs=3, status="prompts_generated")
    for song in range(3):
        for variation in (1, 2, 3):
            asked = {"formId": form_id, "songIndex": song, "variation": variation, "preview_mode": True}
            answer = http.post("/generate", json=asked).json()
            assert len(answer["tasks"]) == 1
    one = http.post("/generate", json={"formId": form_id}).json()
    assert [(t["songIndex"], t["variation"]) for t in one["tasks"]] == [(s, v) for s in range(3) for v in (1, 2, 3)]
    assert one["variationTaskIds"] == answer["variationTaskIds"]


# ---------------------------------------------------------------- what it costs


def test_the_number_of_statements_per_request_is_pinned(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = a_form(songs=3, status="variations_ready")
    tasks = [a_variation(form_id, song, number, status="ready") for song in range(3) for number in (1, 2, 3)]
    run: list[str] = []
    execute = database.execute_sql

    def count(sql: str, *more: Any) -> Any:
        run.append(sql)
        return execute(sql, *more)

    def statements(method: str, path: str, **arguments: Any) -> int:
        assert http.request(method, path, **arguments).status_code == 200
        run.clear()
        assert http.request(method, path, **arguments).status_code == 200
        return len([one for one in run if not one.startswith(("BEGIN", "COMMIT"))])

    monkeypatch.setattr(database, "execute_sql", count)
    monkeypatch.setattr(database, "execute", lambda query, *a, **k: count(*query.sql() if hasattr(query, "sql") else (query,)))
    assert statements("GET", FORMS, params={"formId": form_id}) == 2
    assert statements("GET", f"/status/{tasks[0]}") == 2
    assert statements("PATCH", FORMS, json={"formId": form_id, "guestEmail": "a@example.com"}) == 4
    draft = a_form()
    assert statements("PATCH", FORMS, json={"formId": draft, "formData": example_form_data()}) == 4


def test_a_provider_s_task_is_found_by_its_index_alone() -> None:
    sql("SET enable_seqscan = off; SELECT 1")
    plan = sql("EXPLAIN SELECT form_id FROM variations WHERE provider = 'studio' AND provider_task_id = 'x'")
    text = "\n".join(line for (line,) in plan)
    assert "Index Only Scan" in text, text
    assert "Seq Scan" not in text


# ---------------------------------------------------------------- keys stay out of logs


def test_no_key_stands_whole_in_a_log(http: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "serenade")
    form_id = a_form(songs=3, status="prompts_generated")
    http.post("/generate", json={"formId": form_id})
    http.patch(FORMS, json={"formId": form_id, "status": "expired"}, headers=SERVICE)
    http.patch(FORMS, json={"formId": form_id, "selectedVariations": {"0": 1}})
    http.post("/stripe/checkout", json={"formId": form_id})
    http.get(FORMS, params={"formId": form_id + "x"})
    assert form_id not in caplog.text
    assert os.environ["SERVICE_TOKEN"] not in caplog.text
