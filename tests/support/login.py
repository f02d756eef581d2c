"""Signing in as people do: a link is asked for, and comes by email."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import requests

from tests.support.stack import Stack, wait_for


def links_to(stack: Stack, address: str) -> list[str]:
    """The links in the emails to this address."""
    found = []
    for path in Path(stack.data_dir / "outbox").glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        if message["To"] == address and body is not None:
            found += re.findall(r"http\S+/login/\S+", str(body.get_content()))
    return found


def ask(stack: Stack, address: str, **more: str) -> str:
    """Ask for a link over HTTP, and the link from the mail."""
    before = set(links_to(stack, address))
    answer = requests.post(f"{stack.url}/login", data={"email": address, **more}, timeout=30)
    assert answer.status_code == 200
    return wait_for(lambda: next(iter(set(links_to(stack, address)) - before), None), "the link to be mailed")
