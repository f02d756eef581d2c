"""Calls of the API as older and newer clients make them."""

from __future__ import annotations

import os
import secrets
from typing import Any

SERVICE = {"Authorization": f"Bearer {os.environ['SERVICE_TOKEN']}"}
FORMS = "/compose/forms"
OLDER = {
    "senderName": "Dad", "senderEmail": "Dad@Example.com", "senderPhone": "+44 (0)20 7946-0018", "senderMessage": "Loud.",
    "deliverySpeed": "express", "recipientName": "Mia", "pronunciation": "Mee-a", "recipientNickname": "Mimi",
    "recipientNickname2": "", "relationship": "Daughter", "theme": "merry-christmas",
    "childFriendly": False, "faithBased": False,
    "emotions": "love", "overallMessage": "light of my life", "storySummary": "since you were born", "qualities": "kind",
    "festiveLyricsLevel": "lightly-festive", "festiveSoundLevel": "lightly-festive", "voiceType": "no-preference",
    "style": "classic-timeless", "vibe": "loving",
}  # fmt: skip


def code(answer: Any, status: int) -> str:
    """The code of an error of the one shape."""
    assert answer.status_code == status, answer.text[:300]
    body = answer.json()
    assert body["success"] is False
    assert set(body) == {"success", "error"}
    return str(body["error"]["code"])


def an_older_id() -> str:
    return "form_1765898400713_" + secrets.token_hex(5)[:9]
