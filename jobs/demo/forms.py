"""Demo forms: they belong to one browser for a day, are recorded by the built-in studio, paid in a sandbox, never e-mailed."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from datetime import timedelta

from integrations.storage import StorageError
from jobs.demo.presets import find_scene
from jobs.demo.scenes import LONGEST_NAME
from jobs.forms.drafts import create_form
from jobs.privacy.retention import purge
from jobs.rate_limits import spend
from models import LOGGED, CheckoutSession, ComposeForm, Demo, FormEvent, NotFoundError, ShareToken, now, transaction
from settings import settings

log = logging.getLogger("serenade.demo")
LIFE = timedelta(days=1)
_AT_ONCE = 20  # forms that one sweep removes
MOST_OPEN = 12  # forms of one browser; then the oldest is removed


def new_visitor() -> str:
    """A new value for the browser's cookie; we store its hash."""
    return secrets.token_urlsafe(24)


def begin_demo(scene: str, visitor: str, *, address: str, name: str = "", lang: str = "en", speed: float = 1.0) -> ComposeForm:
    """A filled-in form of this scene that only this visitor's browser controls. Raises NotFoundError, TooManyError."""
    if not settings.demo:
        raise NotFoundError("the demo is off")
    found = find_scene(scene)
    lang = found.spoken(lang)
    spend("demo", address)
    name = clean_name(name)
    with transaction():
        form = create_form("solo-serenade", found.form_data(lang, name), draft=True)
        ComposeForm.update(demo=True, locale=lang, expires_at=now() + LIFE).where(ComposeForm.id == form.id).execute()
        Demo.insert(
            form=form.id,
            visitor_sha256=_hash(visitor),
            scene=scene,
            told={"name": name, "lang": lang},
            speed=clean_speed(speed),
        ).execute()
    _remove_oldest(visitor)
    return ComposeForm.find(form.id)


def clean_name(text: str) -> str:
    """A name for a demo: printable, on one line, of limited length."""
    text = "".join(one for one in text if one.isprintable())
    return re.sub(r"\s+", " ", text).strip()[:LONGEST_NAME]


def clean_speed(speed: float) -> float:
    """A speed from 1x to 20x; other values are clamped."""
    return min(20.0, max(1.0, speed)) if speed == speed else 1.0  # NaN is not itself


def own(form_id: str, visitor: str) -> Demo:
    """The demo of this browser. Raises NotFoundError for everything else: orders, others' demos, malformed ids."""
    demo: Demo | None = Demo.select().join(ComposeForm).where(Demo.form == form_id, ComposeForm.demo).first()
    if demo is None or not visitor or not hmac.compare_digest(demo.visitor_sha256, _hash(visitor)):
        raise NotFoundError("this browser has no such demo")
    return demo


def form_of_token(token: str) -> str:
    """The form of a share token; `own` decides about access."""
    return str(ShareToken.find(token).form_id)


def _hash(visitor: str) -> str:
    return hashlib.sha256(visitor.encode("utf-8", "replace")).hexdigest()


def _remove_oldest(visitor: str) -> None:
    mine = Demo.select(Demo.form).where(Demo.visitor_sha256 == _hash(visitor)).order_by(Demo.created_at.desc())
    for (form_id,) in mine.offset(MOST_OPEN).tuples().execute():
        end_demo(form_id)


def end_old_demos() -> None:
    """Sweep step: remove demos after a day."""
    old = Demo.select(Demo.form).where(Demo.created_at < now() - LIFE).order_by(Demo.created_at).limit(_AT_ONCE)
    for (form_id,) in old.tuples().execute():
        end_demo(form_id)


def end_demo(form_id: str) -> bool:
    """Remove a demo form with all rows and audio. False while a worker holds a lease: the sweep repeats it."""
    try:
        if not ComposeForm.find(form_id).demo or not purge(form_id):
            return False
    except StorageError as error:
        log.warning("demo %s not removed yet: %s", form_id[:LOGGED], error)
        return False
    with transaction():
        CheckoutSession.delete().where(CheckoutSession.form == form_id).execute()
        FormEvent.delete().where(FormEvent.form_id == form_id).execute()
        ComposeForm.delete().where(ComposeForm.id == form_id, ComposeForm.demo).execute()
    return True
