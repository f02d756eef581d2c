"""Dialect: how one model wants to be asked. What it refuses is left out from then on, for it alone and for a day."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import redis

from integrations.writer.chat_prompt import SCHEMA
from pubsub import connection

RefusedNames = frozenset[str]  # of the names below, and "limit": an answer was cut, so the next one says how long it may be
_DAY = 86_400
_LIMIT = 4096  # tokens; the longest song is a third of that
# What a refusal names, by what we send. OpenAI: 400 with `param` and code `unsupported_value` or `unsupported_parameter`
# (platform.openai.com/docs/guides/error-codes); others name it in a sentence. Templates of llama.cpp and vLLM name roles.
_NAMED = {
    "temperature": r"temperature|top_p|sampling",
    "max_tokens": r"max_(completion_|new_|output_)?tokens",
    "format": r"response_?format|response format|json|schema|structured|grammar|guided",
    "stream": r"\bstream",
    "system": r"\broles?\b|\bsystem\b|jinja|chat.?template|alternat",
}
_NO_MODEL = re.compile(
    r"(model|deployment)\b[^.]{0,120}?(not found|not exist|n['’]t exist|not a valid|no access|not have access)"
    r"|(invalid|unknown|no such|unrecogni[sz]ed) (model|deployment)|not a valid model|model_?not_?found|deploymentnotfound",
    re.I,
)


class DialectRefusedError(Exception):
    """The API refuses the request as it is; the message is the name of what it refuses, or '' where it does not say."""


class HopelessError(Exception):
    """No other way of asking would help. `mend`: the setting that the operator should look at, or ''."""

    def __init__(self, why: str, mend: str = "") -> None:
        super().__init__(why)
        self.mend = mend


class Notes(Protocol):
    def read(self, name: str) -> RefusedNames:
        """What this model refused."""

    def write(self, name: str, refused: RefusedNames) -> None:
        """Keep what it refused."""


class OwnNotes:
    """Notes of one process, or of one writer."""

    def __init__(self) -> None:
        self.refused: dict[str, RefusedNames] = {}

    def read(self, name: str) -> RefusedNames:
        """What this model refused."""
        return self.refused.get(name, frozenset())

    def write(self, name: str, refused: RefusedNames) -> None:
        """Keep what it refused."""
        self.refused[name] = refused


class SharedNotes(OwnNotes):
    """Notes that all processes share, in Redis: a worker forks for each song and would learn everything anew."""

    def read(self, name: str) -> RefusedNames:
        """What this model refused within a day; while Redis is away, what this process knows."""
        try:
            kept = connection().get(_key(name))
        except redis.RedisError:
            return super().read(name)
        return frozenset(json.loads(kept)) if kept else frozenset()

    def write(self, name: str, refused: RefusedNames) -> None:
        """Keep it for a day: a newer version of the server may have learned it by then."""
        super().write(name, refused)
        try:
            connection().set(_key(name), json.dumps(sorted(refused)), ex=_DAY)
        except redis.RedisError:
            return


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way of asking. `learned`: what the API refused by name; `guessed`: it did not say, so more is left out than needed."""

    refused: RefusedNames = frozenset()
    learned: RefusedNames = frozenset()
    guessed: bool = False

    def body(
        self, model: str, rules: str, story: str, said: str = "", complaint: str = "", schema: dict[str, Any] = SCHEMA
    ) -> dict[str, Any]:
        """The request. A complaint comes from the user, behind the model's own answer: roles take turns."""
        asked = [{"role": "user", "content": story}]
        if complaint:
            again = f"Your last answer did not pass: {complaint}. Write it again."
            asked += [{"role": "assistant", "content": said or "{}"}, {"role": "user", "content": again}]
        if "system" in self.refused:
            messages = [{"role": "user", "content": "\n\n".join([rules, *(one["content"] for one in asked)])}]
        else:
            messages = [{"role": "system", "content": rules}, *asked]
        return {"model": model, "messages": messages, **self._wishes(schema)}

    def _wishes(self, schema: dict[str, Any]) -> dict[str, Any]:
        wishes: dict[str, Any] = {} if "temperature" in self.refused else {"temperature": 0.9}
        if "stream" not in self.refused:
            wishes["stream"] = True
        if "schema" not in self.refused:
            named = {"name": "song" if schema is SCHEMA else "fields", "strict": True, "schema": schema}
            wishes["response_format"] = {"type": "json_schema", "json_schema": named}
        elif "object" not in self.refused:
            wishes["response_format"] = {"type": "json_object"}
        if "limit" in self.refused and "max_completion_tokens" not in self.refused:
            wishes["max_completion_tokens" if "max_tokens" in self.refused else "max_tokens"] = _LIMIT
        return wishes

    def urls(self, base: str) -> tuple[str, str]:
        """Where to ask: as the operator wrote it, and with or without /v1."""
        parts = urlsplit(base.strip())
        path = re.sub(r"/+(chat/completions/*)?$", "", parts.path)
        other = path[:-3] if path.endswith("/v1") else f"{path}/v1"
        ways = [path, other] if path else [other, path]
        first, second = (urlunsplit(parts._replace(path=f"{way}/chat/completions")) for way in ways)
        return first, second

    def url(self, base: str) -> str:
        """The one that works."""
        return self.urls(base)[int("path" in self.refused)]

    def without(self, *names: str) -> Dialect:
        """The same, leaving this out too."""
        return replace(self, refused=self.refused | set(names))

    def learning(self, name: str) -> Dialect:
        """The same, and this is kept for the next song."""
        return replace(self.without(name), learned=self.learned | {name})

    def after(self, named: str, times: int) -> Dialect:
        """After this refusal. The second one of a song leaves out all that can be left out, so that two more calls suffice."""
        if named == "format":
            named = "object" if "schema" in self.refused else "schema"
        elif named == "max_tokens" and "max_tokens" in self.refused:
            named = "max_completion_tokens"
        known = self.learning(named) if named else replace(self.without("schema"), guessed=True)
        if times < 2:
            return known
        return known.without("temperature", "schema", "object", *(() if named else ("stream", "system")))

    def worth_keeping(self, worked: bool) -> RefusedNames:
        """What the next song should leave out from the start."""
        return self.refused if worked and self.guessed else self.learned


