"""What is wrong with answers, as codes. Their sentences stand in customer_texts.py."""

from __future__ import annotations

from collections.abc import Mapping

from models import CodedError


class WrongFieldError(CodedError, ValueError):
    """Why one field cannot stay as it is; a ValueError, for pydantic's sake."""


class InvalidFormError(Exception):
    """What is wrong with a form, by field path ('songs.0.recipientName')."""

    def __init__(self, fields: Mapping[str, WrongFieldError]) -> None:
        super().__init__("; ".join(fields))
        self.fields = fields


def no_such_song(song_index: int) -> InvalidFormError:
    """A song beyond those of the package."""
    return InvalidFormError({"songIndex": WrongFieldError("no_such_song", number=song_index)})
