"""What does not fit is refused by name and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_api
from tests.support.api_calls import FORMS, SERVICE, an_older_id, code
from tests.support.forms import a_form, sql
from tests.support.stack import EXAMPLE_SONG, MIA, example_form_data


@pytest.fixture(scope="module")
def http(migrated: None) -> TestClient:
    """The API alone, without the other processes."""
    return TestClient(create_api(), raise_server_exceptions=False)


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
