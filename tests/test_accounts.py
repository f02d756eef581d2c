"""Accounts: a link by mail, once, on any device; and whose forms belong to whom."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
import requests
from fastapi import FastAPI
from starlette.testclient import TestClient

from jobs.accounts.login import claim_forms, end_sessions, log_in, log_out, safe_path, token_asked_for, token_of, who
from models import ComposeForm, FormEvent, Login, LoginSession, ShareToken, database, in_database, now
from settings import settings
from tests.support.accounts import a_login, an_account, an_address, in_threads
from tests.support.forms import a_stored_form as a_form
from tests.support.forms import find_in_database
from tests.support.login import ask
from tests.support.stack import Stack, example_form_data
from ui.account import library, login
from ui.middleware.session_cookie import SESSION_COOKIE

# ---------------------------------------------------------------- links and sessions


def test_a_link_works_once_however_many_press_at_the_same_time(migrated: None) -> None:
    token = a_login(an_address())
    results = in_threads(8, lambda _: log_in(token))
    assert sum(result is not None for result in results) == 1


def test_a_link_that_is_over_or_was_never_ours_opens_nothing(migrated: None) -> None:
    late = a_login(an_address(), expires_at=now() - timedelta(seconds=1))
    for token in (late, "", "login_x", "login_" + "0" * 32 + "-" + "0" * 64, "é" * 10):
        assert in_database(log_in, token) is None


def test_a_link_asked_for_before_the_key_was_changed_is_mailed_as_it_was_promised(migrated: None) -> None:
    before = "o" * 32
    with settings.override(secret_key=before):
        token = a_login(an_address())
    row = in_database(lambda: Login.find(token.partition("-")[0]))
    with settings.override(secret_key="n" * 32, secret_key_before=before):
        assert token_asked_for(row) == token
        assert token_of(row.id) != token


def test_only_hashes_of_links_and_sessions_are_stored(migrated: None) -> None:
    token = a_login(an_address())
    begun = in_database(log_in, token)
    assert begun is not None
    assert find_in_database(token) == []
    assert find_in_database(begun[0]) == []


def test_logging_in_ends_the_session_the_browser_had_and_logging_out_ends_the_new_one(migrated: None) -> None:
    address = an_address()
    first = in_database(log_in, a_login(address))
    assert first is not None
    second = in_database(log_in, a_login(address), first[0])
    assert second is not None
    assert in_database(who, first[0]) is None, "a planted session is worth nothing"
    user = in_database(who, second[0])
    assert user is not None
    assert user.email == address
    in_database(log_out, second[0])
    assert in_database(who, second[0]) is None


def test_a_session_ends_after_its_time(migrated: None) -> None:
    begun = in_database(log_in, a_login(an_address()))
    assert begun is not None
    user = in_database(who, begun[0])
    assert user is not None
    with database.connection_context():
        LoginSession.update(expires_at=now()).where(LoginSession.user == user.id).execute()
    assert in_database(who, begun[0]) is None


def test_an_operator_ends_all_sessions_of_one_address_and_nobody_else_s(migrated: None) -> None:
    address, other = an_address(), an_address()
    begun = [in_database(log_in, a_login(one)) for one in (address, address, other)]
    unused = a_login(address)
    assert in_database(end_sessions, address.upper()) == 2
    assert [in_database(who, one[0]) is not None for one in begun if one] == [False, False, True]
    assert in_database(log_in, unused) is None, "a link that somebody else may hold"
    assert in_database(end_sessions, "nobody@example.com") == 0


def test_a_customer_sees_in_how_many_browsers_they_are_signed_in_and_ends_them_all(migrated: None) -> None:
    app = FastAPI()
    app.include_router(login.router)
    app.include_router(library.router)
    address, other = an_address(), an_address()
    here, there, another = (str((in_database(log_in, a_login(one)) or "")[0]) for one in (address, address, other))
    web = TestClient(app, cookies={SESSION_COOKIE: here}, follow_redirects=False)
    assert "2 browsers are signed in." in web.get("/library").text
    answer = web.post("/logout/everywhere")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert f'{SESSION_COOKIE}=""' in answer.headers["set-cookie"]
    assert [in_database(who, one) is not None for one in (here, there, another)] == [False, False, True]
    assert web.get("/library").status_code == 303
    assert TestClient(app, follow_redirects=False).post("/logout/everywhere").status_code == 303, "nobody's: nothing happens"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nX: y",
        "//[",
        "",
        "library",
        "/ x",
    ],
)
def test_nobody_is_sent_to_another_site(path: str) -> None:
    assert safe_path(path) == "/library"


def test_own_paths_are_kept() -> None:
    assert safe_path("/compose/variations?formId=form_1_abc") == "/compose/variations?formId=form_1_abc"


# ---------------------------------------------------------------- whose form it is


def owner_of(form_id: str) -> str | None:
    return in_database(ComposeForm.find, form_id).user_id


def test_logging_in_claims_what_the_browser_holds_and_what_carries_the_verified_address(migrated: None) -> None:
    address = an_address()
    held, mailed, strangers = a_form(), a_form(guest_email=address), a_form()
    older = a_form(guest_email=address.title())  # nobody lower-cased it then
    begun = in_database(log_in, a_login(address), "", [held, "form_1_nothing_like_it", "'; --"])
    assert begun is not None
    user = in_database(who, begun[0])
    assert user is not None
    assert [owner_of(one) for one in (held, mailed, older, strangers)] == [user.id, user.id, user.id, None]
    with database.connection_context():
        reasons = {event.form_id: event.why for event in FormEvent.select().where(FormEvent.form_id.in_([held, mailed]))}
    assert reasons == {held: "claimed_by_holder", mailed: "claimed_by_mail"}


def test_a_form_that_belongs_to_somebody_stays_theirs(migrated: None) -> None:
    first, second = an_account(), an_account()
    form_id = a_form()
    assert in_database(claim_forms, first.id, first.email, [form_id]) == 1
    assert in_database(claim_forms, second.id, second.email, [form_id]) == 0
    assert owner_of(form_id) == first.id


def test_of_many_who_claim_at_once_one_becomes_the_owner(migrated: None) -> None:
    accounts = [an_account() for _ in range(8)]
    form_id = a_form()
    results = in_threads(8, lambda number: claim_forms(accounts[number].id, accounts[number].email, [form_id]))
    assert sorted(results) == [0] * 7 + [1]
    assert owner_of(form_id) == accounts[results.index(1)].id


# ---------------------------------------------------------------- over HTTP


def test_a_link_opened_on_another_device_logs_in_there_and_scanners_do_no_harm(stack: Stack) -> None:
    address = an_address()
    link = ask(stack, address)
    for _ in range(3):  # what a mail scanner does
        assert requests.get(link, timeout=30).status_code == 200
        requests.head(link, timeout=30)
    device = requests.Session()
    planted = "planted-" + "x" * 30
    answer = device.post(link, cookies={"serenade_session": planted}, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["location"]) == (303, "/library")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert answer.cookies["serenade_session"] != planted
    page = device.get(f"{stack.url}/library", timeout=30)
    assert address in page.text
    assert "Nothing here yet" in page.text
    assert (page.headers["cache-control"], page.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    assert requests.post(link, timeout=30).status_code == 410, "once"
    stolen = device.cookies["serenade_session"]
    device.post(f"{stack.url}/logout", timeout=30)
    answer = requests.get(f"{stack.url}/library", cookies={"serenade_session": stolen}, allow_redirects=False, timeout=30)
    assert answer.headers["location"].startswith("/login"), "the old cookie is dead on the server too"


def test_the_answer_does_not_tell_who_has_an_account(stack: Stack) -> None:
    known = an_address()
    requests.post(ask(stack, known), timeout=30)
    answers = [requests.post(f"{stack.url}/login", data={"email": one}, timeout=30).text for one in (known, an_address())]
    assert answers[0] == answers[1]
    assert requests.post(f"{stack.url}/login", data={"email": "a@x.example, b@x.example"}, timeout=30).status_code == 422


def test_the_library_shows_drafts_and_paid_songs_of_its_owner_only(stack: Stack) -> None:
    address = an_address()
    story = {**example_form_data(), "senderEmail": address}
    draft = stack.call(
        "POST", "/api/compose/forms", json={"packageType": "solo-serenade", "formData": story, "draft": True}
    ).json()["form"]["id"]
    bought = a_form("delivered", guest_email=address)
    with database.connection_context():
        ShareToken.insert(token=secrets.token_urlsafe(22), form=bought, song_index=0).execute()
    strangers = a_form()
    device = requests.Session()
    page = device.post(ask(stack, address), timeout=30).text
    assert f'data-form="{draft}"' in page
    assert f'data-form="{bought}"' in page
    assert strangers not in page
    assert "download=1" in page
