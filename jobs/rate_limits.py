"""Limits: token buckets in Redis. One bucket per rule and key; a bucket fills evenly and never beyond its size.

`settings.rate_limits` says how many per hour each rule allows; a rule that is not named there does not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import redis

from pubsub import connection
from settings import settings

log = logging.getLogger("serenade.rate_limits")

# KEYS[1] bucket; ARGV size, seconds until full, cost. Answers seconds to wait, 0 when the cost was taken. Redis' own clock.
BUCKET = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local size, full, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = math.min(size, (tonumber(held[1]) or size) + (now - (tonumber(held[2]) or now)) * size / full)
if left < cost then return tostring((cost - left) * full / size) end
redis.call('HSET', KEYS[1], 'left', tostring(left - cost), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(full))
return '0'
"""
HOUR, DAY = 3600, 86400
FULL_AFTER = {"budget": DAY, "giver": DAY, "starts": DAY}  # seconds until an empty bucket is full; an hour for all others
# Refused while Redis is away; reading and editing forms is allowed.
COSTLY = ("budget", "generate", "giver", "login", "logins", "stories")
ANSWERS = (redis.ResponseError, redis.BusyLoadingError)  # it is there, but takes nothing: full, read-only, loading its file


class TooManyError(Exception):
    """Over a limit, or unknown while Redis is away. `retry_after` is in whole seconds."""

    def __init__(self, rule: str, retry_after: int) -> None:
        super().__init__(f"over the limit {rule!r}")
        self.rule, self.retry_after = rule, retry_after


@cache
def _bucket() -> Any:
    return connection().register_script(BUCKET)


def spend(rule: str, key: str = "", cost: int = 1, otherwise: Callable[[], bool] | None = None) -> None:
    """Take `cost` from the bucket of this rule and key; raises TooManyError, and then nothing was taken.

    Keys are addresses and ids of people, so that Redis only ever sees a hash of them. While Redis answers but takes no
    writes, `otherwise` decides.
    """
    size = settings.rate_limits.get(rule)
    if size is None:
        return
    name = f"serenade:limit:{rule}:{sha256(key.encode()).hexdigest()[:24]}"
    try:
        wait = float(_bucket()(keys=[name], args=[size, FULL_AFTER.get(rule, HOUR), cost]))
    except redis.RedisError as error:
        log.warning("no limit could be read: %s", error.__class__.__name__)
        allowed = rule not in COSTLY
        if isinstance(error, ANSWERS) and otherwise is not None:
            allowed = otherwise()
        if not allowed:
            raise TooManyError(rule, 5) from None
        return
    if wait > 0:
        log.warning("over the limit %s", rule)
        raise TooManyError(rule, max(1, round(wait)))
