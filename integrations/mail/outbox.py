"""The outbox folder: each e-mail is an .eml file that any mail program opens."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from integrations.mail.message import MailError, Message
from integrations.mail.wire import as_bytes


class Outbox:
    """The same Message-ID is the same file, so that a repeated send is one e-mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> None:
        """Write the file atomically."""
        name = hashlib.sha256(message.message_id.encode()).hexdigest()[:24] + ".eml"
        content = as_bytes(message.as_message())
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.folder / f".{name}.{os.getpid()}"
            draft.write_bytes(content)
            draft.rename(self.folder / name)
        except OSError as error:
            raise MailError(f"outbox folder: {error.strerror}", permanent=False) from error
