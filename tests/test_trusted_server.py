"""Who is trusted: a server with the token, a client with a key; and no key stands in a log."""

from __future__ import annotations

import os
import secrets
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_api
from jobs.monitoring.timeline_check import contradictions
from models import LIFECYCLES, in_database
from tests.support.api_calls import FORMS, OLDER, SERVICE, an_older_id, code
from tests.support.forms import a_form, sql


@pytest.fixture(scope="module")
def http(migrated: None) -> TestClient:
    """The API alone, without the other processes."""
    return TestClient(create_api(), raise_server_exceptions=False)


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


# ---------------------------------------------------------------- keys stay out of logs


def test_no_key_stands_whole_in_a_log(http: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")  # as the product sets it, and tests that ran before this one may have
    caplog.set_level("WARNING", "httpx")  # with which the test itself asks
    caplog.set_level("DEBUG", "serenade")
    form_id = a_form(songs=3, status="prompts_generated")
    http.post("/generate", json={"formId": form_id})
    http.patch(FORMS, json={"formId": form_id, "status": "expired"}, headers=SERVICE)
    http.patch(FORMS, json={"formId": form_id, "selectedVariations": {"0": 1}})
    http.post("/stripe/checkout", json={"formId": form_id})
    http.get(FORMS, params={"formId": form_id + "x"})
    assert form_id not in caplog.text
    assert os.environ["SERVICE_TOKEN"] not in caplog.text
