"""Change notifications through Redis: "this form changed, read it again". They carry ids only."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import redis
import redis.asyncio

from settings import settings

CHANNEL = "serenade:bell"  # as older releases call it, until the next release: in a rolling upgrade both publish and listen
log = logging.getLogger("serenade.pubsub")
_subscribed = threading.Event()


@cache
def connection() -> redis.Redis:
    """The process's Redis client; answers or fails within half a second, so that no request hangs."""
    return redis.Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)


def kept_alive(url: str) -> dict[str, Any]:
    """Connection options against what drops idle connections without a word (load balancers, after four to six minutes).

    Such a connection stays open, and one that was dropped is noticed within two minutes, though nothing is sent on it.
    """
    if url.startswith("unix:"):
        return {}
    wanted = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 3}  # not every system has them all
    options = {getattr(socket, name): seconds for name, seconds in wanted.items() if hasattr(socket, name)}
    return {"socket_keepalive": True, "socket_keepalive_options": options}


def publish(*form_ids: str) -> None:
    """Notify about these forms. Notifications lost while Redis is unreachable do no harm: pages re-read after a reconnect."""
    try:
        for form_id in form_ids:
            connection().publish(CHANNEL, form_id)
    except redis.RedisError as error:
        log.warning("change notification not sent: %s", error.__class__.__name__)


def is_subscribed() -> bool:
    """Whether this process hears of changes right now: what it shows would otherwise stay as it is."""
    return _subscribed.is_set()


async def subscribe() -> AsyncIterator[str | None]:
    """Yield the id of each changed form; None after every (re)connection, which means "read everything again"."""
    while True:
        client = redis.asyncio.Redis.from_url(settings.redis_url, socket_timeout=None, **kept_alive(settings.redis_url))
        try:
            async with client.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                async for message in channel.listen():
                    if message["type"] == "subscribe":
                        _subscribed.set()
                        yield None
                    elif message["type"] == "message":
                        yield message["data"].decode()
        except (redis.RedisError, OSError) as error:
            log.warning("Redis subscription lost: %s", error.__class__.__name__)
        finally:
            _subscribed.clear()
            await client.aclose()
        await asyncio.sleep(0.2)