def dialect_refusal(status: int, content: bytes, sent: dict[str, Any]) -> str:
    """The name of what the API refused, '' where it does not say. Raises HopelessError where no other request would help."""
    param, code, message = _parts(content)
    everything = f"{param} {code} {message}"
    if status == 401 or (status == 403 and not _NO_MODEL.search(everything)):
        raise HopelessError(f"its key is refused (HTTP {status})", "WRITER_API_KEY")
    if status == 402 or re.search("insufficient_quota|insufficient balance|billing", everything, re.I):
        raise HopelessError(f"its account is used up (HTTP {status})", "WRITER_API_KEY")
    if param == "model" or (status in (400, 403, 404, 422) and _NO_MODEL.search(everything)):
        raise HopelessError(f"it has no model of the name {sent['model']}", "WRITER_MODEL")
    if "content_filter" in everything:
        raise HopelessError("it withheld the answer (content filter)")
    if status in (404, 405):
        return "path"
    sends = {"temperature", "stream", "max_tokens", "max_completion_tokens", "response_format"} & sent.keys()
    sends = {"max_tokens" if "max" in one else "format" if one == "response_format" else one for one in sends} | {"system"}
    named = next((one for where in (param, everything) for one, words in _NAMED.items()
                  if where and one in sends and re.search(words, where, re.I)), "")  # fmt: skip
    if status in (400, 415, 422, 501) or (status == 500 and named == "system"):
        return named
    raise HopelessError(f"it answers HTTP {status}", "WRITER_BASE_URL" if 300 <= status < 400 else "")


def _parts(content: bytes) -> tuple[str, str, str]:
    """`param`, `code` and the message of an error, in the forms that there are: OpenAI, FastAPI, a plain sentence."""
    text = content[:20_000].decode("utf-8", "replace")
    try:
        found = json.loads(text)
        error = found.get("error", found) if isinstance(found, dict) else found
        if isinstance(error, dict):
            said = error.get("message") or error.get("detail") or error.get("metadata") or error
            return str(error.get("param") or ""), f"{error.get('code')} {error.get('type')}", str(said)
        return "", "", str(error)
    except ValueError:
        return "", "", text


def _key(name: str) -> str:
    return f"serenade:writer:{sha256(name.encode()).hexdigest()[:24]}"
