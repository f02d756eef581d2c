"""Accounts without passwords: a magic link by mail, a session per browser, and which forms belong to which account."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from peewee import SQL, fn

from i18n import asked
from jobs.addresses import normal_address
from jobs.forms.drafts import FORM_ID
from jobs.queue import enqueue, enqueue_once
from jobs.queue_names import SEND_LOGIN_LINK
from jobs.rate_limits import spend
from models import ComposeForm, FormStatus, Login, LoginSession, User, append_event, new_id, notify, now, transaction
from settings import settings

log = logging.getLogger("serenade.accounts")
LINK_MINUTES = 15
SESSION_DAYS = 30
MOST_TRIES = 4
PATH = re.compile(r"/[A-Za-z0-9_\-./?=&%]{0,300}")
TOKEN = re.compile(r"login_[0-9a-f]{32}-[0-9a-f]{64}")


def safe_path(path: str, otherwise: str = "/library") -> str:
    """`path` if it is a path of ours, otherwise `otherwise`: a login link must never redirect to another site."""
    return path if PATH.fullmatch(path) and not path.startswith("//") else otherwise


def ask_for_link(address: str, next_path: str = "/library") -> None:
    """Send a link to this address. The answer does not reveal whether there is an account.

    Raises BadAddressError, TooManyError.
    """
    email = normal_address(address)
    spend("login", email)
    login_id = new_id("login")
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    Login.insert(
        id=login_id,
        token_hash=_hash(token_of(login_id)),
        email=email,
        next_path=safe_path(next_path),
        message_id=f"<{login_id}@{domain}>",
        locale=asked(),
        expires_at=now() + timedelta(minutes=LINK_MINUTES),
    ).execute()
    enqueue(SEND_LOGIN_LINK, login_id)
    log.info("a sign-in link was asked for: %s", login_id[:16])


def token_of(login_id: str, key: str = "") -> str:
    """The secret of a link. It is derived, so that neither the database nor the queue ever holds it.

    `key` is another than today's SECRET_KEY, for a link that was asked for before it was changed.
    """
    derived = hmac.new((key or settings.secret_key).encode(), f"login {login_id}".encode(), hashlib.sha256).hexdigest()
    return f"{login_id}-{derived}"


def token_asked_for(row: Login) -> str:
    """The token that this row waits for: made with the key before, if that was ours when the link was asked for."""
    tokens = [token_of(row.id, key) for key in settings.secret_keys]
    return next((token for token in tokens if _hash(token) == row.token_hash), tokens[0])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def unsent_links() -> None:
    """Sweep step: queue links that are not sent yet; delete expired links and sessions."""
    due = Login.select(Login.id).where(
        Login.mailed_at.is_null(), Login.next_try_at <= now(), Login.expires_at > now(), Login.attempts < MOST_TRIES
    )
    for row in due.limit(200):
        enqueue_once(SEND_LOGIN_LINK, row.id, seconds=30)
    Login.delete().where(Login.expires_at < now() - timedelta(days=1)).execute()
    LoginSession.delete().where(LoginSession.expires_at < now()).execute()


def is_open(token: str) -> bool:
    """Whether this link can still be used. A GET changes nothing, as mail scanners follow links."""
    return bool(TOKEN.fullmatch(token)) and _open_link(token).exists()


def _open_link(token: str) -> Any:
    return Login.select().where(Login.token_hash == _hash(token), Login.used_at.is_null(), Login.expires_at > now())


def log_in(token: str, before: str = "", form_ids: Sequence[str] = ()) -> tuple[str, str] | None:
    """Use the link once: (a new session token, where to go), or None for one that is used, expired or unknown.

    `before` is the browser's previous session: it ends, against session fixation. `form_ids` are the forms that the
    browser holds and its user asked to keep.
    """
    if not TOKEN.fullmatch(token):
        log.warning("refused: a sign-in link that was never ours")
        return None
    with transaction():
        used = Login.update(used_at=now()).where(
            Login.token_hash == _hash(token), Login.used_at.is_null(), Login.expires_at > now()
        )
        if not used.execute():
            log.warning("refused: a sign-in link that is unknown, used or too old")
            return None
        row = Login.get(Login.token_hash == _hash(token))
        user = account_of(row.email)
        log_out(before)
        session = secrets.token_urlsafe(32)
        LoginSession.insert(token_hash=_hash(session), user=user.id, expires_at=now() + timedelta(days=SESSION_DAYS)).execute()
        claim_forms(user.id, row.email, form_ids)
    log.info("user %s logged in", user.id[:16])
    return session, row.next_path


def account_of(email: str) -> User:
    """The account of a verified address, made if there is none."""
    user = user_of(email)
    if user is None:
        name = email.partition("@")[0][:100]
        User.insert(id=new_id("user"), name=name, email=email).on_conflict_ignore().execute()
        user = user_of(email)
    assert user is not None  # noqa: S101 it was there or was just made
    User.update(email_verified=True).where(User.id == user.id).execute()
    return user


def who(session: str, within: timedelta = timedelta(days=SESSION_DAYS), idle: timedelta | None = None) -> User | None:
    """The user of this session, if it began `within` this time, and was used within `idle`, or None."""
    if not session or len(session) > 100 or not session.isascii():
        return None
    alive = (LoginSession.expires_at > now()) & (LoginSession.created_at > now() - within)
    if idle:
        alive &= LoginSession.seen_at > now() - idle
    return User.select().join(LoginSession).where(LoginSession.token_hash == _hash(session), alive).first()  # type: ignore[no-any-return]


def note_use(session: str) -> None:
    """This session is in use; written once a minute at most."""
    mine = (LoginSession.token_hash == _hash(session)) & (LoginSession.seen_at < now() - timedelta(minutes=1))
    LoginSession.update(seen_at=now()).where(mine).execute()


def log_out(session: str) -> None:
    """End this session. Twice is harmless."""
    if session and LoginSession.delete().where(LoginSession.token_hash == _hash(session)).execute():
        log.info("a session was ended by its holder")


def browsers_of(user_id: str) -> int:
    """In how many browsers this account is signed in."""
    return int(LoginSession.select().where(LoginSession.user == user_id, LoginSession.expires_at > now()).count())


def end_sessions(email: str, by: str = "the operator") -> int:
    """End every session of this address, and the links that it has not used yet; how many sessions there were."""
    user = user_of(email)
    with transaction():
        open_links = fn.LOWER(Login.email) == email.strip().lower(), Login.used_at.is_null(), Login.expires_at > now()
        Login.update(expires_at=now()).where(*open_links).execute()
        ended = LoginSession.delete().where(LoginSession.user == user.id).execute() if user else 0
    log.info("%s sessions of one address were ended by %s", ended, by)
    return int(ended)


def claim_forms(user_id: str, verified_email: str, form_ids: Sequence[str] = ()) -> int:
    """Make forms belong to an account: those held by the browser, and those that carry the verified address.

    A form that belongs to somebody stays theirs: of two simultaneous claims, the guarded UPDATE lets one win.
    """
    held = [form_id for form_id in form_ids[:200] if FORM_ID.fullmatch(form_id)]
    free = (
        (ComposeForm.user.is_null())
        & ~ComposeForm.demo
        & (ComposeForm.status != FormStatus.EXPIRED)
        & ComposeForm.purged_at.is_null()
    )
    mine = (fn.LOWER(ComposeForm.guest_email) == verified_email.lower()) | ComposeForm.id.in_(held)
    with transaction():
        claimed = list(
            ComposeForm.update(user=user_id, updated_at=now())
            .where(free, mine)
            .returning(ComposeForm.id, ComposeForm.status)
            .tuples()
            .execute()
        )
        for form_id, status in claimed:
            why = "claimed_by_holder" if form_id in held else "claimed_by_mail"
            append_event(form_id, "form", form_id, status, status, by="login", why=why)
            notify(form_id)
    return len(claimed)


def songs_of(user_id: str) -> list[ComposeForm]:
    """The forms of an account that are still there, newest first."""
    mine = ComposeForm.select().where(ComposeForm.user == user_id, ComposeForm.status != FormStatus.EXPIRED)
    return list(mine.where(ComposeForm.purged_at.is_null()).order_by(SQL("created_at DESC")).limit(200))


def user_of(email: str) -> User | None:
    """The account of this address, however it is written."""
    return User.select().where(fn.LOWER(User.email) == email.strip().lower()).first()  # type: ignore[no-any-return]
