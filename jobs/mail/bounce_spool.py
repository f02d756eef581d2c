"""Bounces that wait in DATA_DIR/bounces until their e-mail is found: of each only its status and references, nothing personal.

It needs no database: a report that arrives while the database is away is not lost.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path

from settings import settings

MOST_BOUNCE_BYTES = 2_000_000  # bytes; a report is small, but some servers return the whole e-mail
KEPT_SECONDS = 3 * 86400.0  # then nobody's e-mail will be found any more
PAUSE = 60.0  # seconds between two looks at one
AT_ONCE, MOST_KEPT, MOST_REFERENCES = 200, 5000, 20
REFERENCE = re.compile(r"<[^<>\s]{3,200}>|[A-Za-z]+_\w{8,100}")
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")  # 4: the server tried for days and gave up
# Where servers say which e-mail came back: in the returned headers, which Amazon SES gives a Message-ID of its own
# (docs.aws.amazon.com/ses/latest/dg/header-fields.html), as the envelope's id (RFC 3461), or as an answer (Exchange, Gmail).
_RETURNED = re.compile(r"(?im)^(?:message-id|x-email-id):\s*(\S+)")
_NAMED = ("original-envelope-id", "original-message-id", "in-reply-to", "references")


@dataclass(frozen=True)
class Bounce:
    """An e-mail that failed for good: the enhanced status code ('5.1.1'), and what it may be known by."""

    status: str
    references: tuple[str, ...]
    at: float


def read_bounce(raw: bytes) -> Bounce | None:
    """What a delivery status notification (RFC 3464) says; None for other messages, answering machines, and delays."""
    report = BytesParser(policy=policy.compat32).parsebytes(raw[:MOST_BOUNCE_BYTES])
    status = _final_status(report)
    found = [known.strip() for known in _references(report)] if status else []
    references = tuple(dict.fromkeys(known for known in found if REFERENCE.fullmatch(known)))
    return Bounce(status, references[:MOST_REFERENCES], time.time()) if status and references else None


def _final_status(report: Message) -> str | None:
    if report.get_content_type() != "multipart/report":
        return None
    for part in report.walk():
        if str(part.get("action", "")).strip().lower() == "failed":
            code = STATUS.fullmatch(str(part.get("status", "")).strip().split(" ")[0])
            if code:
                return code[0]
    return None


def _references(report: Message) -> Iterator[str]:
    for part in report.walk():
        for name in _NAMED:
            yield from str(part.get(name, "")).split()
        if part is not report:
            yield from (str(part.get(name, "")) for name in ("x-email-id", "message-id"))
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            yield from _RETURNED.findall(content.decode("utf-8", "replace") if isinstance(content, bytes) else "")


def keep(bounce: Bounce) -> bool:
    """Store it until its e-mail is found; the same one twice is one file. False where too many wait. Raises OSError."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if len(os.listdir(folder)) >= MOST_KEPT:
        return False
    name = sha256(" ".join((bounce.status, *bounce.references)).encode()).hexdigest()[:32]
    draft = folder / f".{name}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(bounce)))
    os.utime(draft, (0, 0))  # it was not looked at yet
    draft.rename(folder / f"{name}.json")
    return True


def waiting_bounces() -> Iterator[tuple[Path, Bounce]]:
    """Those to look at now, the longest unseen first; what waited too long, or cannot be read, is deleted."""
    paths = sorted((path.stat().st_mtime, path) for path in _folder().glob("*.json"))
    for seen, path in paths[:AT_ONCE]:
        if time.time() - seen < PAUSE:
            return
        try:
            bounce = Bounce(**json.loads(path.read_text()))
        except (ValueError, TypeError):
            bounce = None
        if bounce is None or time.time() - bounce.at > KEPT_SECONDS:
            path.unlink(missing_ok=True)
        else:
            yield path, bounce


def how_many() -> int:
    """That wait."""
    return sum(1 for _ in _folder().glob("*.json"))


def _folder() -> Path:
    return settings.data_dir / "bounces"
