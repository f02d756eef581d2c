"""Logs: one line for each event, with the ids of what is being worked on; JSON in production, readable elsewhere.

`log_context(form=…)` names what follows: every line inside it, of this task, thread or coroutine, carries these ids. A
request's id goes with each job that it asks for, so that a form can be followed from the page through jobs to the provider.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NOISY = ("rq", "urllib3", "stripe", "botocore", "watchfiles", "nicegui", "uvicorn")
_SHOWN = 24  # characters of an id: enough to find the row, too few to be its key
_ids: ContextVar[dict[str, str] | None] = ContextVar("log_ids", default=None)


def set_up(as_json: bool, process: str = "") -> None:
    """Send every line of this process to standard error in one format. `process` is its part: web, worker, clock."""
    outlet = logging.StreamHandler()
    outlet.setFormatter(JsonFormatter(process) if as_json else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[outlet], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def log_context(**ids: str | None) -> Iterator[None]:
    """Every line inside carries these ids (request, job, form, variation, task) too. None adds nothing."""
    before = _ids.get() or {}
    token = _ids.set(before | {name: shown(value) for name, value in ids.items() if value})
    try:
        yield
    finally:
        _ids.reset(token)


def context_id(name: str) -> str | None:
    """One of the ids that lines carry here, or None."""
    return (_ids.get() or {}).get(name)


def shown(value: str) -> str:
    """An id as a line may show it: its beginning, and nothing that could break the line."""
    return re.sub(r"[^\w.:-]", "?", value[:_SHOWN])


class _KeylessFormatter(logging.Formatter):
    """Form ids, task ids and share tokens are keys: log lines and tracebacks show only their beginning."""

    KEYS = re.compile(r"((?:form_\d{1,16}|task|checkout|mail)_\w{5})\w{4,}|(/(?:s|embed)/[\w-]{4})[\w-]{6,}")

    def without_keys(self, line: str) -> str:
        """The line, keys shortened."""
        return self.KEYS.sub(lambda found: f"{found[1] or found[2]}…", line)


class TextFormatter(_KeylessFormatter):
    """For people: time, level, logger, message, and the ids in brackets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without its traceback."""
        ids = " ".join(f"{name}={value}" for name, value in (_ids.get() or {}).items())
        return super().formatMessage(record) + (f" [{ids}]" if ids else "")

    def format(self, record: logging.LogRecord) -> str:
        """The formatted line, keys shortened."""
        return self.without_keys(super().format(record))


class JsonFormatter(_KeylessFormatter):
    """For programs: one JSON object a line, times in UTC."""

    def __init__(self, process: str = "") -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """The object as one line: time, level, logger, process, message, the ids, and the traceback as `exception`."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self.process,
            "message": record.getMessage(),
            **(_ids.get() or {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self.without_keys(json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False))
