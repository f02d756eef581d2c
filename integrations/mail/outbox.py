"""The outbox folder: each letter is an .eml file that any mail program opens."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from integrations.mail import MailError, Message


class Outbox:
    """The same Message-ID is the same file, so a repeated send is one letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Message) -> None:
        """Write the letter; it appears whole or not at all."""
        name = hashlib.sha256(letter.message_id.encode()).hexdigest()[:24] + ".eml"
        message = letter.as_message()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.folder / f".{name}.{os.getpid()}"
            draft.write_bytes(bytes(message))
            draft.rename(self.folder / name)
        except OSError as error:
            raise MailError(f"outbox folder: {error.strerror}", permanent=False) from error
