"""Staff: for everybody else the tool is not there; each role does what it may, once, with a reason, on record."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests

from jobs.staff import actions
from jobs.staff.actions import ACTIONS, ActionRefusedError, ReasonMissingError, act
from jobs.staff.roles import NotAllowedError, NotStaffError, staff_at_work, staff_of
from models import ComposeForm, LoginSession, StaffAction, database, in_database, now
from settings import ROLES, SettingsError, read_settings
from tests.support.forms import a_form
from tests.support.stack import Stack
from tests.support.staff import PEOPLE, session_of

STAFF_PAGES = [
    "/internal",
    "/internal/listen",
    "/internal/health",
    "/internal/health.csv",
    "/internal/preview",
    "/internal/order/x",
]
ANYBODY = ["anonymous", "customer", *ROLES]


@pytest.fixture(scope="module")
def form_id(migrated: None) -> str:
    return a_form()


# ---------------------------------------------------------------- who is staff


def test_a_plain_address_is_support_and_a_role_may_be_named() -> None:
    read = read_settings({"STAFF_EMAILS": "Ann@x.example = admin, sam@x.example ,v@x.example=viewer"})
    assert read.staff_roles == {"ann@x.example": "admin", "sam@x.example": "support", "v@x.example": "viewer"}
    assert read.staff_emails == ("ann@x.example", "sam@x.example", "v@x.example"), "all of them are alerted"


@pytest.mark.parametrize("wrong", ["ann@x.example=boss", "ann", "=admin"])
def test_a_role_that_does_not_exist_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="STAFF_EMAILS"):
        read_settings({"STAFF_EMAILS": wrong})


def test_who_logs_out_is_staff_no_more(migrated: None) -> None:
    from jobs.accounts.login import log_out

    session = session_of("admin")
    assert in_database(staff_of, session) is not None
    in_database(log_out, session)
    assert in_database(staff_of, session) is None


def test_a_shift_ends_for_staff_and_their_own_songs_stay_open(migrated: None) -> None:
    from jobs.accounts.login import who

    session = session_of("admin")
    mine = LoginSession.token_hash == sha256(session.encode()).hexdigest()
    for hours, staff in ((11, True), (13, False)):
        in_database(LoginSession.update(created_at=now() - timedelta(hours=hours)).where(mine).execute)
        assert (in_database(staff_of, session) is not None) is staff
    assert in_database(who, session) is not None
    with pytest.raises(NotStaffError):
        act(session, "note", press=press(), reason="an open laptop")


def test_an_hour_without_use_ends_it_for_staff_and_a_page_or_an_action_is_use(migrated: None) -> None:
    from jobs.accounts.login import who

    session = session_of("admin")
    mine = LoginSession.token_hash == sha256(session.encode()).hexdigest()

    def unused_for(minutes: int) -> None:
        in_database(LoginSession.update(seen_at=now() - timedelta(minutes=minutes)).where(mine).execute)

    unused_for(50)
    assert in_database(staff_of, session) is not None, "what only looks whether it is staff's is no use"
    unused_for(61)
    assert in_database(staff_of, session) is None
    assert in_database(staff_at_work, session) is None, "it does not begin again"
    assert in_database(who, session) is not None, "for their own songs it goes on"
    for use in (lambda: in_database(staff_at_work, session), lambda: act(session, "note", press=press(), reason="at work")):
        unused_for(50)
        use()
        assert in_database(lambda: LoginSession.get(mine).seen_at) > now() - timedelta(minutes=1)


# ---------------------------------------------------------------- the matrix: every action, every role, and nobody


def press() -> str:
    return secrets.token_hex(8)


@pytest.mark.parametrize("who", ANYBODY)
@pytest.mark.parametrize("name", list(ACTIONS))
def test_an_action_is_for_its_role_and_those_above_it(
    name: str, who: str, form_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def verb(request: actions.Request) -> str:
        done.append(name)
        return "done"

    monkeypatch.setitem(ACTIONS, name, replace(ACTIONS[name], verb=verb))
    allowed = who in ROLES and ROLES.index(who) >= ROLES.index(ACTIONS[name].role)

    def attempt() -> str:
        return act(session_of(who), name, press=press(), form_id=form_id, about="", reason="the customer called")

    if allowed:
        assert (attempt(), done) == ("done", [name])
        with database.connection_context():
            row = StaffAction.select().order_by(StaffAction.id.desc()).get()
        assert (row.staff, row.role, row.action, row.reason) == (PEOPLE[who], who, name, "the customer called")
    else:
        with pytest.raises(NotAllowedError if who in ROLES else NotStaffError):
            attempt()
        assert done == []


@pytest.mark.parametrize("name", list(ACTIONS))
def test_nothing_is_on_record_without_a_why(name: str, form_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIONS, name, replace(ACTIONS[name], verb=lambda request: "done"))
    once = press()
    for reason in ("", "  ok "):
        try:
            act(session_of("admin"), name, press=once, form_id=form_id, reason=reason)
        except ReasonMissingError:
            continue
        assert not ACTIONS[name].warning, "what is dangerous asks for words"
        break
    with database.connection_context():
        assert [row.reason for row in StaffAction.select().where(StaffAction.press == once) if len(row.reason) < 4] == []


def test_a_double_click_is_one_action(form_id: str) -> None:
    session, once = session_of("support"), press()
    first, second = (act(session, "extend", press=once, form_id=form_id, reason="they are away") for _ in range(2))
    assert first == second
    with database.connection_context():
        assert StaffAction.select().where(StaffAction.press == once).count() == 1


def test_what_could_not_be_done_is_on_record_too(form_id: str) -> None:
    with pytest.raises(ActionRefusedError, match="only paid orders are sent"):
        act(session_of("support"), "resend", press=press(), form_id=form_id, reason="it never came")
    with database.connection_context():
        row = StaffAction.select().order_by(StaffAction.id.desc()).get()
    assert row.outcome.startswith("Not done")


def test_reasons_go_with_the_order_they_were_about(migrated: None) -> None:
    from jobs.privacy.retention import purge

    form = a_form()
    act(session_of("support"), "note", press=press(), form_id=form, reason="Mia's father called from 555 0100")
    in_database(purge, form)
    with database.connection_context():
        row = StaffAction.get(StaffAction.form_id == form)
        assert (row.reason, row.action, row.staff) == ("", "note", PEOPLE["support"])


# ---------------------------------------------------------------- the middleware


def look(stack: Stack, path: str, who: str, method: str = "GET") -> requests.Response:
    cookies = {"serenade_session": session_of(who)} if who != "anonymous" else {}
    return requests.request(method, stack.url + path, cookies=cookies, timeout=30, allow_redirects=False)


def visible(answer: requests.Response) -> Any:
    """All that tells one answer from another."""
    hidden = {"date", "content-length", "set-cookie", "x-request-id"}  # a new browser's session, and every request, has its own
    return answer.status_code, answer.text, sorted((k.lower(), v) for k, v in answer.headers.items() if k.lower() not in hidden)


@pytest.mark.parametrize("who", ["anonymous", "customer"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("path", STAFF_PAGES)
def test_for_everybody_else_the_tool_looks_like_any_page_that_does_not_exist(
    stack: Stack, path: str, method: str, who: str
) -> None:
    assert visible(look(stack, path, who, method)) == visible(look(stack, "/nothing-like-this", who, method))


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("path", ["/internal"])
def test_staff_come_in(stack: Stack, path: str, who: str) -> None:
    answer = look(stack, path, who)
    assert (answer.status_code, PEOPLE[who] in answer.text) == (200, True)
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_nobody_learns_from_a_forged_or_broken_cookie(stack: Stack) -> None:
    for cookie in ("serenade_session=nonsense", "serenade_session=" + "x" * 5000, '=;;"', "serenade_session=\xe9"):
        answer = requests.get(stack.url + "/internal", headers={"Cookie": cookie.encode("latin-1")}, timeout=30)
        assert answer.status_code == 404


def test_an_action_leaves_the_order_as_it_was_when_it_is_refused(form_id: str) -> None:
    before = in_database(ComposeForm.find, form_id).status
    with pytest.raises(NotAllowedError):
        act(session_of("support"), "expire", press=press(), form_id=form_id, reason="they asked for it")
    assert in_database(ComposeForm.find, form_id).status == before
