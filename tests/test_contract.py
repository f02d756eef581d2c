"""Who may do what when: every verb in every status, who came first, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api import ROUTERS, create_api
from models import LIFECYCLES, database
from tests.support.api_calls import FORMS, code
from tests.support.forms import a_form, a_variation, sql
from tests.support.stack import example_form_data

pytestmark = pytest.mark.usefixtures("migrated")


@pytest.fixture(scope="module")
def http(migrated: None) -> TestClient:
    """The API alone, without the other processes."""
    return TestClient(create_api(), raise_server_exceptions=False)


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


def test_no_request_waits_for_more_than_one_dependency_of_the_framework() -> None:
    """Each costs as much as a statement of SQL, in every request."""

    def solved(dependant: Dependant) -> int:
        return sum(1 + solved(one) for one in dependant.dependencies)

    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert {route.path: solved(route.dependant) for route in routes if solved(route.dependant) > 1} == {}
    assert len(routes) > 10
