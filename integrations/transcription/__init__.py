"""Transcription: what a recogniser hears in a song, by any API that speaks OpenAI's `POST /audio/transcriptions`.

Facts: platform.openai.com/docs/api-reference/audio/createTranscription. A file has 25 MB at most; `json` is the one
answer format that every model has; `language` is ISO 639-1. Nothing but the sound and that language is sent.
"""

from __future__ import annotations

import io
import re
import wave
from dataclasses import dataclass

from integrations.music import MusicError, Reason
from integrations.music.wire import call, provider_refusal

MOST_SENT = 25_000_000  # bytes of a file, as OpenAI allows them
MOST_HEARD = 20_000  # characters; what is more is no song, and cut off
_MOST_ANSWERED = 1_000_000  # bytes
_SECONDS = 120.0  # a model on a processor needs about as long as the song
_PROBE = 0.3  # seconds of silence


class TranscriptionError(Exception):
    """Why nothing was heard. `reason`: one of Reason's words, 'not_found', 'too_large' or 'no_text'; no word of the answer."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason

    @property
    def may_pass(self) -> bool:
        """Whether the same sound may be heard a little later."""
        return self.reason in (Reason.TRANSIENT, Reason.RATE_LIMITED, Reason.PROVIDER_BUG)


@dataclass(frozen=True)
class Recogniser:
    """One model at one address; the key is '' where the server asks for none."""

    base_url: str
    key: str
    model: str

    def hear(self, song: bytes, language: str = "", seconds: float = _SECONDS) -> str:
        """What is sung in an MP3, '' where no words are. `language`: BCP 47. Raises TranscriptionError."""
        return self._ask(("song.mp3", song, "audio/mpeg"), language, seconds)

    def probe(self, seconds: float) -> None:
        """Let it hear a moment of silence. Raises TranscriptionError."""
        self._ask(("silence.wav", _silence(), "audio/wav"), "", seconds)

    def _ask(self, file: tuple[str, bytes, str], language: str, seconds: float) -> str:
        if len(file[1]) > MOST_SENT:
            raise TranscriptionError("too_large", f"{len(file[1])} bytes")
        fields = {"model": self.model, "response_format": "json"}
        if known := re.match(r"[a-z]{2}(?![a-z])", language.lower()):
            fields["language"] = known[0]
        headers = {"Authorization": f"Bearer {self.key or 'none'}"}
        url = f"{self.base_url}/audio/transcriptions"
        limits = {"seconds": seconds, "read": seconds, "most": _MOST_ANSWERED}
        try:
            answer = call("POST", url, headers=headers, fields=fields, file=file, **limits)  # type: ignore[arg-type]
            if answer.status >= 400:
                raise provider_refusal(answer)
            text = answer.json().get("text")
        except MusicError as error:
            reason = "not_found" if error.reason is Reason.LOST else error.reason.value  # an address or model that is not there
            raise TranscriptionError(reason, str(error)) from None
        if not isinstance(text, str):
            raise TranscriptionError("no_text", "an answer without a text")
        return text[:MOST_HEARD]


def _silence() -> bytes:
    """A WAV file of 16 kHz, mono."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * int(16_000 * _PROBE)))
    return out.getvalue()
