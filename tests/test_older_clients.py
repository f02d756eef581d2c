"""What older clients send: the names they always used, and drafts of any kind."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_api
from tests.support.api_calls import FORMS, OLDER, code
from tests.support.forms import a_form, a_variation, sql
from tests.support.stack import example_form_data


@pytest.fixture(scope="module")
def http(migrated: None) -> TestClient:
    """The API alone, without the other processes."""
    return TestClient(create_api(), raise_server_exceptions=False)


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
