"""Balances: what is left on the providers' accounts, asked by the clock, never by a page. Kept in Redis for a day."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import redis

from integrations.music import MusicError
from jobs.generation.providers import provider
from jobs.registry import job
from models import now
from pubsub import connection
from settings import settings

log = logging.getLogger("serenade.balances")
EVERY = timedelta(minutes=10)
_KEPT = timedelta(days=1)  # an older figure is no longer useful


@job("ask_balances", connect=False)
def ask_balances() -> None:
    """Job: ask every provider of MUSIC_PROVIDERS that can be asked. One that does not answer keeps its last figure."""
    for name in settings.music_providers:
        try:
            left = provider(name).balance()
        except MusicError as error:
            log.warning("%s does not report its balance: %s (%s)", name, error.reason, error)
            continue
        if left is not None:
            connection().set(_key(name), json.dumps([left, now().isoformat()]), ex=_KEPT)


def balance_of(name: str) -> tuple[float, datetime] | None:
    """(credits left, when that was asked) of a provider; None where it is unknown."""
    try:
        found = connection().get(_key(name))
    except redis.RedisError:
        return None
    if not found:
        return None
    left, at = json.loads(found)
    return float(left), datetime.fromisoformat(at)


def _key(name: str) -> str:
    return f"serenade:balance:{name}"
