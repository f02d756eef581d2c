"""Both ends of the Redis wire: the bell that says "this form changed, look again". It carries ids only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import cache

import redis
import redis.asyncio

from settings import settings

CHANNEL = "serenade:bell"
log = logging.getLogger("serenade.pubsub")


@cache
def connection() -> redis.Redis:
    """The process's Redis client; answers or fails within half a second, never hangs a request."""
    return redis.Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)


def publish(*form_ids: str) -> None:
    """Ring for these forms. A bell lost while Redis is away costs nothing: pages re-read when it is back."""
    try:
        for form_id in form_ids:
            connection().publish(CHANNEL, form_id)
    except redis.RedisError as error:
        log.warning("bell not rung: %s", error.__class__.__name__)


async def subscribe() -> AsyncIterator[str | None]:
    """Yield form ids as bells ring; None after every (re)connection, which means "look at everything"."""
    while True:
        client = redis.asyncio.Redis.from_url(settings.redis_url, socket_timeout=None)
        try:
            async with client.pubsub() as wire:
                await wire.subscribe(CHANNEL)
                async for message in wire.listen():
                    if message["type"] == "subscribe":
                        yield None
                    elif message["type"] == "message":
                        yield message["data"].decode()
        except (redis.RedisError, OSError) as error:
            log.warning("the wire is down: %s", error.__class__.__name__)
            await asyncio.sleep(0.2)
        finally:
            await client.aclose()
