"""Signed URLs: the holder may fetch one file until it expires. Made when a page is rendered, never stored."""

from __future__ import annotations

import hashlib
import hmac
import time

from settings import settings

_HOUR = 3600


def sign(path: str, seconds: int = 12 * _HOUR) -> str:
    """`path` with an expiry and a signature. Rounded up to the hour, so that caches work."""
    expires = (int(time.time()) + seconds) // _HOUR * _HOUR + _HOUR
    return f"{path}?expires={expires}&signature={_signature(path, expires, settings.secret_key)}"


def is_signed(path: str, expires: str, signature: str) -> bool:
    """True for a valid signature that has not expired."""
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12 and signature.isascii()):
        return False
    ours = [_signature(path, int(expires), key) for key in settings.secret_keys]
    return any([hmac.compare_digest(one, signature) for one in ours]) and int(expires) > time.time()


def _signature(path: str, expires: int, key: str) -> str:
    return hmac.new(key.encode(), f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()[:43]
