"""Whether a chat API answers at all: the smallest request there is, without any of the parameters that some models refuse."""

from __future__ import annotations

import requests

from integrations.writer.chat_writer import CONNECT

_WORDS = "Answer with the one word yes."


def probe(base_url: str, key: str, model: str, seconds: float) -> str:
    """'' once a completion came back; otherwise `HTTP 401`, or the class of what went wrong. Never the answer's own words."""
    body = {"model": model, "messages": [{"role": "user", "content": _WORDS}]}
    headers = {"Authorization": f"Bearer {key or 'none'}"}
    try:
        answer = requests.post(
            f"{base_url}/chat/completions", json=body, headers=headers, timeout=(CONNECT, seconds), allow_redirects=False
        )
        if answer.status_code != 200:
            return f"HTTP {answer.status_code}"
        found = answer.json()
    except requests.RequestException as error:
        return error.__class__.__name__
    return "" if isinstance(found, dict) and found.get("choices") else "no completion"
